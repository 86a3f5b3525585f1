/** A route of an application, in one form whatever the framework: which requests it takes, as far as its path says. */

/** A part of a path: text that has to be there, any text, or whatever is left. */
export type Part = { readonly is: 'text'; readonly text: string } | { readonly is: 'any' } | { readonly is: 'rest' }

/** One route. */
export interface AppRoute {
  /** `*` for every method. */
  readonly method: string
  /** As the framework spells it. */
  readonly path: string
  readonly parts: readonly Part[]
}

/**
 * The routes that a path of a framework stands for: one, or one with and one without each part that may be left out
 * (`{/:x}` of Express 5, `:x?` of Express 4, Hono and Fastify).
 */
export function routesOfPath(method: string, path: string): readonly AppRoute[] {
  return variantsOf(path).map((variant) => ({ method: method.toUpperCase(), path, parts: partsOf(variant) }))
}

/** What may be left out: `{…}`, but for the pattern behind a parameter (`:id{[0-9]+}` of Hono); and `/:x?`. */
const OPTIONAL = /(?<!:\w*)\{[^{}]*\}|\{\/[^{}]*\}|\/:\w+(?:\([^)]*\)|\{[^{}]*\})?\?(?=\/|$)/

/** With each of so many optional parts and without it; of a path with more, the rest stays as it is. */
function variantsOf(path: string, most = 5): readonly string[] {
  const group = most > 0 ? OPTIONAL.exec(path) : null
  if (!group) return [path]
  const [whole] = group
  const inner = whole.startsWith('{') ? whole.slice(1, -1) : whole.slice(0, -1)
  const after = path.slice(group.index + whole.length)
  return [inner, ''].flatMap((one) => variantsOf(path.slice(0, group.index) + one + after, most - 1))
}

/** The parts of a path. A part with a parameter anywhere in it may be any text: what it takes in full, only the framework knows. */
export function partsOf(path: string): readonly Part[] {
  const parts: Part[] = []
  for (const segment of path.split('/').filter((one) => one !== '')) {
    if (/^(\*\w*|\(\.\*\)|:\w+\(\.[*+]\)|:\w+[*+])$/.test(segment)) return [...parts, { is: 'rest' }]
    // `::` is how Fastify spells a colon.
    const bare = segment.replaceAll('::', '')
    if (/[:*{(]/.test(bare)) parts.push({ is: 'any' })
    else parts.push({ is: 'text', text: segment.replaceAll('::', ':') })
  }
  return parts
}
