/** How far the clock of a database is from that of this machine. Planned ends of tokens follow the clocks of servers. */
import type { Kysely } from 'kysely'
import { dialectOf } from '../stores/sql/options.ts'
import { rawQuery } from '../stores/sql/query.ts'

/** Positive: the database is ahead. */
export interface Skew {
  readonly byMs: number
  /** What the way there and back leaves open. */
  readonly uncertainMs: number
}

/** The time in milliseconds, in each dialect; SQLite has none of its own. */
const NOW = {
  postgres: 'select extract(epoch from clock_timestamp()) * 1000 as now',
  mysql: 'select unix_timestamp(now(3)) * 1000 as now',
  sqlite: undefined,
}

/** Asks three times and takes the quickest answer. `undefined` where the database has no clock of its own. */
export async function clockSkew(database: object): Promise<Skew | undefined> {
  const kysely = (database as Kysely<unknown>).withoutPlugins()
  const sql = NOW[dialectOf(kysely)]
  if (sql === undefined) return undefined
  const asked: Skew[] = []
  for (let i = 0; i < 3; i++) {
    const before = Date.now()
    const { rows } = await kysely.executeQuery(rawQuery<{ readonly now: unknown }>(sql))
    const after = Date.now()
    asked.push({ byMs: Number(rows[0]?.now) - (before + after) / 2, uncertainMs: Math.ceil((after - before) / 2) })
  }
  return asked.sort((a, b) => a.uncertainMs - b.uncertainMs)[0]
}
