/** What `bench/engine.ts` measures on: the same tokens, routes and places for the package and for the floor. */
import { hash } from 'node:crypto'
import { millisecondsInDay } from 'date-fns/constants'
import {
  createPlanTokens,
  type Directory,
  definePolicy,
  memoryStore,
  type PlanTokens,
  type Policy,
  type RequestLike,
  type RequestLimits,
  type UsageGathering,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { legacyKeys } from 'plan-access-tokens/legacy'
import type { Floor, FloorNode, FloorPlace, FloorToken } from './floor.ts'

const PLAN = '123456789'
const FILES = 1_000
const fileKey = (i: number): string => `FileKey${String(i % FILES).padStart(15, '0')}`

/** Every file lies in a project, a team and a workspace. */
function chainOf(i: number) {
  return [
    { kind: 'project', id: String(100 + (i % 50)) },
    { kind: 'team', id: String(10 + (i % 10)) },
    { kind: 'workspace', id: '1' },
  ]
}

/** A directory that answers at once out of a Map, so that its own time is as small as it can be. */
function directory(): Directory {
  const places = new Map<
    string,
    { readonly planId: string; readonly ancestors: readonly { kind: string; id: string }[] }
  >()
  for (let i = 0; i < FILES; i++) places.set(fileKey(i), { planId: PLAN, ancestors: chainOf(i) })
  // Links of an allowlist: files that exist and are never asked for, and the project of all that are.
  for (let i = 0; i < 1_000; i++) places.set(`Listed${i}`, { planId: PLAN, ancestors: [] })
  for (let i = 0; i < 50; i++) places.set(String(100 + i), { planId: PLAN, ancestors: chainOf(i).slice(1) })
  places.set('1', { planId: PLAN, ancestors: [] })
  const plan = { id: PLAN, tier: 'enterprise' }
  return { plan: () => plan, isPlanAdmin: () => true, locate: ({ id }) => places.get(id) }
}

export interface World {
  readonly tokens: PlanTokens<Policy>
  readonly floor: Floor
  readonly secrets: readonly string[]
}

/** The floor for a policy, as yet without tokens. */
export function newFloor(policy: Policy): Floor {
  const places = new Map<string, FloorPlace>()
  for (let i = 0; i < FILES; i++) {
    places.set(`file:${fileKey(i)}`, {
      planId: PLAN,
      keys: [`file:${fileKey(i)}`, ...chainOf(i).map(({ kind, id }) => `${kind}:${id}`)],
    })
  }
  return { prefix: 'figpat_', tokens: new Map(), tries: triesOf(policy), places }
}

/** What a world is made of besides its policy and the number of its tokens. */
interface WorldOptions {
  /** The length of each allowlist; 0, the default, for all resources. */
  readonly links?: number
  /** How many networks each token may be used from; 0, the default, for anywhere. The last is that of `FROM`. */
  readonly networks?: number
  /** Default 0: the store is asked for every request. */
  readonly freshnessMs?: number
  /** How long ago the tokens were made, in milliseconds. Default 0. */
  readonly ageMs?: number
  /** Default: none. */
  readonly limits?: RequestLimits
  /** Default: nothing is gathered. */
  readonly usage?: UsageGathering
}

/** Makes `count` tokens in both worlds. */
export async function world(policy: Policy, count: number, options: WorldOptions = {}): Promise<World> {
  const { links = 0, networks = 0, freshnessMs = 0, ageMs = 0, limits, usage } = options
  const ports = {
    policy,
    store: memoryStore(),
    directory: directory(),
    ...(networks > 0 && { addresses: addressRanges() }),
  }
  const maker = createPlanTokens({ ...ports, clock: { now: () => Date.now() - ageMs } })
  const tokens = createPlanTokens({ ...ports, freshnessMs, ...(limits && { limits }), ...(usage && { usage }) })
  const floor = newFloor(policy)
  const secrets: string[] = []
  const keep = Math.max(1, Math.floor(count / 1_000))
  for (let i = 0; i < count; i++) {
    const resources = links === 0 ? ('all' as const) : linksOf(links)
    const { token, secret } = await maker.create({
      actor: 'admin',
      planId: PLAN,
      type: 'rest',
      name: `Token ${i}`,
      lifetimeDays: 365,
      scopes: ['file_content:read'],
      resources,
      ...(networks > 0 && { addresses: networksOf(networks) }),
    })
    const revealed = secret.reveal()
    const allowlist: FloorToken['allowlist'] =
      token.resources === 'all' ? 'all' : new Set(token.resources.map(({ kind, id }) => `${kind}:${id}`))
    floor.tokens.set(hash('sha256', revealed, 'hex'), {
      id: token.id,
      planId: PLAN,
      expiresAt: token.expiresAt,
      scopes: new Set(token.scopes),
      allowlist,
    })
    if (i % keep === 0) secrets.push(revealed)
  }
  return { tokens, floor, secrets }
}

/** An engine with `count` adopted keys and as many tokens, and the keys and the secrets of them. */
export async function legacyWorld(
  policy: Policy,
  count: number,
  freshnessMs = 0,
): Promise<Pick<World, 'tokens' | 'secrets'> & { readonly keys: readonly string[] }> {
  const legacy = legacyKeys({
    rest: [{ name: 'keys', match: /^sk_live_[0-9a-f]{40}$/, scheme: { hash: 'sha256' } }],
  })
  const ports = { policy, store: memoryStore(), directory: directory(), legacy }
  const maker = createPlanTokens(ports)
  const tokens = createPlanTokens({ ...ports, freshnessMs })
  const fields = {
    actor: 'admin',
    planId: PLAN,
    type: 'rest',
    scopes: ['file_content:read'],
    resources: 'all',
  } as const
  const keys: string[] = []
  const secrets: string[] = []
  for (let i = 0; i < count; i++) {
    const key = `sk_live_${hash('sha1', String(i), 'hex')}`
    const digest = hash('sha256', key, 'hex')
    const expiresAt = Date.now() + millisecondsInDay
    await maker.adopt({ ...fields, name: `Key ${i}`, expiresAt, scheme: 'keys', digest })
    const { secret } = await maker.create({ ...fields, name: `Token ${i}`, lifetimeDays: 365 })
    keys.push(key)
    secrets.push(secret.reveal())
  }
  return { tokens, keys, secrets }
}

/** Where requests come from. */
export const FROM = '203.0.113.7'

function networksOf(count: number): string[] {
  return [...Array.from({ length: count - 1 }, (_, i) => `10.${i}.0.0/16`), '203.0.113.0/24']
}

/** The workspace last, so that a list that is searched from the front is searched to its end. */
function linksOf(count: number): string[] {
  const files = Array.from({ length: count - 1 }, (_, i) => `https://figma.com/design/Listed${i}`)
  return [...files, `https://figma.com/files/${PLAN}/workspace/1`]
}

/** Figma's policy with further routes beside its own, up to a number. */
export function policyWithRoutes(count: number): Policy {
  const { data } = figmaPolicy()
  const extra = count - Object.keys(data.endpoints).length
  const more = Array.from({ length: Math.max(0, extra) }, (_, i) => {
    const route = `GET /v${3 + (i % 7)}/group${i % 23}/{file_key}/part${i}`
    return [route, { scopes: ['file_content:read'], names: [{ kind: 'file', at: 'path:file_key' }] }] as const
  })
  return definePolicy({ ...data, endpoints: { ...data.endpoints, ...Object.fromEntries(more) } })
}

/** The same routes for the floor. */
function triesOf({ data }: Policy): Map<string, FloorNode> {
  const tries = new Map<string, FloorNode>()
  for (const [route, endpoint] of Object.entries(data.endpoints)) {
    const [method = '', path = ''] = route.split(' ')
    let node: FloorNode = tries.get(method) ?? { literals: new Map() }
    tries.set(method, node)
    for (const segment of path.slice(1).split('/')) {
      const next: FloorNode = (segment.startsWith('{') ? node.parameter : node.literals.get(segment)) ?? {
        literals: new Map(),
      }
      if (segment.startsWith('{')) node.parameter = next
      else node.literals.set(segment, next)
      node = next
    }
    const { names } = endpoint
    const named = Array.isArray(names) ? names[0] : undefined
    node.endpoint = { scopes: endpoint.scopes.flat(), kind: typeof named?.kind === 'string' ? named.kind : 'file' }
  }
  return tries
}

const NODE_HEADERS = {
  host: 'api.example.com',
  accept: 'application/json',
  'accept-encoding': 'gzip, br',
  'user-agent': 'client/1.0',
  connection: 'keep-alive',
}

/** Requests as a Node server sees them, each with a secret. Through JSON, so that strings are flat as a parser of HTTP makes them. */
export function requestsFor(
  secrets: readonly string[],
  url: (i: number) => string = (i) => `/v1/files/${fileKey(i)}`,
): (RequestLike & { readonly headers: { readonly [name: string]: string } })[] {
  return JSON.parse(
    JSON.stringify(
      secrets.map((secret, i) => ({
        method: 'GET',
        url: url(i),
        headers: { ...NODE_HEADERS, 'x-figma-token': secret },
      })),
    ),
  )
}
