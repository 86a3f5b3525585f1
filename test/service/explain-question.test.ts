/** `explain` for people who do not hold the secret: a token by its id, with a URL or with a route of the policy. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newDirectory, newWorld, type World } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

type Asked = Parameters<World['tokens']['explain']>[0]
const ROUTE = 'GET /v1/files/{file_key}'

/** What is said to a question: `allowed` or the code. */
async function said({ tokens }: World, question: object): Promise<string> {
  const { decision, rules } = await tokens.explain(question as Asked)
  expect(rules.find(({ ok }) => !ok)?.code).toBe(decision.allowed ? undefined : decision.code)
  return decision.allowed ? 'allowed' : decision.code
}

describe('explain of a question', () => {
  it('with a URL says what a request with the newest secret would be told', async () => {
    const world = newWorld()
    const { id, secret } = await world.make({ resources: ['https://figma.com/design/FileA'] })
    for (const line of [
      'GET /v1/files/FileA',
      'GET /v1/files/FileB',
      'GET /v1/files/FileZ',
      'GET /v1/me',
      'GET /nowhere',
      'GET /v1/files/../x',
      'POST /v1/files/FileA',
      'HEAD /v1/files/FileA?depth=1',
    ]) {
      const [method = '', url = ''] = line.split(' ')
      expect(await said(world, { actor: ADMIN, id, method, url })).toBe(await world.ask(secret, line))
    }
  })

  it('with a route and its parameters asks for the path that they make', async () => {
    const world = newWorld()
    const { id } = await world.make({ resources: ['https://figma.com/design/FileA'] })
    const by = { actor: ADMIN, id }
    expect(await said(world, { ...by, route: ROUTE, params: { file_key: 'FileA' } })).toBe('allowed')
    expect(await said(world, { ...by, route: ROUTE, params: { file_key: 'FileB' } })).toBe('resource_not_allowed')
    expect(await said(world, { ...by, route: 'GET /v1/me' })).toBe('endpoint_not_supported')
    const { rules } = await world.tokens.explain({ ...by, route: ROUTE, params: { file_key: 'FileA' } })
    expect(rules.find(({ rule }) => rule === 'endpoint')?.reason).toContain(ROUTE)
  })

  it('with a query or a body asks for what these name', async () => {
    const world = newWorld()
    const { id } = await world.make({
      scopes: ['webhooks:read', 'webhooks:write'],
      resources: ['https://figma.com/files/team/456'],
    })
    const by = { actor: ADMIN, id }
    const list = { ...by, route: 'GET /v2/webhooks' }
    expect(await said(world, list)).toBe('resource_not_allowed')
    expect(await said(world, { ...list, query: 'context=team&context_id=456' })).toBe('allowed')
    expect(await said(world, { ...list, query: '?context=team&context_id=456' })).toBe('allowed')
    expect(await said(world, { ...list, query: 'context=team&context_id=457' })).toBe('resource_not_allowed')
    const body = { context: 'team', context_id: '456' }
    expect(await said(world, { ...by, route: 'POST /v2/webhooks', body })).toBe('allowed')
    expect(await said(world, { ...by, method: 'POST', url: '/v2/webhooks', body })).toBe('allowed')
    expect(await said(world, { ...by, route: 'POST /v2/webhooks' })).toBe('request_malformed')
  })

  it('says of credential and secret that none was looked at, and of the token what is true of it', async () => {
    const world = newWorld()
    const { id } = await world.make({ lifetimeDays: 1 })
    const question = { actor: ADMIN, id, route: ROUTE, params: { file_key: 'FileA' } }
    const { rules } = await world.tokens.explain(question as Asked)
    for (const name of ['credential', 'secret']) {
      expect(rules.find(({ rule }) => rule === name)).toEqual({
        rule: name,
        ok: true,
        reason: expect.stringContaining('no secret'),
        reasons: [expect.objectContaining({ code: 'asked_by_id' })],
      })
    }
    world.clock.advance(DAY)
    expect(await said(world, question)).toBe('token_expired')
    await world.tokens.revoke({ actor: ADMIN, id })
    expect(await said(world, question)).toBe('token_revoked')
  })

  it('tells an admin of another plan that there is no such token', async () => {
    const world = newWorld()
    const { id } = await world.make()
    for (const question of [{ method: 'GET', url: '/v1/files/FileA' }, { route: 'GET /v1/me' }]) {
      expect(await codeOf(world.tokens.explain({ actor: 'admin-2', id, ...question } as Asked))).toBe('token_not_found')
      expect(await codeOf(world.tokens.explain({ actor: ADMIN, id: 'nowhere', ...question } as Asked))).toBe(
        'token_not_found',
      )
    }
  })

  it('reads the same for a resource of another plan and for one that does not exist', async () => {
    const world = newWorld()
    for (const resources of ['all', ['https://figma.com/design/FileA']] as const) {
      const { id } = await world.make({ resources })
      const [foreign, absent] = await Promise.all(
        ['FileZ', 'Nowhere'].map((file_key) =>
          world.tokens.explain({ actor: ADMIN, id, route: ROUTE, params: { file_key } }),
        ),
      )
      expect(JSON.stringify(foreign)).toBe(JSON.stringify(absent))
    }
  })

  it('holds neither secret nor digest, nor what was put into the path', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    for (const file_key of ['FileA', 'FileB', secret]) {
      const text = JSON.stringify(
        (await world.tokens.explain({ actor: ADMIN, id, route: ROUTE, params: { file_key } })).rules,
      )
      expect(text).not.toContain(secret)
      expect(text).not.toMatch(/[0-9a-f]{64}/)
    }
  })

  it('reports a directory that fails, rule by rule', async () => {
    const world = newWorld()
    const { id } = await world.make()
    world.directory.plan = () => {
      throw new Error('down')
    }
    expect(await said(world, { actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })).toBe('unavailable')
  })

  const WRONG: readonly [string, object, readonly string[]][] = [
    ['a route that the policy lacks', { route: 'GET /v1/file/{file_key}' }, ['route']],
    ['a parameter that the route lacks', { route: ROUTE, params: { file_key: 'A', key: 'B' } }, ['params.key']],
    ['a parameter that is left out', { route: ROUTE }, ['params.file_key']],
    ['an empty parameter', { route: ROUTE, params: { file_key: '' } }, ['params.file_key']],
    [
      'a parameter from a prototype',
      { route: ROUTE, params: Object.create({ file_key: 'FileA' }) },
      ['params.file_key'],
    ],
    [
      'a parameter that cannot be written into a path',
      { route: ROUTE, params: { file_key: String.fromCharCode(0xd800) } },
      ['params.file_key'],
    ],
    ['a parameter that breaks the line', { route: ROUTE, params: { file_key: 'a\nb' } }, ['params.file_key']],
    ['params that are no text', { route: ROUTE, params: { file_key: 5 } }, ['params.file_key']],
    ['neither URL nor route', {}, ['method', 'url']],
    ['both', { route: ROUTE, url: '/v1/files/FileA' }, ['url']],
    ['a misspelt field', { method: 'GET', url: '/', bodi: 1 }, ['bodi']],
    ['no actor', { actor: '', route: ROUTE }, ['actor']],
    ['no id', { id: undefined, method: 'GET', url: '/' }, ['id']],
  ]
  it.each(WRONG)('refuses as invalid_input: %s', async (_, question, paths) => {
    const world = newWorld()
    const { id } = await world.make()
    const error = await errorOf(world.tokens.explain({ actor: ADMIN, id, ...question } as Asked))
    expect([error.code, error.issues.map(({ path }) => path)]).toEqual(['invalid_input', paths])
  })

  it('refuses as invalid_input what is no question at all', async () => {
    const { tokens } = newWorld()
    for (const what of [undefined, null, 5, {}, { actor: ADMIN }, { route: ROUTE }, Object.create({ route: ROUTE })]) {
      expect(await codeOf(tokens.explain(what as Asked))).toBe('invalid_input')
    }
  })

  it('suggests the route and the parameter that were meant', async () => {
    const world = newWorld()
    const { id } = await world.make()
    const by = { actor: ADMIN, id }
    const route = await errorOf(world.tokens.explain({ ...by, route: 'GET /v1/files/{file_ky}' } as never))
    expect(route.message).toContain(`Did you mean "${ROUTE}"?`)
    const param = await errorOf(world.tokens.explain({ ...by, route: ROUTE, params: { file_ky: 'A' } } as never))
    expect(param.message).toContain('Did you mean "file_key"?')
  })

  it('encodes what is put into the path, so that it stays one segment', async () => {
    const directory = newDirectory()
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const asked: string[] = []
    directory.locate = ({ id }) => {
      asked.push(id)
      return undefined
    }
    const npm = {
      actor: ADMIN,
      planId: '1001',
      type: 'npm',
      name: 'Build',
      lifetimeDays: 1,
      scopes: ['npm:read'],
      resources: 'all',
    } as const
    const { id } = (await tokens.create(npm)).token
    for (const name of ['a b', 'ä', "it's", '?x']) {
      await tokens.explain({ actor: ADMIN, id, route: 'GET /p/{package}', params: { package: name } })
    }
    expect(asked).toEqual(['a b', 'ä', "it's", '?x'])
    for (const name of ['a/b', '..', '.']) {
      const { decision } = await tokens.explain({
        actor: ADMIN,
        id,
        route: 'GET /p/{package}',
        params: { package: name },
      })
      expect(decision).toMatchObject({ code: 'request_malformed' })
    }
    const { decision } = await tokens.explain({
      actor: ADMIN,
      id,
      route: 'GET /p/{package}/{version}',
      params: { package: 'a', version: 'x' },
    })
    expect(decision).toMatchObject({ code: 'endpoint_unknown' })
  })

  it('asks of a token whose type no policy has any more by the first surface, and says so', async () => {
    const world = newWorld()
    const { id } = await world.make()
    const record = (await world.store.find(id))!
    const event = (await world.store.events({ limit: 1 }))[0]!
    await world.store.commit({ ...record, type: 'gone', version: 2 }, { ...event, id: 'x', version: 2 })
    expect(await said(world, { actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })).toBe('token_wrong_type')
  })

  it('says of a record without secrets that nothing is known', async () => {
    const world = newWorld({
      port: (store) => ({ ...store, find: async (id) => ({ ...(await store.find(id))!, secrets: [] }) }),
    })
    const { id } = await world.make()
    expect(await said(world, { actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })).toBe('token_unknown')
  })
})
