/**
 * Each rule's verdict in a sentence that a support engineer can pass on. Names policy words and the token's own dates and
 * scopes; never what the client sent, since a path may hold a secret by mistake. The rules: core/decide.ts.
 */
import { type Facts, heldScopes, needsNoToken, outsideAllowlist, outsidePlan, type RuleName } from './decide.ts'
import type { Match } from './endpoints.ts'
import { REFUSALS, type RefusalCode } from './errors.ts'
import type { LimitState } from './limited.ts'
import { sentenceOf } from './malformed.ts'
import { allOf, anyOf } from './scope-alternatives.ts'
import { ENDED } from './token.ts'

/** The reason for a verdict: `code` is the refusal, or `undefined` if the rule lets the request through. */
export function reasonOf(rule: RuleName, facts: Facts, code: RefusalCode | undefined): string {
  if (code === undefined) return PASSED[rule](facts)
  const { title, help } = REFUSALS[code]
  return `${title} ${DETAILS[rule]?.(facts, code) ?? help}`
}

const date = (ms: unknown): string =>
  Math.abs(ms as number) <= 8.64e15 ? new Date(ms as number).toISOString() : 'an unknown date'
const listed = (words: Iterable<string>): string => [...words].join(', ') || 'none'
const route = (match: Match | undefined): string => match?.endpoint.view.route ?? 'The endpoint'
const words = (kind: string): string => kind.replaceAll('_', ' ')

const renewing = (record: Facts['record']): string =>
  record?.selfRenewal ? ` It may renew itself until ${date(record.selfRenewal.until)}.` : ''

const PASSED: { readonly [R in RuleName]: (facts: Facts) => string } = {
  credential: (facts) =>
    needsNoToken(facts)
      ? `The request carries no credential, and ${route(facts.match)} needs none.`
      : 'The request carries exactly one credential.',
  secret: () => 'The credential has the form of a secret.',
  target: () => 'The path and the query can be read in exactly one way.',
  known: () => 'The credential is a secret of a token.',
  alive: ({ record, secret }) =>
    `The token is active until ${date(record?.expiresAt)}${secret?.worksUntil == null ? '' : `, this secret of it until ${date(secret.worksUntil)}`}.${renewing(record)}`,
  address: ({ grant, address }) =>
    grant?.addresses === undefined
      ? 'The token may be used from any address.'
      : grant.addresses.holds(address)
        ? 'The token may be used from the address that the request came from.'
        : 'The token may not be used from where the request came from, which is only watched here.',
  type: ({ record }) => `The token is of the type ${record?.type}, which this API takes.`,
  plan: ({ plan }) => `The plan is of the tier ${(plan as { tier?: string }).tier}, which has plan access tokens.`,
  plan_rules: ({ rules }) =>
    rules === undefined ? 'The plan has no rules of its own.' : 'The token is within the rules of its plan.',
  endpoint: ({ match }) => `${route(match)} is open to plan access tokens.`,
  tier: () => 'The endpoint is open to the tier of the plan.',
  scope: ({ match, grant }) => {
    const held = match && heldScopes(match.endpoint, grant?.scopes ?? [])
    return held === undefined
      ? 'The endpoint takes no scope.'
      : `The token holds ${allOf(held)}, which the endpoint takes.`
  },
  limit: ({ limited }) =>
    typeof limited === 'object'
      ? `By the limit "${limited.state.name}", ${limited.state.remaining} of ${sizeOf(limited.state)} are left.`
      : 'No limit applies, or none that can be looked at without counting.',
  names: (facts) =>
    typeof facts.named === 'object'
      ? `The request names ${listed(new Set(facts.named.map((_, i) => described(facts, i))))}.`
      : NAMED_IN_WORDS[facts.named ?? 'nothing'],
  in_plan: () => 'Every resource of the request lies in the plan of the token.',
  allowlist: ({ grant, named }) =>
    grant?.allowlist === 'all'
      ? 'The token may reach every resource of its plan.'
      : named === 'filtered'
        ? 'The endpoint shows only what is on the allowlist, or below it.'
        : 'Each resource of the request, or one above it, is on the allowlist.',
}

const NAMED_IN_WORDS = {
  nothing: 'The request names no resource of a plan.',
  plan: 'The request names the whole plan.',
  filtered: 'The request names no resource of a plan: its answer holds only what the token may see.',
  malformed: '',
}

/** What a refusal adds to its title. */
const DETAILS: { readonly [R in RuleName]?: (facts: Facts, code: RefusalCode) => string } = {
  credential: ({ policy: { credential: places }, credential }) =>
    !credential.ok && credential.code === 'request_malformed'
      ? sentenceOf(credential.malformed)
      : `It is looked for in ${listed([...places.headers, ...(places.bearer ? ['authorization'] : [])])}.`,
  target: causeOf,
  known: ({ record }) =>
    record
      ? 'It is a canary: nothing is let through with it, and whoever sends it is answered as if it did not exist.'
      : REFUSALS.token_unknown.help,
  alive: ({ record, secret }, code) => {
    if (code === 'token_unknown') return pendingText(record)
    if (code === 'token_revoked') return `That was on ${date(record?.revokedAt)}.`
    if (code === 'token_expired') return `That was on ${date(record?.expiresAt)}.`
    return secret?.worksUntil === ENDED ? 'It was ended at once.' : `It worked until ${date(secret?.worksUntil)}.`
  },
  address: ({ address }) =>
    address === undefined || address === null ? 'No address came with the request.' : REFUSALS.address_not_allowed.help,
  type: ({ record, policy }) => `It is of the type ${record?.type}; this API takes ${listed(policy.types.keys())}.`,
  plan: ({ policy }) => `The tiers with plan access tokens are ${listed(policy.tiers)}.`,
  plan_rules: ({ rules }, code) =>
    code === 'token_idle'
      ? `A token of this plan has to be used within ${rules?.idleDays} days.`
      : `A token of this plan has to be refreshed within ${rules?.maxLifetimeDays} days.`,
  endpoint: ({ match }, code) =>
    code === 'endpoint_unknown'
      ? REFUSALS[code].help
      : `${route(match)}: ${match?.endpoint.closed?.replace(/\.$/, '')}.`,
  tier: ({ match }) => `${route(match)} is only for the tier ${listed(match?.endpoint.tiers ?? [])}.`,
  scope: ({ match, grant }) =>
    `It takes ${anyOf(match?.endpoint.scopes ?? [])}. The token holds ${listed(grant?.scopes ?? [])}.`,
  limit: ({ limited }, code) =>
    typeof limited === 'object'
      ? `It is the limit "${limited.state.name}" of ${sizeOf(limited.state)}; the next one is possible in ${limited.state.retryAfter} s.`
      : REFUSALS[code].help,
  names: causeOf,
  in_plan: (facts) => {
    const outside = outsidePlan(facts)
    if (outside === undefined) return ''
    const within = facts.namedAt[outside]?.within
    return `It is the ${described(facts, outside)}${within ? `, or it is not in that ${words(within.kind)}` : ''}.`
  },
  allowlist: (facts) => {
    const outside = outsideAllowlist(facts)
    return typeof outside === 'number'
      ? `It is the ${described(facts, outside)}; nothing above it is listed either.`
      : 'It is the whole plan.'
  },
}

function pendingText(record: Facts['record']): string {
  const { approvedBy } = record?.request ?? {}
  return approvedBy === undefined
    ? 'It is pending: another admin has to approve it, and until its secret is collected it has none.'
    : `It is pending: ${approvedBy} has approved it, and until its secret is collected it has none.`
}

function sizeOf({ requests, perSeconds }: LimitState): string {
  return `${requests} requests per ${perSeconds} s`
}

function causeOf({ malformed }: Facts): string {
  return malformed ? sentenceOf(malformed) : REFUSALS.request_malformed.help
}

/** A named resource by its kind and where it was read. */
function described({ named, namedAt }: Facts, i: number): string {
  const kind = typeof named === 'object' ? named[i]?.kind : undefined
  return `${words(kind ?? 'resource')} in ${namedAt[i]?.at}`
}
