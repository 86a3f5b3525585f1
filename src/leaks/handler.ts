/**
 * `leakHandler`: takes reports of leaked secrets over HTTP. Only what a source has signed is looked at; what is done with a secret is
 * said by source and token type. The sources: leaks/github.ts and leaks/gitguardian.ts. What is done: leaks/report.ts.
 */
import * as z from 'zod/mini'
import { readBytes } from '../admin/bytes.ts'
import type { Policy } from '../core/policy.ts'
import { readOptions } from '../core/setup.ts'
import { atLeastOne, callable, judged, whole } from '../core/shape.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { engineBehind, NO_ENGINE } from '../service/engines.ts'
import type { Issued, Requested } from '../service/issue.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import { tell } from '../service/tell.ts'
import { answered, codeOf, type LeakCode, problemResponse, statusOfLeak } from './problem.ts'
import { type Leak, reportAll, SOURCE_PATTERN } from './report.ts'
import { actionFor, checkActions, type LeakSource } from './source.ts'

/** A genuine report, and what was done. */
export interface LeakReport {
  /** The name of the source: `github`, `gitguardian`. */
  readonly source: string
  /** How many findings it told of. */
  readonly findings: number
  /** Those of them that are secrets known here, with their tokens. */
  readonly leaks: readonly Leak[]
}

/** What `leakHandler` takes. */
export interface LeakOptions<P extends Policy = Policy> {
  /** What `createPlanTokens` gave, itself and no copy. */
  readonly tokens: PlanTokens<P, Issued | Requested>
  /** Whose reports are taken. */
  readonly sources: readonly LeakSource[]
  /** The longest report that is read, in bytes, 1 to 16,777,216. Default 1,048,576. */
  readonly bodyBytes?: number
  /** How long a report may take to arrive, in milliseconds, 1 to 600,000. Default 30,000. */
  readonly bodyTimeoutMs?: number
  /** Told of each genuine report, also where it has no secret that is known. Not waited for; what it throws is told to `onError`. */
  readonly onReport?: (report: LeakReport) => unknown
  /** Told what is behind an answer of 500 or above, and why keys of a source could not be had. Not waited for. Default: nobody. */
  readonly onError?: (error: unknown) => unknown
}

const schema = z.strictObject({
  tokens: judged((value) => (engineBehind(value) ? undefined : NO_ENGINE)),
  sources: atLeastOne(
    judged((value) => (isSource(value) ? undefined : 'must be made by githubSecretScanning() or gitguardian().')),
  ),
  bodyBytes: z.optional(whole(1, 16_777_216)),
  bodyTimeoutMs: z.optional(whole(1, 600_000)),
  onReport: z.optional(callable()),
  onError: z.optional(callable()),
})

function isSource(value: unknown): value is LeakSource {
  const { name, readReport } = Object(value) as { readonly [F in keyof LeakSource]?: unknown }
  return typeof name === 'string' && SOURCE_PATTERN.test(name) && typeof readReport === 'function'
}

/** Takes reports of leaks: a Fetch `Request` in, a `Response` out. Never rejects. */
export type LeakHandler = (request: Request) => Promise<Response>

/**
 * Makes what takes reports of leaked secrets, as one Fetch handler. It needs the body as it was sent: mount it before parsers of
 * bodies. In Node, `createServer(toNode(handler))`, with `toNode` of `plan-access-tokens/admin`.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const handler = leakHandler({ tokens, sources: [githubSecretScanning({ action: 'revoke' })] })
 */
export function leakHandler<P extends Policy>(options: LeakOptions<P>): LeakHandler {
  const given = readOptions<LeakOptions<P>>('leakHandler', schema, options, {}, ({ tokens, sources }, told) => {
    if (!Array.isArray(sources)) return
    const policies = (tokens as Partial<PlanTokens<P>> | undefined)?.policies ?? []
    const types = policies.flatMap((policy) => policy.types.map(({ name }) => name))
    const names: string[] = []
    for (const [i, source] of (sources as unknown[]).entries()) {
      if (!isSource(source)) continue
      if (names.includes(source.name)) told(['sources', i], `is from ${source.name}, as another one is.`)
      names.push(source.name)
      if (types.length > 0) checkActions(source.action, types, ['sources', i, 'action'], told)
    }
  })
  const { tokens, sources, bodyBytes = 1_048_576, bodyTimeoutMs = 30_000, onReport, onError } = given
  const engine = engineBehind(tokens) as ManagingEngine
  const failed = (error: unknown): void => tell(onError, error)
  const answer = async (request: Request): Promise<Response | LeakCode> => {
    if (request.method !== 'POST') return 'method_not_allowed'
    const [source, another] = sources.filter(({ header }) => request.headers.has(header))
    if (!source) return 'source_unknown'
    if (another) return 'report_unreadable'
    const read = await readBytes(request, { bytes: bodyBytes, timeoutMs: bodyTimeoutMs })
    // A copy, so that what was checked is what is read.
    const bytes = new Uint8Array(read)
    const report = await source.readReport({ headers: request.headers, bytes, now: timeOf(engine) }, failed)
    if (typeof report === 'string') return report
    const { findings } = report
    const reports = findings.map((finding) => ({ ...finding, source: source.name }))
    // As many as the body can hold: each that is left out would go on working.
    const actionOf = (type: string) => actionFor(source.action, type)
    const leaks = await reportAll(engine, reports, actionOf, Number.POSITIVE_INFINITY)
    tell(onReport, { source: source.name, findings: findings.length, leaks: leaks.flat() }, failed)
    if (report.failure) throw report.failure.thrown
    const body = report.answer?.(leaks)
    return body === undefined
      ? answered(204, null)
      : answered(200, JSON.stringify(body), { 'Content-Type': 'application/json' })
  }
  return async (request) => {
    try {
      const response = await answer(request)
      return typeof response === 'string' ? problemResponse(response) : response
    } catch (thrown) {
      const code = codeOf(thrown)
      if (statusOfLeak(code) >= 500) failed(thrown)
      return problemResponse(code)
    }
  }
}
