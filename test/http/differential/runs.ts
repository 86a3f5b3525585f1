/** What a handler has done: its route, its parameters, and the resources that it acts on as its own parsers have read them. */
import type { Allowance } from 'plan-access-tokens'
import type { Route } from './policy.ts'

/** What a handler finds in a request, however its framework has read it. */
export interface Found {
  /** The header `X-Case`, by which a test knows its request again. */
  readonly name: string | undefined
  readonly params: object
  readonly query: unknown
  /** What a parser made of the body; text or bytes are understood as the type says. */
  readonly body: unknown
  readonly type: string | undefined
  readonly planToken: Allowance | undefined
}

/** A handler that ran. */
export interface Run {
  readonly name: string | undefined
  /** As the policy spells it. */
  readonly route: string
  readonly params: { readonly [name: string]: unknown }
  /** `kind:id` of all that it acts on, sorted, each once. */
  readonly acted: readonly string[]
  readonly planToken: Allowance | undefined
}

/** What a route's handler does with what it finds. */
export function runOf({ method, path, acts }: Route, { name, planToken, params, query, body, type }: Found): Run {
  const parts = { path: params, query, body: understood(body, type) }
  const acted = acts.flatMap(({ kind, from, field }) => idsAt(parts[from], field).map((id) => `${kind}:${id}`))
  return {
    ...{ name, planToken, params: { ...params } },
    route: `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    acted: [...new Set(acted)].toSorted(),
  }
}

/** The text or the bytes of a body as JSON or as a form; the last of two values counts, as it does to most. */
function understood(body: unknown, type = ''): unknown {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return body
  const text = typeof body === 'string' ? body : Buffer.from(body).toString()
  if (/form-urlencoded/i.test(type)) return Object.fromEntries(new URLSearchParams(text))
  if (/multipart/i.test(type))
    return Object.fromEntries(
      [...text.matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g)].map(([, name, value]) => [name, value]),
    )
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Every id under a field, whatever it is: a list gives each of its values, anything odd is told as it is. */
function idsAt(from: unknown, field: string): readonly string[] {
  let values: unknown[] = [from]
  for (const step of field.split('.')) {
    const each = step.endsWith('[]')
    const found = values.map(
      (value) => (value as { [name: string]: unknown } | null | undefined)?.[step.replace('[]', '')],
    )
    values = each ? found.flatMap((value) => (isObject(value) ? Object.values(value) : [value])) : found
  }
  return values.flatMap(textsOf)
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return [isObject(value) ? JSON.stringify(value) : String(value)]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** What is different between a run and the decision that it was given; `undefined` if nothing is. */
export function differenceOf({ route, params, acted, planToken }: Run): string | undefined {
  if (!planToken) return `${route} ran without a decision`
  const judged = planToken.resources.map(({ kind, id }) => `${kind}:${id}`)
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  if (route !== planToken.endpoint.route) return `${route} ran, and ${planToken.endpoint.route} was judged`
  const sorted = (values: object): unknown => Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (!same(sorted(params), sorted(planToken.params)))
    return `${route} ran with ${JSON.stringify(params)}, and ${JSON.stringify(planToken.params)} was judged`
  const unique = [...new Set(judged)].toSorted()
  return same(acted, unique)
    ? undefined
    : `${route} acted on [${acted.join(', ')}], and [${unique.join(', ')}] was judged`
}
