/** Hostile request targets: good ones, bent in every way in which some router is known to read another target. */

import { A, B, Z } from '../../attack/world.ts'

/** Targets that a token for one project may use as they stand, and that any router routes. */
export const VALID: readonly string[] = [
  `/v1/files/${A}`,
  `/v1/files/${A}?depth=1`,
  `/v1/files/${A}/comments`,
  `/v1/files/${A}?redirect=%2Fv1%2Fme`,
]

/** Targets to bend: allowed ones, and some that must stay closed. */
const BASES: readonly string[] = [
  `/v1/files/${A}`,
  `/v1/files/${B}`,
  `/v1/files/${Z}/comments`,
  '/v1/me',
  '/v2/webhooks?context=team&context_id=456',
]

/** A target, bent. */
type Bend = (path: string, query: string) => string

const last = (path: string): number => path.lastIndexOf('/') + 1
const inLast = (change: (segment: string) => string): Bend => {
  return (path, query) => path.slice(0, last(path)) + change(path.slice(last(path))) + query
}
const instead = (from: RegExp, to: string): Bend => {
  return (path, query) => path.replace(from, to) + query
}

const BENDS: readonly Bend[] = [
  (path, query) => path + query,
  // Case.
  (path, query) => path.toUpperCase() + query,
  instead(/^\/v/, '/V'),
  instead(/files|teams|webhooks|me$/, 'FILES'),
  inLast((segment) => segment.toLowerCase()),
  // Slashes.
  (path, query) => `${path}/${query}`,
  (path, query) => `${path}//${query}`,
  (path, query) => `/${path}${query}`,
  (path, query) => `//evil.example${path}${query}`,
  (path, query) => `/\\evil.example${path}${query}`,
  instead(/\/(?=[^/]+$)/, '//'),
  instead(/\/(?=[^/]+$)/, '/\\'),
  instead(/\/(?=[^/]+$)/, '\\'),
  instead(/\/(?=[^/]+$)/, '%2f'),
  instead(/\/(?=[^/]+$)/, '%2F'),
  instead(/\/(?=[^/]+$)/, '%5c'),
  instead(/^\//, '\\'),
  instead(/^\//, '%2f'),
  instead(/^\//, ''),
  // Segments that are none.
  instead(/^\/v\d/, '/v1/.'),
  instead(/^\/v(\d)/, '/v$1/./.'),
  instead(/^\/v(\d)/, '/v$1/x/..'),
  instead(/^\/v(\d)/, '/v$1/%2e%2e/v$1'),
  instead(/^\/v(\d)/, '/v$1/%2E'),
  instead(/^\/v(\d)/, '/v$1/.%2e/v$1'),
  instead(/^/, '/..'),
  instead(/^/, '/.'),
  instead(/^/, '/%2e'),
  instead(/^/, '/v1/me/../..'),
  (path, query) => `${path}/.${query}`,
  (path, query) => `${path}/..${query}`,
  (path, query) => `${path}/x/..${query}`,
  (path, query) => `${path}/%2e${query}`,
  (path, query) => `${path}%2f..%2f${B}${query}`,
  (path, query) => `${path}%2f..%2f..%2fme${query}`,
  (path, query) => `${path}/../${B}${query}`,
  (path, query) => `${path}/..;/${B}${query}`,
  // Encoding.
  instead(/^\/v/, '/%76'),
  instead(/f(?=iles)|m(?=e$)|t(?=eams)|w(?=ebhooks)/, '%66'),
  inLast((segment) => `%${segment.charCodeAt(0).toString(16)}${segment.slice(1)}`),
  inLast((segment) => `%25${segment.charCodeAt(0).toString(16)}${segment.slice(1)}`),
  inLast((segment) => `${segment}%00`),
  inLast((segment) => `${segment}%00.json`),
  inLast((segment) => `${segment}%20`),
  inLast((segment) => `%20${segment}`),
  inLast((segment) => `${segment}%09`),
  inLast((segment) => `${segment}%0d%0aX-Case:%20z`),
  inLast((segment) => `${segment}%`),
  inLast((segment) => `${segment}%zz`),
  inLast((segment) => `${segment}%c0%af`),
  inLast((segment) => `${segment}%ff`),
  inLast((segment) => `${segment}%u0041`),
  inLast((segment) => `${segment}%e2%80%8b`),
  inLast((segment) => `${segment}%3fx`),
  inLast((segment) => `${segment}%23x`),
  // Bytes that are no characters of a target.
  inLast((segment) => `${segment}\u00e9`),
  inLast((segment) => `${segment}\u00c3\u00a9`),
  inLast((segment) => `${segment}\u00ef\u00bd\u0081`),
  inLast((segment) => `${segment}\u00ad`),
  inLast((segment) => `${segment}\u00a0`),
  inLast((segment) => `${segment}"<>`),
  inLast((segment) => `${segment}|^\``),
  inLast((segment) => `${segment}{}`),
  inLast((segment) => `${segment}\t`),
  inLast((segment) => `${segment}\u0000`),
  // Parameters of a path, suffixes, and what some servers cut off.
  inLast((segment) => `${segment};x=1`),
  inLast((segment) => `${segment};`),
  inLast((segment) => `${segment}.json`),
  inLast((segment) => `${segment}.`),
  inLast((segment) => `${segment},${B}`),
  inLast((segment) => `${segment}+${B}`),
  inLast((segment) => `${segment}:${B}`),
  inLast((segment) => `${segment}*`),
  inLast(() => '*'),
  inLast(() => '__proto__'),
  inLast(() => ':file_key'),
  instead(/^\/v\d/, '/v1;x=1'),
  // Fragment and query.
  (path, query) => `${path}#${query}`,
  (path, query) => `${path}#/../${B}${query}`,
  (path, query) => `${path}?${query.slice(1)}#x`,
  (path, query) => `${path}??${query.slice(1)}`,
  (path, query) => `${path}?/../../me${query.slice(1)}`,
  (path, query) => `${path}?_method=DELETE&${query.slice(1)}`,
  (path, query) => `${path}?file_key=${B}&${query.slice(1)}`,
  (path, query) => `${path}?${query.slice(1)}&context=team&context_id=956`,
  (path, query) => `${path}?${query.slice(1)}&context_id[]=956`,
  (path, query) => `${path}?${query.slice(1)}&CONTEXT_ID=956`,
  (path, query) => `${path}?${query.slice(1)};context_id=956`,
  (path, query) => `${path}?%63ontext_id=956&${query.slice(1)}`,
  (path, query) => `${path}?${query.slice(1)}&x=%`,
  (path, query) => `${path}?${query.slice(1)}&x=\u00e9`,
  (path, query) => `${path}?${query.slice(1)}&x=\\..\\`,
  // Absolute and other forms.
  (path, query) => `http://api.example${path}${query}`,
  (path, query) => `http://evil.example${path}${query}`,
  (path, query) => `HTTP://api.example${path}${query}`,
  (path, query) => `https://user:pass@api.example:443${path}${query}`,
  (path, query) => `http:${path}${query}`,
  (path, query) => `http:/${path}${query}`,
  (path, query) => `file://${path}${query}`,
  (path, query) => `api.example:80${path}${query}`,
  () => '*',
  () => '/',
  () => '//',
  () => '?',
  (_, query) => query || '?x',
]

/** A few hundred targets, each once, the valid ones among them. */
export const TARGETS: readonly string[] = bent(BASES)

/** Fewer, for where the question is only how a target gets to the guard. */
export const FEWER_TARGETS: readonly string[] = bent(BASES.slice(0, 2))

function bent(bases: readonly string[]): readonly string[] {
  const targets = bases.flatMap((base) => {
    const [path = '', query] = base.split('?')
    return BENDS.map((bend) => bend(path, query === undefined ? '' : `?${query}`))
  })
  return [...new Set([...VALID, ...targets])]
}

/** What else goes with a target: another method, and headers by which some server would take another method or target. */
export const MANNERS: readonly {
  readonly method: string
  readonly headers?: readonly (readonly [string, string])[]
}[] = [
  ...['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'get', 'Get', 'CONNECT', 'QUERY', 'M-SEARCH'].map(
    (method) => ({ method }),
  ),
  ...[
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-HTTP-Method', 'POST'],
    ['X-Method-Override', 'POST'],
    ['X-Original-URL', `/v1/files/${A}`],
    ['X-Rewrite-URL', `/v1/files/${A}`],
    ['X-Forwarded-Prefix', '/api'],
    ['X-Forwarded-Uri', `/v1/files/${A}`],
    ['X-Forwarded-Host', 'evil.example'],
    ['Forwarded', 'host=evil.example;proto=https'],
  ].flatMap(([name = '', value = '']) => [
    { method: 'GET', headers: [[name, value] as const] },
    { method: 'POST', headers: [[name, value === 'DELETE' ? 'GET' : value] as const] },
  ]),
]

/** The targets that go with `MANNERS`. */
export const FEW_TARGETS: readonly string[] = [`/v1/files/${A}`, `/v1/files/${B}`, '/v1/me', '/v2/webhooks']
