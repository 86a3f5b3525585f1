/** `serve` as a process: what it answers, how it ends, and what it says of a wrong configuration. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { listen } from '../admin/server.ts'
import { send1 } from '../http/support/wire.ts'
import { CREATE, migrated, project, SQLITE } from './project.ts'

const SECRET = 's3cr3t-of-the-gateway'.repeat(2)
const env = { GATEWAY_SECRET: SECRET }
const TRUST = '{ secret: process.env.GATEWAY_SECRET }'
const BOTH = `forwardAuth: { gateway: 'nginx', trust: ${TRUST} }, authzen: { trust: ${TRUST}, identifier: 'https://pdp.example.com' }`

/** A configuration with a gateway. */
const withGateway = (gateway: string, world = './world.mjs'): string => `
import { defineConfig } from 'plan-access-tokens/config'
import { database, directory, policy, store } from '${world}'

export default defineConfig({
  policy, store, directory, database, actor: 'admin-1', gateway: { ${gateway} },
  close: async () => { await database.destroy(); console.error('closed') },
})
`

/** The world, with a plan that takes its time. */
const SLOW = `
import { directory as fast } from './world.mjs'
export { database, policy, store } from './world.mjs'
export const directory = {
  ...fast,
  plan: async (id) => { await new Promise((then) => setTimeout(then, Number(process.env.SLOW_MS))); return fast.plan(id) },
}
`

/** Starts it over tables with one token. */
async function serving(gateway = BOTH, { slow = '' } = {}) {
  const made = await migrated()
  const created = JSON.parse((await made.run([...CREATE, '--json'])).stdout)
  made.write('slow.mjs', SLOW)
  made.write('config.mjs', withGateway(gateway, slow === '' ? './world.mjs' : './slow.mjs'))
  const port = await freePort()
  const running = made.start(['serve', 'config.mjs', '--port', String(port)], { env: { ...env, SLOW_MS: slow } })
  await running.until('Listening on')
  const { token, secret } = created as { readonly token: { readonly id: string }; readonly secret: string }
  const question = [
    ['X-Gateway-Secret', SECRET],
    ['Authorization', `Bearer ${secret}`],
    ['X-Original-Method', 'GET'],
    ['X-Original-URI', '/v1/clients/12/invoices'],
  ] as const
  const get = (target: string, headers: readonly (readonly [string, string])[] = []) =>
    send1(port, { method: 'GET', target, headers })
  return { ...running, port, get, question, token, secret }
}

it('answers a gateway, AuthZEN and the platform, and ends with SIGTERM', async () => {
  const { child, ended, get, port, question, secret, token } = await serving()
  expect(await get('/healthz')).toMatchObject({ status: 200, body: 'alive\n' })
  expect(await get('/readyz')).toMatchObject({ status: 200, body: 'ready\n' })
  expect(await get('/forward-auth', question)).toMatchObject({
    status: 200,
    headers: {
      'x-plan-id': 'acme',
      'x-token-id': token.id,
      'x-token-scopes': 'invoice:read',
      'x-token-reach': 'client:12',
    },
  })
  // So Caddy asks: the query of the request stands behind the path of the question.
  expect(await get('/forward-auth?page=2', question)).toMatchObject({ status: 200, headers: { 'x-plan-id': 'acme' } })
  expect((await get('/forward-auth', question.slice(1))).status).toBe(403)
  // Headers behind a thousand others are read as well.
  const many = Array.from({ length: 2_000 }, () => ['a', ''] as const)
  const forged = await get('/forward-auth', [...question, ...many, ['X_Plan_Id', 'other']])
  expect([forged.status, forged.headers['x-refusal-status']]).toEqual([403, '400'])
  expect((await get('/forward-auth/v1/clients/12/invoices', question)).status).toBe(404)
  expect(JSON.parse((await get('/.well-known/authzen-configuration')).body)).toMatchObject({
    policy_decision_point: 'https://pdp.example.com',
  })
  const evaluation = {
    ...{ subject: { type: 'plan_access_token', id: secret }, action: { name: 'GET' } },
    resource: { type: 'target', id: '/v1/clients/12/invoices' },
  }
  const headers = [
    ['Authorization', `Bearer ${SECRET}`],
    ['Content-Type', 'application/json'],
  ] as const
  const evaluated = await send1(port, {
    method: 'POST',
    target: '/access/v1/evaluation',
    headers,
    body: [JSON.stringify(evaluation)],
  })
  expect(JSON.parse(evaluated.body)).toMatchObject({ decision: true })
  for (const target of ['/healthz', '/readyz']) expect((await send1(port, { method: 'POST', target })).status).toBe(405)
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await ended
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toMatch(/Listening on http:\/\/127\.0\.0\.1:\d+: \/forward-auth, \/access\/v1, \/healthz, \/readyz/)
  expect(stderr).toContain('these endpoints are refused: POST /v1/invoices')
  expect(stderr).toMatch(/SIGTERM: ending\.\nclosed\n$/)
  expect(stderr).not.toContain(secret)
  expect(stderr).not.toContain(SECRET)
})

it('takes keys from before, as the configuration says', async () => {
  const made = await migrated()
  const key = `old_live_${'a'.repeat(32)}`
  made.write(
    'legacy.mjs',
    `
import { createPlanTokens } from 'plan-access-tokens'
import { legacyKeys } from 'plan-access-tokens/legacy'
import { directory, policy, store } from './world.mjs'

export const legacy = legacyKeys({ live: [{ name: 'keys', match: /^old_live_[a-z]{32}$/, scheme: { hash: 'sha256' } }] })
await createPlanTokens({ policy, store, directory, legacy }).adopt({
  ...{ actor: 'admin-1', planId: 'acme', type: 'live', name: 'CI', scopes: ['invoice:read'], resources: 'all' },
  ...{ expiresAt: Date.now() + 86_400_000, scheme: 'keys', digest: '${createHash('sha256').update(key).digest('hex')}' },
})
`,
  )
  const config = withGateway(BOTH).replace('policy, store, directory, database', '$&, legacy')
  made.write('config.mjs', `import { legacy } from './legacy.mjs'${config}`)
  const port = await freePort()
  const { until } = made.start(['serve', 'config.mjs', '--port', String(port)], { env })
  await until('Listening on')
  const headers = [
    ['X-Gateway-Secret', SECRET],
    ['Authorization', `Bearer ${key}`],
    ['X-Original-Method', 'GET'],
    ['X-Original-URI', '/v1/clients/12/invoices'],
  ] as const
  const { status, headers: told } = await send1(port, { method: 'GET', target: '/forward-auth', headers })
  expect([status, told['x-plan-id']]).toEqual([200, 'acme'])
})

it('counts requests against limits, as the configuration says, and explain looks at them', async () => {
  const made = await migrated()
  made.write(
    'limits.mjs',
    `
import { requestLimits } from 'plan-access-tokens/limits'

let taken = 0
export const limits = requestLimits({
  limiter: {
    take: () => ({ allowed: (taken += 1) <= 1, remaining: 0, retryMs: 7_000, fullMs: 60_000 }),
    look: () => ({ allowed: true, remaining: 1, retryMs: 0, fullMs: 0 }),
  },
  whenUnavailable: 'deny',
  rules: [{ name: 'all', requests: 1, perSeconds: 60 }],
})
`,
  )
  const config = withGateway(BOTH).replace('policy, store, directory, database', '$&, limits')
  made.write('config.mjs', `import { limits } from './limits.mjs'${config}`)
  const { token, secret } = JSON.parse((await made.run([...CREATE, '--json'])).stdout)
  const port = await freePort()
  const { until } = made.start(['serve', 'config.mjs', '--port', String(port)], { env })
  await until('Listening on')
  const headers = [
    ['X-Gateway-Secret', SECRET],
    ['Authorization', `Bearer ${secret}`],
    ['X-Original-Method', 'GET'],
    ['X-Original-URI', '/v1/clients/12/invoices'],
  ] as const
  const ask = () => send1(port, { method: 'GET', target: '/forward-auth', headers })
  expect(await ask()).toMatchObject({ status: 200, headers: { ratelimit: '"all";r=0;t=60' } })
  expect(await ask()).toMatchObject({ status: 403, headers: { 'x-refusal-status': '429', 'retry-after': '7' } })
  const question = ['explain', 'GET /v1/clients/12/invoices', '--token', token.id, '--config', 'config.mjs']
  expect((await made.run(question, { env })).stdout).toContain('By the limit "all", 1 of 1 requests per 60 s are left.')
})

it('ends what runs before it ends, takes nothing new, and keeps no idle connection', async () => {
  const { child, ended, get, port, question } = await serving(BOTH, { slow: '1000' })
  const idle = connect(port, '127.0.0.1')
  const idleEnds = new Promise((resolve) => idle.on('close', resolve))
  idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((resolve) => idle.once('data', resolve))
  const running = get('/forward-auth', question)
  await new Promise((resolve) => setTimeout(resolve, 300))
  child.kill('SIGINT')
  await idleEnds
  expect((await get('/healthz')).status).toBe(0)
  expect(await running).toMatchObject({ status: 200 })
  expect(await ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/SIGINT: ending\.\nclosed\n$/) })
})

it('cuts off what runs too long', async () => {
  const { child, ended, get, question } = await serving(`${BOTH}, endTimeoutMs: 200`, { slow: '1500' })
  const running = get('/forward-auth', question)
  await new Promise((resolve) => setTimeout(resolve, 300))
  child.kill('SIGTERM')
  expect((await running).status).toBe(0)
  expect(await ended).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Requests that still ran were cut off.'),
  })
})

it('ends at once with a second signal', async () => {
  const { child, ended, get, question } = await serving(BOTH, { slow: '1500' })
  const running = get('/forward-auth', question)
  await new Promise((resolve) => setTimeout(resolve, 300))
  child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 200))
  child.kill('SIGTERM')
  expect((await ended).code).toBe(130)
  await running
})

it('is alive and not ready without its tables, and says why once', async () => {
  const made = project({ ...SQLITE, 'config.mjs': withGateway(BOTH) })
  const port = await freePort()
  const { child, ended, until } = made.start(['serve', '--config', 'config.mjs', '--port', String(port)], { env })
  await until('not ready')
  const of = async (target: string) => (await send1(port, { method: 'GET', target })).status
  expect([await of('/healthz'), await of('/readyz'), await of('/readyz')]).toEqual([200, 503, 503])
  child.kill('SIGTERM')
  const { stderr } = await ended
  expect(stderr.match(/not ready: .*\n/g)).toHaveLength(1)
})

it('speaks as Envoy does behind its path', async () => {
  const { get, question } = await serving(`forwardAuth: { gateway: 'envoy', trust: ${TRUST} }`)
  expect((await get('/forward-auth/v1/clients/12/invoices', question)).status).toBe(200)
  expect((await get('/forward-auth/v1/clients/34/invoices', question)).status).toBe(403)
  expect((await get('/access/v1/evaluation', question)).status).toBe(404)
})

it('takes a free port and says it to programs', async () => {
  const made = await migrated()
  made.write('config.mjs', withGateway(`port: 0, forwardAuth: { gateway: 'caddy', trust: 'loopback' }`))
  const { child, ended, until } = made.start(['serve', 'config.mjs', '--json'])
  await until('Listening on')
  child.kill('SIGTERM')
  const { stdout } = await ended
  expect(JSON.parse(stdout)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d{2,5}$/),
    bodyRoutes: ['POST /v1/invoices'],
  })
})

it.each([
  ['no gateway', '', ['gateway: must have forwardAuth, authzen or both.']],
  [
    'no secret',
    `forwardAuth: { gateway: 'nginx', trust: ${TRUST} }, authzen: { trust: {} }`,
    ['trust.secret: is missing: it must be 32 to 256', 'authzen() found mistakes'],
  ],
  [
    'another gateway and a short secret',
    `forwardAuth: { gateway: 'haproxy', trust: { secret: 'short' } }`,
    ['gateway: must be "traefik", "nginx", "caddy" or "envoy".', 'trust.secret: must be 32'],
  ],
  ['a port that there is not', `port: 70000, ${BOTH}`, ['gateway.port: must be a whole number from 0 to 65535.']],
  ['a misspelt option', `forwardauth: {}, ${BOTH}`, ['gateway.forwardauth']],
] as const)('says what is wrong with a configuration: %s', async (_, gateway, sentences) => {
  const made = project({ ...SQLITE, 'config.mjs': withGateway(gateway) })
  const { code, stdout, stderr } = await made.run(['serve', 'config.mjs'], { env: {} })
  expect([code, stdout]).toEqual([3, ''])
  for (const sentence of sentences) expect(stderr).toContain(sentence)
})

it('says where nothing can listen', async () => {
  const made = await migrated()
  made.write('config.mjs', withGateway(BOTH))
  const taken = new URL(await listen(createServer())).port
  const run = (...args: readonly string[]) => made.run(['serve', 'config.mjs', ...args], { env })
  expect(await run('--port', taken)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`127.0.0.1, port ${taken}, is in use.`),
  })
  expect(await run('--host', '203.0.113.7')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('EADDRNOTAVAIL'),
  })
  expect(await run('--port', '70000')).toMatchObject({ code: 2 })
  expect(await run('--config', 'config.mjs')).toMatchObject({ code: 2, stderr: expect.stringContaining('named twice') })
})

it('needs a store and a gateway', async () => {
  const made = project({
    ...SQLITE,
    'api.mjs': `import { defineConfig } from 'plan-access-tokens/config'\nexport default defineConfig({ adminApi: { url: 'https://x.example' } })`,
  })
  expect(await made.run(['serve', 'api.mjs'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('needs the store'),
  })
  expect(await made.run(['serve'])).toMatchObject({ code: 3, stderr: expect.stringContaining('has no gateway') })
})
