/** The lines of a comparison of two policies, as data. Who makes them: policy/diff.ts. Who prints them: policy/diff-text.ts. */
import type { RuleName } from '../core/decide.ts'
import type { PolicyChange } from './changes.ts'
import type { ManagementDifference } from './management.ts'
import type { Witness } from './witness.ts'

/** Living tokens that a line is about. */
export interface Touched {
  /** How many tokens, and of how many plans. */
  readonly tokens: number
  readonly plans: number
  /** The ids of the tokens, all of them. */
  readonly ids: readonly string[]
}

/** `WIDER`: more gets through than before. */
export type Direction = 'WIDER' | 'narrower'

/** Requests that one of the policies lets through and the other refuses by one rule. */
export interface RequestLine {
  readonly direction: Direction
  readonly about: 'request'
  /**
   * The rule by which the other policy refuses them, as `explain` names it; `reach` where it lets them through too, and its handler
   * shows only what the token is limited to.
   */
  readonly rule: RuleName | 'reach'
  /** Whether it is about requests without a token, at a public endpoint: nothing of a token counts then. */
  readonly isAnonymous?: true
  /** Why it does, in the sentence of `explain`. */
  readonly reason: string
  /** The routes that it is about, as the policy spells them that lets the requests through. */
  readonly routes: readonly string[]
  /** Types of tokens, tiers of plans, and sets of scopes any one of which is enough. */
  readonly types: readonly string[]
  readonly tiers: readonly string[]
  readonly scopes: readonly (readonly string[])[]
  /** Whether a token with such scopes can be made by one of the policies; else only those of earlier ones are concerned. */
  readonly canBeMade: boolean
  /** What of the data this comes from. */
  readonly changes: readonly PolicyChange[]
  /** The smallest request that shows it: run it through both policies with `judgeWitness`. */
  readonly witness: Witness
  /** The same of a token that is limited to some resources; absent if only tokens with all resources are concerned. */
  readonly limited?: Witness
  /** The living tokens that are concerned, where tokens were given. */
  readonly touched?: Touched
}

/** Something that an admin can do by one of the policies alone. */
export interface ManagementLine {
  readonly direction: Direction
  readonly about: 'management'
  readonly rule: ManagementDifference['rule']
  /** What an admin can do. */
  readonly what: string
  readonly changes: readonly PolicyChange[]
  /** The part of a management call that shows it. */
  readonly input: { readonly [field: string]: unknown }
}

/** One difference between two policies. */
export type DiffLine = RequestLine | ManagementLine

/** All lines, and what of the data no line of `wider` and `narrower` is about. */
export interface DiffLines {
  readonly wider: readonly DiffLine[]
  readonly narrower: readonly DiffLine[]
  /**
   * What the other changes hide: where a tier, a type or a header has another name as well, nobody gets as far as what else changed.
   * Here, *before* is the new policy without what the line says has changed.
   */
  readonly masked: readonly DiffLine[]
  /** What could not be compared, since without it the new policy is none: a change that is to be taken as one that opens. */
  readonly uncompared: readonly PolicyChange[]
  /** What of the data differs and no line is about, since the new policy answers alike without it: texts, and the like. */
  readonly silent: readonly PolicyChange[]
}
