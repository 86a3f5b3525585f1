/**
 * Each rule's verdict in a sentence that a support engineer can pass on. Names policy words and the token's own dates and
 * scopes; never what the client sent, since a path may hold a secret by mistake. The rules: core/decide.ts.
 */
import { type Facts, heldScope, outsideAllowlist, outsidePlan, type RuleName } from './decide.ts'
import { REFUSALS, type RefusalCode } from './errors.ts'
import type { NamedRef } from './names.ts'

/** The reason for a verdict: `code` is the refusal, or `undefined` if the rule lets the request through. */
export function reasonOf(rule: RuleName, facts: Facts, code: RefusalCode | undefined): string {
  return code === undefined ? PASSED[rule](facts) : (REFUSED[rule]?.(facts, code) ?? REFUSALS[code].title)
}

const date = (ms: unknown): string =>
  Number.isSafeInteger(ms) ? new Date(ms as number).toISOString() : 'an unknown date'
const listed = (words: Iterable<string>): string => [...words].join(', ') || 'none'
const route = ({ match }: Facts): string => match?.endpoint.route ?? 'The endpoint'
const words = (kind: string): string => kind.replaceAll('_', ' ')

const PASSED: { readonly [R in RuleName]: (facts: Facts) => string } = {
  credential: () => 'The request carries exactly one credential.',
  secret: () => 'The credential has the form and the checksum of a secret of this deployment.',
  target: () => 'The request target can be read in exactly one way.',
  known: () => 'The secret belongs to a token.',
  alive: ({ record, secret }) =>
    `The token is active until ${date(record?.expiresAt)}${secret?.worksUntil == null ? '.' : `; its secret has been replaced and works until ${date(secret.worksUntil)}.`}`,
  type: ({ record, policy }) => `The token's type "${record?.type}" belongs to this API, "${policy.surface}".`,
  plan: ({ plan }) =>
    `The plan is of the tier "${(plan as { tier?: string } | undefined)?.tier}", which has plan access tokens.`,
  endpoint: (facts) => `${route(facts)} is open to plan access tokens.`,
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

const REFUSED: { readonly [R in RuleName]?: (facts: Facts, code: RefusalCode) => string } = {
  credential: ({ policy }, code) => {
    if (code !== 'token_missing')
      return 'The request carries more than one credential, or one that was joined from several.'
    const places = [...policy.credential.headers, ...(policy.credential.bearer ? ['Authorization: Bearer'] : [])]
    return `The request carries no credential. It is looked for in ${places.join(' and ')}.`
  },
  secret: () =>
    'The credential has not the form or the checksum of a secret of this deployment: it was cut, changed, or belongs to another system.',
  target: () =>
    'The request target does not pass the grammar: it has an empty, dot or needlessly encoded part, a trailing slash, or a character that must not stand there.',
  known: () => 'No token has this secret.',
  alive: ({ record, secret }, code) => {
    if (code === 'token_revoked') return `The token was revoked on ${date(record?.revokedAt)}.`
    if (code === 'token_expired') return `The token expired on ${date(record?.expiresAt)}.`
    return secret?.worksUntil === 0
      ? 'The secret was replaced and ended at once.'
      : `The secret was replaced and worked until ${date(secret?.worksUntil)}.`
  },
  type: ({ record, policy }) =>
    `The token's type is "${record?.type}"; this API, "${policy.surface}", takes ${listed([...policy.types.keys()].map((type) => `"${type}"`))}.`,
  plan: ({ policy }) =>
    `The plan is suspended, unknown, or of a tier without plan access tokens. The tiers with them are ${listed(policy.tiers)}.`,
  endpoint: (facts, code) =>
    code === 'endpoint_unknown'
      ? 'No endpoint of the policy has this method and path.'
      : `${route(facts)} is not open to plan access tokens: ${facts.match?.endpoint.closed}.`,
  tier: (facts) => `${route(facts)} is only for plans of the tier ${listed(facts.match?.endpoint.tiers ?? [])}.`,
  scope: ({ match, grant }) =>
    `The endpoint takes any one of: ${listed(match?.endpoint.scopes ?? [])}. The token holds: ${listed(grant?.scopes ?? [])}.`,
  names: () =>
    'A value that names a resource is missing, empty, doubled or of the wrong type, or the body is not JSON or too long.',
  in_plan: (facts) => {
    const ref = outsidePlan(facts)
    return `The ${ref ? described(ref) : 'resource'} does not exist in the plan of the token${ref?.within ? `, or not in the ${words(ref.within.kind)} that the request names` : ''}.`
  },
  allowlist: (facts) => {
    const outside = outsideAllowlist(facts)
    if (outside === 'plan' || outside === undefined)
      return 'The request asks for the whole plan, which only a token with all resources may.'
    return `The ${described(outside)} is not on the token's allowlist, nor is anything above it.`
  },
}

function described({ kind, at }: NamedRef): string {
  return `${words(kind)} in ${at}`
}
