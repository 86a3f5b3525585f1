/**
 * For MySQL and MariaDB: what a host can set on a connection or a server, and which of it the store cannot work with. Plain data
 * and a pure reading of it. Who asks a connection: stores/sql/suitable-mysql.ts.
 *
 * Sources: the manuals' pages on system variables, consistent and locking reads (InnoDB), and `wsrep_sync_wait` (Galera).
 */
import { StoreError } from '../../core/errors.ts'

/** A setting, and which of its values are fine. */
export interface Setting {
  /** The system variable, without `@@`. */
  readonly name: string
  isGood(value: string): boolean
  /** What any other value does. */
  readonly effect: string
  /** What to do about it. */
  readonly cure: string
  /** Asked only where this is so. */
  readonly where?: 'galera' | 'versioned'
  /** Whether it changes what a look-up reads, so that every look-up has to show it. */
  readonly isOfLookUps?: true
}

const isOn = (value: string): boolean => value === '1' || value === 'ON'
const isOff = (value: string): boolean => value === '0' || value === 'OFF'
const isUtf8mb4 = (value: string): boolean => value === 'utf8mb4'

const OLD = 'A revoked token would still work.'
const LATE = 'This server may answer from the past, and a revoked token would still work.'
/** What is shown in place of NULL. An empty text would be NULL itself in `EMPTY_STRING_IS_NULL`. */
const NONE = '-'
const LOST_TEXT = 'Text would be lost, or read as something else.'
const CHARSET = "Connect with charset 'utf8mb4', and without a SET NAMES of another one."

/** Of `transaction_isolation` and its former name. */
const ISOLATION = {
  isGood: (value: string) => value !== 'READ-UNCOMMITTED',
  effect: 'What was never committed would be believed.',
  cure: 'SET SESSION TRANSACTION ISOLATION LEVEL to READ COMMITTED or a stricter one.',
  isOfLookUps: true,
} as const

/** How many rows an answer has at most. */
export const LIMIT: Setting = {
  name: 'sql_select_limit',
  isGood: (value) => value === '18446744073709551615',
  effect: 'Answers would be cut short.',
  cure: 'SET sql_select_limit = DEFAULT.',
}

/** All settings that are asked. A server is asked only for those that it has. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'autocommit',
    isGood: isOn,
    effect: `Statements share one transaction that nobody ends: look-ups would answer from its beginning. ${OLD}`,
    cure: 'SET autocommit = 1 for the connections that the store is given.',
    isOfLookUps: true,
  },
  {
    name: 'in_transaction',
    isGood: isOff,
    effect: `Other code left a transaction open, and a look-up in it may answer from its beginning. ${OLD}`,
    cure: 'Let that code commit or roll back before it gives the connection back to the pool.',
    isOfLookUps: true,
  },
  { name: 'transaction_isolation', ...ISOLATION },
  { name: 'tx_isolation', ...ISOLATION },
  {
    name: 'character_set_results',
    // Without one, and with this one, text comes as it is kept: in utf8mb4.
    isGood: (value) => isUtf8mb4(value) || value === NONE || value === 'binary',
    effect: LOST_TEXT,
    cure: CHARSET,
    isOfLookUps: true,
  },
  {
    name: 'read_only',
    isGood: isOff,
    effect: LATE,
    cure: 'A server that can only be read is a replica, or about to become one: connect the store to the primary.',
    isOfLookUps: true,
  },
  {
    name: 'wsrep_on',
    isGood: isOn,
    effect: 'This connection takes no part in its Galera cluster: other nodes would never see what it writes.',
    cure: 'SET SESSION wsrep_on = ON.',
    where: 'galera',
    isOfLookUps: true,
  },
  {
    name: 'wsrep_sync_wait',
    // Bit 1: before SELECT and BEGIN.
    isGood: (value) => (Number(value) & 1) === 1,
    effect: `A Galera node answers before it has what was committed through another node. ${OLD}`,
    cure: 'SET wsrep_sync_wait to 1 or 7, for these connections or GLOBAL on every node.',
    where: 'galera',
    isOfLookUps: true,
  },
  {
    name: 'wsrep_dirty_reads',
    isGood: isOff,
    effect: `A Galera node that has lost its cluster still answers. ${OLD}`,
    cure: 'SET wsrep_dirty_reads = OFF.',
    where: 'galera',
    isOfLookUps: true,
  },
  {
    name: 'system_versioning_asof',
    isGood: (value) => value === 'DEFAULT',
    effect: `System-versioned tables would be read as they were then. ${OLD}`,
    cure: 'SET system_versioning_asof = DEFAULT.',
    where: 'versioned',
    isOfLookUps: true,
  },
  {
    name: 'innodb_read_only',
    isGood: isOff,
    effect: LATE,
    cure: 'Connect the store to the primary.',
  },
  {
    name: 'completion_type',
    isGood: (value) => value === 'NO_CHAIN' || value === '0',
    effect: `A commit would begin another transaction, or end the connection. ${OLD}`,
    cure: 'SET completion_type = NO_CHAIN.',
  },
  { name: 'character_set_client', isGood: isUtf8mb4, effect: LOST_TEXT, cure: CHARSET },
  { name: 'character_set_connection', isGood: isUtf8mb4, effect: LOST_TEXT, cure: CHARSET },
  LIMIT,
  {
    name: 'sql_log_bin',
    isGood: isOn,
    effect:
      'What this connection writes would not reach a replica: after a failover, what was revoked would work again.',
    cure: 'SET sql_log_bin = 1.',
  },
  {
    name: 'skip_replication',
    isGood: isOff,
    effect: 'A replica may leave out what this connection writes: after a failover, what was revoked would work again.',
    cure: 'SET skip_replication = 0.',
  },
  {
    name: 'sql_mode',
    isGood: (value) => /\bSTRICT_(TRANS|ALL)_TABLES\b/.test(value),
    effect: 'It is not strict: what is too long would be cut silently, ids among it.',
    cure: "SET sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES').",
  },
  {
    name: 'sql_mode',
    isGood: (value) => !value.includes('NO_BACKSLASH_ESCAPES'),
    effect: 'In NO_BACKSLASH_ESCAPES, the quotation marks that mysql2 writes do not hold.',
    cure: 'Take NO_BACKSLASH_ESCAPES out.',
  },
  {
    name: 'sql_mode',
    isGood: (value) => !value.includes('EMPTY_STRING_IS_NULL'),
    effect: 'In EMPTY_STRING_IS_NULL, an empty text is none.',
    cure: 'Take EMPTY_STRING_IS_NULL out.',
  },
  {
    name: 'sql_mode',
    isGood: (value) => !/\bORACLE\b/.test(value),
    effect: 'In ORACLE, BEGIN begins no transaction.',
    cure: 'Take ORACLE out.',
  },
]

/** What a server has: the settings to ask its sessions for, in the order in which they are shown. */
export interface Known {
  /** Shown by every look-up. */
  readonly ofLookUps: readonly Setting[]
  readonly all: readonly Setting[]
  /** Whether it cannot tell that a transaction is open: look-ups then have to lock what they read, which reads the latest. */
  readonly locks: boolean
}

/** Which settings are asked of a server, by the variables that it has. */
export function knownOf(variables: ReadonlyMap<string, string>, isVersioned: boolean): Known {
  const provider = variables.get('wsrep_provider') ?? ''
  const asked = { galera: provider !== '' && provider !== 'none', versioned: isVersioned }
  const all = SETTINGS.filter(({ name, where }) => variables.has(name) && (where === undefined || asked[where])).filter(
    ({ name }) => name !== 'tx_isolation' || !variables.has('transaction_isolation'),
  )
  return {
    all,
    ofLookUps: all.filter(({ isOfLookUps }) => isOfLookUps),
    locks: !variables.has('in_transaction'),
  }
}

/** The expression that shows settings as one text; last of all the database that tables are looked for in. */
export function shownAs(settings: readonly Setting[]): string {
  const shown = [...namesOf(settings).map((name) => `@@${name}`), 'database()']
  return `concat_ws('|', ${shown.map((value) => `coalesce(${value}, '${NONE}')`).join(', ')})`
}

/**
 * Reads what `shownAs` shows. Gives the database that tables are looked for in.
 *
 * @throws StoreError `store_unsuitable` that names the setting and what to do.
 */
export function judgeSettings(shown: string, settings: readonly Setting[]): string {
  const names = namesOf(settings)
  const values = shown.split('|')
  for (const { name, isGood, effect, cure } of settings) {
    const value = values[names.indexOf(name)] ?? ''
    if (!isGood(value)) throw unsuitable(`${name} is "${value}" on a connection. ${effect} ${cure}`)
  }
  return values.slice(names.length).join('|')
}

function namesOf(settings: readonly Setting[]): readonly string[] {
  return [...new Set(settings.map(({ name }) => name))]
}

/** The error for a database, or a connection, that the store cannot work with. */
export function unsuitable(message: string): StoreError {
  return new StoreError('store_unsuitable', message)
}
