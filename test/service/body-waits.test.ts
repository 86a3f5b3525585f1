/**
 * A body that has to be waited for: the client decides how long that takes, so what has ended or changed by the time it is there
 * counts, in this process and in others, whatever is remembered; and nothing is looked up twice where nobody waited.
 */
import { describe, expect, it } from 'vitest'
import { ADMIN, newWorld } from '../support/world.ts'
import { deployment, FRESH, WAIT } from './support/processes.ts'
import { atRest, stateOf, steeredClock } from './support/steered-clock.ts'

const LINE = 'POST /v1/dev_resources'
const BODY = { dev_resources: [{ file_key: 'FileA' }] }
const WISH = { scopes: ['file_content:read', 'file_dev_resources:write'] } as const

/** A body that arrives when the test says so. */
function heldBack() {
  let arrive = (_: unknown): void => undefined
  let isAsked = false
  const arrival = new Promise((resolve) => {
    arrive = resolve
  })
  const body = (): Promise<unknown> => {
    isAsked = true
    return arrival
  }
  return { body, arrive: () => arrive(JSON.stringify(BODY)), isAsked: () => isAsked }
}

describe('a request whose body is still on its way', () => {
  it.each<[string, (world: ReturnType<typeof newWorld>, id: string, secret: string) => Promise<unknown>, string]>([
    ['the token is revoked', ({ tokens }, id) => tokens.revoke({ actor: ADMIN, id }), 'token_revoked'],
    ['its secret is reported', ({ tokens }, _, secret) => tokens.revokeSecret({ text: secret }), 'token_revoked'],
    [
      'its secret is retired',
      ({ tokens }, id) => tokens.refresh({ actor: ADMIN, id, retirePrevious: 'now' }),
      'secret_retired',
    ],
    [
      'the scope is taken away',
      ({ tokens }, id) => tokens.edit({ actor: ADMIN, id, scopes: ['file_content:read'] }),
      'scope_missing',
    ],
    [
      'the resource is taken away',
      ({ tokens }, id) => tokens.edit({ actor: ADMIN, id, resources: ['https://figma.com/design/FileB'] }),
      'resource_not_allowed',
    ],
    ['the token is swept', ({ store }) => sweptAway(store), 'token_unknown'],
    ['nothing happens', async () => undefined, 'allowed'],
  ])('is judged by the state when it has arrived: %s', async (_, change, code) => {
    const world = newWorld()
    const { id, secret } = await world.make(WISH)
    const held = heldBack()
    const asking = world.ask(secret, LINE, { body: held.body })
    await atRest()
    expect([held.isAsked(), await stateOf(asking)]).toEqual([true, 'waiting'])
    await change(world, id, secret)
    held.arrive()
    expect(await asking).toBe(code)
  })

  it('is refused as unavailable if the store fails by then', async () => {
    let isDown = false
    const world = newWorld({
      port: (store) => ({
        ...store,
        findByDigest: (digest: string) => (isDown ? Promise.reject(new Error('down')) : store.findByDigest(digest)),
      }),
    })
    const { secret } = await world.make(WISH)
    const held = heldBack()
    const asking = world.ask(secret, LINE, { body: held.body })
    await atRest()
    isDown = true
    held.arrive()
    expect(await asking).toBe('unavailable')
  })

  it('is refused once a revoke has resolved in another process, though this one answers from memory', async () => {
    const { admin, start, clock, done } = deployment()
    const server = start({ freshnessMs: FRESH })
    const { id, secret } = await admin.make(WISH)
    expect(await done(server.ask(secret, LINE, { body: BODY }))).toBe('allowed')
    await clock.pass(1)
    expect(await done(server.ask(secret, LINE, { body: BODY }))).toBe('allowed')
    expect(server.told.at(-1)).toMatchObject({ source: 'cache' })
    const held = heldBack()
    const asking = server.ask(secret, LINE, { body: held.body })
    await atRest()
    const revoking = admin.tokens.revoke({ actor: ADMIN, id })
    await clock.pass(WAIT)
    expect(await stateOf(revoking)).toBe('resolved')
    expect([held.isAsked(), await stateOf(asking)]).toEqual([true, 'waiting'])
    held.arrive()
    expect(await done(asking)).toBe('token_revoked')
  })

  it('is explained by the state when it has arrived, too', async () => {
    const world = newWorld()
    const { id, secret } = await world.make(WISH)
    const held = heldBack()
    const headers = { 'x-figma-token': secret, 'content-type': 'application/json' }
    const explaining = world.tokens.explain({ method: 'POST', url: '/v1/dev_resources', headers, body: held.body })
    await atRest()
    await world.tokens.revoke({ actor: ADMIN, id })
    held.arrive()
    const { decision, rules } = await explaining
    expect(decision).toMatchObject({ allowed: false, code: 'token_revoked' })
    expect(rules.find(({ rule }) => rule === 'known')).toMatchObject({ ok: true })
    expect(rules.find(({ rule }) => rule === 'alive')).toMatchObject({ ok: false, code: 'token_revoked' })
  })
})

describe('a body that takes its time', () => {
  const REQUEST = { method: 'POST', url: '/v1/dev_resources' } as const

  it.each([
    [undefined, 30_000],
    [500, 500],
    [600_000, 600_000],
  ])('may take longer than the store: with bodyTimeoutMs %s for %s ms', async (given, limit) => {
    const clock = steeredClock()
    const world = newWorld({ clock, timeoutMs: 100, ...(given !== undefined && { bodyTimeoutMs: given }) })
    const { secret } = await world.make(WISH)
    const headers = { 'x-figma-token': secret, 'content-type': 'application/json' }
    const ask = async (call: 'authorize' | 'explain', arrives: boolean) => {
      const held = heldBack()
      const asking = world.tokens[call]({ ...REQUEST, headers, body: held.body })
      await clock.pass(limit * 0.99)
      expect([held.isAsked(), await stateOf(asking)]).toEqual([true, 'waiting'])
      if (arrives) held.arrive()
      else await clock.pass(limit)
      const answer = await asking
      return 'rules' in answer ? answer.decision : answer
    }
    for (const call of ['authorize', 'explain'] as const) {
      expect(await ask(call, true), call).toMatchObject({ allowed: true })
      expect(await ask(call, false), call).toMatchObject({ code: 'request_malformed', reason: 'body_too_slow' })
    }
  })
})

describe('the store', () => {
  it.each<[string, () => unknown, number]>([
    ['a value', () => BODY, 1],
    ['text', () => JSON.stringify(BODY), 1],
    ['a function that has it at once', () => () => BODY, 1],
    ['a function that has to wait', () => async () => BODY, 2],
  ])('is asked once, and once more after a wait: %s', async (_, body, times) => {
    let asked = 0
    const world = newWorld({
      port: (store) => ({
        ...store,
        findByDigest: (digest: string) => {
          asked += 1
          return store.findByDigest(digest)
        },
      }),
    })
    const { secret } = await world.make(WISH)
    asked = 0
    expect(await world.ask(secret, LINE, { body: body() })).toBe('allowed')
    expect(asked).toBe(times)
  })

  it('is not asked for a secret where the question is about a token by its id', async () => {
    const world = newWorld()
    const { id } = await world.make(WISH)
    const question = { actor: ADMIN, id, method: 'POST', url: '/v1/dev_resources', body: BODY } as const
    expect((await world.tokens.explain(question)).decision).toMatchObject({ allowed: true })
    expect((await world.tokens.explain({ ...question, body: JSON.stringify(BODY) })).decision.allowed).toBe(true)
  })
})

/** Makes the store forget every record. */
async function sweptAway(store: object): Promise<void> {
  Object.assign(store, { findByDigest: async () => undefined, peekByDigest: undefined })
}
