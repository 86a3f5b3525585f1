/** A matrix as text and as Markdown. What stands in it: policy/matrix.ts. */

import { oneLine } from '../core/one-line.ts'
import { code, span } from './markdown.ts'
import type { MatrixData, MatrixEndpoint } from './matrix-data.ts'
import { word } from './words.ts'

/** A table: its title, the names of its columns, its rows. */
interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** For a terminal: columns side by side. */
export function matrixText(data: MatrixData): string {
  const tables = tablesOf(data).map(({ title, columns, rows: values }) => {
    const rows = values.map((row) => row.map(oneLine))
    const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)))
    const line = (cells: readonly string[]): string =>
      cells
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()
    return [title, '', line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
  })
  return `${[`Policy ${oneLine(data.surface)}`, ...tables].join('\n\n')}\n`
}

/** For a file that is committed. */
export function matrixMarkdown(data: MatrixData): string {
  const tables = tablesOf(data).map(({ title, columns, rows }) => {
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
    const all = [
      line(columns),
      `| ${columns.map(() => '---').join(' | ')} |`,
      ...rows.map((row) => line(row.map(code))),
    ]
    return [`## ${title}`, '', ...all].join('\n')
  })
  return `${[`# Policy ${span(data.surface)}`, ...tables].join('\n\n')}\n`
}

function tablesOf(data: MatrixData): readonly Table[] {
  const { credential, tiers, limits, endpoints, types, scopes, kinds, links } = data
  const limitRows = Object.entries(limits).map(([name, limit]) => [name, String(limit)])
  return [
    {
      title: 'Endpoints',
      columns: ['endpoint', 'scopes', 'types', 'tiers', 'names', 'tokens limited to', 'besides'],
      rows: endpoints.map(endpointCells),
    },
    {
      title: 'Scopes',
      columns: ['scope', 'earlier names', 'types that can have it', 'open endpoints'],
      rows: scopes.map(({ name, types: holders, routes, deprecated, aliases }) => [
        deprecated ? `${word(name)} (deprecated)` : word(name),
        listed(aliases),
        listed(holders),
        String(routes.length),
      ]),
    },
    {
      title: 'Types',
      columns: ['type', 'prefix', 'scopes', 'chosen'],
      rows: types.map((type) => [
        word(type.name),
        type.prefix,
        listed(type.scopes),
        [
          type.isFixed ? 'fixed' : 'by the admin',
          ...(type.needsAddresses ? ['with addresses'] : []),
          ...(type.renewsAfter === undefined ? [] : [`may renew themselves after ${type.renewsAfter} of their life`]),
        ].join(', '),
      ]),
    },
    {
      title: 'Kinds',
      columns: ['kind', 'ids', 'longest', 'directly below', 'endpoints'],
      rows: kinds.map(({ name, id, max, parents, under, routes }) => [
        word(name),
        under ? `${word(parents[0] ?? '')}/${id}` : id,
        String(max),
        listed(parents),
        String(routes.length),
      ]),
    },
    {
      title: 'Besides',
      columns: ['what', 'is'],
      rows: [
        ['credential in', credential.join(', ') || 'none'],
        ['tiers', listed(tiers)],
        ['hosts of links', listed(links.hosts)],
        ...links.shapes.map((shape) => ['link', shape]),
        ['free segments behind a link', String(links.tail)],
        ...limitRows,
      ],
    },
  ]
}

const listed = (words: readonly string[]): string => words.map(word).join(', ') || 'none'

function endpointCells(row: MatrixEndpoint): readonly string[] {
  const scopes = row.scopes.map((set) => (set.length === 0 ? 'none needed' : set.map(word).join(' and '))).join(' or ')
  const open = row.public ? ['public: needs no token'] : []
  const params = Object.entries(row.params).map(
    ([param, rule]) => `${word(param)}: ${typeof rule === 'string' ? rule : JSON.stringify(rule)}`,
  )
  const checks = row.checks.map((check) => `check ${word(check)}`)
  const closed = row.closed === undefined ? [] : [`closed: ${JSON.stringify(row.closed)}`]
  const isOpen = row.closed === undefined
  return [
    row.route,
    scopes,
    isOpen ? listed(row.types) : 'closed',
    isOpen ? listed(row.tiers) : 'closed',
    row.names.join('; '),
    isOpen ? LIMITED[row.allowlist] : 'closed',
    [...closed, ...open, ...params, ...checks].join('; '),
  ]
}

const LIMITED: { readonly [A in MatrixEndpoint['allowlist']]: string } = {
  any: 'anything',
  covering: 'what it names, or above',
  filtered: 'anything, and shows that alone',
  'all resources': 'nothing: all resources',
}
