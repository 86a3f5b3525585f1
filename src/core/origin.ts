/** Origins as browsers write them, and whether a page of another site has sent a request. */
import { judged } from './shape.ts'

/** An option for an origin. */
export const originSchema = judged<string>((value) =>
  isOrigin(value) ? undefined : 'must be an origin such as "https://example.com", without a path.',
)

const ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]+$/

/** Exactly as browsers write it: of http or https, without a port that is the scheme's own, in lower case. */
function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && ORIGIN.test(value) && URL.canParse(value) && new URL(value).origin === value
}

/**
 * Whether a page of another site has sent it: it can make a browser send a session along, but not hide where it comes from. What is no
 * browser sends neither header.
 *
 * @param origin the one that browsers see, where that is not the request's own.
 */
export function isCrossSite({ headers, url }: Pick<Request, 'headers' | 'url'>, origin: string | undefined): boolean {
  const site = headers.get('sec-fetch-site')
  const from = headers.get('origin')
  return (
    (site !== null && site !== 'same-origin' && site !== 'none') ||
    (from !== null && from !== (origin ?? new URL(url).origin))
  )
}
