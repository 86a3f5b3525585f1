/** What the tests of the core share: a small policy about invoices, a record of one token, and bytes that come from a seed. */
import { type Match, matchEndpoint } from '../../src/core/endpoints.ts'
import type { Random } from '../../src/core/new-secret.ts'
import { type CompiledPolicy, compiledOf, definePolicy, type Policy, type TypeEntry } from '../../src/core/policy.ts'
import type { Endpoint, PolicyData } from '../../src/core/policy-data.ts'
import { type CleanPath, readTarget } from '../../src/core/target.ts'
import type { TokenRecord } from '../../src/core/token.ts'

/** The same bytes for the same seed (mulberry32), so that a failure comes again. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const byte = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 8) & 255
  }
  return (bytes) => Uint8Array.from({ length: bytes }, byte)
}

/** A policy that is not Figma's, with something of everything. A fresh copy each time, to be changed at will. */
export function invoicesData() {
  return {
    surface: 'invoices',
    credential: { headers: ['x-invoice-key'], bearer: true },
    tiers: ['team', 'business'],
    limits: { lifetimeDays: 90 },
    scopes: {
      'invoice:read': { title: 'Read invoices', group: 'Invoices' },
      'invoice:write': { title: 'Write invoices', group: 'Invoices' },
      invoices: { deprecated: 'Use invoice:read.' },
    },
    reserved: { 'account:close': {} },
    types: {
      live: { prefix: 'inv', title: 'API' },
      ci: { prefix: 'invci', scopes: ['invoice:read'] },
      cli: { prefix: 'inv_cli', fixed: ['invoice:read', 'invoice:write'] },
    },
    kinds: {
      region: { id: 'name' },
      project: { id: 'digits', max: 8, parents: ['region'] },
      invoice: { id: 'base62', parents: ['project'] },
    },
    links: {
      hosts: ['app.invoices.test', 'invoices.test'],
      tail: 1,
      shapes: ['[/r/{region}]/(p|project)/{project}[/i/{invoice}]', '/{plan}/r/{region}'],
    },
    endpoints: {
      'GET /projects/{p}/invoices/{i}': {
        scopes: ['invoice:read', 'invoices'],
        names: [
          { kind: 'project', at: 'path:p' },
          { kind: 'invoice', at: 'path:i', within: 'path:p' },
        ],
      },
      'POST /invoices': { scopes: ['invoice:write'], names: [{ kind: 'project', at: 'body:project_id' }] },
      'GET /accounts': { scopes: ['invoice:read'], names: 'plan', tiers: ['business'] },
      'DELETE /accounts': { scopes: ['account:close'], names: 'plan', closed: 'it needs a person' },
      'GET /status': { scopes: [], names: 'nothing' },
    },
  } as const satisfies PolicyData
}

/** The invoices' policy, made ready. */
export const invoices = definePolicy(invoicesData())

/** What the rules use of a policy. */
export function compiled(policy: Policy): CompiledPolicy {
  const ready = compiledOf(policy)
  if (!ready) throw new TypeError('This is no policy.')
  return ready
}

/** A token type of a policy, with it; `undefined` if there is none. */
export function entryOf(policy: Policy, name: string): TypeEntry | undefined {
  const type = compiled(policy).types.get(name)
  return type && { policy: compiled(policy), type }
}

/** A policy about nothing but some endpoints. */
export function policyWith(endpoints: { readonly [route: string]: Endpoint }, data: Partial<PolicyData> = {}): Policy {
  return definePolicy({
    surface: 'test',
    credential: { headers: [], bearer: true },
    tiers: ['team'],
    scopes: {},
    types: { test: { prefix: 'test' } },
    kinds: { file: {}, project: {}, team: {} },
    links: { hosts: [], shapes: [] },
    endpoints,
    ...data,
  })
}

/** The endpoint of a policy for a method and a path, with its route as the policy spells it. */
export function matchIn(
  policy: Policy,
  method: string,
  path: string,
): { readonly route: string; readonly match: Match } | undefined {
  const { trie, routes } = compiled(policy)
  const match = matchEndpoint(trie, method, cleanPath(path))
  const [route] = [...routes].find(([, endpoint]) => endpoint === match?.endpoint) ?? []
  return match && route !== undefined ? { route, match } : undefined
}

/** The path of a target that passes the grammar. */
function cleanPath(raw: string): CleanPath {
  const target = readTarget(raw)
  if (!target) throw new TypeError(`"${raw}" does not pass the grammar.`)
  return target.path
}

/** 2027-01-31T12:00:00Z. */
export const NOW = Date.UTC(2027, 0, 31, 12)
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** A token that was made at `NOW` for 90 days. */
export function recordWith(change: Partial<TokenRecord> = {}): TokenRecord {
  return {
    v: 1,
    id: 'token-1',
    planId: '1001',
    type: 'live',
    name: 'Nightly export',
    description: '',
    scopes: ['invoice:read'],
    resources: 'all',
    createdAt: NOW,
    createdBy: 'admin-1',
    lifetimeDays: 90,
    expiresAt: NOW + 90 * DAY,
    secrets: [{ digest: 'digest-0', issuedAt: NOW, worksUntil: null }],
    revokedAt: null,
    revokedBy: null,
    version: 1,
    eventId: 'event-1',
    idempotency: [],
    ...change,
  }
}
