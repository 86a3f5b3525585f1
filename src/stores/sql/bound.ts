/**
 * The freshness bound of the whole deployment, which writers wait for. What it is for: service/freshness.ts. It lies in the store's
 * one row, whose lock commits take, so that it is written where it is raised and read where it is only asked for, after each change.
 */
import type { CompiledQuery } from 'kysely'
import { notMigrated } from './problems.ts'
import { FIXED, runFixed } from './query.ts'
import type { Session } from './session.ts'
import { durableColumn, type Marked, markOf, withMark } from './suitable-postgres.ts'
import { together } from './together.ts'
import { wholeOf } from './values.ts'

interface Bound {
  readonly bound_ms?: unknown
}

/**
 * Raises the bound to at least so many milliseconds and returns what stands. By a write, which no replica can answer; a bound that
 * is only asked for (0) by a read that shows its session, as look-ups do.
 */
export function boundOf(session: Session): (atLeastMs: number) => Promise<number> {
  const readBound = readerOf(session)
  return async (atLeastMs) => {
    const least = Math.ceil(atLeastMs)
    const found = least <= 0 ? await readBound() : await raise(session, least)
    const bound = wholeOf(found?.bound_ms)
    if (bound === undefined) throw notMigrated(`The table "${session.names.state}" does not hold the freshness bound.`)
    return bound
  }
}

/** Reads what was committed last. */
function readerOf(session: Session): () => Promise<Bound | undefined> {
  const { db, dialect, names, suitability } = session
  const query = db
    .selectFrom(names.state)
    .select('bound_ms')
    .where((eb) => eb('id', '=', eb.lit(1)))
  if (dialect === 'postgres') {
    const marked = withMark(session, 'state', query).compile()
    const kept = { ...marked, sql: FIXED + marked.sql }
    const read = (): Promise<Bound | undefined> =>
      session.ask(async (within) => {
        const [row] = (await within.executeQuery<Marked<Bound>>(kept as CompiledQuery<Marked<Bound>>)).rows
        session.checkSession(row?.session, 'state')
        return row
      })
    const ask = together<undefined, Bound | undefined>({
      one: read,
      async many(callers) {
        const row = await read()
        return callers.map(() => row)
      },
    })
    return () => ask(undefined)
  }
  if (!suitability) return () => session.ask(async (within) => (await runFixed<Bound>(within, query))[0])
  return async () => {
    const shown = suitability.shown()
    // Where a read would have to lock the row to be sure of it, a write is no worse.
    if (shown.locks) return raise(session, 0)
    return session.ask(async (within) => {
      const now = suitability.shown()
      const [row] = await runFixed<Marked<Bound>>(
        within,
        query.select(now.column).limit((eb) => eb.lit(1)),
      )
      if (row) now.checkSession(row.session)
      return row
    })
  }
}

async function raise(session: Session, least: number): Promise<Bound | undefined> {
  const { dialect, names } = session
  return session.write(async (db) => {
    const update = db
      .updateTable(names.state)
      .set((eb) => ({
        bound_ms: eb.fn<number>(dialect === 'sqlite' ? 'max' : 'greatest', ['bound_ms', eb.val(least)]),
      }))
      .where('id', '=', 1)
    if (dialect === 'postgres') {
      const raised = await update.returning(['bound_ms', markOf(session, 'state'), durableColumn]).executeTakeFirst()
      if (raised) session.checkSession(raised.session, 'state')
      return raised
    }
    if (dialect === 'sqlite') return update.returning('bound_ms').executeTakeFirst()
    await update.execute()
    return db.selectFrom(names.state).select('bound_ms').where('id', '=', 1).executeTakeFirst()
  })
}
