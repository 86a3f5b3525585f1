/**
 * `GET /plans/{planId}/overview`: a page of a plan's tokens, filtered and sorted, with the counts of all. Its `ETag` is the newest
 * event of the log and the minute, so that a page that asks every few seconds is mostly answered 304.
 */
import { millisecondsInMinute } from 'date-fns/constants'
import { type AdminEngine, type Answer, type Route, route } from '../../admin/route.ts'
import type { TokenEvent } from '../../core/event.ts'
import type { IssueCode } from '../../core/issue.ts'
import type { Sentence } from '../../core/sentence.ts'
import { statusOf } from '../../core/token.ts'
import type { Token } from '../../core/token-view.ts'
import { sortedInSteps } from './in-steps.ts'
import { countsOf, facetsOf, fitsQuery, keyOf, type Lineage, orderBy } from './judge.ts'
import { type Asker, type Keep, type Keeper, type Snapshot, tagOf } from './keep.ts'
import { type News, OVERVIEW_QUERY, type Overview, type OverviewQuery } from './query.ts'

/** Tokens of a page. */
export const PAGE_SIZE = 50
/** For how many languages an order is kept. */
const MOST_LANGUAGES = 10
/** How much of it is kept for a snapshot: more than tabs and orders have, since anybody may ask for a type that there is not. */
const MOST_MADE = 100
/** How many orders are kept to begin the next with. */
const MOST_BEFORE = 20
/** How many of the newest events are told. */
const MOST_NEWS = 20

type AskerOfAll = Asker & { readonly engine: Pick<AdminEngine, 'checkLinks' | 'policies'> }

/** The route, for one hub. */
export function overviewRoute(keep: Keep): Route {
  /** By the language of the page. */
  const orders = new Map<string, Orders>()
  const ordersOf = (lang: string): Orders => {
    const known = orders.get(lang) ?? createOrders(new Intl.Collator(lang, { numeric: true }))
    if (orders.size === MOST_LANGUAGES) orders.clear()
    orders.set(lang, known)
    return known
  }
  return route({
    id: 'getOverview',
    method: 'GET',
    path: '/plans/{planId}/overview',
    summary: "A page of a plan's tokens, filtered and sorted, with the counts of all.",
    query: OVERVIEW_QUERY,
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param, query }): Promise<Answer> => {
      const { keeper, clock } = keep()
      const asker = { engine, actor, planId: param }
      const head = await keeper.head(asker)
      const now = clock.now()
      return {
        tag: tagOf(head, now),
        make: async () => {
          const snapshot = await keeper.of(asker, head)
          const { tokens } = snapshot
          return tokens
            ? pageOf({ asker, keeper, snapshot, tokens, query, now, orders: ordersOf(query.lang ?? 'en') })
            : listed(asker, snapshot, query)
        },
      }
    },
  })
}

/** Of a plan with too many tokens: the engine's own list. */
async function listed({ engine, actor, planId }: Asker, { seq }: Snapshot, query: OverviewQuery): Promise<Overview> {
  const { type, status, search, after, size = PAGE_SIZE } = query
  const page = await engine.list({
    ...{ actor, planId, order: 'expiry', limit: Number(size) },
    ...(type !== undefined && { type }),
    ...(status !== undefined && { status }),
    ...(search !== undefined && { search }),
    ...(after !== undefined && { after }),
  })
  return { seq, ...page, news: [] }
}

interface Asked {
  readonly asker: AskerOfAll
  readonly keeper: Keeper
  readonly snapshot: Snapshot
  readonly tokens: ReadonlyMap<string, Token>
  readonly query: OverviewQuery
  readonly now: number
  readonly orders: Orders
}

async function pageOf({ asker, keeper, snapshot, tokens, query, now, orders }: Asked): Promise<Overview> {
  const { type, page = '1' } = query
  const size = Number(query.size ?? PAGE_SIZE)
  const { all, counts, makers, scopes } = orders.about(snapshot, tokens, type, now)
  const resource = query.resource === undefined ? undefined : await lineageOf(asker, query)
  const ordered = await orders.sorted(asker.planId, snapshot, all, query, now)
  const found = ordered.filter((token) => fitsQuery(token, query, now, resource?.lineage))
  const pages = Math.max(1, Math.ceil(found.length / size))
  const number = Math.min(Number(page), pages)
  const some = found.slice((number - 1) * size, number * size)
  // What is picked is looked at again before it ends.
  const rows = size === PAGE_SIZE ? await keeper.shown(asker, snapshot, some) : some
  return {
    seq: snapshot.seq,
    tokens: rows.map((token) => {
      const status = statusOf(token, now)
      return status === token.status ? token : { ...token, status }
    }),
    whole: { total: found.length, page: number, pages, counts, makers, scopes },
    news: await newsOf(asker, snapshot, tokens, query.since),
    ...(resource?.mistake !== undefined && { mistake: resource.mistake }),
  }
}

/** What is worked out once for a snapshot, a tab and a minute. */
function createOrders(collator: Intl.Collator) {
  const known = new WeakMap<Snapshot, Map<string, unknown>>()
  /** By plan and order, the ids as they were ordered last: most are so still. The one that was made last is the last. */
  const before = new Map<string, readonly string[]>()
  const order = async (key: string, all: readonly Token[], compare: (a: Token, b: Token) => number) => {
    const byId = new Map(all.map((token) => [token.id, token]))
    const known = (before.get(key) ?? []).flatMap((id) => {
      const token = byId.get(id)
      byId.delete(id)
      return token ? [token] : []
    })
    const ordered = await sortedInSteps([...known, ...byId.values()], compare)
    before.delete(key)
    before.set(
      key,
      ordered.map(({ id }) => id),
    )
    if (before.size > MOST_BEFORE) before.delete([...before.keys()][0] ?? '')
    return ordered
  }
  const once = <T>(snapshot: Snapshot, key: string, make: () => T): T => {
    const made = known.get(snapshot) ?? new Map<string, unknown>()
    known.set(snapshot, made)
    if (!made.has(key) && made.size >= MOST_MADE) made.clear()
    if (!made.has(key)) made.set(key, make())
    return made.get(key) as T
  }
  return {
    about(snapshot: Snapshot, tokens: ReadonlyMap<string, Token>, type: string | undefined, now: number) {
      const minute = Math.floor(now / millisecondsInMinute)
      return once(snapshot, JSON.stringify([minute, type]), () => {
        const all = [...tokens.values()].filter((token) => type === undefined || token.type === type)
        return {
          all,
          counts: countsOf(all, now),
          makers: facetsOf(all, ({ createdBy }) => [createdBy]),
          scopes: facetsOf(all, ({ scopes }) => scopes),
        }
      })
    },
    sorted(planId: string, snapshot: Snapshot, all: readonly Token[], query: OverviewQuery, now: number) {
      const { type, sort = 'expires', dir = 'asc' } = query
      const minute = Math.floor(now / millisecondsInMinute)
      return once(snapshot, JSON.stringify([minute, sort, dir, type]), () =>
        order(JSON.stringify([planId, sort, dir, type]), all, orderBy(sort, dir, now, collator)),
      )
    },
  }
}
type Orders = ReturnType<typeof createOrders>

/** The resource of a filter; a link is read by the policy of the tab and placed in the plan. */
async function lineageOf(
  { engine, actor, planId }: AskerOfAll,
  { resource = '', type }: OverviewQuery,
): Promise<{ readonly lineage?: Lineage } & Pick<Overview, 'mistake'>> {
  if (/^[a-z][\w-]*:(?!\/\/)/i.test(resource)) return { lineage: [resource] }
  const surface = engine.policies.find(({ types }) => types.some(({ name }) => name === type))?.surface
  const { resources, mistakes } = await engine.checkLinks({
    ...{ actor, planId, text: resource, within: true },
    ...(surface !== undefined && { surface }),
  })
  const [found] = resources
  if (found) return { lineage: [found, ...(found.within ?? [])].map(keyOf) }
  const { code, message, params } = mistakes[0] ?? NO_LINK
  return { mistake: { code, message, ...(params && { params }) } }
}

/** What is said of a text in which no link begins. */
const NO_LINK: Sentence<IssueCode> = { code: 'link_malformed', message: 'This is no link.' }

/** What others did since an event. */
async function newsOf(
  { engine, actor, planId }: Asker,
  { seq }: Snapshot,
  tokens: ReadonlyMap<string, Token>,
  since: string | undefined,
): Promise<readonly News[]> {
  if (since === undefined || Number(since) >= seq) return []
  const { events } = await engine.events({ actor, planId, order: 'newest', limit: MOST_NEWS })
  const isNews = (event: TokenEvent): boolean => event.seq > Number(since) && event.actor !== actor.id
  return events
    .filter((event) => isNews(event) && tokens.has(event.tokenId))
    .map(({ seq: at, type, actor: by, tokenId }) => {
      return { seq: at, type, actor: by, tokenId, name: tokens.get(tokenId)?.name ?? '' }
    })
    .reverse()
}
