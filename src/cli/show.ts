/** Tables and dates for people. What programs read is JSON as the calls give it. */
import Table from 'cli-table3'
import type { Token } from '../core/token-view.ts'
import { type Io, oneLine } from './io.ts'

/** No lines: a table that can be read, copied and cut. */
const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((part) => [part, part === 'middle' ? '  ' : '']),
)

/** A text, or one with its colour. */
export type Cell = string | readonly [paint: (text: string) => string, text: string]

/** Prints rows under a head; a line for people where there are none. */
export function showTable(io: Io, head: readonly string[], rows: readonly (readonly Cell[])[], none: string): void {
  if (rows.length === 0) {
    io.say(none)
    return
  }
  const table = new Table({
    head: head.map((name) => io.colors.dim(name)),
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => row.map(painted)))
  io.data(
    table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n'),
  )
}

function painted(cell: Cell): string {
  if (typeof cell === 'string') return oneLine(cell)
  const [paint, text] = cell
  return paint(oneLine(text))
}

/** `2027-01-31 12:00`, in UTC; `never` for `null`. */
export function moment(at: number | null | undefined): string {
  if (at === null) return 'never'
  return at === undefined || !Number.isFinite(at) ? '?' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}

/** Everything of a token, a field a line. */
export function showToken(io: Io, token: Token): void {
  const { resources, addresses, selfRenewal, secrets, warnings } = token
  const rows: [string, string][] = [
    ['id', token.id],
    ['plan', token.planId],
    ['type', token.type],
    ['name', token.name],
    ...(token.description === '' ? [] : [['description', token.description] as [string, string]]),
    ...Object.entries(token.metadata ?? {}).map(([key, word]): [string, string] => ['metadata', `${key}=${word}`]),
    ...(token.contact === undefined ? [] : [['contact', token.contact] as [string, string]]),
    ['status', token.status],
    ['scopes', token.scopes.join(', ')],
    ['resources', resources === 'all' ? 'all of the plan' : resources.map(({ link }) => link).join(', ')],
    ...(addresses === undefined ? [] : [['addresses', addresses.join(', ') || 'none'] as [string, string]]),
    ...(selfRenewal === undefined
      ? []
      : [
          [
            'renews itself',
            `until ${moment(selfRenewal.until)}${selfRenewal.chosen ? '' : ', or later with the next act of an admin'}`,
          ] as [string, string],
        ]),
    ['created', `${moment(token.createdAt)} by ${token.createdBy}`],
    ['expires', moment(token.expiresAt)],
    ...(token.revokedAt === null
      ? []
      : [['revoked', `${moment(token.revokedAt)} by ${token.revokedBy ?? 'a report'}`] as [string, string]]),
    ...(token.lastUsedAt === undefined ? [] : [['last used', moment(token.lastUsedAt)] as [string, string]]),
    ['secrets', secrets.map(secretText).join('; ')],
    ...(token.canary ? [['canary', 'nothing is let through with it, and its use is told'] as [string, string]] : []),
    ...(token.legacy ? [['legacy', 'its newest secret is a key from before'] as [string, string]] : []),
    ['version', String(token.version)],
  ]
  rows.push(...waitingRows(token))
  showTable(io, ['', ''], rows, '')
  for (const warning of warnings)
    io.warn(oneLine([warning.code, aboutOf(warning)].filter((text) => text !== '').join(': ')))
}

/** Who asked for a token or an edit, and who has approved it. */
function waitingRows({ request, proposal }: Token): [string, string][] {
  const rows: [string, string][] = []
  if (request) rows.push(['asked for', `${moment(request.at)} by ${request.by}`])
  if (request?.expiresAt !== undefined) rows.push(['asked until', moment(request.expiresAt)])
  if (request?.approvedBy !== undefined)
    rows.push(['approved', `${moment(request.approvedAt)} by ${request.approvedBy}`])
  if (proposal) {
    rows.push(['edit waits', `${moment(proposal.at)} by ${proposal.by}, of version ${proposal.version}`])
    for (const [field, value] of Object.entries(proposal.changes))
      rows.push([`to ${field}`, proposedText(field, value)])
  }
  return rows
}

function proposedText(field: string, value: unknown): string {
  if (value === null) return 'none'
  if (field === 'resources' && Array.isArray(value)) return value.map(({ link }) => link).join(', ')
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function aboutOf(warning: Token['warnings'][number]): string {
  if ('scope' in warning) return warning.scope
  return 'lifetimeDays' in warning ? `${warning.lifetimeDays} days` : ''
}

function secretText({ issuedAt, worksUntil, leakedAt }: Token['secrets'][number]): string {
  const leaked = leakedAt === undefined ? '' : `, reported as leaked ${moment(leakedAt)}`
  return `${moment(issuedAt)}${untilOf(worksUntil)}${leaked}`
}

function untilOf(worksUntil: number | null): string {
  if (worksUntil === null) return ' (newest)'
  return worksUntil === 0 ? ' (ended)' : ` (until ${moment(worksUntil)})`
}

/** `1 place`, `2 places`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
