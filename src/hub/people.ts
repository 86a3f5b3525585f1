/**
 * The names of whoever an answer tells of: the host is asked for those of a page, together, and its failure leaves the ids. They
 * stand beside what the engine said, as `actors`, so that a name is never taken for an id.
 */
import type { AdminEngine, AdminRequest, Answer, Route } from '../admin/route.ts'
import { isDictionary } from '../core/objects.ts'
import { textProblem } from '../core/text.ts'
import { tell } from '../service/tell.ts'
import type { HubOptions } from './options.ts'
import type { Facet } from './overview/query.ts'

/** How many ids the host is asked about at a time, and for how long. */
const MOST = 500
const PATIENCE_MS = 2_000
const LONGEST_NAME = 200

/** The routes whose answers tell of people. */
const TELLING: ReadonlySet<string> = new Set([
  'getToken',
  'listTokens',
  'listEvents',
  'listRequests',
  'getOverview',
  'listLog',
])

/** A route that names people, where the host knows their names. */
export function withNames(route: Route, options: HubOptions): Route {
  // Options that are none are told of elsewhere.
  const { describeActor, onError } = { ...options }
  if (!describeActor || !TELLING.has(route.id)) return route
  return {
    ...route,
    async call(engine: AdminEngine, asked: AdminRequest): Promise<Answer> {
      const answer = await route.call(engine, asked)
      const named = async (body: unknown): Promise<unknown> => {
        if (!isDictionary(body)) return body
        const ids = [...new Set(actorsIn(body))].slice(0, MOST)
        const actors =
          ids.length === 0 ? {} : await namesOf(ids, describeActor).catch((error) => failed(onError, error))
        return { ...body, actors }
      }
      const { make } = answer
      // What is made only if it is wanted is named only then.
      if (make) return { ...answer, make: async () => named(await make()) }
      return { ...answer, body: await named(answer.body) }
    },
  }
}

function failed(onError: HubOptions['onError'], error: unknown): Record<string, string> {
  tell(onError, error)
  return {}
}

/** By id, the names that the host gave. */
async function namesOf(
  ids: readonly string[],
  describeActor: NonNullable<HubOptions['describeActor']>,
): Promise<Record<string, string>> {
  // What throws at once is a rejection like any other.
  const answer = async (): Promise<unknown> => describeActor(ids)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`describeActor() gave no answer within ${PATIENCE_MS} ms.`)), PATIENCE_MS)
  })
  const names: unknown = await Promise.race([answer(), late]).finally(() => clearTimeout(timer))
  if (!Array.isArray(names)) throw new TypeError('describeActor() must give a list of names, one for each id.')
  return Object.fromEntries(
    ids.flatMap((id, at) => {
      const name: unknown = names[at]
      const isName = typeof name === 'string' && textProblem(name, 1, LONGEST_NAME) === undefined
      return isName ? [[id, name]] : []
    }),
  )
}

const PEOPLE: ReadonlySet<string> = new Set(['actor', 'createdBy', 'revokedBy', 'by', 'approvedBy'])

/** The ids of people in an answer, wherever they stand. */
function actorsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(actorsIn)
  if (!isDictionary(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    if (PEOPLE.has(name) && typeof inner === 'string') return [inner]
    // The values of the filter by people.
    if (name === 'makers' && Array.isArray(inner)) return inner.map(({ value: id }: Facet) => id)
    // Words of the plan's own are nobody's ids.
    return name === 'metadata' ? [] : actorsIn(inner)
  })
}
