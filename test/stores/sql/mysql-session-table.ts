/**
 * What a host can set on a connection of MySQL or MariaDB, as a table: what the store refuses and by which name, and what it does
 * not mind. Who tries it: mysql-sessions.test.ts.
 */

/** A setting that the store refuses. */
export interface Refused {
  /** What the error has to name. */
  readonly names: string
  /** What the connection is told. */
  readonly set: readonly string[]
  /** Whether every look-up has to notice it; otherwise whatever else is asked or written. */
  readonly inLookUps: boolean
  /** What other code would do to put it right. */
  readonly undo?: string
}

const inLookUps = true
/** What fills the snapshot of a transaction. */
const LOOK = 'select count(*) from plan_tokens'

export const REFUSED: readonly Refused[] = [
  { names: 'autocommit', set: ['set autocommit = 0', LOOK], inLookUps, undo: 'set autocommit = 1' },
  { names: 'in_transaction', set: ['begin', LOOK], inLookUps, undo: 'rollback' },
  { names: 'in_transaction', set: ['start transaction with consistent snapshot'], inLookUps, undo: 'commit' },
  { names: 'in_transaction', set: ['start transaction read only', LOOK], inLookUps, undo: 'commit' },
  {
    names: 'in_transaction',
    // Without a look: it would lock what is to be revoked.
    set: ['set session transaction isolation level serializable', 'begin'],
    inLookUps,
    undo: 'rollback',
  },
  { names: 'in_transaction', set: ["xa start 'x'", LOOK], inLookUps },
  { names: 'in_transaction', set: ['set completion_type = 1', 'begin', 'commit', LOOK], inLookUps },
  {
    names: 'tx_isolation',
    set: ['set session transaction isolation level read uncommitted'],
    inLookUps,
    undo: 'set session transaction isolation level read committed',
  },
  ...['latin1', 'latin2', 'cp1251', 'gbk', 'gb2312', 'big5', 'sjis', 'cp932', 'ujis', 'euckr', 'utf8mb3', 'ascii'].map(
    (charset): Refused => {
      return { names: 'character_set_results', set: [`set names ${charset}`], inLookUps, undo: 'set names utf8mb4' }
    },
  ),
  { names: 'character_set_results', set: ['set character_set_results = latin1'], inLookUps },
  { names: 'character_set_client', set: ['set character_set_client = gbk'], inLookUps: false },
  { names: 'character_set_client', set: ['set character_set_client = latin1'], inLookUps: false },
  { names: 'character_set_client', set: ['set character_set_client = binary'], inLookUps: false },
  { names: 'character_set_connection', set: ['set character_set_connection = sjis'], inLookUps: false },
  { names: 'character_set_connection', set: ['set character_set_connection = ucs2'], inLookUps: false },
  { names: 'completion_type', set: ["set completion_type = 'CHAIN'"], inLookUps: false },
  { names: 'completion_type', set: ["set completion_type = 'RELEASE'"], inLookUps: false },
  { names: 'sql_mode', set: ["set sql_mode = ''"], inLookUps: false },
  { names: 'sql_mode', set: ["set sql_mode = 'ORACLE'"], inLookUps: false },
  { names: 'sql_mode', set: ["set sql_mode = 'ORACLE,STRICT_TRANS_TABLES'"], inLookUps: false },
  { names: 'sql_mode', set: ["set sql_mode = 'STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES'"], inLookUps: false },
  { names: 'sql_mode', set: ["set sql_mode = 'STRICT_ALL_TABLES,EMPTY_STRING_IS_NULL'"], inLookUps: false },
  { names: 'sql_select_limit', set: ['set sql_select_limit = 1'], inLookUps: false },
  { names: 'sql_select_limit', set: ['set sql_select_limit = 0'], inLookUps: false },
  { names: 'sql_log_bin', set: ['set sql_log_bin = 0'], inLookUps: false },
  { names: 'skip_replication', set: ['set skip_replication = 1'], inLookUps: false },
]

/** What a connection may be told, and the store does what it always does. */
export const FINE: readonly string[] = [
  'set session transaction isolation level read committed',
  'set session transaction isolation level repeatable read',
  'set session transaction isolation level serializable',
  "set sql_mode = 'STRICT_ALL_TABLES'",
  "set sql_mode = 'ANSI,STRICT_TRANS_TABLES'",
  "set sql_mode = 'TRADITIONAL'",
  "set sql_mode = 'STRICT_TRANS_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,IGNORE_SPACE,HIGH_NOT_PRECEDENCE,ONLY_FULL_GROUP_BY,NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH,REAL_AS_FLOAT,SIMULTANEOUS_ASSIGNMENT,TIME_ROUND_FRACTIONAL,NO_ZERO_DATE,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'",
  'set character_set_results = null',
  'set character_set_results = binary',
  'set character_set_database = latin1, character_set_server = sjis, character_set_filesystem = gbk',
  'set collation_connection = utf8mb4_general_ci',
  'set collation_connection = utf8mb4_swedish_ci',
  'set collation_connection = utf8mb4_nopad_bin',
  "set time_zone = '+12:45', timestamp = 1, lc_time_names = 'de_DE', lc_messages = 'ja_JP'",
  'set sql_auto_is_null = 1, sql_safe_updates = 1, sql_warnings = 1, sql_quote_show_create = 0',
  'set unique_checks = 0, foreign_key_checks = 0, check_constraint_checks = 0',
  'set innodb_snapshot_isolation = 1',
  'set innodb_lock_wait_timeout = 1, lock_wait_timeout = 2',
  'set auto_increment_increment = 7, auto_increment_offset = 3, insert_id = 9, last_insert_id = 8',
  'set group_concat_max_len = 4, div_precision_increment = 0, max_sort_length = 64',
  "set optimizer_switch = 'derived_merge=off,index_merge=off,materialization=off,semijoin=off', join_cache_level = 0",
  'set in_predicate_conversion_threshold = 2, optimizer_search_depth = 0, use_stat_tables = never',
  'set low_priority_updates = 1, default_storage_engine = MyISAM, binlog_format = STATEMENT',
  'set wsrep_sync_wait = 0, wsrep_on = 0',
  'set @autocommit = 0, @@session.max_statement_time = 30',
  'set session transaction read write',
]

/** Options of mysql2 that the store does not mind. */
export const FINE_DRIVERS: readonly object[] = [
  { supportBigNumbers: true },
  { supportBigNumbers: true, bigNumberStrings: true },
  { decimalNumbers: true, dateStrings: true, timezone: '+05:30' },
  { namedPlaceholders: true, stringifyObjects: true },
  { multipleStatements: true },
  { typeCast: false },
  { typeCast: (field: { string(): string | null }) => field.string() },
  { jsonStrings: true, disableEval: true },
  { charset: 'utf8mb4_general_ci' },
  { charset: 'UTF8MB4_BIN' },
  { flags: ['-FOUND_ROWS', '-IGNORE_SPACE', '-ODBC', '-MULTI_RESULTS'] },
  { flags: ['+MULTI_STATEMENTS', '+COMPRESS'] },
  { compress: true },
  { resetOnRelease: true },
  { maxPreparedStatements: 1 },
]

/** Options of mysql2 that the store refuses, and what the error names. */
export const REFUSED_DRIVERS: readonly (readonly [options: object, names: string])[] = [
  [{ rowsAsArray: true }, 'rowsAsArray'],
  [{ nestTables: true }, 'nestTables'],
  [{ nestTables: '_' }, 'nestTables'],
  [{ typeCast: () => null }, 'typeCast'],
  [{ charset: 'latin1' }, 'character_set'],
  [{ charset: 'utf8' }, 'character_set'],
  [{ charset: 'gbk' }, 'character_set'],
  [{ charset: 'sjis' }, 'character_set'],
  [{ charset: 'cp1251' }, 'character_set'],
]
