/** A policy of before and one to come, at the same time over one store, for the tests of what a change does to living tokens. */
import {
  createPlanTokens,
  definePolicy,
  type Endpoint,
  type Limits,
  memoryStore,
  type PlanTokens,
  type Policy,
  type PolicyCode,
  type PolicyData,
  type ScopeInfo,
  type TokenType,
  type TokenWarning,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { tokensAffectedBy } from 'plan-access-tokens/policy'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { requestWith, testClock, testDirectory } from 'plan-access-tokens/testing'

/** The tests, by the line of docs/changing-a-policy.md that they hold. */
export interface Changes {
  readonly [change: string]: () => Promise<void>
}

export const FILE = [{ kind: 'file', at: 'path:file' }] as const
export const DATA = {
  surface: 'api',
  credential: { headers: ['x-key'], bearer: true },
  tiers: ['team', 'business'],
  limits: { lifetimeDays: 90 },
  scopes: { read: {}, write: {}, export: {} } as { readonly [scope: string]: ScopeInfo },
  reserved: { admin: {} } as { readonly [scope: string]: ScopeInfo },
  types: {
    live: { prefix: 'api' },
    ci: { prefix: 'apici', scopes: ['read', 'write'] },
    cli: { prefix: 'apicli', fixed: ['read', 'write'] },
  } as { readonly [type: string]: TokenType },
  kinds: { project: { id: 'digits' }, file: { id: 'name', parents: ['project'] } },
  links: { hosts: ['api.test'], shapes: ['/p/{project}', '/f/{file}'] },
  endpoints: {
    'GET /files/{file}': { scopes: ['read'], names: FILE },
    'PUT /files/{file}': { scopes: ['write'], names: FILE },
    'DELETE /files/{file}': { scopes: ['admin'], names: FILE },
    'GET /export': { scopes: ['export'], names: 'plan' },
    'POST /move': { scopes: ['write'], names: [{ kind: 'file', at: 'body:files[]' }] },
  } as { readonly [route: string]: Endpoint },
} satisfies PolicyData
export type Data = typeof DATA

export const GET = 'GET /files/A'
export const PUT = 'PUT /files/A'
export const DELETE = 'DELETE /files/A'

/** The two versions over one store, and a token of the first. */
export async function changing(
  { before = {}, after = {} }: { readonly before?: object; readonly after?: object },
  wish: { readonly [field: string]: unknown } = {},
  code: PolicyCode = {},
) {
  const clock = testClock()
  const directory = testDirectory({
    acme: { tier: 'team', admins: ['ada'], resources: { 'project:1': { 'file:A': {}, 'file:B': {} }, 'file:C': {} } },
  })
  const warned: string[] = []
  const addresses = addressRanges()
  const shared = {
    store: memoryStore(),
    directory,
    clock,
    addresses,
    selfRenewal: selfRenewal(),
    onWarning: (line: string) => void warned.push(line),
  }
  const policies = [before, after].map((change) => definePolicy({ ...DATA, ...change } as PolicyData, code))
  const [from, to] = policies as [Policy, Policy]
  const old: PlanTokens<Policy> = createPlanTokens({ ...shared, policy: from })
  const next: PlanTokens<Policy> = createPlanTokens({ ...shared, policy: to })
  const input = { actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 30, scopes: ['read', 'write'] }
  const make = async (engine: PlanTokens<Policy>, other: object = wish) => {
    const { token, secret } = await engine.create({ ...input, resources: 'all', ...other } as never)
    return { id: token.id, secret: secret.reveal() }
  }
  const made = await make(old)
  const ask = async (engine: PlanTokens<Policy>, line: string, secret = made.secret, body?: unknown) => {
    const decision = await engine.authorize(requestWith(secret, line, { body }))
    return decision.allowed ? 'allowed' : decision.code
  }
  /** What the old and the new version say of a request, in this order. */
  const both = async (line: string, secret = made.secret, body?: unknown) => [
    await ask(old, line, secret, body),
    await ask(next, line, secret, body),
  ]
  /** What comes of a token's wish to renew itself, by the old and by the new version. */
  const renewals = async () => {
    const codes = []
    for (const engine of [old, next]) {
      const renewal = await engine.renew({ secret: made.secret }, { idempotencyKey: 'key' })
      codes.push(renewal.renewed ? 'renewed' : renewal.code)
    }
    return codes
  }
  const viewIn = (engine: PlanTokens<Policy>, id = made.id) => engine.get({ actor: 'ada', id })
  const warnings = async (engine = next, id = made.id): Promise<readonly TokenWarning[]> =>
    (await viewIn(engine, id)).warnings
  const affected = async () => {
    const { tokens } = await old.list({ actor: 'ada', planId: 'acme' })
    const changes = []
    for await (const one of tokensAffectedBy({
      before: from,
      after: to,
      tokens,
      now: clock.now(),
      tierOf: (planId) => directory.plan(planId)?.tier,
    }))
      if (one.id === made.id) changes.push(...one.changes)
    return changes
  }
  const owner = { actor: 'ada', id: made.id }
  return { old, next, made, owner, make, ask, both, renewals, viewIn, warnings, affected, clock, directory, warned }
}

/** A policy of before with some endpoints changed; `undefined` takes one away. */
export const endpoints = (change: { readonly [route: string]: Endpoint | undefined }): Pick<Data, 'endpoints'> => ({
  endpoints: Object.fromEntries(
    Object.entries({ ...DATA.endpoints, ...change }).filter(([, endpoint]) => endpoint !== undefined),
  ) as Data['endpoints'],
})
export const limits = (change: Limits) => ({ limits: { ...DATA.limits, ...change } })
export const type = (name: string, change: object) => ({
  types: { ...DATA.types, [name]: { ...DATA.types[name], ...change } },
})
const { write: _, ...others } = DATA.scopes
/** The scopes without `write`. */
export const WITHOUT_WRITE = others
