/**
 * The plan access tokens page as plain data and a few dozen lines, written from the page and its contract and from nothing of
 * src/. It knows no digest, no version race and no cache: only who may do what, when things end, and what the log then says.
 * It changes itself and answers `'ok'` or the code of the refusal; the engine is asked the same in test/simulation/walk.ts.
 */

import { type ModelTerm, type RenewalWish, termAfter, termAgain } from './term-model.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** The network that all requests come from. */
export const HERE = '203.0.113.0/24'
const ELIGIBLE = ['organization', 'enterprise']
export const MOST_LIVE_SECRETS = 10

/** `null`: as long as the token; `'ended'`: dead at once, whatever the clock says. */
export interface ModelSecret {
  readonly text: string
  readonly issuedAt: number
  worksUntil: number | null | 'ended'
  used: boolean
}

export interface ModelToken {
  readonly id: string
  readonly plan: string
  readonly days: number
  name: string
  scopes: readonly string[]
  resources: 'all' | readonly string[]
  /** `null`: it may be used from anywhere. */
  addresses: readonly string[] | null
  /** Until when it may renew itself; `null`: it may not. */
  renewal: ModelTerm
  /** When the log was told last of a secret that was replaced and tried to renew it. */
  toldAt: number | null
  expiresAt: number
  /** Who asked for it and until which end, and since when it is approved; `null` once its secret was collected. */
  request: { readonly by: string; readonly ends: number | undefined; isApproved: boolean } | null
  /** An edit that waits. */
  proposal: {
    readonly by: string
    readonly at: number
    readonly change: Change
    readonly term?: { readonly renewal: ModelTerm }
  } | null
  revoked: boolean
  readonly secrets: ModelSecret[]
  version: number
  /** How many requests were let through, by route and by what of its list let them through; how many were refused, by route and code. */
  readonly used: Map<string, ModelUse>
  /** How many were let through and refused, by day of UTC. */
  readonly byDay: Map<number, [allowed: number, refused: number]>
}

/** The day of UTC of something that was used, and how often it was. */
interface ModelUse {
  day: number
  requests: number
}

export interface Change {
  readonly name?: string
  readonly scopes?: readonly string[]
  readonly resources?: 'all' | readonly string[]
  readonly addresses?: readonly string[] | null
}

interface ModelEvent {
  readonly type: string
  readonly token: ModelToken
}

/** What an idempotency key was used for. */
interface UsedKey {
  readonly input: string
  readonly token: ModelToken
  /** `null` where there was none: it was asked for. */
  secret: ModelSecret | null
}

export interface Page {
  now: number
  readonly plans: Map<string, { tier: string; suspended: boolean }>
  /** For each resource what is directly above it, at last a plan. */
  readonly above: Map<string, string>
  readonly tokens: ModelToken[]
  readonly events: ModelEvent[]
  readonly keys: Map<string, UsedKey>
  /** The plans in which another admin has to approve what is new or wider. */
  readonly asking: Set<string>
  /** The renewals that were done, to be asked for again. */
  readonly renewals: { readonly sent: string; readonly key: string }[]
}

export interface Wish {
  readonly by: string
  readonly plan: string
  readonly days: number
  /** The moment at which it ends, if that was said instead of days: `days` are then the begun ones until it. */
  readonly ends?: number | undefined
  readonly scopes: readonly string[]
  readonly resources: 'all' | readonly string[]
  readonly addresses?: readonly string[] | undefined
  /** Whether it may renew itself, and until when. */
  readonly renewal?: RenewalWish
  readonly key?: string | undefined
}

/** What some requests need: scopes of which any one is enough, and what they name. */
export const ROUTES: {
  readonly [line: string]: { scopes: readonly string[]; names: 'plan' | readonly string[] }
} = {
  'GET /v1/files/FileA': { scopes: ['file_content:read', 'files:read'], names: ['file:FileA'] },
  'HEAD /v1/files/FileA': { scopes: ['file_content:read', 'files:read'], names: ['file:FileA'] },
  'GET /v1/files/FileB/comments': { scopes: ['file_comments:read', 'files:read'], names: ['file:FileB'] },
  'GET /v1/files/FileZ/meta': { scopes: ['file_metadata:read', 'files:read'], names: ['file:FileZ'] },
  'GET /v1/files/Nowhere': { scopes: ['file_content:read', 'files:read'], names: ['file:Nowhere'] },
  'GET /v1/projects/123/files': { scopes: ['projects:read', 'files:read'], names: ['project:123'] },
  'GET /v1/teams/456/projects': { scopes: ['projects:read', 'files:read'], names: ['team:456'] },
  'POST /v1/dev_resources': { scopes: ['file_dev_resources:write'], names: ['file:FileA', 'file:FileB'] },
  'GET /v1/activity_logs': { scopes: ['org:activity_log_read'], names: 'plan' },
  'GET /v2/webhooks': { scopes: ['webhooks:read'], names: 'plan' },
}
/** The scopes that any endpoint takes, as far as tokens of the walks hold them: of each some one is enough. */
const TAKEN: readonly (readonly string[])[] = [
  ...['file_content:read', 'file_comments:read', 'file_metadata:read', 'projects:read', 'webhooks:read'].map(
    (scope) => [scope, 'files:read'],
  ),
  ...['files:read', 'webhooks:read', 'file_dev_resources:write', 'org:activity_log_read'].map((scope) => [scope]),
]
/** "Plan access tokens can be used with any REST API endpoint, with the following exceptions". */
export const CLOSED = ['GET /v1/me', 'GET /v1/oembed', 'POST /v1/files/FileA/comments']
export const UNKNOWN = ['GET /v1/nothing', 'get /v1/files/FileA', 'PATCH /v1/files/FileA']

/** A resource and all that is above it; its plan stands at the end, if it exists. */
function chainOf({ above }: Page, resource: string): string[] {
  const chain: string[] = []
  for (let key: string | undefined = resource; key !== undefined; key = above.get(key)) chain.push(key)
  return chain
}

const isIn = (page: Page, resource: string, plan: string): boolean => chainOf(page, resource).at(-1) === `plan:${plan}`
export const isActive = ({ now }: Page, token: ModelToken): boolean =>
  !token.revoked && now < token.expiresAt && !token.request
const isPending = ({ now }: Page, token: ModelToken): boolean =>
  !token.revoked && now < token.expiresAt && token.request !== null
/** How long what was asked for waits. */
const [DECIDED, COLLECTED] = [30 * DAY, 7 * DAY]
const endOf = (moment: number, ends: number | undefined): number => Math.min(moment, ends ?? moment)
export const isEligible = ({ plans }: Page, plan: string): boolean => {
  const { tier, suspended } = plans.get(plan)!
  return ELIGIBLE.includes(tier) && !suspended
}

/** Whether one secret of a token that is alive still works. */
export function works({ now }: Page, { worksUntil }: ModelSecret): boolean {
  return worksUntil === null || (worksUntil !== 'ended' && now < worksUntil)
}

export function log(page: Page, type: string, token: ModelToken): 'ok' {
  token.version += type === 'created' || type === 'requested' ? 0 : 1
  page.events.push({ type, token })
  return 'ok'
}

const lackOf = (page: Page, plan: string, resources: 'all' | readonly string[] = 'all'): boolean =>
  resources !== 'all' && !resources.every((resource) => isIn(page, resource, plan))

/** `made`: the id and the secret that the engine gave, if it gave any. */
export function create(page: Page, wish: Wish, made: { readonly id: string; readonly secret: string }): string {
  const { by, plan, days, scopes, resources, addresses = null, renewal, key } = wish
  if (!isEligible(page, plan)) return 'plan_not_eligible'
  if (lackOf(page, plan, resources)) return 'invalid_input'
  const known = page.keys.get(`create ${plan} ${key}`)
  if (key !== undefined && known) return issueAgain(page, known, inputOf(wish), made.secret)
  const isAsked = page.asking.has(plan)
  const secret: ModelSecret | null = isAsked
    ? null
    : { text: made.secret, issuedAt: page.now, worksUntil: null, used: false }
  const expiresAt = isAsked ? endOf(page.now + DECIDED, wish.ends) : (wish.ends ?? page.now + days * DAY)
  const token: ModelToken = {
    ...{ id: made.id, plan, days, name: 'Token', scopes, resources, addresses },
    ...{ expiresAt, revoked: false, secrets: secret ? [secret] : [], version: 1, used: new Map(), byDay: new Map() },
    ...{ renewal: termAfter(page.now, renewal, null), toldAt: null },
    request: isAsked ? { by, ends: wish.ends, isApproved: false } : null,
    proposal: null,
  }
  page.tokens.push(token)
  if (key !== undefined) page.keys.set(`create ${plan} ${key}`, { input: inputOf(wish), token, secret })
  return log(page, isAsked ? 'requested' : 'created', token)
}

/** Which of two choices lets a token do more. */
function widens(page: Page, token: ModelToken, { scopes, resources, addresses }: Change): boolean {
  const opens = (held: readonly string[]): boolean[] => TAKEN.map((any) => any.some((scope) => held.includes(scope)))
  const open = opens(token.scopes)
  const more = scopes !== undefined && opens(scopes).some((isOpen, i) => isOpen && !open[i])
  const isCovered = (resource: string): boolean =>
    token.resources === 'all' || chainOf(page, resource).some((key) => token.resources.includes(key))
  const further = resources === 'all' ? token.resources !== 'all' : resources?.every(isCovered) === false
  const from = addresses !== undefined && token.addresses !== null
  const elsewhere = from && (addresses === null || !addresses.every((one) => token.addresses!.includes(one)))
  return more || further || elsewhere
}

/** "Another admin approves": whoever asked may not, and what is not allowed any more is not approved. */
export function approve(page: Page, token: ModelToken, by: string): string {
  const found = waiting(page, token)
  if (typeof found === 'string') return found
  if (found.by === by) return 'own_request'
  if (!isEligible(page, token.plan)) return 'plan_not_eligible'
  if (token.request) {
    if (token.request.isApproved) return 'ok'
    if (lackOf(page, token.plan, token.resources)) return 'plan_rules_broken'
    token.request.isApproved = true
    token.expiresAt = endOf(page.now + COLLECTED, token.request.ends)
    return log(page, 'approved', token)
  }
  const after = { ...token, ...token.proposal!.change }
  if (lackOf(page, token.plan, after.resources)) return 'plan_rules_broken'
  const { change, term } = token.proposal!
  Object.assign(token, change, term, { proposal: null })
  token.renewal = termAgain(page.now, token.renewal)
  return log(page, 'approved', token)
}

export function decline(page: Page, token: ModelToken, by: string): string {
  const found = waiting(page, token)
  if (typeof found === 'string') return found
  if (found.by === by) return 'own_request'
  if (token.request) token.revoked = true
  else token.proposal = null
  return log(page, 'declined', token)
}

/** "The requester collects once, within 7 days." */
export function collect(page: Page, token: ModelToken, by: string, key: string | undefined, text: string): string {
  if (!isEligible(page, token.plan)) return 'plan_not_eligible'
  const known = page.keys.get(`collect ${token.id} ${key}`)
  if (key !== undefined && known) return issueAgain(page, known, by, text)
  if (!isPending(page, token)) return isActive(page, token) ? 'nothing_requested' : 'token_not_active'
  if (token.request!.by !== by) return 'not_requester'
  if (!token.request!.isApproved) return 'token_is_pending'
  if (lackOf(page, token.plan, token.resources)) return 'plan_rules_broken'
  const secret: ModelSecret = { text, issuedAt: page.now, worksUntil: null, used: false }
  token.secrets.push(secret)
  token.expiresAt = token.request!.ends ?? page.now + token.days * DAY
  token.request = null
  token.renewal = termAgain(page.now, token.renewal)
  if (key !== undefined) page.keys.set(`collect ${token.id} ${key}`, { input: by, token, secret })
  return log(page, 'collected', token)
}

/** What there is to decide, with who asked for it. */
function waiting(page: Page, token: ModelToken): string | { readonly by: string } {
  if (isPending(page, token)) return token.request!
  if (!isActive(page, token)) return 'token_not_active'
  return proposalOf(page, token) ?? 'nothing_requested'
}

/** The edit that waits, unless it has lapsed. */
export function proposalOf({ now }: Page, { proposal }: ModelToken): ModelToken['proposal'] {
  return proposal && now < proposal.at + DECIDED ? proposal : null
}

const inputOf = ({ days, ends, scopes, resources, addresses, renewal }: Wish): string =>
  JSON.stringify([ends ? { ends } : days, scopes, resources, addresses, renewal === 'off' ? undefined : renewal])

/** The same key again, for an answer that was lost on the way. */
function issueAgain(page: Page, used: UsedKey, input: string, text: string): string {
  const { token, secret } = used
  if (used.input !== input) return 'idempotency_key_reused'
  if (isPending(page, token)) return 'ok'
  if (!isActive(page, token)) return 'token_not_active'
  if (!secret || token.secrets.at(-1) !== secret || secret.used) return 'idempotency_key_spent'
  secret.worksUntil = 'ended'
  used.secret = { text, issuedAt: page.now, worksUntil: null, used: false }
  token.secrets.push(used.secret)
  return log(page, 'refreshed', token)
}

export function edit(page: Page, token: ModelToken, change: Change, by: string, wish?: RenewalWish): string {
  if (!isEligible(page, token.plan)) return 'plan_not_eligible'
  const isAsked = isPending(page, token)
  if (!isAsked && !isActive(page, token)) return 'token_not_active'
  if (isAsked && token.request!.by !== by) return 'not_requester'
  if (lackOf(page, token.plan, change.resources)) return 'invalid_input'
  const renewal = termAfter(page.now, wish, token.renewal)
  if (!isAsked && page.asking.has(token.plan) && widens(page, token, change)) {
    token.proposal = { by, at: page.now, change, ...(wish !== undefined && { term: { renewal } }) }
    return log(page, 'edit_requested', token)
  }
  const shown = () =>
    JSON.stringify([token.name, token.scopes, token.resources, token.addresses, token.renewal, token.proposal])
  const before = shown()
  Object.assign(token, change, { renewal })
  if (change.scopes || change.resources || change.addresses !== undefined) token.proposal = null
  if (before === shown()) return 'ok'
  if (isAsked) {
    token.request = { by, ends: token.request!.ends, isApproved: false }
    token.expiresAt = endOf(page.now + DECIDED, token.request.ends)
  } else if (wish === undefined) token.renewal = termAgain(page.now, token.renewal)
  return log(page, 'edited', token)
}

/** "The expiration is calculated from the current date, extended by the original token lifetime." */
export function preview(
  page: Page,
  token: ModelToken,
  grace = 24,
): string | { expiresAt: number; previousWorksUntil: number } {
  if (!isEligible(page, token.plan)) return 'plan_not_eligible'
  if (isPending(page, token)) return 'token_is_pending'
  if (!isActive(page, token)) return 'token_not_active'
  const expiresAt = page.now + token.days * DAY
  return { expiresAt, previousWorksUntil: Math.min(page.now + grace * HOUR, expiresAt) }
}

export function refresh(
  page: Page,
  token: ModelToken,
  how: {
    readonly retire: 'afterGrace' | 'now'
    /** Hours, if they were chosen. */
    readonly grace?: number | undefined
    readonly key?: string | undefined
  },
  text: string,
): string {
  const dates = preview(page, token, how.grace)
  if (typeof dates === 'string') return dates
  if (how.retire === 'now' && how.grace !== undefined) return 'invalid_input'
  const input = `${how.retire} ${how.grace}`
  const known = page.keys.get(`refresh ${token.id} ${how.key}`)
  if (how.key !== undefined && known) return issueAgain(page, known, input, text)
  const goesOn = (secret: ModelSecret): boolean => how.grace !== 0 || secret !== token.secrets.at(-1)
  const live = token.secrets.filter((secret) => how.retire === 'afterGrace' && works(page, secret) && goesOn(secret))
  if (live.length + 1 > MOST_LIVE_SECRETS) return 'too_many_live_secrets'
  for (const secret of token.secrets) {
    if (how.retire === 'now') secret.worksUntil = 'ended'
    else if (secret.worksUntil === null) secret.worksUntil = how.grace === 0 ? 'ended' : dates.previousWorksUntil
  }
  const secret: ModelSecret = { text, issuedAt: page.now, worksUntil: null, used: false }
  token.secrets.push(secret)
  token.renewal = termAgain(page.now, token.renewal)
  token.expiresAt = dates.expiresAt
  if (how.key !== undefined) page.keys.set(`refresh ${token.id} ${how.key}`, { input, token, secret })
  return log(page, 'refreshed', token)
}

/** "The plan access token is immediately revoked. This action cannot be undone." */
export function revoke(page: Page, token: ModelToken): string {
  if (token.revoked) return 'ok'
  token.revoked = true
  return log(page, 'revoked', token)
}

export function revokeSecret(page: Page, text: string): 'ok' | 'unknown' {
  const token = tokenOf(page, text)
  const secret = token?.secrets.find((candidate) => candidate.text === text)
  if (!token || !secret) return 'unknown'
  if (secret === token.secrets.at(-1)) return revoke(page, token) as 'ok'
  if (secret.worksUntil === 'ended') return 'ok'
  secret.worksUntil = 'ended'
  return log(page, 'secret_revoked', token)
}

export function tokenOf({ tokens }: Page, text: string): ModelToken | undefined {
  return tokens.find(({ secrets }) => secrets.some((secret) => secret.text === text))
}

export function statusOf(page: Page, token: ModelToken): 'active' | 'pending' | 'expired' | 'revoked' {
  if (token.revoked) return 'revoked'
  if (isPending(page, token)) return 'pending'
  return isActive(page, token) ? 'active' : 'expired'
}

/** The questions in their order; what a secret opens, or the first refusal. @param isAnywhere leaves out where it comes from. */
export function authorize(page: Page, text: string, line: string, isAnywhere = false): string {
  const token = tokenOf(page, text)
  if (!token) return 'token_unknown'
  if (token.revoked) return 'token_revoked'
  if (!isActive(page, token)) return 'token_expired'
  if (!works(page, token.secrets.find((secret) => secret.text === text)!)) return 'secret_retired'
  if (!isAnywhere && token.addresses && !token.addresses.includes(HERE)) return 'address_not_allowed'
  if (!isEligible(page, token.plan)) return 'plan_not_eligible'
  if (CLOSED.includes(line)) return 'endpoint_not_supported'
  const route = ROUTES[line]
  if (!route) return 'endpoint_unknown'
  if (!route.scopes.some((scope) => token.scopes.includes(scope))) return 'scope_missing'
  const { resources } = token
  if (route.names === 'plan') return resources === 'all' ? 'allowed' : 'resource_not_allowed'
  if (lackOf(page, token.plan, route.names)) return 'resource_not_in_plan'
  const isCovered = (name: string): boolean =>
    resources === 'all' || chainOf(page, name).some((key) => resources.includes(key))
  return route.names.every(isCovered) ? 'allowed' : 'resource_not_allowed'
}

/** The route of a line: ids and the method of HEAD do not count. */
const routeOf = (line: string): string =>
  line
    .replace('HEAD', 'GET')
    .replace(/files\/\w+/, 'files/{file_key}')
    .replace(/projects\/\d+/, 'projects/{project_id}')
    .replace(/teams\/\d+/, 'teams/{team_id}')

const again = (used: Map<string, ModelUse>, what: string, day: number): void => {
  const { requests = 0 } = used.get(what) ?? {}
  used.set(what, { day, requests: requests + 1 })
}

/** Takes down what a request has used. Of a token that has ended, and of a path that is no route, less is known. */
export function use(page: Page, text: string, line: string, verdict: string): void {
  const token = tokenOf(page, text)
  if (!token || ['token_unknown', 'token_revoked', 'token_expired'].includes(verdict)) return
  const day = Math.floor(page.now / DAY)
  const [allowed, refused] = token.byDay.get(day) ?? [0, 0]
  token.byDay.set(day, verdict === 'allowed' ? [allowed + 1, refused] : [allowed, refused + 1])
  if (verdict !== 'allowed') {
    if (!UNKNOWN.includes(line)) again(token.used, `refused ${routeOf(line)} ${verdict}`, day)
    return
  }
  again(token.used, `route ${routeOf(line)}`, day)
  const { resources } = token
  const { names = [] } = ROUTES[line] ?? {}
  if (resources === 'all' || names === 'plan') return
  // The nearest that is listed.
  for (const name of names)
    again(token.used, `resource ${chainOf(page, name).find((key) => resources.includes(key))}`, day)
}
