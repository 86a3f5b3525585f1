/**
 * A PrismaClient as the stores take a client: which versions and adapters are known, how a statement is sent as it is, and what the
 * driver threw. Nothing of Prisma is loaded here. What it is to be: stores/clients/client.ts.
 */
import type { CompiledQuery } from 'kysely'
import type { Client, Send } from '../clients/client.ts'
import { inTurn } from '../clients/in-turn.ts'
import { GIVES_ROWS } from '../sql/node-sqlite.ts'
import type { JudgedClient } from '../sql/options.ts'
import type { SqlDialect } from '../sql/tables.ts'

/** What is used of a transaction of Prisma. */
export interface PrismaTransaction {
  /** Runs a statement that gives rows. */
  $queryRawUnsafe(query: string, ...values: never[]): PromiseLike<unknown>
  /** Runs another one, and says how many rows it has changed. */
  $executeRawUnsafe(query: string, ...values: never[]): PromiseLike<number>
}

/** What is used of a PrismaClient. */
export interface PrismaDatabase<Trx> extends PrismaTransaction {
  /** Runs something in an interactive transaction. */
  $transaction(work: (trx: Trx) => Promise<void>, options?: never): PromiseLike<unknown>
}

/** The driver adapters that are known, by the names that they give themselves. */
const ADAPTERS: { readonly [name: string]: SqlDialect } = {
  '@prisma/adapter-pg': 'postgres',
  '@prisma/adapter-mariadb': 'mysql',
  '@prisma/adapter-libsql': 'sqlite',
}
const NAMES = Object.keys(ADAPTERS).join(', ')

/** The version that was tried: the first number. Clients of others keep what is read here in other places. */
const VERSION = 7

type Fields = { readonly [field: string]: unknown }
const fieldsOf = (value: unknown): Fields => Object(value) as Fields

function adapterOf(prisma: unknown): unknown {
  return fieldsOf(fieldsOf(fieldsOf(prisma)._engineConfig).adapter).adapterName
}

const dialectOf = (prisma: unknown): SqlDialect | undefined => {
  const name = adapterOf(prisma)
  return typeof name === 'string' && Object.hasOwn(ADAPTERS, name) ? ADAPTERS[name] : undefined
}

/** Judges what is to be a PrismaClient. */
export function judgePrisma(prisma: unknown): JudgedClient {
  return { name: 'prisma', dialect: dialectOf(prisma), problem: problemOf(prisma) }
}

function problemOf(prisma: unknown): string | undefined {
  const { $queryRawUnsafe, $executeRawUnsafe, $transaction, _clientVersion: version } = fieldsOf(prisma)
  if (typeof $queryRawUnsafe !== 'function' || typeof $executeRawUnsafe !== 'function')
    return `must be a PrismaClient of Prisma ${VERSION}: new PrismaClient({ adapter }).`
  if (typeof $transaction !== 'function')
    return 'is a transaction, which ends while the store goes on. Give it the PrismaClient that the transaction came from.'
  if (typeof version !== 'string' || Number(/^(\d+)\./.exec(version)?.[1]) !== VERSION)
    return `is of another Prisma than ${VERSION}, with which alone this has been tried. Take Prisma ${VERSION}, or sqlStore with a Kysely of your own.`
  if (!dialectOf(prisma))
    return `has no driver adapter that has been tried. Give new PrismaClient({ adapter }) one of ${NAMES}, or take sqlStore with a Kysely of your own.`
  return undefined
}

/** How long a transaction may wait for its connection, and how long it may last, in milliseconds. */
export interface PrismaTimes {
  readonly maxWait: number
  readonly timeout: number
}

/** The client over a PrismaClient that was judged. */
export function prismaClient<Trx extends PrismaTransaction>(
  prisma: PrismaDatabase<Trx>,
  times: PrismaTimes,
): Client<Trx> {
  const dialect = dialectOf(prisma) as SqlDialect
  return {
    dialect,
    send: sendBy(prisma),
    sendIn: sendBy,
    unwrap: (thrown) => unwrap(thrown, dialect),
    transaction(work, isolation) {
      const isolationLevel = isolation && { isolationLevel: LEVELS[isolation] }
      const begin = async (): Promise<unknown> => prisma.$transaction(work, { ...times, ...isolationLevel } as never)
      return dialect === 'sqlite' ? inTurn(prisma, begin) : begin()
    },
  }
}

const LEVELS: { readonly [level: string]: string } = { 'read committed': 'ReadCommitted' }

function sendBy(target: PrismaTransaction): Send {
  return async ({ sql, parameters }: CompiledQuery) => {
    const values = parameters as readonly never[]
    if (GIVES_ROWS.test(sql)) {
      const rows = (await target.$queryRawUnsafe(sql, ...values)) as unknown[]
      return { rows, numAffectedRows: BigInt(rows.length) }
    }
    return { rows: [], numAffectedRows: BigInt(await target.$executeRawUnsafe(sql, ...values)) }
  }
}

/** What a driver threw, as the stores read it: an error with the database's code. */
class DriverError extends Error {
  override readonly name = 'DriverError'
  readonly code: unknown
  readonly errno?: number
  readonly sqlState?: string

  constructor(message: string, code: unknown, dialect: SqlDialect) {
    super(message)
    this.code = code
    // MySQL's messages quote values, and are shortened where there is a `sqlState` (stores/sql/problems.ts).
    if (dialect === 'mysql') Object.assign(this, { errno: Number(code), sqlState: '' })
  }
}

/** What Prisma calls a lost connection; drivers have codes for it. */
const LOST = new Set<unknown>(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'])
/** Codes of Prisma's own: a conflict, after which nothing of the transaction stands. */
const CONFLICT = 'P2034'

function unwrap(thrown: unknown, dialect: SqlDialect): unknown {
  const { meta, code, cause } = fieldsOf(thrown)
  const adapterError = fieldsOf(fieldsOf(meta).driverAdapterError)
  const found = fieldsOf(typeof adapterError.cause === 'object' ? adapterError.cause : cause)
  if (typeof found.kind !== 'string')
    return code === CONFLICT ? new DriverError('The transaction was undone.', undoneCode(dialect), dialect) : thrown
  const { kind, originalCode, originalMessage } = found
  // @libsql/client writes the code in front.
  const message = typeof originalMessage === 'string' ? originalMessage.replace(/^SQLITE_[A-Z_]+: /, '') : kind
  if (LOST.has(kind)) return new DriverError(message, 'ECONNRESET', dialect)
  if (kind === 'TransactionWriteConflict') return new DriverError(message, undoneCode(dialect), dialect)
  return new DriverError(message, dialect === 'sqlite' ? sqliteName(found) : originalCode, dialect)
}

const undoneCode = (dialect: SqlDialect): string => (dialect === 'mysql' ? '1213' : '40001')

/** SQLite's errors by name; the adapter gives the number, or the kind alone. */
function sqliteName({ kind, originalCode, originalMessage }: Fields): string {
  if (kind === 'UniqueConstraintViolation') return 'SQLITE_CONSTRAINT_UNIQUE'
  const named = /SQLITE_[A-Z_]+/.exec(`${originalCode} ${originalMessage}`)?.[0]
  return named ?? 'SQLITE_ERROR'
}
