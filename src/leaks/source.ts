/**
 * What a source of reports is to the handler: it says whether a request is its own, whether it is genuine, and which secrets it is
 * about. The sources: leaks/github.ts and leaks/gitguardian.ts. What is done then: leaks/report.ts.
 */
import type * as z from 'zod/mini'
import type { Tell } from '../core/setup.ts'
import { judged } from '../core/shape.ts'
import type { LeakCode } from './problem.ts'
import type { Leak, LeakAction } from './report.ts'

/** One measure for all token types, or one for each by its name. */
export type LeakActions = LeakAction | { readonly [type: string]: LeakAction }

/** A request as a source sees it: what was signed is the bytes of the body, as they came. */
export interface LeakRequest {
  readonly headers: Headers
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Epoch milliseconds. */
  readonly now: number
}

/** One finding of a report. */
export interface Finding {
  readonly text: string
  readonly url?: string
}

/** A genuine report. */
export interface ReadReport {
  readonly findings: readonly Finding[]
  /** Why there may be more of them: told once these are dealt with, so that the report is sent again. */
  readonly failure?: { readonly thrown: unknown }
  /** The body of the answer, for what is known of each finding; absent where the source asks for none. */
  answer?(leaks: readonly (readonly Leak[])[]): unknown
}

/** A source of reports, as `githubSecretScanning` and `gitguardian` make them. */
export interface LeakSource {
  /** How the audit log calls it. */
  readonly name: string
  /** @internal Which measure is taken. */
  readonly action: LeakActions
  /** @internal The header by which a request says that it is from here. */
  readonly header: string
  /** @internal The report of a request, or why there is none. `failed` hears what was thrown underneath. */
  readReport(request: LeakRequest, failed: (error: unknown) => void): Promise<ReadReport | LeakCode>
}

const ACTIONS: readonly unknown[] = ['revoke', 'retire', 'tell'] satisfies LeakAction[]
const ACTION_MESSAGE = 'must be "revoke", "retire" or "tell", or one of them for each token type.'

/** The option `action` of every source. */
export const actionSchema: z.ZodMiniType<LeakActions> = judged<LeakActions>((value) => {
  const measures = typeof value === 'object' && value !== null ? Object.values(value) : [value]
  return measures.length > 0 && measures.every((one) => ACTIONS.includes(one)) ? undefined : ACTION_MESSAGE
})

/** Tells where measures by type do not go together with the types that there are. */
export function checkActions(action: unknown, types: readonly string[], at: readonly PropertyKey[], told: Tell): void {
  if (typeof action !== 'object' || action === null) return
  for (const type of types) if (!Object.hasOwn(action, type)) told([...at, type], 'is missing: every type needs one.')
  for (const type of Object.keys(action)) if (!types.includes(type)) told([...at, type], 'is no type of the policies.')
}

/** The measure for a type. A type that only another deployment over the store has is dealt with in the hardest way. */
export function actionFor(action: LeakActions, type: string): LeakAction {
  if (typeof action === 'string') return action
  return (Object.hasOwn(action, type) ? action[type] : undefined) ?? 'revoke'
}
