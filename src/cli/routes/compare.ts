/** The routes of an application beside the endpoints of policies: what is in one and not in the other. */
import { splitRoute } from '../../core/endpoints.ts'
import { type AppRoute, type Part, partsOf } from './route.ts'

/** An endpoint, as it is compared. */
export interface Listed {
  /** `GET /v1/files/{file_key}`, as the policy spells it. */
  readonly route: string
  /** Not open to tokens, so that nobody misses it. */
  readonly isClosed: boolean
}

/** What differs. */
export interface Comparison {
  /** Routes below the base path that no endpoint covers. */
  readonly uncovered: readonly string[]
  /** Endpoints that no route serves. */
  readonly unserved: readonly string[]
  /** How many routes lie outside of the base path. */
  readonly outside: number
}

/** What answers for the framework itself. */
const LEFT_OUT = new Set(['HEAD', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Compares them. @param basePath where the policy's paths begin in the application. */
export function compareRoutes(routes: readonly AppRoute[], endpoints: readonly Listed[], basePath: string): Comparison {
  const base = partsOf(basePath)
  const meant = endpoints.map(({ route, isClosed }) => {
    const { method, path } = splitRoute(route)
    return { route, isClosed, method, parts: [...base, ...partsOf(path.replaceAll(/\{[^{}]*\}/g, ':x'))] }
  })
  const own = routes.filter(({ method }) => !LEFT_OUT.has(method))
  const inside = own.filter(({ parts }) => beginsWith(parts, base))
  const covers = (route: AppRoute, endpoint: (typeof meant)[number]): boolean =>
    (route.method === '*' || route.method === endpoint.method) && areAlike(route.parts, endpoint.parts)
  const uncovered = inside.filter((route) => !meant.some((endpoint) => covers(route, endpoint)))
  const unserved = meant.filter((endpoint) => !endpoint.isClosed && !own.some((route) => covers(route, endpoint)))
  return {
    uncovered: [...new Set(uncovered.map(({ method, path }) => `${method === '*' ? 'ANY' : method} ${path}`))],
    unserved: unserved.map(({ route }) => route),
    outside: own.length - inside.length,
  }
}

/** Whether a path can lie below another. */
function beginsWith(parts: readonly Part[], base: readonly Part[]): boolean {
  for (const [i, part] of base.entries()) {
    const own = parts[i]
    if (own?.is === 'rest') return true
    if (own === undefined || !isAlike(own, part)) return false
  }
  return true
}

/** Whether some path is of both forms. */
function areAlike(route: readonly Part[], endpoint: readonly Part[]): boolean {
  for (const [i, part] of route.entries()) {
    if (part.is === 'rest') return true
    const other = endpoint[i]
    if (other === undefined || !isAlike(part, other)) return false
  }
  return route.length === endpoint.length
}

const isAlike = (a: Part, b: Part): boolean => a.is !== 'text' || b.is !== 'text' || a.text === b.text
