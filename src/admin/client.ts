/** `createAdminClient`: the management API as typed calls, for a browser or a tool. What it gives: admin/client-types.ts. The routes: admin/routes.ts. */
import type { ManagementCode } from '../core/errors.ts'
import { type Issue, type IssueCode, type IssueParams, linesOf } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'
import { checkPlainOptions, type PlainOption } from '../core/plain-options.ts'
import { segmentProblem } from '../core/segment.ts'
import { type StepUp, sentenceOf } from '../core/step-up.ts'
import type { RevokeInput } from '../service/input.ts'
import type {
  AdminClient,
  AdminClientOptions,
  IssuedText,
  RequestedText,
  SurfaceView,
  WithoutActor,
} from './client-types.ts'
import { EXPORT_TYPES, nextIn } from './export-types.ts'
import type { HttpCode } from './problem.ts'

/** An answer of the management API that is no success. Reads like the engine's `PlanTokenError`. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError'
  /** `answer_unreadable` for an answer that is not of this API: a proxy's page, say. */
  readonly code: ManagementCode | HttpCode | 'answer_unreadable'
  readonly status: number
  /** For `invalid_input`: everything that is wrong, all at once. Otherwise empty. */
  readonly issues: readonly Issue[]
  /** For `insufficient_user_authentication`: what the rules of the plan ask for. Absent otherwise. */
  readonly stepUp?: StepUp

  constructor(
    code: AdminApiError['code'],
    status: number,
    title: string,
    issues: readonly Issue[] = [],
    stepUp?: StepUp,
  ) {
    super([title, ...linesOf(issues)].join('\n  '))
    this.code = code
    this.status = status
    this.issues = issues
    if (stepUp) this.stepUp = stepUp
  }
}

const isFunction = (value: unknown): boolean => typeof value === 'function'

const OPTIONS: { readonly [Name in keyof AdminClientOptions]-?: PlainOption } = {
  baseUrl: {
    isRight: (value) => typeof value === 'string',
    message: 'must be where the API is mounted, as text, such as "/admin".',
    isNeeded: true,
  },
  fetch: { isRight: isFunction, message: 'must be a function.' },
  headers: {
    isRight: (value) => isFunction(value) || isDictionary(value),
    message: 'must be an object, or a function that gives one.',
  },
  stepUp: { isRight: isFunction, message: 'must be a function.' },
}

/** One request: its method, its path and what goes with it. */
interface Sending {
  readonly query?: object
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly accept?: string
}

/**
 * Makes a client of a management API.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const admin = createAdminClient({ baseUrl: '/admin' })
 * const { token, secret } = await admin.create({ planId: '1001', type: 'rest', name: 'Nightly export', … })
 * @example
 * // Where tokens may have to be approved.
 * const admin = createAdminClient<IssuedText | RequestedText>({ baseUrl: '/admin' })
 */
export function createAdminClient<Created extends IssuedText | RequestedText = IssuedText>(
  options: AdminClientOptions,
): AdminClient<Created> {
  checkPlainOptions('createAdminClient', OPTIONS, options)
  const sendOnce = async <T>(...sending: Parameters<typeof ask>): Promise<T> => answerOf<T>(await ask(...sending))
  const ask = async (method: string, segments: readonly string[], sending: Sending = {}): Promise<Response> => {
    const { body, query = {}, headers, accept = 'application/json' } = sending
    const path = segments.map(segmentOf).join('')
    const own = typeof options.headers === 'function' ? await options.headers() : options.headers
    const search = new URLSearchParams(entriesOf(query)).toString()
    const init: RequestInit = {
      method,
      headers: {
        ...own,
        ...headers,
        Accept: accept,
        ...(body && { 'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // A page to sign in at is no answer, and what is sent is for nobody else.
      redirect: 'error',
    }
    const { fetch = globalThis.fetch } = options
    return fetch(options.baseUrl.replace(/\/$/, '') + path + (search && `?${search}`), init)
  }
  const send = async <T>(...request: Parameters<typeof sendOnce>): Promise<T> => {
    try {
      return await sendOnce<T>(...request)
    } catch (error) {
      const asked = error instanceof AdminApiError ? error.stepUp : undefined
      if (!asked || (await options.stepUp?.(asked)) !== true) throw error
      return sendOnce<T>(...request)
    }
  }
  return {
    policies: async () => (await send<{ policies: readonly SurfaceView[] }>('GET', ['policies'])).policies,
    parseLinks: (body) => send('POST', ['links'], { body }),
    list: ({ planId, ...query }) => send('GET', ['plans', planId, 'tokens'], { query }),
    rules: ({ planId }) => send('GET', ['plans', planId, 'rules']),
    create: ({ planId, idempotencyKey, ...body }) =>
      send('POST', ['plans', planId, 'tokens'], { body, ...keyed(idempotencyKey) }),
    get: ({ id }) => send('GET', ['tokens', id]),
    edit: ({ id, version, ...body }) => send('PATCH', ['tokens', id], { body, ...matching(version) }),
    approve: ({ id, version }) => send('POST', ['tokens', id, 'approve'], matching(version)),
    decline: ({ id, version, ...body }) => send('POST', ['tokens', id, 'decline'], { body, ...matching(version) }),
    collect: ({ id, idempotencyKey }) => send('POST', ['tokens', id, 'collect'], keyed(idempotencyKey)),
    previewRefresh: ({ id, ...query }) => send('GET', ['tokens', id, 'refresh'], { query }),
    refresh: ({ id, idempotencyKey, ...body }) =>
      send('POST', ['tokens', id, 'refresh'], { body, ...keyed(idempotencyKey) }),
    revoke: (({ id, ...body }: WithoutActor<RevokeInput>) =>
      send('POST', ['tokens', id, 'revoke'], { body })) as AdminClient['revoke'],
    previewRevoke: ({ planId, filter, ...query }) =>
      filter.ids
        ? send('POST', ['plans', planId, 'tokens', 'revoke', 'preview'], { body: { filter, ...query } })
        : send('GET', ['plans', planId, 'tokens', 'revoke'], { query: { ...filter, ...query } }),
    revokeMany: ({ planId, ...body }) => send('POST', ['plans', planId, 'tokens', 'revoke'], { body }),
    usage: ({ id }) => send('GET', ['tokens', id, 'usage']),
    advice: ({ id, ...query }) => send('GET', ['tokens', id, 'advice'], { query }),
    planUsage: ({ planId }) => send('GET', ['plans', planId, 'usage']),
    unused: ({ planId, ...query }) => send('GET', ['plans', planId, 'unused'], { query }),
    events: ({ planId, ...query }) => send('GET', ['plans', planId, 'events'], { query }),
    exportEvents: async ({ planId, ...query }) => {
      const accept = EXPORT_TYPES[query.format]
      const response = await ask('GET', ['plans', planId, 'events', 'export'], { query, accept })
      const [given = ''] = (response.headers.get('content-type') ?? '').split(';')
      if (!response.ok || !accept?.startsWith(given)) return answerOf(response)
      const text = await response.text()
      const next = nextIn(response.headers.get('link'))
      return { text, ...(next !== undefined && { next }) }
    },
    explain: (body) => send('POST', ['explain'], { body }),
  }
}

/** One part of a path. An id that no path can carry belongs to nothing; sent all the same, it would lead elsewhere. */
export function segmentOf(text: string): string {
  const problem = segmentProblem(text)
  if (problem === undefined) return `/${encodeURIComponent(text)}`
  const issue: Issue = { path: '', at: [], message: `An id ${problem}`, code: 'not_valid' }
  throw new AdminApiError('invalid_input', 400, 'The input is not valid.', [issue])
}

function keyed(idempotencyKey: string | undefined): Sending {
  return idempotencyKey === undefined ? {} : { headers: { 'Idempotency-Key': idempotencyKey } }
}

function matching(version: number | undefined): Sending {
  return version === undefined ? {} : { headers: { 'If-Match': `"${version}"` } }
}

function entriesOf(query: object): [string, string][] {
  return Object.entries(query).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    if (typeof value !== 'object') return [[name, String(value)]]
    return entriesOf(value).map(([key, word]) => [`${name}[${key}]`, word])
  })
}

/** What an answer of this API holds. @throws AdminApiError for one that is no success, or is not of this API. */
export async function answerOf<T>(response: Response): Promise<T> {
  const { ok, status } = response
  const body: unknown = await response.json().catch(() => undefined)
  if (ok && typeof body === 'object' && body !== null) return body as T
  const { code, title, issues, ...more } = (body ?? {}) as { readonly [member: string]: unknown }
  if (ok || typeof code !== 'string' || !Array.isArray(issues))
    throw new AdminApiError('answer_unreadable', status, 'The answer is not one of this API.')
  const asked = stepUpIn(code, more)
  const text = asked ? `${title} ${sentenceOf(asked)}` : String(title)
  throw new AdminApiError(code as AdminApiError['code'], status, text, issues.map(issueIn), asked)
}

/** What is asked for of an authentication (RFC 9470), if that is why. */
function stepUpIn(code: string, { acr_values: acr, max_age: age }: { readonly [member: string]: unknown }) {
  if (code !== 'insufficient_user_authentication') return undefined
  const asked = {
    ...(typeof acr === 'string' && { acr: acr.split(' ') }),
    ...(typeof age === 'number' && { maxAgeSeconds: age }),
  }
  return Object.keys(asked).length === 0 ? undefined : asked
}

/** An issue of an answer, whatever is missing in it. */
function issueIn(issue: unknown): Issue {
  const { path, at, message, code, params } = Object(issue) as { readonly [field: string]: unknown }
  return {
    ...{ path: String(path ?? ''), at: Array.isArray(at) ? at : [], message: String(message ?? '') },
    ...(typeof code === 'string' && { code: code as IssueCode }),
    ...(isDictionary(params) && { params: params as IssueParams }),
  }
}
