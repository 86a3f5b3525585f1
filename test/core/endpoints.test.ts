/** Which endpoint a path is: the trie says what a plain list of templates, tried from the most specific on, says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SetupError } from '../../src/core/errors.ts'
import type { FreeParameter } from '../../src/core/policy-data.ts'
import { matchIn, policyWith } from './fixtures.ts'

type Params = { readonly [param: string]: FreeParameter }

/** A policy with these routes, whose parameters are free unless they are said not to be. */
function policyOf(routes: readonly string[], params: Params = {}) {
  const endpoints = routes.map((route) => {
    const any = [...route.matchAll(/\{(\w+)\}/g)].map(([, param = '']): [string, FreeParameter] => [
      param,
      params[param] ?? 'any',
    ])
    return [route, { scopes: [], names: 'nothing', params: Object.fromEntries(any) }] as const
  })
  return policyWith(Object.fromEntries(endpoints))
}

/** Route and values of a match. */
function found(policy: ReturnType<typeof policyOf>, method: string, path: string) {
  const matched = matchIn(policy, method, path)
  return matched && [matched.route, ...[matched.match.values].flat()]
}

// ---- the plain list

const isParameter = (segment: string): boolean => segment.startsWith('{')
/** A literal is more specific than a parameter, and an earlier segment counts more than a later one. */
const bySpecificity = (a: string, b: string): number => {
  const [left = '', right = ''] = [a, b].map((template) => template.split('/').map(isParameter).map(Number).join(''))
  return left < right ? -1 : 1
}

/** `{a1}` takes anything, `{d1}` digits, `{l1}` one of two words. */
function fits(part: string, segment: string): boolean {
  if (!isParameter(part)) return part === segment
  if (part.startsWith('{d')) return /^[0-9]+$/.test(segment)
  return part.startsWith('{l') ? ['1', 'b'].includes(segment) : segment !== ''
}

/** Whether a router without letter case would take a path for a template that it is not. */
function isClaimed(parts: readonly string[], segments: readonly string[]): boolean {
  if (parts.length !== segments.length) return false
  const isLiteral = (i: number) => !isParameter(parts[i] as string)
  const differs = segments.map((segment, i) => isLiteral(i) && segment !== parts[i])
  const alike = segments.every((segment, i) => !isLiteral(i) || lower(segment) === lower(parts[i] ?? ''))
  return alike && differs.includes(true)
}
const lower = (segment: string) => decodeURIComponent(segment).toLowerCase()

function naiveMatch(routes: readonly string[], method: string, path: string) {
  const wanted = method === 'HEAD' ? 'GET' : method
  const segments = path.split('/')
  const templates = routes.flatMap((route) => (route.startsWith(`${wanted} `) ? [route.slice(wanted.length + 1)] : []))
  if (templates.some((template) => isClaimed(template.split('/'), segments))) return undefined
  for (const template of templates.sort(bySpecificity)) {
    const parts = template.split('/')
    if (parts.length !== segments.length || !parts.every((part, i) => fits(part, segments[i] as string))) continue
    const values = segments.filter((_, i) => isParameter(parts[i] as string)).map(decodeURIComponent)
    return [`${wanted} ${template}`, ...values]
  }
  return undefined
}

const shapeOf = (route: string): string => route.replaceAll(/\{\w+\}/g, '{}').toLowerCase()
const FREE: Params = Object.fromEntries(
  [0, 1, 2, 3].flatMap((i) => [
    [`d${i}`, 'digits'],
    [`l${i}`, ['1', 'b']],
  ]),
)

const methods = fc.constantFrom('GET', 'POST')
const templates = fc
  .array(fc.constantFrom('a', 'b', 'B', 'a.b', '{a', '{a', '{d', '{l'), { maxLength: 4 })
  .map(
    (segments) => `/${segments.map((segment, i) => (segment.startsWith('{') ? `${segment}${i}}` : segment)).join('/')}`,
  )
const tables = fc.uniqueArray(
  fc.tuple(methods, templates).map((parts) => parts.join(' ')),
  { maxLength: 24, selector: shapeOf },
)
const paths = fc
  .array(fc.constantFrom('a', 'b', 'B', 'a.b', 'A.b', 'c', 'A', '1', '22', '%C3%A9', 'a%20b', 'a0'), { maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`)

/** What `definePolicy` has against some routes. */
function problemsOf(routes: readonly string[]): readonly string[] {
  try {
    policyOf(routes)
    return []
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.issues.map(({ path, message }) => `${path}: ${message}`)
  }
}

describe('the trie', () => {
  it('finds what the list of templates finds', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'get'), paths, (routes, method, path) => {
        expect(found(policyOf(routes, FREE), method, path)).toEqual(naiveMatch(routes, method, path))
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds the same whatever order the routes stand in', () => {
    fc.assert(
      fc.property(tables, paths, (routes, path) => {
        expect(found(policyOf(routes.toReversed(), FREE), 'GET', path)).toEqual(
          found(policyOf(routes, FREE), 'GET', path),
        )
      }),
    )
  })

  it('tells of two routes that claim the same path, and of no others', () => {
    const again = fc.constantFrom(
      (route: string) => route,
      (route: string) => route.replaceAll('{a', '{q'),
      (route: string) => route.replaceAll('/a', '/A'),
    )
    const renamed = fc
      .tuple(tables, again)
      .map(([routes, rename]) => [...new Set([...routes, ...routes.slice(0, 2).map(rename)])])
    fc.assert(
      fc.property(renamed, (routes) => {
        const first = new Map(routes.toReversed().map((route) => [shapeOf(route), route]))
        const expected = routes.flatMap((route) => {
          const other = first.get(shapeOf(route))
          return other === route
            ? []
            : [
                `endpoints[${JSON.stringify(route)}]: claims the same path as "${other}": names of parameters and letter case do not count.`,
              ]
        })
        expect(problemsOf(routes)).toEqual(expected)
      }),
    )
  })
})

describe('an endpoint', () => {
  const policy = policyOf([
    'GET /',
    'GET /files/{key}',
    'GET /files/recent',
    'GET /files/{key}/meta',
    'POST /files/recent/{id}',
    'GET /{anything}/recent/{id}',
    'DELETE /files/{key}',
  ])

  it.each([
    ['GET', '/', ['GET /']],
    ['GET', '/files/recent', ['GET /files/recent']],
    ['GET', '/files/Recently', ['GET /files/{key}', 'Recently']],
    ['GET', '/files/recent/meta', ['GET /files/{key}/meta', 'recent']],
    ['GET', '/files/recent/7', ['GET /{anything}/recent/{id}', 'files', '7']],
    ['GET', '/files/a%20b', ['GET /files/{key}', 'a b']],
    ['GET', '/files/%252e', ['GET /files/{key}', '%2e']],
    ['GET', '/files/__proto__', ['GET /files/{key}', '__proto__']],
    ['HEAD', '/files/x', ['GET /files/{key}', 'x']],
    ['DELETE', '/files/recent', ['DELETE /files/{key}', 'recent']],
  ])('is found for %s %s', (method, path, match) => {
    expect(found(policy, method, path)).toEqual(match)
  })

  it.each([
    ['GET', '/files'],
    ['GET', '/files/x/nope'],
    ['GET', '/files/x/meta/y'],
    ['GET', '/Files/x'],
    ['GET', '/files/Recent'],
    ['GET', '/files/RECENT'],
    ['HEAD', '/files/recenT'],
    ['GET', '/files/x/META'],
    ['GET', '/FILES/RECENT/7'],
    ['GET', '/constructor'],
    ['POST', '/files/x'],
    ['POST', '/'],
    ['PUT', '/files/x'],
    ['get', '/files/x'],
    ['Head', '/files/x'],
    ['', '/files/x'],
    ['__proto__', '/files/x'],
    ['constructor', '/files/x'],
  ])('is not found for %s %s', (method, path) => {
    expect(found(policy, method, path)).toBeUndefined()
  })

  it('never takes HEAD for anything but GET', () => {
    expect(found(policy, 'HEAD', '/files/recent/7')).toEqual(['GET /{anything}/recent/{id}', 'files', '7'])
    expect(found(policyOf(['POST /a']), 'HEAD', '/a')).toBeUndefined()
  })
})

describe('a path that another route claims but for letter case or encoding', () => {
  const policy = policyOf([
    'GET /users/{id}',
    'GET /{area}/export',
    'GET /{area}/{thing}',
    'GET /disk/k',
    "GET /it's/{x}",
    'POST /reports/purge',
    'POST /reports/{name}',
  ])

  it.each([
    ['GET', '/USERS/export', 'would be /users/{id}'],
    ['GET', '/users/EXPORT', 'would be /{area}/export, though /users/{id} is there'],
    ['GET', '/Users/7', 'would be /users/{id}'],
    ['GET', '/disk/K', 'would be /disk/k'],
    ['GET', '/disk/%E2%84%AA', 'would be /disk/k, since the sign of Kelvin has a small k'],
    ['GET', '/u%C5%BFers/7', 'would be /users/{id}, since the long s has a large S'],
    ['GET', '/it%27s/7', "would be /it's/{x} to a router that decodes first"],
    ['POST', '/reports/PURGE', 'would be /reports/purge'],
  ])('is nobody’s: %s %s %s', (method, path) => {
    expect(found(policy, method, path)).toBeUndefined()
  })

  it.each([
    ['GET', '/users/export', ['GET /users/{id}', 'export']],
    ['GET', '/areas/export', ['GET /{area}/export', 'areas']],
    ['GET', '/users7/EXPORTS', ['GET /{area}/{thing}', 'users7', 'EXPORTS']],
    ['GET', '/reports/PURGE', ['GET /{area}/{thing}', 'reports', 'PURGE']],
    ['GET', '/disk/k', ['GET /disk/k']],
    ['GET', "/it's/it%27s", ["GET /it's/{x}", "it's"]],
    ['POST', '/reports/purge', ['POST /reports/purge']],
    ['POST', '/reports/purged', ['POST /reports/{name}', 'purged']],
  ])('is no other path: %s %s', (method, path, match) => {
    expect(found(policy, method, path)).toEqual(match)
  })

  it('is nobody’s also where the two begin in another letter case each', () => {
    const two = policyOf(['GET /B/all', 'GET /b/{id}'])
    expect(found(two, 'GET', '/b/all')).toBeUndefined()
    expect(found(two, 'GET', '/B/all')).toBeUndefined()
    expect(found(two, 'GET', '/b/7')).toEqual(['GET /b/{id}', '7'])
  })

  it('is nobody’s where an I with a dot stands for an i', () => {
    expect(found(policyOf(['GET /l/list', 'GET /l/{x}']), 'GET', '/l/l%C4%B0st')).toBeUndefined()
  })
})

describe('a free parameter', () => {
  const policy = policyOf(['GET /any/{x}', 'GET /digits/{n}', 'GET /list/{order}', 'GET /two/{x}/{n}'], {
    n: 'digits',
    order: ['asc', 'a b'],
  })
  const values = (path: string) => {
    const match = matchIn(policy, 'GET', path)?.match
    return match && [match.values].flat()
  }

  it.each([
    ['/any/%C3%A9', ['é']],
    ['/digits/0123', ['0123']],
    ['/list/asc', ['asc']],
    ['/list/a%20b', ['a b']],
    ['/two/x/1', ['x', '1']],
  ])('takes what the policy says: %s', (path, read) => {
    expect(values(path)).toEqual(read)
  })

  it.each(['/digits/x', '/digits/1x', '/digits/%D9%A1', '/digits/1%20', '/list/ASC', '/list/asc2', '/two/1/x'])(
    'takes nothing else: %s',
    (path) => {
      expect(values(path)).toBeUndefined()
    },
  )
})
