/**
 * The table of endpoints as requests: for each row of test/conformance/figma-endpoints.tsv, for `GET /v1/discovery` and for what
 * Code Connect calls, the requests that name a resource in a place. Read from the table and not from the policy, so that the table is the oracle.
 */
import { readFileSync } from 'node:fs'
import type { RequestLike, ResourceRef } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { IDS, type Place } from './world.ts'

/** A row of the table. */
export interface Row {
  readonly route: string
  readonly openInSpec: boolean
  readonly scopes: readonly string[]
  readonly clauses: readonly string[]
  /** What a request of it names. */
  readonly names: 'nothing' | 'plan' | 'resources'
}

/** A request of a row, but for its secret. */
export interface Variant {
  readonly line: string
  readonly body?: unknown
  readonly resources: readonly ResourceRef[]
}

const CODE_CONNECT = '\t-\tno\tfile_code_connect:write'

/** Every row: 54 of the table, one that is documented elsewhere, and five that no document has. */
export const ROWS: readonly Row[] = [
  ...readFileSync(new URL('../conformance/figma-endpoints.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(readRow),
  readRow('GET\t/v1/discovery\tgetDiscovery\tno\torg:discovery_read\tplan'),
  ...['POST\t/v1/code_connect', 'DELETE\t/v1/code_connect'].map((route) => readRow(`${route}${CODE_CONNECT}\t-`)),
  readRow(`GET\t/v1/code_connect/{file_key}/cli_data${CODE_CONNECT}\tpath:file_key=file`),
  readRow(`POST\t/v1/code_connect/preview_snippets${CODE_CONNECT}\t-`),
  readRow(`POST\t/v1/code_connect/name_embeddings${CODE_CONNECT}\t-`),
]

/** The routes that are closed by default. Written out, so that the test and the code cannot be wrong together. */
export const CLOSED: ReadonlySet<string> = new Set([
  'POST /v1/files/{file_key}/comments',
  'DELETE /v1/files/{file_key}/comments/{comment_id}',
  'POST /v1/files/{file_key}/comments/{comment_id}/reactions',
  'DELETE /v1/files/{file_key}/comments/{comment_id}/reactions',
  'POST /v1/files/{file_key}/variables',
  'GET /v1/me',
  'GET /v1/oembed',
  'GET /v1/payments',
  'POST /v1/code_connect',
  'DELETE /v1/code_connect',
  'GET /v1/code_connect/{file_key}/cli_data',
  'POST /v1/code_connect/preview_snippets',
  'POST /v1/code_connect/name_embeddings',
])

function readRow(line: string): Row {
  const [method, path, , openInSpec, scopes = '', resources = ''] = line.split('\t')
  return {
    route: `${method} ${path}`,
    openInSpec: openInSpec === 'yes',
    scopes: scopes === '-' ? [] : scopes.split(' '),
    clauses: resources.split(', '),
    names: resources === '-' ? 'nothing' : resources === 'plan' ? 'plan' : 'resources',
  }
}

/** The requests of a row that name resources in this place: one for each way in which the endpoint can be told of one. */
export function variantsOf(row: Row, place: Place): readonly Variant[] {
  const ids = IDS[place]
  const inPath = new Map<string, string>()
  for (const clause of row.clauses) {
    const [, param, kind] = /^path:(\w+)=(\w+)/.exec(clause) ?? []
    if (param !== undefined && kind !== undefined) inPath.set(param, kind)
  }
  const line = row.route.replaceAll(/\{(\w+)\}/g, (_, param: string) => ids[inPath.get(param) ?? ''] ?? '1')
  if (inPath.size > 0) {
    return [{ line, resources: [...inPath.values()].map((kind) => ({ kind, id: ids[kind] as string })) }]
  }
  return row.names === 'resources'
    ? row.clauses.flatMap((clause) => variantsOfClause(line, clause, ids))
    : [{ line, resources: [] }]
}

function variantsOfClause(line: string, clause: string, ids: { readonly [kind: string]: string }): readonly Variant[] {
  const [, where, from, kinds = ''] = /^(query|body):([\w+.[\]]+)=([\w|]+)$/.exec(clause) ?? []
  return kinds.split('|').map((kind): Variant => {
    const id = ids[kind] as string
    const values =
      from === 'context+context_id'
        ? { context: kind, context_id: id }
        : { [String(from)]: kind === 'plan' ? `organization-${id}` : id }
    const resources = [{ kind, id }]
    if (where === 'query') return { line: `${line}?${new URLSearchParams(values)}`, resources }
    const [, list, field] = /^(\w+)\[\]\.(\w+)$/.exec(from ?? '') ?? []
    return { line, body: list === undefined ? values : { [list]: [{ [String(field)]: id, name: 'x' }] }, resources }
  })
}

/** The request of a variant, with the secret where Figma's clients put it. */
export function requestOf(secret: string, { line, body }: Variant): RequestLike {
  return requestWith(secret, line, { header: 'X-Figma-Token', ...(body !== undefined && { body }) })
}
