/**
 * Queries that are compiled by hand or kept compiled. Nothing of Kysely is loaded for it: a compiled query is plain data.
 */
import type { CompiledQuery, Expression, ExpressionBuilder, QueryId, ReferenceExpression, SqlBool } from 'kysely'
import type { Db, Setup, Tables } from './tables.ts'

/** In front of the statements whose text is always the same, for `preparedStatements`. */
export const FIXED = '/* plan-access-tokens */ '

const QUERY_ID: QueryId = Object.freeze({ queryId: 'plan-access-tokens' })

/** A statement without parameters. */
export function rawQuery<Row>(sql: string): CompiledQuery<Row> {
  return { sql, parameters: [], query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] }, queryId: QUERY_ID }
}

/** What can be compiled: a query of Kysely's. */
interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

/** Runs a query whose text has few forms, marked as such. */
export async function runFixed<Row>(db: Db, query: Compilable<Row>): Promise<Row[]> {
  const compiled = query.compile()
  return (await db.executeQuery<Row>({ ...compiled, sql: FIXED + compiled.sql })).rows
}

/**
 * A query of one text and one parameter, compiled once: Kysely takes about as long to build and compile the look-up by digest
 * as SQLite takes to answer it.
 */
export function keptQuery<Row>(db: Db, query: Compilable<Row>): (parameter: string) => Promise<Row[]> {
  const compiled = query.compile()
  const kept = { ...compiled, sql: FIXED + compiled.sql }
  return async (parameter) => (await db.executeQuery<Row>({ ...kept, parameters: [parameter] })).rows
}

/** A list in parts, since databases take only so many parameters in a statement. */
export function partsOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}

/**
 * That a column is this text, to the byte. MySQL takes trailing spaces for nothing when it compares, so that it is asked for
 * the length as well.
 */
export function isText<T extends keyof Tables>(
  { dialect }: Setup,
  column: ReferenceExpression<Tables, T>,
  text: string,
): (eb: ExpressionBuilder<Tables, T>) => Expression<SqlBool> {
  return (eb) => {
    const isEqual = eb(column, '=', eb.val(text))
    if (dialect !== 'mysql') return isEqual
    return eb.and([isEqual, eb(eb.fn('char_length', [column]), '=', eb.fn('char_length', [eb.val(text)]))])
  }
}
