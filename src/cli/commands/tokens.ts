/** `create`, `list`, `show`, `edit`, `refresh`, `revoke`: what a plan admin does with tokens. A secret goes to stdout, this once. */
import type { IssuedText, RequestedText, WithoutActor } from '../../admin/client-types.ts'
import type { Token } from '../../core/token-view.ts'
import type { CreateInput, EditInput, ListInput, RefreshInput } from '../../service/input.ts'
import { confirmed } from '../ask.ts'
import { CliError } from '../exit.ts'
import { type Io, oneLine } from '../io.ts'
import type { Session } from '../session.ts'
import { moment, showTable, showToken } from '../show.ts'
import { taken } from '../taken.ts'
import { showReceipt, signing } from './receipt.ts'
import { type RevokeManyOptions, revokeMany } from './revoke-many.ts'

/** Flags of what a token may reach. */
export interface ReachOptions {
  readonly address?: readonly string[]
  readonly scope?: readonly string[]
  readonly resource?: readonly string[]
  readonly allResources?: boolean
}

/** Flags of `create`. */
export interface CreateOptions extends ReachOptions {
  readonly plan: string
  readonly type: string
  readonly name: string
  readonly description?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly contact?: string
  readonly days?: number
  readonly expires?: number
  readonly canary?: boolean
  readonly selfRenewal?: boolean
  readonly renewUntil?: number
  readonly idempotencyKey?: string
}

export async function create({ io, source }: Session, options: CreateOptions): Promise<void> {
  const { plan, type, name, description, scope, canary, address, idempotencyKey } = options
  const missing = [missingLifetime(options), missingReach(options)].filter((line) => line !== undefined)
  if (missing.length > 0) throw new CliError('usage', 'usage', missing.join(' '))
  const input: WithoutActor<CreateInput> = {
    planId: plan,
    type,
    name,
    ...(description !== undefined && { description }),
    ...taken(options, ['metadata', 'contact']),
    ...(options.days !== undefined ? { lifetimeDays: options.days } : { expiresAt: options.expires as number }),
    scopes: scope ?? [],
    resources: reachOf(options) ?? [],
    ...(canary && { canary }),
    ...taken(options, ['selfRenewal', 'renewUntil']),
    ...(address && { addresses: address }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
  showIssued(io, await (await source()).create(input), 'created')
}

/** How long the token is to live is said by exactly one flag. */
function missingLifetime({ days, expires }: CreateOptions): string | undefined {
  if ((days === undefined) !== (expires === undefined)) return undefined
  return 'How long does it live? Say --days DAYS or --expires DATE, one of them.'
}

/** What the flags say of resources, if anything. */
function reachOf({ resource, allResources }: ReachOptions): 'all' | readonly string[] | undefined {
  if (allResources && resource)
    throw new CliError(
      'usage',
      'usage',
      'Say --resource for some resources or --all-resources for every one, not both.',
    )
  return allResources ? 'all' : resource
}

function missingReach(options: ReachOptions): string | undefined {
  if (reachOf(options) !== undefined) return undefined
  return 'Which resources? Say --resource LINK, once for each, or --all-resources.'
}

/** Says what was made, with its secret if it has one. */
export function showIssued(io: Io, { token, secret }: IssuedText | RequestedText, what: string): void {
  if (secret === undefined) {
    showRequested(io, token)
    return
  }
  if (io.json) io.data(JSON.stringify({ token, secret }))
  else {
    io.say(
      `Token ${oneLine(token.id)} (${oneLine(token.name)}) was ${what}; it expires ${moment(token.expiresAt)} UTC.`,
    )
    io.data(secret)
  }
  io.warn('The secret is shown this once. Hand it to whoever needs it, and keep no copy.')
}

function showRequested(io: Io, token: Token): void {
  if (io.json) {
    io.data(JSON.stringify({ token }))
    return
  }
  io.say(
    `Token ${oneLine(token.id)} (${oneLine(token.name)}) waits for another admin, until ${moment(token.expiresAt)} UTC.`,
  )
  io.say(`It has no secret yet. Once it is approved: collect ${oneLine(token.id)}`)
}

/** Flags of `list`. */
export interface ListOptions {
  readonly plan: string
  readonly type?: string
  readonly status?: ListInput['status']
  readonly search?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly metadataKey?: string
  readonly order?: ListInput['order']
  readonly limit?: number
  readonly after?: string
  readonly all?: boolean
}

export async function list({ io, source }: Session, { plan, all, ...options }: ListOptions): Promise<void> {
  const calls = await source()
  const tokens: Token[] = []
  let next = options.after
  do {
    const query = { planId: plan, ...taken(options, LIST_FIELDS), ...(next !== undefined && { after: next }) }
    const page = await calls.list(query as WithoutActor<ListInput>)
    tokens.push(...page.tokens)
    next = page.next
  } while (all && next !== undefined)
  if (io.json) return io.data(JSON.stringify({ tokens, ...(next !== undefined && { next }) }))
  const rows = tokens.map(({ id, name, type, status, canary, expiresAt, lastUsedAt }) => [
    ...[id, name, type, canary ? `${status}, canary` : status, moment(expiresAt)],
    lastUsedAt === undefined ? '' : moment(lastUsedAt),
  ])
  showTable(io, ['ID', 'NAME', 'TYPE', 'STATUS', 'EXPIRES (UTC)', 'LAST USED'], rows, 'No tokens.')
  if (next !== undefined) io.say(`There are more: --after ${oneLine(next)}, or --all.`)
}

const LIST_FIELDS = ['type', 'status', 'search', 'metadata', 'metadataKey', 'order', 'limit'] as const

export async function show({ io, source }: Session, id: string): Promise<void> {
  tellToken(io, await (await source()).get({ id }))
}

/** A token, as a program or a person reads it. */
export function tellToken(io: Io, token: Token): void {
  if (io.json) io.data(JSON.stringify(token))
  else showToken(io, token)
}

/** Flags of `edit`. */
export interface EditOptions extends ReachOptions {
  readonly name?: string
  readonly description?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly removeMetadata?: readonly string[]
  readonly contact?: string
  readonly anyAddress?: boolean
  readonly selfRenewal?: boolean
  readonly renewUntil?: number
  readonly renewByDefault?: boolean
  readonly ifVersion?: number
}

export async function edit({ io, source }: Session, id: string, options: EditOptions): Promise<void> {
  const { scope, address, anyAddress, metadata, removeMetadata = [], ifVersion } = options
  if (removeMetadata.some((key) => Object.hasOwn(metadata ?? {}, key)))
    throw new CliError('usage', 'usage', 'Say --metadata or --remove-metadata of a key, not both.')
  const words = { ...metadata, ...Object.fromEntries(removeMetadata.map((key) => [key, null])) }
  if (address && anyAddress)
    throw new CliError('usage', 'usage', 'Say --address for some addresses or --any-address for every one, not both.')
  if (options.renewUntil !== undefined && options.renewByDefault)
    throw new CliError('usage', 'usage', 'Say --renew-until for a moment or --renew-by-default for none, not both.')
  const resources = reachOf(options)
  const input: WithoutActor<EditInput> = {
    id,
    ...taken(options, ['name', 'description', 'contact']),
    ...(Object.keys(words).length > 0 && { metadata: words }),
    ...(scope && { scopes: scope }),
    ...(resources && { resources }),
    ...(address && { addresses: address }),
    ...(anyAddress && { addresses: null }),
    ...taken(options, ['selfRenewal', 'renewUntil']),
    ...(options.renewByDefault && { renewUntil: null }),
    ...(ifVersion !== undefined && { version: ifVersion }),
  }
  tellToken(io, await (await source()).edit(input))
}

/** Flags of `refresh`. */
export interface RefreshOptions {
  readonly retirePrevious?: RefreshInput['retirePrevious']
  readonly graceHours?: number
  readonly idempotencyKey?: string
  readonly preview?: boolean
}

export async function refresh({ io, source }: Session, id: string, options: RefreshOptions): Promise<void> {
  const calls = await source()
  if (!options.preview)
    return showIssued(
      io,
      await calls.refresh({ id, ...taken(options, ['retirePrevious', 'graceHours', 'idempotencyKey']) }),
      'refreshed',
    )
  const dates = await calls.previewRefresh({ id, ...taken(options, ['graceHours']) })
  if (io.json) return io.data(JSON.stringify(dates))
  const rows = Object.entries(dates).map(([field, at]) => [field, moment(at)])
  showTable(io, ['A REFRESH WOULD SET', 'UTC'], rows, '')
}

/** Flags that are of use for many tokens alone. */
const MANY_FIELDS = [
  ...(['type', 'status', 'search', 'metadata', 'metadataKey', 'createdBy', 'expiring', 'scope', 'canary'] as const),
  ...(['dryRun', 'count'] as const),
]

/** Flags of `revoke`. */
export interface RevokeOptions extends Partial<RevokeManyOptions> {
  readonly receipt?: boolean
  readonly key?: string
  readonly issuer?: string
  readonly yes?: boolean
}

export async function revoke(session: Session, id: string | undefined, options: RevokeOptions): Promise<void> {
  const { plan, reason, yes, receipt: isReceipt, key, issuer, ...ofMany } = options
  if ((key !== undefined && !isReceipt) || (issuer !== undefined && key === undefined))
    throw new CliError('usage', 'usage', 'Say --receipt with --key, and --key with --issuer.')
  if (id === undefined) {
    if (plan === undefined || yes || isReceipt)
      throw new CliError(
        'usage',
        'usage',
        'Which token? Say its id; or for many --plan, with --count instead of --yes and without --receipt.',
      )
    return revokeMany(session, { ...options, plan })
  }
  if (plan !== undefined || Object.keys(taken(ofMany, MANY_FIELDS)).length > 0)
    throw new CliError('usage', 'usage', 'Say the id of one token, or --plan and what many have in common, not both.')
  const { io, source } = session
  const sign = await signing(key, issuer)
  const calls = await source()
  // Whoever may not see the token is told so before being asked.
  const token = yes ? undefined : await calls.get({ id })
  if (token)
    await confirmed(
      io,
      `Revoke ${oneLine(token.name)} (${oneLine(token.id)}) of plan ${oneLine(token.planId)} for good?`,
      yes,
    )
  const input = { id, ...(reason !== undefined && { reason }) }
  if (isReceipt) {
    const { receipt, token: ended } = await calls.revoke({ ...input, receipt: true })
    const signed = await sign?.(receipt)
    if (io.json) io.data(JSON.stringify({ token: ended, receipt, ...(signed !== undefined && { signed }) }))
    else if (signed === undefined) showReceipt(io, receipt)
    else io.data(signed)
    return
  }
  const revoked = await calls.revoke(input)
  if (!io.json) io.say('No request with this token is accepted any more.')
  tellToken(io, revoked)
}
