/**
 * For MySQL and MariaDB: sends texts as bytes. mysql2 quotes a text by itself, in characters, and the server reads the quotation
 * marks by the character set and the `sql_mode` of the session: where the two do not agree, a text ends where it should not. Bytes
 * become a hexadecimal literal (`X'6162'`), or a value apart from the statement, and are read as UTF-8 whatever the session is.
 */
import type { KyselyPlugin, OperationNode, PrimitiveValueListNode, ValueNode } from 'kysely'

/** Node's own, which is what mysql2 knows bytes by. */
interface Bytes {
  from(text: string, encoding: 'utf8'): Uint8Array
}

/** A text as the bytes of its UTF-8, anything else as it is. */
export function bytesOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const { Buffer } = globalThis as unknown as { readonly Buffer: Bytes }
  return Buffer.from(value, 'utf8')
}

/** A Kysely plugin that does so with every value of every query. */
export const textsAsBytes: KyselyPlugin = {
  transformQuery: ({ node }) => withBytes(node) as typeof node,
  transformResult: async ({ result }) => result,
}

/** A copy of a part of a query in which texts are bytes. Names of tables and columns are no values. */
function withBytes(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withBytes)
  if (typeof part !== 'object' || part === null) return part
  const { kind } = part as OperationNode
  if (kind === 'ValueNode') {
    const node = part as ValueNode
    return node.immediate ? node : { ...node, value: bytesOf(node.value) }
  }
  if (kind === 'PrimitiveValueListNode') {
    const node = part as PrimitiveValueListNode
    return { ...node, values: node.values.map(bytesOf) }
  }
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, withBytes(value)]))
}
