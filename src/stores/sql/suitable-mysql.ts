/**
 * For MySQL and MariaDB: asks servers and connections whether the store can work with them. The connections of a pool differ, and
 * other code may have left one in any state. So look-ups and pages of news show their connection's settings in the same statement
 * (stores/sql/beside.ts), and everything else asks the connection first. What is asked: stores/sql/mysql-settings.ts.
 */
import type { AliasedExpression } from 'kysely'
import {
  judgeSettings,
  type Known,
  knownOf,
  LIMIT,
  SETTINGS,
  type Setting,
  shownAs,
  unsuitable,
} from './mysql-settings.ts'
import { rawColumn, rawQuery } from './query.ts'
import type { Db, Names, Setup } from './tables.ts'
import { textOf } from './values.ts'

/** What a look-up shows beside its row. */
export interface Shown {
  readonly column: AliasedExpression<unknown, 'session'>
  /** See `Known`. */
  readonly locks: boolean
  /** Judges what the column held. */
  checkSession(session: unknown): void
}

/** What is known of the server that a store uses, and of its sessions. */
export interface Suitability {
  /** Asks the server and one of its connections. */
  lookAt(db: Db): Promise<void>
  /** Asks the one connection that a Kysely is held to. */
  check(held: Db): Promise<void>
  /** What look-ups have to show. The same object until the server turns out to be another. */
  shown(): Shown
}

/** Each of them throws StoreError `store_unsuitable` that names the setting and what to do. */
export function suitabilityOf(setup: Setup): Suitability {
  /** Where the first connection found the tables. */
  let database: string | undefined
  const checkAll = (session: unknown, settings: readonly Setting[]): void => {
    const text = textOf(session)
    if (text === undefined) throw unsuitable(`The connection did not show its settings. ${OBJECTS}`)
    const found = judgeSettings(text, settings)
    database ??= found
    if (found !== database && schemaOf(setup.names) === undefined)
      throw unsuitable(
        `A connection uses the database "${found}" and another one "${database}". Take out what changes it (USE, changeUser), or name the database in the option schema.`,
      )
  }
  const shownOf = ({ ofLookUps, locks }: Known): Shown => {
    /** What was found to be good, to the letter. */
    let good: unknown
    return {
      column: rawColumn(shownAs(ofLookUps), 'session'),
      locks,
      checkSession(session) {
        if (session === good && good !== undefined) return
        checkAll(session, ofLookUps)
        good = session
      },
    }
  }
  let known: Known = { all: [], ofLookUps: [], locks: true }
  let shown = shownOf(known)

  const check = async (held: Db): Promise<void> => {
    // In a transaction of ours, which a connection that cannot be held otherwise is asked in, the setting says nothing.
    const all = setup.isLoose ? known.all.filter(({ name }) => name !== 'in_transaction') : known.all
    const [row] = await rowsOf(held, `select ${shownAs(all)} as session limit 1`)
    checkAll(row?.session, all)
  }
  return {
    check,
    shown: () => shown,
    lookAt: (db) =>
      db.connection().execute(async (held) => {
        const variables = await variablesOf(held)
        const now = knownOf(variables, await refuseTables(held, setup))
        if (now.locks !== known.locks || shownAs(now.ofLookUps) !== shownAs(known.ofLookUps)) shown = shownOf(now)
        known = now
        await check(held)
        await refuseReplica(held, now)
      }),
  }
}

const OBJECTS =
  'Rows have to be objects by the names of their columns: leave out rowsAsArray, nestTables and a typeCast that changes texts.'

/** The schema that the tables were said to be in, if one was. */
function schemaOf({ state }: Names): string | undefined {
  return state.includes('.') ? state.slice(0, state.indexOf('.')) : undefined
}

type Row = { readonly [column: string]: unknown }

async function rowsOf(held: Db, statement: string): Promise<readonly Row[]> {
  return (await held.executeQuery(rawQuery<Row>(statement))).rows
}

/** The system variables that this server has, of those that matter. */
async function variablesOf(held: Db): Promise<ReadonlyMap<string, string>> {
  // It cuts what SHOW answers too.
  const [cut] = await rowsOf(held, `select cast(@@${LIMIT.name} as char) as value limit 1`)
  const limit = textOf(cut?.value)
  if (limit === undefined && cut !== undefined) throw unsuitable(`The server did not show its settings. ${OBJECTS}`)
  judgeSettings(limit ?? '', [LIMIT])
  const names = [...new Set(SETTINGS.map(({ name }) => name)), 'wsrep_provider'].map((name) => `'${name}'`)
  const rows = await rowsOf(held, `show session variables where variable_name in (${names.join(', ')})`)
  const variables = rows.map((row): [string, string] => [textOf(row.Variable_name) ?? '', textOf(row.Value) ?? ''])
  if (!variables.some(([name]) => name === 'autocommit'))
    throw unsuitable(`The server did not show its settings. ${OBJECTS}`)
  return new Map(variables)
}

/**
 * Refuses tables that are not as the migrations make them: in an engine without transactions, or with a collation for which
 * different ids are the same. Whether one of them keeps its history.
 */
async function refuseTables(held: Db, { names }: Setup): Promise<boolean> {
  const schema = schemaOf(names)
  const tables = Object.values(names).map((name) => `'${name.slice(name.lastIndexOf('.') + 1)}'`)
  const where = `where table_schema = ${schema === undefined ? 'database()' : `'${schema}'`} and table_name in (${tables.join(', ')})`
  const kept = await rowsOf(
    held,
    `select table_name as name, engine as engine, table_type as type from information_schema.tables ${where}`,
  )
  for (const { name, engine } of kept)
    if (engine !== null && !/^innodb$/i.test(textOf(engine) ?? ''))
      throw unsuitable(
        `The engine of the table "${textOf(name)}" is ${textOf(engine)}, and only InnoDB keeps what the store promises. ALTER TABLE … ENGINE = InnoDB.`,
      )
  const columns = await rowsOf(
    held,
    `select table_name as name, column_name as col, collation_name as collation from information_schema.columns ${where} and collation_name not like 'utf8mb4%bin' limit 1`,
  )
  for (const { name, col, collation } of columns)
    throw unsuitable(
      `The column "${textOf(col)}" of the table "${textOf(name)}" has the collation ${textOf(collation)}, for which different ids can be the same. ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin.`,
    )
  return kept.some(({ type }) => textOf(type) === 'SYSTEM VERSIONED')
}

/** A replica without `read_only`, as far as this user may know: MariaDB tells everybody whether one is running. */
async function refuseReplica(held: Db, { locks }: Known): Promise<void> {
  const isMariadb = !locks
  const running = isMariadb ? await rowsOf(held, "show global status like 'Slaves_running'") : []
  const sources = await rowsOf(held, isMariadb ? 'show all slaves status' : 'show replica status').catch(() => [])
  if (sources.length > 0 || running.some(({ Value }) => (textOf(Value) ?? '0') !== '0'))
    throw unsuitable(
      'This server is a replica of another one, whose answers are late: a revoked token would still work. Connect the store to the primary. If this is the primary by now, RESET REPLICA ALL.',
    )
}
