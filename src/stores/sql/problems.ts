/**
 * What drivers throw, sorted: what somebody has to mend becomes a `StoreError` that says how; lost connections and undone
 * transactions are recognised, since some calls are repeated after them (stores/sql/session.ts). Codes are those of
 * PostgreSQL (SQLSTATE), MySQL and MariaDB (error numbers) and SQLite (names).
 */
import { StoreError } from '../../core/errors.ts'
import { sessionProblem } from './suitable-postgres.ts'
import { heldByOthers, isHeldByOthers } from './suitable-sqlite.ts'
import type { Names, Setup } from './tables.ts'

/** A table or column that is not there: 3F000 to 42703 of PostgreSQL, then MySQL. */
const MISSING = new Set<unknown>(['3F000', '3D000', '42P01', '42703', 1049, 1054, 1146])
const NOT_THERE = /^no such (table|column)|^unknown database|has no column/
/** A table or an index of that name. */
const EXISTING = new Set<unknown>(['42P07', 1050, 1061])
/** A right that the database's user does not have, or a user that it does not take. */
const FORBIDDEN = new Set<unknown>([
  ...['42501', '28000', '28P01', 1044, 1045, 1142, 1143, 1227],
  ...['SQLITE_PERM', 'SQLITE_AUTH', 'SQLITE_CANTOPEN'],
])
/** A write where only reading is possible. */
const READ_ONLY = new Set<unknown>(['25006', 1290, 1792, 1836])
/**
 * The transaction was undone by the database, to be tried again: serialization, deadlock, and a row that changed since the
 * snapshot (`innodb_snapshot_isolation`).
 */
const UNDONE = new Set<unknown>(['40001', '40P01', 1020, 1213])
/** The connection is gone, or the server is going. */
const LOST = new Set<unknown>([
  ...['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '08000', '08003', '08006'],
  ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'PROTOCOL_CONNECTION_LOST'],
  ...[1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 4031],
])
const DUPLICATE = new Set<unknown>(['23505', 1062, 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE'])

/** What is told of an error: drivers put it in different fields. */
function marksOf(thrown: unknown): { readonly codes: readonly unknown[]; readonly text: string } {
  if (typeof thrown !== 'object' || thrown === null) return { codes: [], text: '' }
  const { code, errno, errcode, message } = thrown as { readonly [field: string]: unknown }
  const named = code === 'ERR_SQLITE_ERROR' ? nameOfNumber(errcode) : code
  return { codes: [named, errno], text: typeof message === 'string' ? message : '' }
}

/** What other drivers call an error of SQLite. Node gives its number, whose last byte is the kind. */
function nameOfNumber(errcode: unknown): string {
  const number = typeof errcode === 'number' ? errcode : 0
  return SQLITE_NAMES.get(number) ?? SQLITE_NAMES.get(number % 256) ?? 'SQLITE_OTHER'
}

const SQLITE_NAMES = new Map<number, string>([
  ...([
    [1, 'SQLITE_ERROR'],
    [3, 'SQLITE_PERM'],
    [5, 'SQLITE_BUSY'],
    [8, 'SQLITE_READONLY'],
  ] as const),
  ...([
    [14, 'SQLITE_CANTOPEN'],
    [23, 'SQLITE_AUTH'],
  ] as const),
  ...([
    [1555, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
    [2067, 'SQLITE_CONSTRAINT_UNIQUE'],
  ] as const),
])

function isIn(kinds: ReadonlySet<unknown>, thrown: unknown): boolean {
  return marksOf(thrown).codes.some((code) => kinds.has(code))
}

function isSqlite(thrown: unknown, kind: string): boolean {
  return marksOf(thrown).codes.some((code) => typeof code === 'string' && code.startsWith(kind))
}

/** Whether the connection was lost, so that the answer is not known. */
export function isLost(thrown: unknown): boolean {
  return isIn(LOST, thrown) || isKnownLost(thrown)
}

/** Whether the driver itself says that a connection is gone. `pg` gives that no code. */
export function isKnownLost(thrown: unknown): boolean {
  return /^Connection terminated|connection error and is not queryable/.test(marksOf(thrown).text)
}

/** Whether nothing of a transaction stands, for certain, and trying again is sensible. */
export function isUndone(thrown: unknown): boolean {
  return isIn(UNDONE, thrown) || isSqlite(thrown, 'SQLITE_BUSY') || isHeld(thrown)
}

/** What PostgreSQL says of a statement that has failed (SQLSTATE), but for classes in which it may stand: 08 and 40. */
const REFUSED = /^(?!08|40)(?:\d[0-9A-Z]|P0|XX)[0-9A-Z]{3}$/

/** Whether PostgreSQL has refused a statement for what it says or does. Nothing of it stands then. */
export function isRefused(thrown: unknown): boolean {
  return marksOf(thrown).codes.some((code) => typeof code === 'string' && REFUSED.test(code)) && !isLost(thrown)
}

/** Whether PostgreSQL takes no more statements in a transaction, since one of them has failed. */
export function isAborted(thrown: unknown): boolean {
  return marksOf(thrown).codes.includes('25P02')
}

/** Whether other code has SQLite's only connection in its hands; nothing was done then. */
export function isHeld(thrown: unknown): boolean {
  return isHeldByOthers(marksOf(thrown).text)
}

/** What was thrown instead of beginning a transaction: drivers that have none say so in words alone. */
export function problemOfBegin(thrown: unknown): unknown {
  const { codes, text } = marksOf(thrown)
  if (codes.some((code) => code !== undefined) || isHeld(thrown) || !/transaction/i.test(text)) return thrown
  return new StoreError(
    'store_unsuitable',
    'This Kysely runs no transactions, as with Cloudflare D1 and with drivers over HTTP, so that a change could be written by half. For D1 there is d1Store in plan-access-tokens/stores/d1; else give the store a database and a driver that have transactions.',
  )
}

/** Whether a column got no value that has to have one. PostgreSQL only. */
export function isNull(thrown: unknown): boolean {
  return marksOf(thrown).codes.includes('23502')
}

/**
 * Whether PostgreSQL could not make anything of a statement or its values, so that nothing was done: texts in another character
 * set, tables that are others.
 */
export function isUnreadable(thrown: unknown): boolean {
  return marksOf(thrown).codes.some((code) => typeof code === 'string' && /^(22|42)[0-9A-Z]{3}$/.test(code))
}

/** Whether an error of PostgreSQL's is about a table. So it is taken where the driver does not say. */
export function isAbout(thrown: unknown, name: string): boolean {
  const { table } = thrown as { readonly table?: unknown }
  return typeof table !== 'string' || table === name.slice(name.lastIndexOf('.') + 1)
}

/** Whether a table or a column is not there. */
export function isMissing(thrown: unknown): boolean {
  return isIn(MISSING, thrown) || (isSqlite(thrown, 'SQLITE_ERROR') && NOT_THERE.test(marksOf(thrown).text))
}

/** Whether a table or an index is there already. */
export function isExisting(thrown: unknown): boolean {
  const isThere = isSqlite(thrown, 'SQLITE_ERROR') && / already exists$/.test(marksOf(thrown).text)
  return isIn(EXISTING, thrown) || isThere
}

/** Whether the database's user lacks a right, or is not let in. */
export function isForbidden(thrown: unknown): boolean {
  return isIn(FORBIDDEN, thrown)
}

/** Whether there is a row with this primary key already. */
export function isDuplicate(thrown: unknown): boolean {
  return isIn(DUPLICATE, thrown)
}

/** Whether an insert has made a row: `false` where one with its key is there, for a database that cannot be told to do nothing then. */
export async function unlessThere(inserting: Promise<unknown>): Promise<boolean> {
  try {
    await inserting
    return true
  } catch (thrown) {
    if (isDuplicate(thrown)) return false
    throw thrown
  }
}

/** A `StoreError` for what has to be mended, otherwise what was thrown, without the texts that quote values. */
export function problemOf(thrown: unknown, setup: Setup): unknown {
  if (thrown instanceof StoreError) return thrown
  const { names } = setup
  const { codes, text } = marksOf(thrown)
  const session = sessionProblem(thrown, codes[0], text, setup)
  if (session) return session
  if (isHeld(thrown)) return heldByOthers()
  const tables = `"${names.tokens}", "${names.state}" and the others`
  if (isMissing(thrown)) return notMigrated(`The tables ${tables} are not all there, or lack columns.`)
  if (isForbidden(thrown))
    return new StoreError(
      'store_forbidden',
      `The database does not let this user in, or not to the tables ${tables}. Grant it select, insert, update and delete on them; for SQLite, let the process open the file and write beside it.`,
    )
  if (isIn(READ_ONLY, thrown) || isSqlite(thrown, 'SQLITE_READONLY'))
    return new StoreError(
      'store_unsuitable',
      'This database can only be read: a replica, a read-only transaction (default_transaction_read_only, read_only) or a file without write permission (query_only). Connect the store to the primary, with the right to write.',
    )
  return withoutValues(thrown)
}

/** The error for a state that does not say which number comes next. */
export function withoutNumber({ state }: Names): StoreError {
  return notMigrated(`The table "${state}" does not hold the last number of an event.`)
}

/** The error for a digest that another token has; the driver's own quotes it. */
export function digestTaken(): Error {
  return new Error('A new secret of the token belongs to another token. Nothing was written.')
}

/** The error for tables that were not made, or not completely. */
export function notMigrated(what: string): StoreError {
  return new StoreError(
    'store_not_migrated',
    `${what} Run migrate(db) or npx plan-access-tokens migrate, for D1 migrateD1(database), or the migrations of sqlMigrations(), with the same \`tables\` and \`schema\`.`,
  )
}

/**
 * Takes off what drivers add to their errors and what may hold a digest: the statement, and the values that were refused. What is
 * left of the message is for whoever runs the database. What Node throws where a name has several addresses has no message of its
 * own, and gets those of its parts.
 */
function withoutValues(thrown: unknown): unknown {
  if (typeof thrown !== 'object' || thrown === null || !Object.isExtensible(thrown)) return thrown
  for (const field of ['sql', 'sqlMessage', 'detail', 'where', 'internalQuery']) Reflect.deleteProperty(thrown, field)
  if (thrown instanceof AggregateError && thrown.message === '')
    thrown.message = thrown.errors.map((part) => marksOf(part).text).join('; ')
  const { errno, sqlState, message, stack } = thrown as { [field: string]: unknown }
  if (typeof sqlState !== 'string' || NAMING.has(errno) || typeof message !== 'string') return thrown
  // MySQL quotes values and whole statements, so nothing between the first and the last quotation mark stays.
  const told = message.replace(/'[\s\S]*'/, () => "'…'")
  if (told === message) return thrown
  Reflect.set(thrown, 'message', told)
  // The text stands in the stack too.
  Reflect.set(thrown, 'stack', String(stack).split(message).join(told))
  return thrown
}

/** Errors of MySQL whose quotation marks hold names alone: of users, tables, columns, settings. */
const NAMING = new Set<unknown>([
  ...[1044, 1045, 1048, 1049, 1054, 1100, 1114, 1129, 1130, 1142, 1143, 1146, 1193, 1227, 1264, 1267, 1270, 1271, 1290],
  ...[1305, 1364, 1370, 1406, 1449, 1524, 1698, 1836, 1932],
])
