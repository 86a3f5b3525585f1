/**
 * `hubHandler`: the page, its files and its API below one path. The page's own source: hub/page/. What is written into its
 * HTML: hub/boot.ts and hub/document.ts. The API is that of `plan-access-tokens/admin`, with what the page
 * needs besides (hub/routes.ts).
 */

import { createDetector } from '../admin/carries.ts'
import { actorOf, managementHandler } from '../admin/handler.ts'
import { HttpProblem, problemHeaders } from '../admin/problem.ts'
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'
import { together } from '../core/setup.ts'
import { readTargetOfUrl } from '../core/target.ts'
import { tell } from '../service/tell.ts'
import { createFiles } from './assets.ts'
import { bootOf, usagesOf } from './boot.ts'
import { type Drawn, documentOf, type HubParts, noticeOf, pageOf, titleOf } from './document.ts'
import { createLanguages } from './language.ts'
import { checkHubOptions, type HubOptions } from './options.ts'
import { hubRoutes } from './routes.ts'
import { SECURITY } from './security.ts'

/** The page and its API: takes a Fetch `Request`, answers with a `Response`, never rejects. */
export interface HubHandler {
  (request: Request): Promise<Response>
  /**
   * The page for a document of your own, below your own head and beside your own navigation; never rejects. The files and the API stay
   * with the handler, below `basePath`. A `nonce` is for a document whose policy goes by one.
   */
  parts(request: Request, options?: { readonly nonce?: string }): Promise<HubParts>
}

/** Enough for 5,000 links of the length that links have. */
const BODY_BYTES = 4_194_304

/**
 * Makes the page where plan admins manage tokens, with everything that it needs, as one Fetch handler. On Node's servers
 * mount it with `toNode` of `plan-access-tokens/admin`.
 *
 * @throws SetupError, which is a TypeError, for options that cannot be used, with every mistake at once.
 * @example
 * const hub = hubHandler({
 *   tokens,
 *   actor: async (request) => (await sessionOf(request))?.userId,
 *   plans: (actor) => database.plansOf(actor), // [{ id, name, tier }]
 *   basePath: '/developers/tokens',
 * })
 */
export function hubHandler(given: HubOptions): HubHandler {
  // Each option is read once, so that what was judged is what is used.
  const options = isDictionary(given) ? { ...given } : given
  const { tokens, actor, basePath = '', origin, onError } = options ?? {}
  const ofAdmin = {
    tokens,
    actor,
    ...(origin !== undefined && { origin }),
    ...(onError !== undefined && { onError }),
  }
  const admin = together(
    'hubHandler',
    () => checkHubOptions(options),
    () => managementHandler({ ...ofAdmin, basePath: `${basePath}/api`, bodyBytes: BODY_BYTES }, hubRoutes(options)),
  )
  const usages = usagesOf(options)
  const files = createFiles(options.css ?? '')
  const { carries } = createDetector(tokens)
  const languageFor = createLanguages(options, (error) => tell(onError, error))

  /** The page for whoever asks, or why there is none. */
  async function drawn(
    request: Request,
    given: Drawn,
  ): Promise<Pick<HubParts, 'status' | 'head' | 'body' | 'headers'>> {
    const notice = (status: number, what: Parameters<typeof noticeOf>[0], headers = {}) => ({
      ...{ status, headers },
      ...noticeOf(what, given),
    })
    try {
      if (!isRequest(request)) throw new TypeError(NO_REQUEST)
      if (carries(request)) return notice(403, 'token')
      const actor = await actorOf(options, request)
      if (actor === undefined) return notice(401, 'signedOut', problemHeaders(new HttpProblem('actor_missing')))
      const { language } = given
      const boot = await bootOf(options, { usages, language, files }, actor, request)
      return { status: 200, headers: {}, ...pageOf(given, boot) }
    } catch (error) {
      tell(onError, error)
      return notice(500, 'failed')
    }
  }

  /** What the host has above the page. Without it the page is as good. */
  async function headerFor(request: Request): Promise<string> {
    try {
      const header: unknown = (await options.header?.(request)) ?? ''
      if (typeof header === 'string') return header
      throw new SetupError('header', [issueAt([], 'must give HTML as text.')])
    } catch (error) {
      tell(onError, error)
      return ''
    }
  }

  async function answer(request: Request): Promise<Response> {
    if (!isRequest(request)) {
      tell(onError, new TypeError(NO_REQUEST))
      return bare(500, {})
    }
    const path = readTargetOfUrl(request.url)?.path
    if (path?.startsWith(`${basePath}/api/`)) return secured(await admin(request))
    const name = path === undefined ? undefined : nameOf(path, basePath)
    if (path === undefined && isPageWithSlash(request, basePath)) return redirect(basePath)
    if (name !== undefined && request.method !== 'GET' && request.method !== 'HEAD')
      return bare(405, { Allow: 'GET, HEAD' })
    const file = name ? await files.answer(name, request) : undefined
    if (file) return file
    const given = { options, files, language: await languageFor(request) }
    const header = await headerFor(request)
    const refuse = (status: number, what: Parameters<typeof noticeOf>[0]): Response =>
      html(status, documentOf(given, noticeOf(what, given), header), request)
    if (path === undefined) return refuse(400, 'unreadable')
    if (name !== '') return refuse(404, 'missing')
    const page = await drawn(request, given)
    return html(page.status, documentOf(given, page, header), request, page.headers)
  }

  return Object.assign(answer, {
    async parts(request: Request, { nonce }: { readonly nonce?: string } = {}): Promise<HubParts> {
      const language = await languageFor(isRequest(request) ? request : undefined)
      const given = { options, files, language, nonce }
      const { lang, dir } = language
      const { status, head, body, headers } = await drawn(request, given)
      return { status, lang, dir, title: titleOf(given), head, body, headers: { ...NO_STORE, ...headers } }
    },
  })
}

const NO_REQUEST =
  'The hub takes the Fetch Request that came, and was given something else. What a server of Node has been sent is made one by toNode of plan-access-tokens/admin.'

/** Whether a host gave what it has to give. */
const isRequest = (request: Request): boolean =>
  typeof Object(request).url === 'string' && typeof Object(Object(request).headers).get === 'function'

/** What of the page is asked for: empty for the page itself, the name of a file, or `undefined` for what lies elsewhere. */
function nameOf(path: string, basePath: string): string | undefined {
  if (path === (basePath || '/')) return ''
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length + 1) : undefined
}

/** People type a slash at the end, which no path of ours has. */
function isPageWithSlash({ url }: Request, basePath: string): boolean {
  return basePath !== '' && readTargetOfUrl(url.replace(/\/$/, ''))?.path === basePath
}

const NO_STORE = { 'Cache-Control': 'no-store' }

function html(
  status: number,
  body: string,
  { method }: Request,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = { ...SECURITY, ...NO_STORE, 'Content-Type': 'text/html; charset=utf-8', ...more }
  return new Response(method === 'HEAD' ? null : body, { status, headers })
}

/** An answer without a body. */
function bare(status: number, headers: Record<string, string>): Response {
  return new Response(null, { status, headers: { ...SECURITY, ...NO_STORE, ...headers } })
}

const redirect = (location: string): Response => bare(308, { Location: location })

/** An answer of the API, which a browser may be made to open by itself. */
function secured(response: Response): Response {
  for (const [name, value] of Object.entries(SECURITY)) response.headers.set(name, value)
  return response
}
