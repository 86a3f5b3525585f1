/**
 * `reportLeak`: what becomes of secrets that somebody has found. They end at once, or after the grace that a refresh gives, or the
 * audit log tells of it and nothing else. The same report again writes nothing. Who may report over HTTP: leaks/handler.ts.
 */
import { millisecondsInHour } from 'date-fns/constants'
import * as z from 'zod/mini'
import type { EventType, NewEvent } from '../core/event.ts'
import type { Problem } from '../core/issue.ts'
import type { LegacyKey } from '../core/legacy.ts'
import { changesBetween, isActive, isActiveSecret, next } from '../core/lifecycle.ts'
import type { Policy } from '../core/policy.ts'
import { matching } from '../core/shape.ts'
import {
  isCanary,
  type LeakedSecret,
  newestSecret,
  type SecretRecord,
  secretWithDigest,
  type TokenRecord,
} from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import { change, type Judged, judgement } from '../service/commit.ts'
import { eachSecretIn, endOfSecret } from '../service/end.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { engineFor } from '../service/engines.ts'
import { findByDigest } from '../service/find.ts'
import { newId } from '../service/ids.ts'
import { parseBy } from '../service/input.ts'
import type { Issued, Requested } from '../service/issue.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import { show } from '../service/show.ts'
import { placeOf } from './place.ts'

/**
 * What is done with a secret that was found. `revoke`: it ends at once, and with the newest its token. `retire`: it ends after the
 * policy's `graceHours` (24 unless it says otherwise); with the newest so does its token, unless somebody refreshes it until then.
 * `tell`: nothing but a line in the audit log.
 */
export type LeakAction = 'revoke' | 'retire' | 'tell'

/** A report of a leak. */
export interface LeakInput {
  /** The secret, or text that it stands in, with up to 100 of them. */
  readonly text: string
  /** Who found it, for the audit log: 1 to 32 lower-case letters, digits, `.`, `_` and `-`, such as `github`. */
  readonly source: string
  /** The address where it was found, for the audit log. Its query is not kept, nor its path where that may hold a secret. */
  readonly url?: string
  readonly action: LeakAction
}

/** A secret that is known here, and what was done. */
export interface Leak {
  /** Its token, as it is now. */
  readonly token: Token
  /** What was done: of a canary always `tell`, since its end would silence it. */
  readonly action: LeakAction
  /** Whether this report wrote anything; `false` for the same one again, and for what had ended before. */
  readonly isNew: boolean
}

/** Which measure is taken for a token type. */
export type ActionOf = (type: string) => LeakAction

/** How many reports of one secret, from different sources and places, are written into the log. */
const MOST_REPORTS = 20
/** The source of a report as it stands in the log: too short for a secret. */
export const SOURCE_PATTERN = /^[a-z0-9][a-z0-9._-]{0,31}$/
const SOURCE_PROBLEM: Problem = [
  'must be 1 to 32 lower-case letters, digits, ., _ and -, such as "github".',
  'source_malformed',
]

const schema = z.strictObject({
  text: z.string(),
  source: matching(SOURCE_PATTERN, SOURCE_PROBLEM),
  url: z.exactOptional(z.string()),
  action: z.literal(['revoke', 'retire', 'tell']),
})

/**
 * Reports a leak: every secret in a text is dealt with, and those that are known here are told with their tokens. Asks nobody for
 * rights: keep it from whoever has not shown the secret. Resolves when no process accepts what was ended. The same report again
 * writes nothing, and one with a harder measure still takes it.
 *
 * @param tokens what `createPlanTokens` gave, itself and no copy.
 * @throws PlanTokenError `invalid_input` (also for more than 100 secrets), `version_conflict` (after 20 attempts), `unavailable`,
 * which promises nothing: call again. SetupError for other `tokens`.
 * @example
 * const leaks = await reportLeak(tokens, { text: pasted, source: 'support', action: 'retire' })
 */
export async function reportLeak<P extends Policy>(
  tokens: PlanTokens<P, Issued | Requested>,
  input: LeakInput,
): Promise<readonly Leak[]> {
  const engine = engineFor('reportLeak', tokens)
  const { action, ...report } = parseBy<LeakInput>(schema, input)
  const [leaks = []] = await reportAll(engine, [report], () => action)
  return leaks
}

/** How many tokens are asked about at a time, to be shown. */
const SHOWN_AT_ONCE = 100

/** Several reports, one after the other, with one wait for all that ended. What is known of each, in their order. */
export async function reportAll(
  engine: ManagingEngine,
  reports: readonly Omit<LeakInput, 'action'>[],
  actionOf: ActionOf,
  mostSecrets?: number,
): Promise<readonly (readonly Leak[])[]> {
  const found: Found[] = []
  let failed: unknown
  try {
    for (const [of, report] of reports.entries()) {
      const act = async (digest: string, key: LegacyKey | undefined): Promise<void> => {
        const one = await dealWith(engine, digest, key, report, actionOf)
        if (one) found.push({ ...one, of })
      }
      const thrown = await eachSecretIn(engine, report.text, act, mostSecrets)
      failed ??= thrown
    }
  } finally {
    // Whatever has ended by then is to be dead everywhere, also where the next one failed.
    if (found.some(({ action, isNew }) => isNew && action !== 'tell')) await engine.freshness.untilSeenEverywhere()
  }
  if (failed !== undefined) throw failed
  const leaks = reports.map((): Leak[] => [])
  for (let at = 0; at < found.length; at += SHOWN_AT_ONCE) {
    const part = found.slice(at, at + SHOWN_AT_ONCE)
    const tokens = await show(
      engine,
      part.map(({ record }) => record),
    )
    for (const [i, { of, action, isNew }] of part.entries())
      leaks[of]?.push({ token: tokens[i] as Token, action, isNew })
  }
  return leaks
}

interface Found extends Pick<Leak, 'action' | 'isNew'> {
  readonly record: TokenRecord
  /** Which report it stood in. */
  readonly of: number
}

/** Takes the measure for one secret, if it is known. */
async function dealWith(
  engine: ManagingEngine,
  digest: string,
  key: LegacyKey | undefined,
  { source, url }: Omit<LeakInput, 'action'>,
  actionOf: ActionOf,
): Promise<Omit<Found, 'of'> | undefined> {
  const found = await findByDigest(engine, digest, key)
  if (!found) return undefined
  const action = isCanary(found) ? 'tell' : actionOf(found.type)
  const place = placeOf(url, engine.legacy)
  const told = { source, ...(place !== undefined && { url: place }) }
  let isNew = false
  const record = await change(
    engine,
    async () => (await findByDigest(engine, digest)) ?? found,
    (before): Judged<TokenRecord> => {
      const judged =
        action === 'revoke'
          ? endOfSecret(engine, before, digest)
          : marked(engine, before, digest, engine.sha256(JSON.stringify([digest, source, place ?? null])), action)
      isNew = 'record' in judged
      if (!('record' in judged)) return judged
      const leak = { before: null, after: action }
      const changes = { ...changesBetween(before, judged.record), ...endsBetween(before, judged.record, digest), leak }
      return { ...judged, told: { ...told, changes } }
    },
  )
  return { record, action, isNew }
}

/** The end of an earlier secret before and after, where it is another one. Of the newest that of its token says it. */
function endsBetween(before: TokenRecord, after: TokenRecord, digest: string): NonNullable<NewEvent['changes']> {
  const [was, is] = [before, after].map((record) => secretWithDigest(record, digest)?.worksUntil ?? null)
  return was === is ? {} : { worksUntil: { before: was, after: is } }
}

const REPORTED: EventType = 'leak_reported'

/** A secret that goes on working, with the report beside it; the same record where there is nothing to write. */
function marked(
  engine: ManagingEngine,
  before: TokenRecord,
  digest: string,
  report: string,
  action: 'retire' | 'tell',
): Judged<TokenRecord> {
  const now = timeOf(engine)
  const secret = secretWithDigest(before, digest)
  const works = isCanary(before) ? before.revokedAt === null : isActive(before, now)
  if (!secret || !works || !isActiveSecret(before, secret, now)) return { result: before }
  const { at = now, reports = [], endsAt } = secret.leak ?? {}
  const isTold = reports.includes(report) || reports.length >= MOST_REPORTS
  const end = endsAt ?? (action === 'retire' ? endOf(engine, before, secret, now) : undefined)
  if (isTold && end === endsAt) return { result: before }
  const leak = { at, reports: isTold ? reports : [...reports, report], ...(end !== undefined && { endsAt: end }) }
  return judgement(before, withLeak(before, secret, leak, newId(engine.random)), REPORTED, null)
}

/** When a retired secret ends: after the grace of a refresh, and never later than it would anyway. */
function endOf({ types }: ManagingEngine, { type, expiresAt }: TokenRecord, secret: SecretRecord, now: number): number {
  const graceHours = types.get(type)?.policy.limits.graceHours ?? 24
  return Math.min(now + graceHours * millisecondsInHour, expiresAt, secret.worksUntil ?? expiresAt)
}

/** The newest secret has no end but that of its token, which ends with it; a refresh gives both a new one, and the old secret keeps its end. */
function withLeak(record: TokenRecord, secret: SecretRecord, leak: LeakedSecret, eventId: string): TokenRecord {
  const { endsAt } = leak
  const isNewest = secret === newestSecret(record)
  const worksUntil = isNewest ? null : (endsAt ?? secret.worksUntil)
  const secrets = record.secrets.map(
    (other): SecretRecord => (other === secret ? { ...other, worksUntil, leak } : other),
  )
  return next(record, { secrets, eventId, ...(isNewest && endsAt !== undefined && { expiresAt: endsAt }) })
}
