/** Requests that lack a value that names a resource, one for each value in a query or a body. */

import type { CompiledNames, CompiledSource } from '../core/policy-names.ts'
import type { RefusalCode } from '../core/refusals.ts'
import type { Witness } from '../policy/witness.ts'

/** A request without a value, and what it is expected to lead to. */
interface Missing {
  readonly text: string
  readonly witness: Witness
  readonly expected: readonly (RefusalCode | 'allowed')[]
}

/** The requests, made of a right one that has all its values. */
export function missingValues(names: CompiledNames, base: Witness): readonly Missing[] {
  if (names.what !== 'resources') return []
  const sources = names.list.flatMap(({ at, kind }) => (typeof kind === 'string' ? [at] : [kind.from, at]))
  const away = [...new Map(sources.map((source) => [source.text, source])).values()].filter(
    ({ in: place }) => place !== 'path',
  )
  if (names.none === 'all')
    return away.map((source) => ({
      text: `refuses a request without ${source.text}`,
      witness: without(base, [source]),
      expected: ['request_malformed'],
    }))
  const isNamedInPath = sources.length > away.length
  if (isNamedInPath) return []
  const limited: Witness = { ...without(base, away), token: { ...base.token, allowlist: [] } }
  const { none } = names
  if (none === 'filtered')
    return [{ text: 'lets a limited token through where nothing is named', witness: limited, expected: ['allowed'] }]
  return [
    none === 'plan'
      ? { text: 'refuses a limited token where nothing is named', witness: limited, expected: ['resource_not_allowed'] }
      : { text: 'refuses a request that names nothing', witness: without(base, away), expected: ['request_malformed'] },
  ]
}

function without(base: Witness, sources: readonly CompiledSource[]): Witness {
  const params = sources.flatMap((source) => (source.in === 'query' ? [source.param] : []))
  const fields = sources.flatMap((source) => (source.in === 'body' ? [source.steps[0]?.field] : []))
  const query = base.query.split('&').filter((pair) => !params.includes(pair.split('=')[0] as string))
  const kept = base.body === undefined ? [] : Object.entries(JSON.parse(base.body) as object)
  const body = Object.fromEntries(kept.filter(([field]) => !fields.includes(field)))
  return { ...base, query: query.join('&'), ...(base.body !== undefined && { body: JSON.stringify(body) }) }
}
