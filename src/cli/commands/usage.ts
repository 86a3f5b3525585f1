/** `usage`, `advice`, `unused`: how tokens are used, how one could be narrowed, and which ones nobody uses. */
import type { DayCount, TokenAdvice, TokenUsage } from '../../core/usage.ts'
import type { UnusedInput } from '../../service/usage-input.ts'
import { CliError } from '../exit.ts'
import { type Io, oneLine } from '../io.ts'
import type { Session } from '../session.ts'
import { moment, showTable } from '../show.ts'
import { taken } from '../taken.ts'

/** Flags of `usage`. */
export interface UsageCommandOptions {
  readonly plan?: string
}

export async function usage(
  { io, source }: Session,
  id: string | undefined,
  { plan }: UsageCommandOptions,
): Promise<void> {
  if ((id === undefined) === (plan === undefined))
    throw new CliError('usage', 'usage', 'Which token? Say its id; or --plan for all tokens of a plan together.')
  const calls = await source()
  if (id === undefined) {
    const found = await calls.planUsage({ planId: plan as string })
    if (io.json) return io.data(JSON.stringify(found))
    showDays(io, found.days)
    return saySince(io, found.since)
  }
  const found = await calls.usage({ id })
  if (io.json) return io.data(JSON.stringify(found))
  showUsage(io, found)
  saySince(io, found.since)
}

function showUsage(io: Io, { routes, resources, refused, days }: TokenUsage): void {
  const ofRoutes = routes.map(({ route, lastUsedOn, requests, scopes }) => [
    ...[route, lastUsedOn, String(requests)],
    scopes.map((one) => [one].flat().join(' and ')).join(', '),
  ])
  showTable(io, ['ROUTE', 'LAST USED', 'REQUESTS', 'BY'], ofRoutes, 'No request was let through.')
  if (resources.length > 0) {
    const rows = resources.map(({ kind, id, lastUsedOn, requests, listed }) => [
      ...[`${kind} ${id}`, lastUsedOn, String(requests)],
      listed ? '' : 'not on the list any more',
    ])
    showTable(io, ['RESOURCE', 'LAST USED', 'REQUESTS', ''], rows, '')
  }
  showRefused(io, refused)
  showDays(io, days)
}

function showRefused(io: Io, refused: TokenUsage['refused']): void {
  if (refused.length === 0) return
  const rows = refused.map(({ route, code, lastRefusedOn, requests }) => [route, code, lastRefusedOn, String(requests)])
  showTable(io, ['REFUSED', 'CODE', 'LAST', 'REQUESTS'], rows, '')
}

/** The days with a request; as JSON all of them are there. */
function showDays(io: Io, days: readonly DayCount[]): void {
  const rows = days
    .filter(({ allowed, refused }) => allowed + refused > 0)
    .map(({ day, allowed, refused }) => [day, String(allowed), String(refused)])
  showTable(io, ['DAY (UTC)', 'LET THROUGH', 'REFUSED'], rows, 'No request in the last 90 days.')
}

function saySince(io: Io, since: string | null): void {
  io.say(since === null ? 'It is not known yet whether that is all.' : `From ${since} on, that is everything.`)
}

/** Flags of `advice`. */
export interface AdviceOptions {
  readonly window?: number
}

export async function advice({ io, source }: Session, id: string, { window }: AdviceOptions): Promise<void> {
  const found = await (await source()).advice({ id, ...(window !== undefined && { window }) })
  if (io.json) io.data(JSON.stringify(found))
  else showAdvice(io, found)
}

function showAdvice(
  io: Io,
  { tokenId, from, unused, scopes, resources, refused, edit, proof, withheld }: TokenAdvice,
): void {
  const rows = [
    ...(unused ? [['token', tokenId]] : []),
    ...scopes.map((scope) => ['scope', scope]),
    ...resources.map(({ kind, id }) => ['resource', `${kind} ${id}`]),
  ]
  showTable(io, ['NOT USED', `SINCE ${from}`], rows, `Nothing is known not to be used since ${from}.`)
  showRefused(io, refused)
  for (const { field, message } of withheld) io.say(field === undefined ? message : `${field}: ${message}`)
  if (!edit) return
  const stays = proof.map(({ route, resource }) => [route, resource ? `${resource.kind} ${resource.id}` : ''])
  showTable(io, ['STAYS ALLOWED', ''], stays, '')
  const flags = [
    ...(edit.scopes ?? []).flatMap((scope) => ['--scope', quoted(scope)]),
    ...(edit.resources ?? []).flatMap((link) => ['--resource', quoted(link)]),
    ...['--if-version', String(edit.version)],
  ]
  io.say(`To take away what was not used: plan-access-tokens edit ${quoted(tokenId)} ${flags.join(' ')}`)
}

/** A word of a shell, in quotation marks unless it is plain. */
const quoted = (word: string): string =>
  /^[\w:./@-]+$/.test(word) ? word : `'${oneLine(word).replaceAll("'", String.raw`'\''`)}'`

/** Flags of `unused`. */
export interface UnusedOptions {
  readonly plan: string
  readonly window?: number
  readonly limit?: number
  readonly after?: string
  readonly all?: boolean
}

export async function unused({ io, source }: Session, { plan, all, ...options }: UnusedOptions): Promise<void> {
  const calls = await source()
  const tokens = []
  let next = options.after
  do {
    const query = { planId: plan, ...taken(options, ['window', 'limit']), ...(next !== undefined && { after: next }) }
    const page = await calls.unused(query as Omit<UnusedInput, 'actor'>)
    tokens.push(...page.tokens)
    next = page.next
  } while (all && next !== undefined)
  if (io.json) return io.data(JSON.stringify({ tokens, ...(next !== undefined && { next }) }))
  const rows = tokens.map(({ id, name, createdAt, lastUsedAt }) => [id, name, moment(createdAt), moment(lastUsedAt)])
  showTable(io, ['ID', 'NAME', 'CREATED (UTC)', 'LAST USED'], rows, 'No tokens.')
  if (next !== undefined) io.say(`There may be more: --after ${oneLine(next)}, or --all.`)
}
