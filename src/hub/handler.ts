/**
 * `hubHandler`: the page, its files and its API below one path. The page's own source: hub/page/. What is written into its
 * HTML: hub/boot.ts and hub/document.ts. The API is that of `plan-access-tokens/admin`.
 */
import { createDetector } from '../admin/carries.ts'
import { adminHandler } from '../admin/handler.ts'
import { PolicyError } from '../core/errors.ts'
import { readTargetOfUrl } from '../core/target.ts'
import { createFiles, type Files } from './assets.ts'
import { bootOf, usagesOf } from './boot.ts'
import { noticeOf, pageOf, SECURITY } from './document.ts'
import { checkOptions, type HubOptions } from './options.ts'

/** The page and its API: takes a Fetch `Request`, answers with a `Response`, never rejects. */
export type HubHandler = (request: Request) => Promise<Response>

/** Enough for 5,000 links of the length that links have. */
const BODY_BYTES = 4_194_304

/**
 * Makes the page where plan admins manage tokens, with everything that it needs, as one Fetch handler. On Node's servers
 * mount it with `toNode` of `plan-access-tokens/admin`.
 *
 * @throws PolicyError, which is a TypeError, for options that cannot be used, with every mistake at once.
 * @example
 * const hub = hubHandler({
 *   tokens,
 *   actor: async (request) => (await sessionOf(request))?.userId,
 *   plans: (actor) => database.plansOf(actor), // [{ id, name, tier }]
 *   basePath: '/developers/tokens',
 * })
 */
export function hubHandler(options: HubOptions): HubHandler {
  const { tokens, actor, directory, basePath = '', origin } = options ?? {}
  const given = { tokens, actor, ...(directory && { directory }), ...(origin !== undefined && { origin }) }
  const admin = together(
    () => checkOptions(options),
    () => adminHandler({ ...given, basePath: `${basePath}/api`, bodyBytes: BODY_BYTES }),
  )
  const usages = usagesOf(options)
  const files = createFiles(options.css ?? '')
  const { carries } = createDetector(tokens.policies)
  return async (request) => {
    const path = readTargetOfUrl(request.url)?.path
    if (path?.startsWith(`${basePath}/api/`)) return admin(request)
    try {
      if (path === undefined)
        return isPageWithSlash(request, basePath) ? redirect(basePath) : notice(400, 'unreadable', request)
      const name = nameOf(path, basePath)
      if (name === undefined) return notice(404, 'missing', request)
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return new Response(null, { status: 405, headers: { ...SECURITY, Allow: 'GET, HEAD' } })
      if (name !== '') return (await files.answer(name, request)) ?? notice(404, 'missing', request)
      if (carries(request)) return notice(403, 'token', request)
      return await page(options, files, usages, request)
    } catch {
      return notice(500, 'failed', request)
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

/** Runs both checks, so that every mistake of the options is told at once; gives what the second made. */
function together<T>(check: () => void, make: () => T): T {
  const problems: PolicyError[] = []
  const attempt = <R>(call: () => R): R | undefined => {
    try {
      return call()
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error
      problems.push(error)
      return undefined
    }
  }
  attempt(check)
  const made = attempt(make)
  if (problems.length === 0) return made as T
  const issues = problems.flatMap((problem) => problem.problems)
  // The path of the API is made from that of the page, so a mistake in one is told once.
  throw new PolicyError(issues.filter(({ path }, i) => issues.findIndex((issue) => issue.path === path) === i))
}

async function page(options: HubOptions, files: Files, usages: Usages, request: Request): Promise<Response> {
  const actor: unknown = await options.actor(request)
  if (typeof actor !== 'string' || actor.trim() === '') return notice(401, 'signedOut', request, options)
  const boot = await bootOf(options, usages, actor)
  return html(200, pageOf(options, files, boot), request)
}

type Usages = ReturnType<typeof usagesOf>

function notice(
  status: number,
  what: Parameters<typeof noticeOf>[0],
  request: Request,
  options?: HubOptions,
): Response {
  const challenge = { 'WWW-Authenticate': 'Session realm="plan-access-tokens"' }
  return html(status, noticeOf(what, options), request, status === 401 ? challenge : {})
}

function html(status: number, body: string, { method }: Request, headers: Record<string, string> = {}): Response {
  const type = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }
  return new Response(method === 'HEAD' ? null : body, { status, headers: { ...SECURITY, ...type, ...headers } })
}

function redirect(location: string): Response {
  return new Response(null, { status: 308, headers: { ...SECURITY, 'Cache-Control': 'no-store', Location: location } })
}
