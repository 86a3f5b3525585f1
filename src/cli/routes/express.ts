/** The routes of Express 4 and 5, out of the stack of its router. Where a router is mounted, newer ones tell and older ones show. */
import { type AppRoute, routesOfPath } from './route.ts'

/** What is used of a layer. */
interface Layer {
  readonly route?: { readonly path: unknown; readonly methods: { readonly [method: string]: boolean } }
  readonly handle?: { readonly stack?: unknown }
  /** The path that it was mounted with, in newer versions. */
  readonly rawPath?: unknown
  /** Set by `match`, in older ones. */
  readonly path?: string | undefined
  match?(path: string): unknown
}

/** Where the routes of a router are that no path of the policy leads to. */
const SOMEWHERE = '(somewhere)'

/** Reads a stack. @param paths to try mounted routers with, such as `/v1/files/1`. */
export function routesOfExpress(stack: readonly unknown[], paths: readonly string[], before = ''): readonly AppRoute[] {
  return (stack as readonly Layer[]).flatMap((layer) => {
    const { route, handle } = layer
    if (route) {
      return [route.path].flat().flatMap((path) =>
        methodsOf(route.methods).flatMap((method) =>
          // A regular expression is no path that could be compared.
          typeof path === 'string' ? routesOfPath(method, before + path) : [],
        ),
      )
    }
    if (!Array.isArray(handle?.stack)) return []
    const { stack: inner } = handle
    return mountsOf(layer, paths, before).flatMap((mount) => routesOfExpress(inner, paths, before + mount))
  })
}

function mountsOf(layer: Layer, paths: readonly string[], before: string): readonly string[] {
  const told = [layer.rawPath].flat().filter((path) => typeof path === 'string')
  if (told.length > 0) return told.map((path) => path.replace(/\/$/, ''))
  const found = new Set<string>()
  for (const path of paths.filter((one) => one.startsWith(before))) {
    const rest = path.slice(before.length) || '/'
    if (layer.match?.(rest) && layer.path !== undefined) found.add(layer.path.replace(/\/$/, ''))
  }
  return found.size === 0 ? [`/${SOMEWHERE}`] : [...found]
}

function methodsOf(methods: { readonly [method: string]: boolean }): readonly string[] {
  const names = Object.keys(methods).filter((method) => methods[method])
  return names.includes('_all') || names.length > 20 ? ['*'] : names
}
