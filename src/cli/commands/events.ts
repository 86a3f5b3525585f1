/** `events`: a plan's audit log, and with `--follow` what comes in. As JSON, one event a line. */
import { setTimeout as wait } from 'node:timers/promises'
import type { TokenEvent } from '../../core/event.ts'
import type { EventsInput } from '../../service/input.ts'
import { failureOf } from '../failure.ts'
import { type Io, oneLine } from '../io.ts'
import type { Session } from '../session.ts'
import { moment, showTable } from '../show.ts'
import type { Source } from '../source.ts'
import { taken } from '../taken.ts'

/** Flags of `events`. */
export interface EventsOptions {
  readonly plan: string
  readonly token?: string
  readonly order?: EventsInput['order']
  readonly limit?: number
  readonly after?: string
  readonly follow?: boolean
  readonly interval?: number
}

/** How many earlier events stand before those that are followed. */
const BEFORE = 10

/** Prints the audit log of a plan; with `--follow`, what is added to it until it is interrupted. */
export async function events({ io, source }: Session, options: EventsOptions): Promise<void> {
  const { plan, token, follow: isFollowed, interval = 2 } = options
  const calls = await source()
  const which = { planId: plan, ...(token !== undefined && { tokenId: token }) }
  if (isFollowed) return follow(io, calls, which, options.limit ?? BEFORE, options.after, interval * 1_000)
  const page = await calls.events({ ...which, ...taken(options, ['order', 'limit', 'after']) })
  if (io.json) for (const event of page.events) io.data(JSON.stringify(event))
  else
    showTable(io, ['SEQ', 'AT (UTC)', 'WHAT', 'TOKEN', 'ACTOR', 'CHANGED', 'WHY'], page.events.map(rowOf), 'No events.')
  if (page.next !== undefined) io.say(`There are more: --after ${oneLine(page.next)}`)
}

type Which = { readonly planId: string; readonly tokenId?: string }

/** The last ones, and then whatever comes, until it is interrupted. A source that does not answer for a while is asked again. */
async function follow(
  io: Io,
  calls: Source,
  which: Which,
  before: number,
  from: string | undefined,
  intervalMs: number,
): Promise<void> {
  let after = from
  if (after === undefined) {
    const { events: last } = await calls.events({ ...which, order: 'newest', limit: before })
    for (const event of [...last].reverse()) print(io, event)
    after = String(last[0]?.seq ?? 0)
  }
  let isAway = false
  for (;;) {
    try {
      const page = await calls.events({ ...which, order: 'oldest', after, limit: 500 })
      if (isAway) io.say('It answers again.')
      isAway = false
      for (const event of page.events) print(io, event)
      after = String(page.events.at(-1)?.seq ?? after)
      if (page.next !== undefined) continue
    } catch (thrown) {
      const failure = failureOf(thrown)
      if (failure.exit !== 'unavailable') throw failure
      if (!isAway) io.warn(`${oneLine(failure.message)} It is asked again.`)
      isAway = true
    }
    await wait(intervalMs)
  }
}

function print(io: Io, event: TokenEvent): void {
  io.data(io.json ? JSON.stringify(event) : rowOf(event).map(oneLine).join('  ').trimEnd())
}

function rowOf({ seq, at, type, tokenId, actor, changes, reason = '' }: TokenEvent): readonly string[] {
  return [String(seq), moment(at), type, tokenId, actor ?? '(a report)', Object.keys(changes ?? {}).join(', '), reason]
}
