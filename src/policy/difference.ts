/** What one policy lets through and another refuses, as it is found. How it is found: policy/compare.ts. How it is told: policy/diff.ts. */
import type { RuleName } from '../core/decide.ts'
import type { WitnessVerdict } from './judge.ts'
import type { ScopeSet } from './scope-sets.ts'
import type { Witness } from './witness.ts'

/** Requests that one policy lets through and the other refuses by one rule. */
export interface Difference {
  /** The first rule of the other policy that refuses; `reach` where its handler only shows less. */
  readonly rule: RuleName | 'reach'
  /** Whether it is about requests without a token, at a public endpoint. */
  readonly isAnonymous?: true
  /** What the other policy says of the witness. */
  readonly verdict: WitnessVerdict
  /** The routes that it is about, of the policy that lets them through. */
  readonly routes: readonly string[]
  /** The types of the tokens, the tiers of the plans, and sets of scopes any of which is enough. */
  readonly types: readonly string[]
  readonly tiers: readonly string[]
  readonly scopes: readonly ScopeSet[]
  /** The smallest request. */
  readonly witness: Witness
  /** The smallest of a token that is limited to some resources; absent if only tokens with all of them are concerned. */
  readonly limited?: Witness
}
