/** A directory that answers out of shape is `unavailable`, and says which method and field: for each call that asks it. */
import { type Directory, DirectoryError, type ErrorInfo, PlanTokenError } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, newWorld, TOKEN, type Wish } from '../support/world.ts'

const FILE = 'GET /v1/files/FileA'
const LINKS = { resources: ['https://figma.com/files/1001/project/123'] }

/** A world with a token, whose directory then answers otherwise, and what its host was told. */
async function worldWith(change: { readonly [M in keyof Directory]?: unknown }, wish: Wish = {}) {
  const errors: [unknown, ErrorInfo][] = []
  const world = newWorld({ onError: (error, info) => errors.push([error, info]) })
  const made = await world.make(wish)
  Object.assign(world.directory, change)
  return { ...world, ...made, errors }
}

/** Directories over numbers, as a host with `serial` ids writes them first. */
const WRONG: readonly [string, { readonly [M in keyof Directory]?: unknown }, string, string][] = [
  ['plan() gives { id: 1 }', { plan: () => ({ id: 1, tier: 'organization' }) }, 'plan', 'a number as id'],
  ['plan() gives rows', { plan: async () => [{ id: '1001' }] }, 'plan', 'a list'],
  ['plan() gives a plan without a tier', { plan: () => ({ id: '1001' }) }, 'plan', 'nothing as tier'],
  [
    'plan() gives suspended as a number',
    { plan: async () => ({ id: '1001', tier: 'organization', suspended: 0 }) },
    'plan',
    'a number as suspended',
  ],
  ['locate() gives { planId: 1 }', { locate: () => ({ planId: 1, ancestors: [] }) }, 'locate', 'a number as planId'],
  [
    'locate() gives an ancestor with a number',
    { locate: async () => ({ planId: '1001', ancestors: [{ kind: 'project', id: 123 }] }) },
    'locate',
    'a number as ancestors[0].id',
  ],
]

describe.each(WRONG)('where %s', (_, change, method, said) => {
  const expected = {
    code: 'unavailable',
    cause: { name: 'DirectoryError', code: 'directory_unreadable', method: `directory.${method}` },
  }

  it('create says what came and what was expected', async () => {
    const { tokens, errors } = await worldWith(change)
    const error = await errorOf(tokens.create({ ...TOKEN, ...LINKS }))
    expect(error).toMatchObject(expected)
    expect(error.message).toContain(`directory.${method}() gave ${said}, where`)
    expect(errors[0]).toEqual([expect.any(DirectoryError), { method: `directory.${method}` }])
  })

  it('a request is refused, and the host is told', async () => {
    const { tokens, secret, errors } = await worldWith(change)
    const decision = await tokens.authorize(requestWith(secret, FILE))
    expect(decision).toMatchObject({ allowed: false, code: 'unavailable' })
    expect(errors).toEqual([
      [expect.objectContaining({ message: expect.stringContaining(said) }), { method: `directory.${method}` }],
    ])
    const { decision: explained } = await tokens.explain(requestWith(secret, FILE))
    expect(explained).toMatchObject({ allowed: false, code: 'unavailable' })
  })

  it('so is it with answers that may be used again, and none of them is kept', async () => {
    const errors: unknown[] = []
    const world = newWorld({ directoryMaxAgeMs: 60_000, onError: (error) => errors.push(error) })
    const { secret } = await world.make()
    const right = { plan: world.directory.plan, locate: world.directory.locate }
    Object.assign(world.directory, change)
    expect(await world.ask(secret)).toBe('unavailable')
    Object.assign(world.directory, right)
    expect(await world.ask(secret)).toBe('allowed')
    expect(errors).toHaveLength(1)
  })
})

it('refreshing, editing and inspecting ask plan(), and say so', async () => {
  const { tokens, id, secret } = await worldWith({ plan: () => ({ id: 1001, tier: 'organization' }) })
  for (const call of [
    () => tokens.refresh({ actor: ADMIN, id }),
    () => tokens.edit({ actor: ADMIN, id, name: 'Other' }),
    () => tokens.previewRefresh({ actor: ADMIN, id }),
    () => tokens.inspect({ secret }),
  ])
    expect(await errorOf(call())).toMatchObject({ code: 'unavailable', cause: { method: 'directory.plan' } })
})

it('of several resources of a request, one that cannot be read is enough', async () => {
  const scopes = ['file_dev_resources:write'] as const
  const { ask, secret, directory } = await worldWith({}, { scopes })
  const { locate } = directory
  Object.assign(directory, {
    locate: (ref: Parameters<typeof locate>[0]) => (ref.id === 'FileB' ? { planId: 1001, ancestors: [] } : locate(ref)),
  })
  const body = { dev_resources: [{ file_key: 'FileA' }, { file_key: 'FileB' }] }
  expect(await ask(secret, 'POST /v1/dev_resources', { body })).toBe('unavailable')
})

it('suspended: null is not suspended', async () => {
  const plan = () => ({ id: '1001', tier: 'organization', suspended: null })
  const { ask, secret, tokens } = await worldWith({ plan })
  expect(await ask(secret)).toBe('allowed')
  expect((await tokens.create(TOKEN)).token.status).toBe('active')
})

it.each([1, 'true', {}, [{ admin: true }]])(
  'isPlanAdmin() of %j lets nobody in, and the host is told why',
  async (answer) => {
    const { tokens, id, errors } = await worldWith({ isPlanAdmin: async () => answer })
    expect(await codeOf(tokens.create(TOKEN))).toBe('not_plan_admin')
    expect(await codeOf(tokens.get({ actor: ADMIN, id }))).toBe('token_not_found')
    expect(errors.map(([error, info]) => [(error as Error).message, info.method])).toEqual(
      Array(2).fill([
        expect.stringMatching(/^directory\.isPlanAdmin\(\) gave .*, where true or false was expected\.$/),
        'directory.isPlanAdmin',
      ]),
    )
  },
)

it('no message holds what came', async () => {
  const value = 'a value of the directory'
  for (const change of [
    { plan: () => value },
    { plan: () => ({ id: '1001', tier: 'organization', suspended: value }) },
    { locate: () => ({ planId: '1001', ancestors: [value] }) },
    { locate: () => ({ planId: '1001', ancestors: value }) },
  ]) {
    const { tokens } = await worldWith(change)
    const error = await errorOf(tokens.create({ ...TOKEN, ...LINKS }))
    expect(error).toBeInstanceOf(PlanTokenError)
    expect(error.message).not.toContain(value)
  }
})
