/**
 * The tables of the SQL store as types: what may be written, and that nothing is believed of what is read. How they are made:
 * stores/sql/schema.ts. How a row becomes a record: stores/sql/rows.ts.
 */
import type { ColumnType, Kysely } from 'kysely'

/** The databases that the store speaks to. MariaDB is `mysql` too. */
export type SqlDialect = 'postgres' | 'mysql' | 'sqlite'

/** A column: whatever the driver makes of it when read, one type when written. */
type Column<T> = ColumnType<unknown, T, T>
/** A column that the database derives from others. */
type Derived = ColumnType<unknown, never, never>

/** One row a token. */
interface TokensTable {
  readonly id: Column<string>
  readonly plan_id: Column<string>
  readonly type: Column<string>
  readonly name: Column<string>
  readonly description: Column<string>
  /** JSON. */
  readonly scopes: Column<string>
  /** JSON: `"all"` or a list. */
  readonly resources: Column<string>
  readonly created_at: Column<number>
  readonly created_by: Column<string>
  readonly lifetime_days: Column<number>
  readonly expires_at: Column<number>
  /** JSON, oldest first. */
  readonly secrets: Column<string>
  readonly revoked_at: Column<number | null>
  readonly revoked_by: Column<string | null>
  readonly version: Column<number>
  readonly event_id: Column<string>
  /** JSON. */
  readonly idempotency: Column<string>
  /** JSON: the fields that a token need not have, or null where it has none of them. */
  readonly details: Column<string | null>
  /** The name as JavaScript writes it in lower case, so that a search needs neither a pattern nor a collation. */
  readonly search_name: Column<string>
  readonly search_description: Column<string>
  /** 1 if `revoked_at` is set, else 0: one index then serves active, expired and revoked ones. */
  readonly is_revoked: Derived
  /** When the token ended or will end: what a sweep goes by. */
  readonly ended_at: Derived
}

/** One row a secret, so that the look-up of a request goes by a primary key. */
interface SecretsTable {
  readonly digest: Column<string>
  readonly token_id: Column<string>
}

/** One row an event of the audit log. */
interface EventsTable {
  readonly seq: Column<number>
  readonly id: Column<string>
  readonly at: Column<number>
  readonly type: Column<string>
  readonly token_id: Column<string>
  readonly plan_id: Column<string>
  readonly actor: Column<string | null>
  readonly version: Column<number>
  /** JSON, or null where the event has none. */
  readonly changes: Column<string | null>
  readonly reason: Column<string | null>
  /** JSON: what else an event need not have, or null where it has none of it. */
  readonly details: Column<string | null>
  /** Of what the event says, and its link in the chain; null of events from before there was one. */
  readonly hash: Column<string | null>
  readonly chain: Column<string | null>
}

/** One row a secret that was used: apart from the token, so that a late write can undo nothing. */
interface UsesTable {
  readonly digest: Column<string>
  readonly token_id: Column<string>
  readonly at: Column<number>
}

/** One row a value that somebody keeps under a name: the place of an outbox. */
interface ValuesTable {
  readonly name: Column<string>
  readonly version: Column<number>
  readonly value: Column<string>
}

/** The one row that belongs to the whole store. */
interface StateTable {
  readonly id: Column<number>
  readonly schema_version: Column<number>
  readonly last_seq: Column<number>
  readonly bound_ms: Column<number>
  /** The newest link of the chain over the events; null as long as there is none. */
  readonly chain: Column<string | null>
}

/** All tables, under the names that the code uses; `Names` has those of the database. */
export interface Tables {
  readonly tokens: TokensTable
  readonly secrets: SecretsTable
  readonly events: EventsTable
  readonly uses: UsesTable
  readonly values: ValuesTable
  readonly state: StateTable
}

/**
 * What each table is called in the database, with its schema in front if it has one. To the compiler they are the names of
 * `Tables`, so that queries over names that are only known at run time are checked against the columns.
 */
export type Names = { readonly [T in keyof Tables]: T }

/** The host's Kysely, without its plugins, over our tables; in a transaction or not. */
export type Db = Kysely<Tables>

/** What every query needs to know. */
export interface Setup {
  readonly dialect: SqlDialect
  readonly names: Names
  /** What `NOTIFY` and `LISTEN` are called with. */
  readonly channel: string
  /**
   * Whether a connection can be held only by a transaction: two statements one after another may reach two connections, as over
   * the clients of stores/clients/. What has to be one connection's is then done in a transaction.
   */
  readonly isLoose?: boolean
  /** For SQLite over such a client: whether it may have a pool, whose connections nobody leaves a transaction open on. */
  readonly mayPool?: boolean
}
