/** What came of each operation of a document, as data and as text. Who fills it: openapi/policy.ts. */

import { oneLine } from '../core/one-line.ts'
import type { Endpoint } from '../core/policy-data.ts'

/**
 * Why an operation is not reviewed or left out, or what a reviewer should know of it. Grows with what can be found, so a `switch`
 * over it needs a `default`.
 */
export type ReportCode =
  /** Neither the operation nor the document says anything of security. */
  | 'security_unsaid'
  /** It may be called with and without credentials. */
  | 'security_optional'
  /** It asks for schemes of which `schemes` says nothing. */
  | 'security_unknown'
  /** It needs no token and names a resource. */
  | 'security_contradiction'
  /** It is open to tokens, and no list of scopes says which. */
  | 'scopes_unsaid'
  /** It asks for scopes that the policy lacks. */
  | 'scopes_unknown'
  /** It asks for more combinations of scopes than are read. */
  | 'scopes_too_many'
  /** A parameter of the path of which nobody says what it is. */
  | 'parameter_unanswered'
  /** Nothing in it is known to name a resource. */
  | 'names_unsaid'
  /** A resource stands where it is not read, or the document says two things of it. */
  | 'source_unreadable'
  /** The name of a resource differs from another name by letter case or by what stands between words alone. */
  | 'source_ambiguous'
  /** A resource should be within another one that the operation does not name. */
  | 'within_missing'
  /** It is served by another host than the document, or by one that is not known. */
  | 'other_host'
  /** A resource may be left out of a request, which is refused then. Of a mapped operation. */
  | 'resource_optional'
  /** No policy can hold its path. */
  | 'route_form'
  /** Its own servers put no one path before it. */
  | 'server_unclear'
  /** A HEAD request, which is judged as GET. */
  | 'judged_as_get'

/** One reason. */
export interface ReportReason {
  readonly code: ReportCode
  /** A sentence. */
  readonly message: string
  /** What to write into `endpoints` of the overrides, under the route, or elsewhere; absent where nothing helps. */
  readonly write?: string
}

/** What came of one operation. */
export interface ReportedOperation {
  /** `GET /v1/files/{file_key}`: its key in the policy and in the overrides. */
  readonly route: string
  readonly operationId?: string
  /**
   * `mapped`: in the policy as the document, the rules and the overrides say, open or closed. `not_reviewed`: in the policy,
   * closed with the reason `not reviewed`. `left_out`: not in the policy, so that a request is `endpoint_unknown`.
   */
  readonly outcome: 'mapped' | 'not_reviewed' | 'left_out'
  /** The endpoint of the policy; absent if it was left out. */
  readonly endpoint?: Endpoint
  readonly reasons: readonly ReportReason[]
}

/** What came of the operations of a document. */
export interface OpenApiReport {
  /** How many operations there are, and how many of them became what. `closed` is that part of `mapped` which is closed. */
  readonly counts: {
    readonly operations: number
    readonly mapped: number
    readonly closed: number
    readonly notReviewed: number
    readonly leftOut: number
  }
  /** Each operation, in the order of the document. */
  readonly operations: readonly ReportedOperation[]
  /** The same for a terminal: the counts, and every operation with a reason. */
  readonly text: string
}

const HEADINGS = {
  not_reviewed: 'Not reviewed, and closed until somebody says what they are',
  left_out: 'Left out, and unknown to the policy',
  mapped: 'Mapped, and worth a look',
} as const

/** The report of some operations. */
export function reportOf(operations: readonly ReportedOperation[]): OpenApiReport {
  const count = (isMeant: (operation: ReportedOperation) => boolean): number => operations.filter(isMeant).length
  const counts = {
    operations: operations.length,
    mapped: count(({ outcome }) => outcome === 'mapped'),
    closed: count(({ outcome, endpoint }) => outcome === 'mapped' && endpoint?.closed !== undefined),
    notReviewed: count(({ outcome }) => outcome === 'not_reviewed'),
    leftOut: count(({ outcome }) => outcome === 'left_out'),
  }
  return { counts, operations, text: textOf(counts, operations) }
}

function textOf(counts: OpenApiReport['counts'], operations: readonly ReportedOperation[]): string {
  const { operations: all, mapped, closed, notReviewed, leftOut } = counts
  const head = `${all} operations: ${mapped} mapped (${closed} of them closed), ${notReviewed} not reviewed, ${leftOut} left out.`
  const parts = Object.entries(HEADINGS).flatMap(([outcome, heading]) => {
    const meant = operations.filter((operation) => operation.outcome === outcome && operation.reasons.length > 0)
    return meant.length === 0 ? [] : ['', `${heading}:`, ...meant.flatMap(linesOf)]
  })
  return [head, ...parts].map(oneLine).join('\n')
}

function linesOf({ route, operationId, reasons }: ReportedOperation): readonly string[] {
  const name = operationId === undefined ? route : `${route} (${operationId})`
  return [
    `  ${name}`,
    ...reasons.map(({ message, write }) => `    ${message}${write === undefined ? '' : ` Write ${write}`}`),
  ]
}
