/**
 * `hubHandler`: the page, its files and its API below one path. The page's own source: hub/page/. What is written into its
 * HTML: hub/boot.ts and hub/document.ts. The API is that of `plan-access-tokens/admin`, with what the page
 * needs besides (hub/routes.ts).
 */

import { createDetector } from '../admin/carries.ts'
import { actorOf, managementHandler } from '../admin/handler.ts'
import { Problem, problemHeaders } from '../admin/problem.ts'
import { isDictionary } from '../core/objects.ts'
import { together } from '../core/setup.ts'
import { readTargetOfUrl } from '../core/target.ts'
import { tell } from '../service/tell.ts'
import { createFiles } from './assets.ts'
import { bootOf, usagesOf } from './boot.ts'
import { noticeOf, pageOf } from './document.ts'
import { checkHubOptions, type HubOptions } from './options.ts'
import { hubRoutes } from './routes.ts'
import { SECURITY } from './security.ts'

/** The page and its API: takes a Fetch `Request`, answers with a `Response`, never rejects. */
export type HubHandler = (request: Request) => Promise<Response>

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
  return async (request) => {
    const path = readTargetOfUrl(request.url)?.path
    if (path?.startsWith(`${basePath}/api/`)) return secured(await admin(request))
    const refuse = (status: number, what: Parameters<typeof noticeOf>[0], more = {}): Response =>
      html(status, noticeOf(what, options, files), request, more)
    try {
      if (path === undefined) return isPageWithSlash(request, basePath) ? redirect(basePath) : refuse(400, 'unreadable')
      const name = nameOf(path, basePath)
      if (name === undefined) return refuse(404, 'missing')
      if (request.method !== 'GET' && request.method !== 'HEAD') return bare(405, { Allow: 'GET, HEAD' })
      if (name !== '') return (await files.answer(name, request)) ?? refuse(404, 'missing')
      if (carries(request)) return refuse(403, 'token')
      const actor = await actorOf(options, request)
      if (actor === undefined) return refuse(401, 'signedOut', problemHeaders(new Problem('actor_missing')))
      return html(200, pageOf(options, files, await bootOf(options, usages, actor)), request)
    } catch (error) {
      tell(onError, error)
      return refuse(500, 'failed')
    }
  }
}

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

function html(status: number, body: string, { method }: Request, more: Record<string, string> = {}): Response {
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
