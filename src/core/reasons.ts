/**
 * Each rule's verdict in sentences that a support engineer can pass on, each with a code. Names policy words and the token's own dates and
 * scopes; never what the client sent, since a path may hold a secret by mistake. The rules: core/decide.ts; the words:
 * core/reason-texts.ts.
 */
import { type Facts, heldScopes, needsNoToken, type RuleName } from './decide.ts'
import type { Match } from './endpoints.ts'
import type { LimitState } from './limited.ts'
import { type MalformedReason, toldOf, type UNPLACED } from './malformed.ts'
import { outsideAllowlist, outsidePlan } from './reach.ts'
import { REASON_TEXTS } from './reason-texts.ts'
import { REFUSALS, type RefusalCode } from './refusals.ts'
import { allOf, anyOf } from './scope-alternatives.ts'
import { type Sentence, type SentenceParams, sentence } from './sentence.ts'
import { ENDED } from './token.ts'

/**
 * What a sentence of `explain` says: what was refused, what to do then (`…_help`), why a request is malformed, or one of
 * core/reason-texts.ts.
 */
export type ReasonCode =
  | RefusalCode
  | `${RefusalCode}_help`
  | MalformedReason
  | keyof typeof UNPLACED
  | keyof typeof REASON_TEXTS

/** One sentence of the reason for a verdict. */
export type Reason = Sentence<ReasonCode>

/** The reason for a verdict: `code` is the refusal, or `undefined` if the rule lets the request through. */
export function reasonsOf(rule: RuleName, facts: Facts, code: RefusalCode | undefined): readonly Reason[] {
  if (code === undefined) return [PASSED[rule](facts)].flat()
  const details = DETAILS[rule]?.(facts, code) ?? help(code)
  return [sentence(code, REFUSALS[code].title), ...[details].flat()]
}

/** All of it, as one text. */
export const textOf = (reasons: readonly Reason[]): string => reasons.map(({ message }) => message).join(' ')

/** A sentence of the table. */
export const say = (
  code: keyof typeof REASON_TEXTS,
  params?: SentenceParams,
  words?: { readonly [name: string]: string },
): Reason => sentence(code, REASON_TEXTS[code], params, words)

const help = (code: RefusalCode): Reason => sentence(`${code}_help`, REFUSALS[code].help)

const date = (ms: unknown): string =>
  Math.abs(ms as number) <= 8.64e15 ? new Date(ms as number).toISOString() : 'an unknown date'
/** A sentence about moments. */
const dated = (code: keyof typeof REASON_TEXTS, moments: { readonly [name: string]: unknown }): Reason => {
  const words = Object.entries(moments).map(([name, moment]) => [name, date(moment)])
  return say(code, moments as { readonly [name: string]: number }, Object.fromEntries(words))
}

const route = (match: Match | undefined): string => match?.endpoint.view.route ?? 'The endpoint'
const words = (kind: string): string => kind.replaceAll('_', ' ')

type Told = Reason | readonly Reason[]

const PASSED: { readonly [R in RuleName]: (facts: Facts) => Told } = {
  credential: (facts) =>
    needsNoToken(facts) ? say('credential_needless', { route: route(facts.match) }) : say('credential_one'),
  secret: () => say('secret_formed'),
  target: () => say('target_readable'),
  known: () => say('secret_known'),
  alive: ({ record, secret }) => [
    secret?.worksUntil == null
      ? dated('active', { until: record?.expiresAt })
      : dated('active_with_secret', { until: record?.expiresAt, secretUntil: secret.worksUntil }),
    ...(record?.selfRenewal ? [dated('self_renewing', { until: record.selfRenewal.until })] : []),
  ],
  address: ({ grant, address }) => {
    if (grant?.addresses === undefined) return say('address_any')
    return say(grant.addresses.holds(address) ? 'address_listed' : 'address_watched')
  },
  type: ({ record }) => say('type_taken', { type: String(record?.type) }),
  plan: ({ plan }) => say('tier_included', { tier: String((plan as { tier?: string }).tier) }),
  plan_rules: ({ rules }) => say(rules === undefined ? 'rules_none' : 'rules_kept'),
  endpoint: ({ match }) => say('endpoint_open', { route: route(match) }),
  tier: () => say('tier_open'),
  scope: ({ match, grant }) => {
    const held = match && heldScopes(match.endpoint, grant?.scopes ?? [])
    return held === undefined
      ? say('scope_needless')
      : say('scope_held', { held: [held].flat() }, { held: allOf(held) })
  },
  limit: ({ limited }) =>
    typeof limited === 'object'
      ? say('limit_left', { ...sizeOf(limited.state), remaining: limited.state.remaining })
      : say('limit_none'),
  names: (facts) => {
    if (typeof facts.named !== 'object') return NAMED_IN_WORDS[facts.named ?? 'nothing'] ?? []
    const found = facts.named.map((_, i) => described(facts, i))
    const listed = (text: (of: (typeof found)[number]) => string): readonly string[] => [...new Set(found.map(text))]
    const resources = listed(({ kind, source }) => `${kind} (${source})`)
    return say(
      'names_resources',
      { resources },
      { resources: listed(({ kind, source }) => `${kind} in ${source}`).join(', ') },
    )
  },
  in_plan: () => say('plan_holds'),
  allowlist: ({ grant, named }) => {
    if (grant?.allowlist === 'all') return say('list_all')
    return say(named === 'filtered' ? 'list_filters' : 'list_holds')
  },
}

const NAMED_IN_WORDS: { readonly [named: string]: Told } = {
  nothing: say('names_nothing'),
  plan: say('names_plan'),
  filtered: say('names_filtered'),
  malformed: [],
}

/** What a refusal adds to its title. */
const DETAILS: { readonly [R in RuleName]?: (facts: Facts, code: RefusalCode) => Told } = {
  credential: ({ policy: { credential: places }, credential }) =>
    typeof credential === 'object' && credential.code === 'request_malformed'
      ? toldOf(credential.malformed)
      : say('credential_places', { headers: [...places.headers, ...(places.bearer ? ['authorization'] : [])] }),
  target: causeOf,
  known: ({ record }) => (record ? say('canary') : help('token_unknown')),
  alive: ({ record, secret }, code) => {
    if (code === 'token_unknown') return pending(record)
    if (code === 'token_revoked') return dated('ended_on', { on: record?.revokedAt })
    if (code === 'token_expired') return dated('ended_on', { on: record?.expiresAt })
    return secret?.worksUntil === ENDED ? say('secret_ended') : dated('secret_worked', { until: secret?.worksUntil })
  },
  address: ({ address }) =>
    address === undefined || address === null ? say('address_none') : help('address_not_allowed'),
  type: ({ record, policy }) => say('type_other', { type: String(record?.type), types: [...policy.types.keys()] }),
  plan: ({ policy }) => say('tiers_included', { tiers: [...policy.tiers] }),
  plan_rules: ({ rules }, code) =>
    code === 'token_idle'
      ? say('rules_idle', { days: rules?.idleDays ?? 0 })
      : say('rules_lifetime', { days: rules?.maxLifetimeDays ?? 0 }),
  endpoint: ({ match }, code) =>
    code === 'endpoint_unknown'
      ? help(code)
      : say('endpoint_closed', { route: route(match), why: match?.endpoint.closed?.replace(/\.$/, '') ?? '' }),
  tier: ({ match }) => say('tier_closed', { route: route(match), tiers: [...(match?.endpoint.tiers ?? [])] }),
  scope: ({ match, grant }) => {
    const wanted = match?.endpoint.scopes ?? []
    const held = grant?.scopes ?? []
    return [
      say('scopes_taken', { takes: wanted.map((scope) => [scope].flat().join(' + ')) }, { takes: anyOf(wanted) }),
      held.length === 0 ? say('scopes_held_none') : say('scopes_held', { held }),
    ]
  },
  limit: ({ limited }, code) =>
    typeof limited === 'object'
      ? say('limit_used_up', { ...sizeOf(limited.state), retryAfter: limited.state.retryAfter })
      : help(code),
  names: causeOf,
  in_plan: (facts) => {
    const outside = outsidePlan(facts)
    if (outside === undefined) return []
    const within = facts.namedAt[outside]?.within
    const what = described(facts, outside)
    if (!within) return say('plan_lacks', what)
    return say('plan_lacks_within', { ...what, within: within.map(({ kind }) => words(kind)).join(' or ') })
  },
  allowlist: (facts) => {
    const outside = outsideAllowlist(facts)
    return typeof outside === 'number' ? say('list_lacks', described(facts, outside)) : say('list_lacks_plan')
  },
}

function pending(record: Facts['record']): Reason {
  const { approvedBy } = record?.request ?? {}
  return approvedBy === undefined ? say('pending') : say('pending_approved', { actor: approvedBy })
}

const sizeOf = ({ name, requests, perSeconds }: LimitState) => ({ name, requests, perSeconds })

function causeOf({ malformed }: Facts): Reason {
  return malformed ? toldOf(malformed) : help('request_malformed')
}

/** A named resource by its kind and where it was read. */
function described({ named, namedAt }: Facts, i: number): { readonly kind: string; readonly source: string } {
  const kind = typeof named === 'object' ? named[i]?.kind : undefined
  return { kind: words(kind ?? 'resource'), source: String(namedAt[i]?.at) }
}
