/**
 * A store that somebody has to mend: what it says reaches whoever runs the server, by `onDecision` and by the error of a
 * management call, and no client; whatever else a store throws is told by its kind alone.
 */
import { inspect } from 'node:util'
import { PlanTokenError, StoreError, type StoreProblem } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, errorOf, TOKEN } from '../support/world.ts'
import { deployment, FRESH, never, type Process, warmToken } from './support/processes.ts'

const MESSAGE = 'The table "plan_tokens" does not exist. Run the migrations (docs/stores.md).'
const PROBLEMS: readonly StoreProblem[] = [
  ...(['store_not_migrated', 'store_newer', 'store_forbidden', 'store_unsuitable', 'row_unreadable'] as const),
]
const QUERY = 'select * from tokens where digest = abc'
const FILE = 'GET /v1/files/FileA'

/** Breaks methods of a process's store. */
function breakDown({ replace }: Process, error: unknown, ...methods: readonly (keyof Process['replace'])[]): void {
  for (const method of methods) replace[method] = () => Promise.reject(error)
}

describe('the error of a decision', () => {
  it.each([0, FRESH])(
    'that is unavailable says what the store says must be done, with freshnessMs %i',
    async (freshnessMs) => {
      for (const code of PROBLEMS) {
        const d = deployment()
        const a = d.start({ freshnessMs })
        const { secret } = await d.admin.make()
        breakDown(a, new StoreError(code, MESSAGE), 'findByDigest', 'bound')
        const decision = await a.tokens.authorize(requestWith(secret, FILE))
        expect(decision).toMatchObject({ allowed: false, code: 'unavailable', status: 503 })
        const { error } = a.told.at(-1)!
        expect(error).toBeInstanceOf(PlanTokenError)
        expect(error).toMatchObject({ code: 'unavailable', status: 503, message: MESSAGE })
        expect(error?.cause).toEqual({ name: 'StoreError', code, method: 'store.findByDigest' })
        // The client is told nothing of it.
        if (decision.allowed) throw new Error('It was allowed.')
        expect(`${inspect(decision)} ${await decision.response().text()}`).not.toContain('plan_tokens')
      }
    },
  )

  it.each<[string, unknown, object]>([
    ['a driver', Object.assign(new Error(QUERY), { code: 'ECONNRESET' }), { name: 'Error', code: 'ECONNRESET' }],
    ['a driver that quotes', Object.assign(new Error('x'), { code: QUERY, name: QUERY }), { name: 'Error' }],
    ['text', QUERY, { name: 'string' }],
    ['nothing', undefined, { name: 'undefined' }],
    [
      'what looks like a StoreError',
      { name: 'StoreError', message: QUERY, code: 'store_newer' },
      { name: 'StoreError', code: 'store_newer' },
    ],
  ])('that %s throws is told by its kind, and without any text', async (_, thrown, cause) => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    breakDown(a, thrown, 'findByDigest', 'events')
    expect(await a.ask(secret)).toBe('unavailable')
    const { error } = a.told.at(-1)!
    expect(error).toBeInstanceOf(PlanTokenError)
    expect(error?.cause).toEqual({ ...cause, method: 'store.findByDigest' })
    expect(error?.message).toBe('The store or the directory did not answer.')
    expect(inspect(a.told, { depth: 9, showHidden: true })).not.toMatch(/select|digest = /)
  })

  it('is there when a record cannot even be shown', async () => {
    const d = deployment()
    const a = d.start({ freshnessMs: 0 })
    const { secret } = await d.admin.make()
    a.replace.findByDigest = async (digest) =>
      Object.defineProperty({ ...(await d.store.findByDigest(digest)) }, 'description', {
        get: () => {
          throw new Error(QUERY)
        },
      })
    expect(await a.ask(secret)).toBe('unavailable')
    expect(a.told.at(-1)?.error).toMatchObject({ code: 'unavailable', cause: { name: 'Error' } })
  })

  it('is there when a store does not answer in time, and when the directory answers out of shape', async () => {
    const d = deployment()
    const a = d.start({ freshnessMs: 0, timeoutMs: 100 })
    const { secret } = await d.admin.make()
    a.replace.findByDigest = never
    expect(await d.done(a.ask(secret))).toBe('unavailable')
    const late = { name: 'TimeoutError', code: 'TIMEOUT', method: 'store.findByDigest' }
    expect(a.told.at(-1)?.error?.cause).toEqual(late)
    delete a.replace.findByDigest
    d.directory.locate = () => ({ planId: 5 }) as never
    expect(await a.ask(secret)).toBe('unavailable')
    expect(a.told.at(-1)?.error).toMatchObject({ code: 'unavailable', cause: { code: 'directory_unreadable' } })
  })

  it('is absent for every other decision', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await warmToken(d, a)
    await d.done(a.tokens.revoke({ actor: ADMIN, id }))
    for (const each of [secret, 'x', (await d.admin.make()).secret]) await a.ask(each)
    expect(a.told.map(({ code }) => code)).toEqual([undefined, 'token_revoked', 'token_malformed', undefined])
    for (const info of a.told) expect(info).not.toHaveProperty('error')
  })
})

describe('a management call', () => {
  const LINK = ['https://figma.com/design/FileA']
  const CALLS: { readonly [call: string]: (a: Process, id: string, secret: string) => Promise<unknown> } = {
    create: ({ tokens }) => tokens.create(TOKEN),
    'create with a key': ({ tokens }) => tokens.create({ ...TOKEN, idempotencyKey: 'key' }),
    get: ({ tokens }, id) => tokens.get({ actor: ADMIN, id }),
    list: ({ tokens }) => tokens.list({ actor: ADMIN, planId: '1001' }),
    events: ({ tokens }) => tokens.events({ actor: ADMIN, planId: '1001' }),
    edit: ({ tokens }, id) => tokens.edit({ actor: ADMIN, id, resources: LINK }),
    refresh: ({ tokens }, id) => tokens.refresh({ actor: ADMIN, id }),
    previewRefresh: ({ tokens }, id) => tokens.previewRefresh({ actor: ADMIN, id }),
    revoke: ({ tokens }, id) => tokens.revoke({ actor: ADMIN, id }),
    revokeSecret: ({ tokens }, _, secret) => tokens.revokeSecret({ text: secret }),
    inspect: ({ tokens }, _, secret) => tokens.inspect({ secret }),
    explain: ({ tokens }, id) => tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' }),
    sweep: ({ tokens }) => tokens.sweep({ olderThan: 0 }),
  }

  it.each(Object.entries(CALLS))('of such a store is unavailable, with its message and code: %s', async (_, call) => {
    const d = deployment()
    const a = d.start({ freshnessMs: 0 })
    const { id, secret } = await d.admin.make()
    const error = new StoreError('store_not_migrated', MESSAGE)
    breakDown(a, error, 'findByDigest', 'find', 'list', 'commit', 'events', 'bound', 'sweep')
    const thrown = await errorOf(d.done(call(a, id, secret)))
    expect([thrown.code, thrown.status, thrown.message]).toEqual(['unavailable', 503, MESSAGE])
    expect(thrown.cause).toMatchObject({ name: 'StoreError', code: 'store_not_migrated' })
    expect(thrown.issues).toEqual([])
  })

  it('whose bound alone cannot be read says that its change is written, and keeps the code', async () => {
    const d = deployment()
    const a = d.start({ freshnessMs: 0 })
    const { id, secret } = await d.admin.make()
    breakDown(a, new StoreError('store_forbidden', MESSAGE), 'bound')
    const thrown = await errorOf(d.done(a.tokens.revoke({ actor: ADMIN, id })))
    expect(thrown.message).toMatch(/written/)
    expect(thrown.cause).toEqual({ name: 'StoreError', code: 'store_forbidden', method: 'store.bound' })
    expect(await a.ask(secret)).toBe('token_revoked')
  })

  it('of one row that cannot be read refuses that token, and no other', async () => {
    const d = deployment()
    const a = d.start()
    const [broken, whole] = [await d.admin.make(), await d.admin.make()]
    const digest = (await d.store.find(broken.id))!.secrets[0]!.digest
    const message = `The row of the token ${broken.id} cannot be read: its field "scopes" is no JSON.`
    a.replace.findByDigest = (asked) =>
      asked === digest ? Promise.reject(new StoreError('row_unreadable', message)) : d.store.findByDigest(asked)
    expect([await a.ask(broken.secret), await a.ask(whole.secret)]).toEqual(['unavailable', 'allowed'])
    expect(a.told.map(({ error }) => error?.message)).toEqual([message, undefined])
  })
})
