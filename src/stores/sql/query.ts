/**
 * Queries that are compiled by hand or kept compiled. Nothing of Kysely is loaded for it: a compiled query is plain data.
 */
import type {
  AliasedExpression,
  AliasNode,
  CompiledQuery,
  Expression,
  ExpressionBuilder,
  OperationNode,
  QueryId,
  RawNode,
  ReferenceExpression,
  SqlBool,
} from 'kysely'
import type { Db, Setup, Tables } from './tables.ts'

/** In front of the statements whose text is always the same, for `preparedStatements`. */
export const FIXED = '/* plan-access-tokens */ '

/**
 * In front of a statement that the server has to commit by itself. Where its first parameter is `nobody`, `preparedStatements` may
 * write `own` there, if the connection has no transaction open.
 */
export const ALONE = `${FIXED}/* alone */ `

const QUERY_ID: QueryId = Object.freeze({ queryId: 'plan-access-tokens' })

/** A statement without parameters. */
export function rawQuery<Row>(sql: string): CompiledQuery<Row> {
  return { sql, parameters: [], query: rawNode(sql), queryId: QUERY_ID }
}

function rawNode(sql: string): RawNode {
  return { kind: 'RawNode', sqlFragments: [sql], parameters: [] }
}

/** A piece of SQL without parameters, as part of a query. */
export function rawExpression(sql: string): Expression<unknown> {
  return { expressionType: undefined, toOperationNode: () => rawNode(sql) }
}

/** A column that a piece of SQL makes. */
export function rawColumn<Name extends string>(sql: string, alias: Name): AliasedExpression<unknown, Name> {
  const name = { kind: 'IdentifierNode', name: alias } as OperationNode
  const node: AliasNode = { kind: 'AliasNode', node: rawNode(sql), alias: name }
  return { alias, expression: rawExpression(sql), toOperationNode: () => node }
}

/** What can be compiled: a query of Kysely's. */
export interface Compilable<Row> {
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
export function keptQuery<Row>(query: Compilable<Row>): (db: Db, parameter: unknown) => Promise<Row[]> {
  const compiled = query.compile()
  const kept = { ...compiled, sql: FIXED + compiled.sql }
  return async (db, parameter) => (await db.executeQuery<Row>({ ...kept, parameters: [parameter] })).rows
}

/**
 * For PostgreSQL: that a place in a list lies where places lie, as a condition. The planner reckons with a hundred rows of a list, and
 * reads whole tables for them; with one row of those between two bounds, so that it goes by the indexes.
 */
export const fewSql = (place: string): string => `${place} >= 0 and ${place} <= ${2 ** 31 - 1}`

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
    return dialect === 'mysql' ? eb.and([isEqual, hasLengthOf(eb, column, text)]) : isEqual
  }
}

/** For MySQL: that a column has as many characters as a text. JavaScript counts them, since the text itself is sent as bytes. */
export function hasLengthOf<T extends keyof Tables>(
  eb: ExpressionBuilder<Tables, T>,
  column: ReferenceExpression<Tables, T>,
  text: string,
): Expression<SqlBool> {
  return eb(eb.fn('char_length', [column]), '=', [...text].length)
}
