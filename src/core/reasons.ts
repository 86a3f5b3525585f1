/**
 * Each rule's verdict in a sentence that a support engineer can pass on. Names policy words and the token's own dates and
 * scopes; never what the client sent, since a path may hold a secret by mistake. The rules: core/decide.ts.
 */
import { type Facts, heldScope, outsideAllowlist, outsidePlan, type RuleName } from './decide.ts'
import { anyOf } from './denial.ts'
import type { Match } from './endpoints.ts'
import { REFUSALS, type RefusalCode } from './errors.ts'
import type { NamedRef } from './names.ts'

/** The reason for a verdict: `code` is the refusal, or `undefined` if the rule lets the request through. */
export function reasonOf(rule: RuleName, facts: Facts, code: RefusalCode | undefined): string {
  if (code === undefined) return PASSED[rule](facts)
  const { title, help } = REFUSALS[code]
  return `${title} ${DETAILS[rule]?.(facts, code) ?? help}`
}

const date = (ms: unknown): string =>
  Number.isSafeInteger(ms) ? new Date(ms as number).toISOString() : 'an unknown date'
const listed = (words: Iterable<string>): string => [...words].join(', ') || 'none'
const route = (match: Match | undefined): string => match?.endpoint.view.route ?? 'The endpoint'
const words = (kind: string): string => kind.replaceAll('_', ' ')

const PASSED: { readonly [R in RuleName]: (facts: Facts) => string } = {
  credential: () => 'The request carries exactly one credential.',
  secret: () => 'The credential has the form and the checksum of a secret.',
  target: () => 'The request target can be read in exactly one way.',
  known: () => 'The secret belongs to a token.',
  alive: ({ record, secret }) =>
    `The token is active until ${date(record?.expiresAt)}${secret?.worksUntil == null ? '.' : `; its secret has been replaced and works until ${date(secret.worksUntil)}.`}`,
  type: ({ record, policy }) => `The token's type "${record?.type}" belongs to this API, "${policy.surface}".`,
  plan: ({ plan }) =>
    `The plan is of the tier "${(plan as { tier?: string } | undefined)?.tier}", which has plan access tokens.`,
  endpoint: ({ match }) => `${route(match)} is open to plan access tokens.`,
  tier: ({ match }) =>
    match?.endpoint.tiers
      ? 'The endpoint is open to the tier of the plan.'
      : 'The endpoint asks for no tier of its own.',
  scope: ({ match, grant }) => {
    const held = heldScope(match?.endpoint.scopes ?? [], grant?.scopes ?? [])
    return held === undefined
      ? 'The endpoint needs no scope.'
      : `The token holds the scope ${held}, which the endpoint takes.`
  },
  names: ({ named }) => {
    if (typeof named !== 'object')
      return named === 'plan' ? 'The request asks for the whole plan.' : 'The request names no resource of a plan.'
    return `The request names ${named.length === 1 ? 'one resource' : `${named.length} resources`}: ${listed(new Set(named.map(described)))}.`
  },
  in_plan: ({ named }) =>
    typeof named === 'object'
      ? 'Everything that the request names lies in the plan of the token.'
      : 'There is no resource that could lie elsewhere.',
  allowlist: ({ named, grant }) => {
    if (named === 'nothing') return 'There is no resource that an allowlist could leave out.'
    return grant?.allowlist === 'all'
      ? 'The token may reach every resource of its plan.'
      : "Each named resource, or something above it, is on the token's allowlist."
  },
}

/** What a refusal adds to its title. */
const DETAILS: { readonly [R in RuleName]?: (facts: Facts, code: RefusalCode) => string } = {
  credential: ({ policy: { credential } }, code) =>
    code === 'token_missing'
      ? `It is looked for in ${listed([...credential.headers, ...(credential.bearer ? ['authorization'] : [])])}.`
      : 'It carries more than one credential, or one that was joined from several.',
  target: () =>
    'Its path or query has an empty, dot or needlessly encoded part, or a character that must not stand there.',
  alive: ({ record, secret }, code) => {
    if (code === 'token_revoked') return `That was on ${date(record?.revokedAt)}.`
    if (code === 'token_expired') return `That was on ${date(record?.expiresAt)}.`
    return secret?.worksUntil === 0 ? 'It was ended at once.' : `It worked until ${date(secret?.worksUntil)}.`
  },
  type: ({ record, policy }) =>
    `Its type is "${record?.type}"; this API, "${policy.surface}", takes ${listed(policy.types.keys())}.`,
  plan: ({ policy }) => `The tiers with plan access tokens are ${listed(policy.tiers)}.`,
  endpoint: ({ match }, code) =>
    code === 'endpoint_unknown'
      ? REFUSALS[code].help
      : `${route(match)}: ${match?.endpoint.closed?.replace(/\.$/, '')}.`,
  tier: ({ match }) => `${route(match)} is only for the tier ${listed(match?.endpoint.tiers ?? [])}.`,
  scope: ({ match, grant }) =>
    `It takes ${anyOf(match?.endpoint.scopes ?? [])}. The token holds ${listed(grant?.scopes ?? [])}.`,
  names: () =>
    'A value that names a resource is missing, empty, doubled or of the wrong type, or the body is not JSON or too long.',
  in_plan: (facts) => {
    const ref = outsidePlan(facts)
    return ref
      ? `It is the ${described(ref)}${ref.within ? `, or it is not in that ${words(ref.within.kind)}` : ''}.`
      : ''
  },
  allowlist: (facts) => {
    const outside = outsideAllowlist(facts)
    return typeof outside === 'object'
      ? `It is the ${described(outside)}; nothing above it is listed either.`
      : 'The request asks for the whole plan, which only a token with all resources may.'
  },
}

function described({ kind, at }: NamedRef): string {
  return `${words(kind)} in ${at}`
}
