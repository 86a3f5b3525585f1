/**
 * All tokens of a plan, kept in memory for the page's table and brought up to date by the audit log. Everything comes from the
 * engine's own calls in the name of whoever asks, so the question of rights is asked anew at each request: it is the call that
 * gives the newest event. What is made of the tokens: hub/overview/judge.ts.
 */
import { millisecondsInMinute, millisecondsInSecond } from 'date-fns/constants'
import type { AdminEngine } from '../../admin/route.ts'
import type { Actor } from '../../core/actor.ts'
import type { Token } from '../../core/token-view.ts'
import type { HubOptions } from '../options.ts'
import { tokenOrNone } from '../token-or-none.ts'

/** Who asks, and about which plan. */
export interface Asker {
  readonly engine: Pick<AdminEngine, 'list' | 'get' | 'events'>
  readonly actor: Actor
  readonly planId: string
}

/** The tokens of a plan as they are by an event. */
export interface Snapshot {
  readonly seq: number
  /** The id of that event, by which a log that was restored is told from the one before; `undefined` of an empty log. */
  readonly event: string | undefined
  /** Epoch milliseconds; `tokens` are not older, but for their last uses. */
  readonly readAt: number
  /** By id; `undefined` where there are more than are kept. */
  readonly tokens: ReadonlyMap<string, Token> | undefined
}

/** Last uses are not in the log: the whole is read anew at this age. */
const MAX_AGE_MS = millisecondsInMinute
/** A plan with too many tokens is not counted again before. */
const TOO_MANY_AGE_MS = 10 * millisecondsInMinute
/** Rows that were read longer ago are read anew to be shown. */
const ROW_AGE_MS = 2 * millisecondsInSecond
/** The longest page that the engine gives. */
const STEP = 500
/** So many tokens are read one by one; for more the whole is. */
const MOST_ONE_BY_ONE = 50
/** So many links weigh as much as another token. */
const LINKS_A_TOKEN = 10

const weightOf = ({ resources }: Token): number =>
  1 + (resources === 'all' ? 0 : Math.floor(resources.length / LINKS_A_TOKEN))

const weightOfAll = ({ tokens }: Snapshot): number => {
  let sum = 0
  for (const token of tokens?.values() ?? []) sum += weightOf(token)
  return sum
}

/** The newest event of a log. */
export type Head = Pick<Snapshot, 'seq' | 'event'>

/** What is answered for a plan, by the newest event of its log and the minute: some tokens end without an event. */
export const tagOf = ({ seq, event }: Head, now: number): string =>
  `"${seq}.${event ?? ''}.${Math.floor(now / millisecondsInMinute)}"`

/** Gives what keeps the tokens for one hub, and its clock. */
export type Keep = () => { readonly keeper: Keeper; readonly clock: { now(): number } }

/** How many tokens are kept in memory unless the host says otherwise. */
const MOST_TOKENS = 50_000

/** Made at the first request, since by then the options are known to be right. */
export function keepFor(options: Pick<HubOptions, 'clock' | 'overviewTokens'>): Keep {
  let made: ReturnType<Keep> | undefined
  return () => {
    const { clock = Date, overviewTokens = MOST_TOKENS } = options
    made ??= { keeper: createKeeper(clock, overviewTokens), clock }
    return made
  }
}

const isRestored = ({ seq, event }: Snapshot, head: Head): boolean =>
  head.seq < seq || (head.seq === seq && head.event !== event)

/** What keeps them, for one hub. @param most how many tokens are kept of all plans together. */
function createKeeper(clock: { now(): number }, most: number) {
  /** The plan that was asked about last is the last. */
  const kept = new Map<string, { readonly snapshot: Snapshot; readonly weight: number }>()
  const underWay = new Map<string, { readonly seq: number; readonly read: Promise<Snapshot> }>()

  const isFresh = ({ readAt, tokens, seq }: Snapshot, newest: number): boolean => {
    const age = clock.now() - readAt
    return age >= 0 && (tokens ? seq >= newest && age < MAX_AGE_MS : age < TOO_MANY_AGE_MS)
  }
  const keep = (planId: string, snapshot: Snapshot): Snapshot => {
    const known = kept.get(planId)
    if (known && known.snapshot.seq > snapshot.seq) return snapshot
    kept.delete(planId)
    kept.set(planId, { snapshot, weight: weightOfAll(snapshot) })
    let sum = 0
    for (const { weight } of kept.values()) sum += weight
    for (const [id, { weight }] of kept) {
      if ((sum <= most && kept.size <= most) || id === planId) break
      sum -= weight
      kept.delete(id)
    }
    return snapshot
  }
  const read = async (asker: Asker, head: Head, known: Snapshot | undefined): Promise<Snapshot> => {
    const age = known ? clock.now() - known.readAt : -1
    const isRecent = known?.tokens !== undefined && age >= 0 && age < MAX_AGE_MS
    return (isRecent && (await changed(asker, known))) || readAll(asker, head, most, clock.now())
  }
  return {
    /** The newest event of a plan's log: the question of rights. It is all that it takes to know that nothing is new. */
    async head({ engine, actor, planId }: Asker): Promise<Head> {
      const before = kept.get(planId)
      const { events } = await engine.events({ actor, planId, order: 'newest', limit: 1 })
      const head: Head = { seq: events[0]?.seq ?? 0, event: events[0]?.id }
      // A log that ends before what was known of it already is that of a database that was restored.
      if (before && isRestored(before.snapshot, head) && kept.get(planId) === before) kept.delete(planId)
      return head
    },
    /** The tokens of a plan, not older than its log, whose head was asked for just now. */
    async of(asker: Asker, head: Head): Promise<Snapshot> {
      const { planId } = asker
      const newest = head.seq
      const known = kept.get(planId)
      if (known && isFresh(known.snapshot, newest)) {
        kept.delete(planId)
        kept.set(planId, known)
        // Of too many tokens only the log is known.
        return known.snapshot.tokens ? known.snapshot : { ...known.snapshot, ...head }
      }
      const other = underWay.get(planId)
      if (other && other.seq >= newest) {
        // Who began it may have lost the right meanwhile.
        const snapshot = await other.read.catch(() => undefined)
        if (snapshot) return snapshot
      }
      const begun = read(asker, head, known?.snapshot).then((snapshot) => keep(planId, snapshot))
      const mine = { seq: newest, read: begun }
      underWay.set(planId, mine)
      return begun.finally(() => {
        if (underWay.get(planId) === mine) underWay.delete(planId)
      })
    },
    /** Tokens that are to be shown, with their last uses as they are now. One that cannot be read stays as it was. */
    async shown(asker: Asker, { readAt }: Snapshot, tokens: readonly Token[]): Promise<readonly Token[]> {
      if (clock.now() - readAt < ROW_AGE_MS) return tokens
      const { engine, actor } = asker
      return Promise.all(
        tokens.map((token) =>
          token.status === 'revoked' ? token : engine.get({ actor, id: token.id }).catch(() => token),
        ),
      )
    },
  }
}

/** What keeps the tokens of plans for one hub. */
export type Keeper = ReturnType<typeof createKeeper>

/** All tokens, or that there are too many. What is made meanwhile stands before the first page, and in the log. */
async function readAll({ engine, actor, planId }: Asker, head: Head, most: number, readAt: number): Promise<Snapshot> {
  const tokens = new Map<string, Token>()
  let weight = 0
  let after: string | undefined
  do {
    const page = await engine.list({ actor, planId, limit: STEP, ...(after !== undefined && { after }) })
    for (const token of page.tokens) {
      weight += weightOf(token)
      tokens.set(token.id, token)
    }
    if (weight > most) return { ...head, readAt, tokens: undefined }
    after = page.next
  } while (after !== undefined)
  return { ...head, readAt, tokens }
}

/**
 * What was known with what changed since; `undefined` if that was too much, if the log does not go on from what was known, or if a
 * token is not to be had: it may be gone, or whoever asks has lost the right meanwhile, which the list tells.
 */
async function changed({ engine, actor, planId }: Asker, known: Snapshot): Promise<Snapshot | undefined> {
  const from = known.event === undefined ? {} : { after: String(known.seq - 1) }
  const { events, next } = await engine.events({ actor, planId, order: 'oldest', limit: STEP, ...from })
  if (known.event !== undefined && events[0]?.id !== known.event) return undefined
  const since = known.event === undefined ? events : events.slice(1)
  const ids = new Set(since.map(({ tokenId }) => tokenId))
  if (next !== undefined || ids.size > MOST_ONE_BY_ONE) return undefined
  const found = await Promise.all([...ids].map((id) => tokenOrNone(engine, { actor, id })))
  if (found.includes(undefined)) return undefined
  const tokens = new Map(known.tokens)
  for (const id of ids) tokens.delete(id)
  for (const token of found) if (token?.planId === planId) tokens.set(token.id, token)
  const last = since.at(-1)
  return { ...known, ...(last && { seq: last.seq, event: last.id }), tokens }
}
