/** The management API as the page calls it, and what an answer that is none means to the person. */
import { AdminApiError, answerOf, createAdminClient, segmentOf } from '../../admin/client.ts'
import type { IssuedText, RequestedText, WithoutActor } from '../../admin/client-types.ts'
import type { Issue } from '../../core/issue.ts'
import type { RevokeWithReceiptInput } from '../../service/input.ts'
import type { RevokedWithReceipt } from '../../service/receipt.ts'
import type { Overview, OverviewQuery } from '../overview/query.ts'
import type { Requests } from '../requests-route.ts'
import type { TextKey } from '../texts/index.ts'
import { boot, own, t } from './hub.ts'
import { learnNames } from './people.ts'
import { steppingUp } from './step-up.ts'

/** How long an answer may take. */
const TIMEOUT_MS = 15_000

/** No answer at all, or one of somebody who asks to sign in. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  readonly code: 'network' | 'timeout' | 'signed_out'

  constructor(code: Unanswered['code']) {
    super(code)
    this.code = code
  }
}

/** Sends a request, and waits for all of the answer. */
async function send(url: string, init: RequestInit): Promise<Response> {
  const limit = new AbortController()
  const { signal } = limit
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS)
  const options: RequestInit = { ...init, redirect: 'manual', credentials: 'same-origin', cache: 'no-store', signal }
  const response = await answered(url, options)
    .catch(() => {
      throw new Unanswered(signal.aborted ? 'timeout' : 'network')
    })
    .finally(() => clearTimeout(timer))
  if (response.type === 'opaqueredirect') throw new Unanswered('signed_out')
  return response
}

/** The answer once all of it is there: one that stops in the middle is none. */
async function answered(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options)
  await response.clone().arrayBuffer()
  return response
}

const client = createAdminClient<IssuedText | RequestedText>({ baseUrl: `${boot.base}/api`, fetch: send })

/** An answer with the tag by which it is known again. */
export type Tagged<T> = T & { readonly tag?: string }

/** The path of a plan's own route. */
export const planPath = (planId: string, rest: string): string => `/plans${segmentOf(planId)}${rest}`

/** Asks a route that the page alone has; `undefined` if nothing has changed since the answer with a tag. */
export async function ask<T extends object>(path: string, init?: RequestInit): Promise<T>
export async function ask<T extends object>(path: string, init: RequestInit & Known): Promise<Tagged<T> | undefined>
export async function ask<T extends object>(
  path: string,
  { tag, ...init }: RequestInit & Partial<Known> = {},
): Promise<Tagged<T> | undefined> {
  const headers = {
    Accept: JSON_TYPE,
    ...(init.body != null && { 'Content-Type': JSON_TYPE }),
    ...(tag !== undefined && { 'If-None-Match': tag }),
  }
  const response = await send(`${boot.base}/api${path}`, { ...init, headers })
  if (response.status === 304) return undefined
  const given = response.headers.get('etag')
  return { ...(await answerOf<T>(response)), ...(given !== null && { tag: given }) }
}

const JSON_TYPE = 'application/json'

/** By which tag the answer before is known. */
interface Known {
  readonly tag: string | undefined
}

/** What is asked of a plan, and by which tag the answer before is known. */
interface PlanInput {
  readonly planId: string
  readonly tag?: string | undefined
}

/** A page of tokens with the counts of all. */
async function overview({
  planId,
  query,
  tag,
}: PlanInput & { readonly query: OverviewQuery }): Promise<Tagged<Overview> | undefined> {
  const answer = await ask<Overview>(planPath(planId, `/overview?${new URLSearchParams(query)}`), { tag })
  if (!answer) return undefined
  const { tokens, news, whole } = answer
  const isReadable = Array.isArray(tokens) && Array.isArray(news) && (whole === undefined || Object(whole).counts)
  if (!isReadable) throw new AdminApiError('answer_unreadable', 200, '')
  learnNames(answer)
  return answer
}

/** What waits in a plan. */
const requests = ({ planId, tag }: PlanInput): Promise<Tagged<Requests> | undefined> =>
  ask<Requests>(planPath(planId, '/requests'), { tag })

/** The calls. */
export const api = {
  overview,
  get: checked(client.get, 'version'),
  events: checked(client.events, 'events'),
  parseLinks: checked(client.parseLinks, 'resources', 'mistakes'),
  rules: checked(client.rules),
  // Without a secret where another admin has to approve it first.
  create: checked(client.create, 'token'),
  edit: checked(client.edit, 'version'),
  previewRefresh: checked(client.previewRefresh, 'expiresAt', 'previousWorksUntil'),
  refresh: checked(client.refresh, 'token', 'secret'),
  revoke: checked<Parameters<RevokeWithReceipt>[0], RevokedWithReceipt>(client.revoke, 'token', 'receipt'),
  explain: checked(client.explain, 'decision', 'rules'),
  approve: checked(client.approve, 'version'),
  decline: checked(client.decline, 'version'),
  collect: checked(client.collect, 'token', 'secret'),
  usage: checked(client.usage, 'routes', 'days'),
  advice: checked(client.advice, 'proof', 'withheld'),
  requests: checked(requests, 'requests'),
  previewRevoke: checked(client.previewRevoke, 'count', 'tokens', 'stamp'),
  revokeMany: checked(client.revokeMany, 'revoked', 'ended', 'changed', 'failed'),
  planUsage: checked(client.planUsage, 'days'),
}

type RevokeWithReceipt = (input: WithoutActor<RevokeWithReceiptInput>) => Promise<RevokedWithReceipt>

/** A call whose answer, where there is a new one, has these members: the JSON of a gateway may be another's. */
export function checked<I, T extends object>(
  call: (input: I) => Promise<T>,
  ...members: readonly (keyof T)[]
): (input: I) => Promise<T>
export function checked<I, T extends object>(
  call: (input: I) => Promise<T | undefined>,
  ...members: readonly (keyof T)[]
): (input: I) => Promise<T | undefined>
export function checked<I, T extends object>(
  call: (input: I) => Promise<T | undefined>,
  ...members: readonly (keyof T)[]
): (input: I) => Promise<T | undefined> {
  return async (input) => {
    const answer = await steppingUp(() => call(input))
    if (!answer) return undefined
    learnNames(answer)
    if (members.some((member) => answer[member] === undefined)) throw new AdminApiError('answer_unreadable', 200, '')
    return answer
  }
}

/** What went wrong, for the person. */
export interface Failure {
  readonly code: string
  readonly text: string
  /** What the engine says of it, where the page has no sentence of its own. */
  readonly reason: { readonly code: string; readonly message: string } | undefined
  readonly issues: readonly Issue[]
  /** Whether the call may have been carried out all the same. */
  readonly isUnknown: boolean
  /** Whether the person may not see it any more. */
  readonly isLoss: boolean
}

const TEXTS: { readonly [code: string]: TextKey } = {
  network: 'failNetwork',
  timeout: 'failTimeout',
  signed_out: 'failSignedOut',
  actor_missing: 'failSignedOut',
  not_plan_admin: 'failNoAdmin',
  plan_not_eligible: 'failClosed',
  token_not_found: 'failGone',
  token_not_active: 'failEnded',
  version_conflict: 'failConflict',
  too_many_live_secrets: 'failSecrets',
  idempotency_key_spent: 'failSpent',
  invalid_input: 'failInput',
  insufficient_user_authentication: 'failStepUp',
  own_request: 'failOwnRequest',
  nothing_requested: 'failNothingRequested',
  not_requester: 'failNotRequester',
  answer_unreadable: 'failUnreadable',
  unavailable: 'failServer',
  internal: 'failServer',
}
const LOSSES = new Set(['signed_out', 'actor_missing', 'not_plan_admin', 'token_not_found'])
const UNKNOWN = new Set(['network', 'timeout', 'answer_unreadable', 'unavailable', 'internal'])

/** Reads what a call has thrown. */
export function failureOf(thrown: unknown): Failure {
  const code = codeOf(thrown)
  const key = own(TEXTS, code) ?? 'failOther'
  const reason = key === 'failOther' && thrown instanceof AdminApiError ? { code, message: thrown.message } : undefined
  const issues = thrown instanceof AdminApiError ? thrown.issues : []
  return { code, text: t(key), reason, issues, isUnknown: UNKNOWN.has(code), isLoss: LOSSES.has(code) }
}

/** The code of a failure. Of an answer that is not the API's, a proxy's page say, its status is what is known. */
function codeOf(thrown: unknown): string {
  if (thrown instanceof Unanswered) return thrown.code
  if (!(thrown instanceof AdminApiError)) return 'other'
  const { code, status } = thrown
  if (code !== 'answer_unreadable') return code
  return status === 401 ? 'signed_out' : status >= 500 ? 'internal' : code
}

const PAUSES = [400, 1_200]
/** What goes away by itself often enough to try again unasked. */
const PASSING = new Set(['network', 'unavailable'])

/** Makes a call again, a little later, if it failed in passing. Only for calls that may be made twice. */
export async function persistently<T>(call: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await call()
    } catch (error) {
      if (!PASSING.has(failureOf(error).code)) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return call()
}

/** A key that makes a repeated call the same call (`Idempotency-Key`). */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
