/** What somebody sent as the name of a field is not repeated in an error, unless it is a word that can be no secret. */
import type { PlanTokenError } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { adminWorld } from '../admin/world.ts'
import { ADMIN, errorOf, newWorld, TOKEN } from '../support/world.ts'

const ROUTE = 'GET /v1/files/{file_key}'
type World = ReturnType<typeof newWorld>

/** Every call with an unknown name in its input. */
const CALLS: { readonly [call: string]: (world: World, id: string, name: string) => Promise<unknown> } = {
  create: ({ tokens }, _, name) => tokens.create({ ...TOKEN, [name]: 1 }),
  get: ({ tokens }, id, name) => tokens.get({ actor: ADMIN, id, [name]: 1 } as never),
  list: ({ tokens }, _, name) => tokens.list({ actor: ADMIN, planId: '1001', [name]: 1 }),
  events: ({ tokens }, _, name) => tokens.events({ actor: ADMIN, planId: '1001', [name]: 1 }),
  edit: ({ tokens }, id, name) => tokens.edit({ actor: ADMIN, id, name: 'A', [name]: 1 }),
  refresh: ({ tokens }, id, name) => tokens.refresh({ actor: ADMIN, id, [name]: 1 } as never),
  previewRefresh: ({ tokens }, id, name) => tokens.previewRefresh({ actor: ADMIN, id, [name]: 1 } as never),
  revoke: ({ tokens }, id, name) => tokens.revoke({ actor: ADMIN, id, [name]: 1 } as never),
  sweep: ({ tokens }, _, name) => tokens.sweep({ olderThan: 0, [name]: 1 }),
  'explain by URL': ({ tokens }, id, name) =>
    tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/A', [name]: 1 }),
  'explain by route': ({ tokens }, id, name) => tokens.explain({ actor: ADMIN, id, route: ROUTE, [name]: 1 }),
  'explain with a parameter': ({ tokens }, id, name) =>
    tokens.explain({ actor: ADMIN, id, route: ROUTE, params: { file_key: 'A', [name]: 'x' } }),
  'explain with a wrong parameter': ({ tokens }, id, name) =>
    tokens.explain({ actor: ADMIN, id, route: ROUTE, params: { file_key: 'A', [name]: 1 } } as never),
}

/** What may be a secret, ours or another's, or anything of somebody. */
const NAMES = (secret: string): readonly string[] => [
  ...[secret, secret.slice(7), secret.slice(0, 20), `Bearer ${secret}`, `KEY=${secret}`],
  ...['hunter2', 'ada@example.com', 'correct-horse', 'a b', 'x'.repeat(25), 'ключ', '"', ''],
]

describe.each(Object.keys(CALLS))('%s', (call) => {
  const say = async (world: World, id: string, name: string): Promise<PlanTokenError> =>
    errorOf((CALLS[call] as (typeof CALLS)[string])(world, id, name))

  it('repeats no name that may be a secret', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const plain = await say(world, id, 'zzz')
    for (const name of NAMES(secret)) {
      const error = await say(world, id, name)
      expect(error.code).toBe('invalid_input')
      expect(error.issues.length).toBeGreaterThanOrEqual(plain.issues.length)
      const text = JSON.stringify([error.message, error.issues, error.cause])
      if (name.length > 1) expect(text).not.toContain(JSON.stringify(name).slice(1, -1))
      expect(text).not.toContain(secret.slice(7))
    }
  })
})

it('a plain word is named, with the one that was meant; of others the fields that there are', async () => {
  const { tokens, make } = newWorld()
  const { id } = await make()
  const issuesOf = async (name: string) => (await errorOf(tokens.get({ actor: ADMIN, id, [name]: 1 } as never))).issues
  expect(await issuesOf('actr')).toEqual([
    {
      path: 'actr',
      at: ['actr'],
      message: 'is not a field here. Did you mean "actor"?',
      code: 'field_meant',
      params: { meant: 'actor' },
    },
  ])
  expect(await issuesOf('__proto')).toEqual([
    { path: '__proto', at: ['__proto'], message: 'is not a field here.', code: 'field_unknown' },
  ])
  expect(await issuesOf('hunter2')).toEqual([
    {
      path: '',
      at: [],
      message: 'must hold no fields but actor, id.',
      code: 'fields_known',
      params: { known: ['actor', 'id'] },
    },
  ])
})

describe('the management API', () => {
  it('repeats no name of a body or a query that may be a secret', async () => {
    const w = await adminWorld()
    const { id } = w.ALL.token
    const name = `KEY-${'9'.repeat(38)}`
    const raw = encodeURIComponent(name)
    for (const answer of [
      await w.call(`POST /tokens/${id}/revoke`, { body: { [name]: 1 } }),
      await w.call('POST /plans/1001/tokens', { body: { [name]: 1 } }),
      await w.call(`PATCH /tokens/${id}`, { body: { [name]: 1 } }),
      await w.call('POST /links', { body: { text: 'x', [name]: 1 } }),
      await w.call('POST /explain', { body: { id, method: 'GET', url: '/v1/me', [name]: 1 } }),
      await w.call('POST /explain', { body: { id, route: ROUTE, params: { file_key: 'A', [name]: 'x' } } }),
      await w.call('POST /explain', { body: { id, route: ROUTE, params: { file_key: 'A', [name]: 1 } } }),
      await w.call(`GET /plans/1001/tokens?${raw}=1`),
      await w.call(`GET /plans/1001/tokens?${raw}=1&${raw}=1`),
      await w.call(`GET /plans/1001/events?${raw}=1`),
      await w.call(`GET /tokens/${id}?${raw}=1`),
      await w.call(`GET /openapi.json?${raw}=1`),
      await w.call(`POST /tokens/${id}/revoke?${raw}=1`, { body: {} }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input'])
      expect(answer.text).not.toContain('999')
      expect(answer.body.issues.length).toBeGreaterThan(0)
    }
  })
})
