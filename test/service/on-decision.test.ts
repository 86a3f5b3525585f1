/** `onDecision`: told of every decision with what logs and limiters need, waited for by nobody, and nothing secret in it. */
import { type DecisionInfo, PlanTokenError } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, START } from '../support/world.ts'
import { atRest } from './support/steered-clock.ts'

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(async () => {
  await atRest()
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

const FILE = 'GET /v1/files/FileA'
const ROUTE = 'GET /v1/files/{file_key}'

/** A world that keeps what its hook was told. */
function toldWorld() {
  const told: DecisionInfo[] = []
  const world = newWorld({ onDecision: (info) => told.push(info) })
  const last = async (secret: string, line = FILE) => {
    await world.ask(secret, line)
    const { durationMs, ...rest } = told.at(-1)!
    expect(durationMs).toBeGreaterThanOrEqual(0)
    return rest
  }
  return { ...world, told, last }
}

it('tells of an allowance which token, plan, type and route it is for', async () => {
  const { make, tokens, last } = toldWorld()
  const { id, secret } = await make()
  const token = { tokenId: id, planId: '1001', tokenType: 'rest' }
  const shared = { surface: 'figma', ...token, route: ROUTE, source: 'store' }
  expect(await last(secret)).toEqual({ ...shared, allowed: true, status: 200, secretWorksUntil: null })
  await tokens.refresh({ actor: ADMIN, id })
  expect(await last(secret)).toEqual({ ...shared, allowed: true, status: 200, secretWorksUntil: START + DAY })
})

it('tells of a refusal its code and status, and as much of the token as is known', async () => {
  const { make, tokens, last, told } = toldWorld()
  const { id, secret } = await make()
  const token = { tokenId: id, planId: '1001', tokenType: 'rest', secretWorksUntil: null, source: 'store' }
  const refused = { surface: 'figma', allowed: false }
  await tokens.authorize({ method: 'GET', url: '/v1/files/FileA', headers: {} })
  expect(told.at(-1)).toMatchObject({ ...refused, code: 'token_missing', status: 401 })
  expect(told.at(-1)).not.toHaveProperty('tokenId')
  expect(await last('figpat_x')).toEqual({ ...refused, code: 'token_malformed', status: 401 })
  expect(await last(secret, 'GET /v1//files')).toEqual({
    ...{ ...refused, code: 'request_malformed', reason: 'path_empty_segment', status: 400 },
  })
  expect(await last(secret, 'GET /nowhere')).toEqual({ ...refused, ...token, code: 'endpoint_unknown', status: 403 })
  expect(await last(secret, `${FILE}/comments`)).toEqual({
    ...refused,
    ...token,
    code: 'scope_missing',
    status: 403,
    route: `${ROUTE}/comments`,
  })
  await tokens.revoke({ actor: ADMIN, id })
  expect(await last(secret)).toEqual({ ...refused, ...token, code: 'token_revoked', status: 401, route: ROUTE })
})

it('tells whether the store was asked for the token', async () => {
  const told: DecisionInfo[] = []
  const { make, ask } = newWorld({ freshnessMs: 1_000, onDecision: (info) => told.push(info) })
  const { secret } = await make()
  for (const from of [secret, secret, 'figpat_x']) await ask(from)
  expect(told.map(({ source }) => source)).toEqual(['store', 'cache', undefined])
})

it('tells of what cannot be read or checked', async () => {
  const { tokens, make, told, directory } = toldWorld()
  const { secret } = await make()
  await tokens.authorize(null as never)
  expect(told.at(-1)).toMatchObject({ code: 'request_malformed', status: 400 })
  directory.plan = () => {
    throw new Error('down')
  }
  await tokens.authorize(requestWith(secret, FILE))
  expect(told.at(-1)).toMatchObject({ code: 'unavailable', status: 503, tokenType: 'rest' })
})

it('is told of no token where the store gave a record that does not hold the digest', async () => {
  const other = newWorld()
  const { id } = await other.make()
  const told: DecisionInfo[] = []
  const { ask } = newWorld({
    onDecision: (info) => told.push(info),
    port: (store) => ({ ...store, findByDigest: () => other.store.find(id) }),
  })
  expect(await ask((await newWorld().make()).secret)).toBe('token_unknown')
  expect(told).toMatchObject([{ allowed: false, code: 'token_unknown', status: 401 }])
  for (const field of ['tokenId', 'planId', 'tokenType', 'secretWorksUntil']) expect(told[0]).not.toHaveProperty(field)
})

it('is told once for each decision, and never by explain or inspect', async () => {
  const { tokens, make, told } = toldWorld()
  const { secret } = await make()
  await tokens.explain(requestWith(secret, FILE))
  await tokens.inspect({ secret })
  expect(told).toHaveLength(0)
  for (let i = 1; i <= 3; i++) {
    await tokens.authorize(requestWith(secret, FILE))
    expect(told).toHaveLength(i)
  }
})

it('holds no secret and no digest', async () => {
  const { make, last, told } = toldWorld()
  const { secret } = await make()
  for (const line of [FILE, '/x', `GET /${secret}`]) await last(secret, line === '/x' ? 'GET /x' : line)
  expect(JSON.stringify(told)).not.toMatch(/figpat_|[0-9a-f]{64}/)
})

it('may throw, reject, hang or be broken, and changes no decision', async () => {
  const HOOKS: readonly (() => unknown)[] = [
    () => {
      throw new PlanTokenError('unavailable')
    },
    () => Promise.reject(new Error('rejected')),
    () => new Promise(() => undefined),
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: the very thing that is tested
      then() {
        throw new Error('thenable')
      },
    }),
    () => ({ allowed: false }),
  ]
  for (const onDecision of HOOKS) {
    const { make, ask } = newWorld({ onDecision })
    const { secret } = await make()
    expect(await ask(secret)).toBe('allowed')
    expect(await ask('figpat_x')).toBe('token_malformed')
  }
})
