/**
 * What paths of a document begin with on the wire: the paths of its servers' URLs. Hosts are compared, and nothing is ever asked
 * of them. Whose servers count: openapi/operations.ts.
 */

/** A server of a document, as far as it is read. */
export interface Server {
  readonly url: string
  readonly variables?: { readonly [name: string]: { readonly default: string; readonly enum?: readonly string[] } }
}

/** Where some servers are. */
export interface Bases {
  /** What their paths begin with: `''` or `'/v1'`; more than one if they differ. */
  readonly prefixes: readonly string[]
  /** Their hosts; `''` where the document lies. */
  readonly hosts: readonly Host[]
  /** Why the paths cannot be told. */
  readonly problem?: string
}

/** A host, as it is written, and what tells it from others: two templates are the same host only with the same variables. */
export interface Host {
  readonly written: string
  readonly key: string
}

/** What paths may begin with. */
export const BASE_PATH = /^(\/[^/{}?#%\s\\]+)*$/

const ADDRESS = /^(?:(?:[a-z][a-z0-9+.-]*|\{[^{}/]*\}):)?\/\/([^/?#]*)([^?#]*)$/i
/** How many addresses one server may stand for. */
const MAX_ADDRESSES = 100

/** The bases of servers; of none, the root of the host (OpenAPI, "Server Object"). */
export function basesOf(servers: readonly Server[]): Bases {
  const prefixes = new Set<string>()
  const hosts = new Map<string, Host>()
  for (const { url, variables = {} } of servers.length > 0 ? servers : [{ url: '/' }]) {
    const [host, path] = ADDRESS.exec(url)?.slice(1) ?? ['', url]
    if (path !== '' && !path?.startsWith('/'))
      return { prefixes: [], hosts: [], problem: `has the address "${url}", which depends on where the document lies.` }
    const paths = expanded(path ?? '', variables)
    if (!paths)
      return {
        prefixes: [],
        hosts: [],
        problem: `has the address "${url}", whose variables have no list of values, or too many.`,
      }
    for (const one of paths) prefixes.add(one.replace(/\/$/, ''))
    for (const one of hostsOf(host ?? '', variables)) hosts.set(one.key, one)
  }
  const wrong = [...prefixes].find((prefix) => !BASE_PATH.test(prefix))
  if (wrong !== undefined)
    return { prefixes: [], hosts: [], problem: `puts "${wrong}" before its paths, which no policy can hold.` }
  return { prefixes: [...prefixes], hosts: [...hosts.values()] }
}

/** The hosts of a server. One whose variables may have any value is known by its template and these variables alone. */
function hostsOf(template: string, variables: NonNullable<Server['variables']>): readonly Host[] {
  const known = expanded(template, variables)
  if (known) return known.map((one) => ({ written: one.toLowerCase(), key: one.toLowerCase() }))
  const named = template.split(/\{([^{}]*)\}/).filter((_, i) => i % 2 === 1)
  const values = named.map(
    (name) => Object.hasOwn(variables, name) && [variables[name]?.default, variables[name]?.enum],
  )
  return [{ written: template, key: JSON.stringify([template, values]) }]
}

/** The host that is not among others, as it is written; `undefined` if all are. */
export function otherThan(hosts: readonly Host[], known: readonly Host[]): string | undefined {
  return hosts.find(({ key }) => !known.some((one) => one.key === key))?.written
}

/** A template with each value of its variables. `undefined` if one has no list of values: its default is no promise. */
function expanded(template: string, variables: NonNullable<Server['variables']>): readonly string[] | undefined {
  let texts = ['']
  for (const [i, piece] of template.split(/\{([^{}]*)\}/).entries()) {
    const values = i % 2 === 0 ? [piece] : valuesOf(piece, variables)
    if (!values || texts.length * values.length > MAX_ADDRESSES) return undefined
    texts = texts.flatMap((text) => values.map((value) => text + value))
  }
  return texts
}

function valuesOf(name: string, variables: NonNullable<Server['variables']>): readonly string[] | undefined {
  return Object.hasOwn(variables, name) ? variables[name]?.enum : undefined
}
