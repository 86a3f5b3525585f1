/** What an operator reads: tokens of all plans by what they are, and all logs. */
import { withoutLinks } from '../core/chain.ts'
import { isActive } from '../core/lifecycle.ts'
import { beganAt, isBefore, type TokenRecord } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { isWanted } from '../service/fitting.ts'
import { parseBy } from '../service/input.ts'
import type { EventPage, TokenPage } from '../service/manage.ts'
import { show } from '../service/show.ts'
import { OPERATOR_INPUTS, type OperatorEventsInput, type OperatorTokensInput } from './inputs.ts'

const DEFAULT_LIMIT = 50
/** How many tokens are read at a time, and how often for one page, so that a filter that fits nothing comes to an end. */
const STEP = 500
const MOST_STEPS = 20

/** A page of the tokens that fit. */
export async function findTokens(engine: ManagingEngine, input: OperatorTokensInput): Promise<TokenPage> {
  const { limit = DEFAULT_LIMIT, after, ...filter } = parseBy(OPERATOR_INPUTS.tokens, input)
  const { store } = engine
  if (!store.scan) throw new TypeError('The store cannot list tokens across plans: it has no scan.')
  if (filter.unusedSince !== undefined && !store.lastUse)
    throw new TypeError(
      'The store keeps no uses, so that nobody can tell which tokens were not used: it has no lastUse.',
    )
  const found: TokenRecord[] = []
  let last = after
  for (let step = 0; step < MOST_STEPS; step++) {
    const from = last
    const query = { limit: STEP, ...(from !== undefined && { after: from }) }
    const records = await ask(engine, 'store.scan', async () => store.scan?.(query) ?? [], readObjects)
    const fitting = new Set(await fittingOf(engine, records, filter))
    for (const record of records) {
      if (fitting.has(record)) found.push(record)
      last = record.id
      if (found.length === limit) return pageOf(engine, found, last)
    }
    if (records.length < STEP) return pageOf(engine, found, undefined)
  }
  return pageOf(engine, found, last)
}

async function pageOf(
  engine: ManagingEngine,
  found: readonly TokenRecord[],
  next: string | undefined,
): Promise<TokenPage> {
  const tokens = await show(engine, found)
  return next === undefined ? { tokens } : { tokens, next }
}

type Filter = Omit<OperatorTokensInput, 'limit' | 'after'>

async function fittingOf(
  engine: ManagingEngine,
  records: readonly TokenRecord[],
  { planId, unusedSince, ...filter }: Filter,
): Promise<readonly TokenRecord[]> {
  const now = timeOf(engine)
  const fitting = records.filter(
    (record) =>
      (planId === undefined || record.planId === planId) &&
      isWanted(engine, record, filter, now) &&
      (unusedSince === undefined || (isActive(record, now) && isBefore(beganAt(record), unusedSince))),
  )
  if (unusedSince === undefined || fitting.length === 0) return fitting
  const uses = await engine.uses.of(fitting.map(({ id }) => id))
  return fitting.filter(({ secrets }) => secrets.every(({ digest }) => !((uses?.get(digest) ?? 0) >= unusedSince)))
}

/** A page of all logs, or of one. */
export async function findEvents(engine: ManagingEngine, input: OperatorEventsInput): Promise<EventPage> {
  const { limit = DEFAULT_LIMIT, after, ...filter } = parseBy(OPERATOR_INPUTS.events, input)
  const query = { ...filter, limit: limit + 1, ...(after !== undefined && { after: Number(after) }) }
  const found = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
  const events = found.slice(0, limit).map(withoutLinks)
  const last = events.at(-1)
  return found.length > limit && last ? { events, next: String(last.seq) } : { events }
}
