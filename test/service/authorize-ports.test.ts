/** `authorize` and what the ports answer: whatever a store or a directory gives that is not proof lets nothing through. */
import type { TokenRecord } from 'plan-access-tokens'
import { expectAllowed, requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, newWorld } from '../support/world.ts'

const FILE = 'GET /v1/files/FileA'

describe('what a store gives', () => {
  /** What is said when the store gives this for a digest. */
  async function saidOf(change: (record: TokenRecord) => unknown): Promise<string> {
    const world = newWorld({
      port: (store) => ({
        ...store,
        findByDigest: async (digest) => change((await store.findByDigest(digest))!) as TokenRecord,
      }),
    })
    const { secret } = await world.make()
    return world.ask(secret)
  }
  const bare = (record: TokenRecord): Record<string, unknown> => JSON.parse(JSON.stringify(record))

  it.each([
    ['nothing', () => null, 'token_unknown'],
    ['false', () => false, 'token_unknown'],
    ['text', () => 'revoked', 'token_unknown'],
    ['a number', () => 0, 'token_unknown'],
    ['a list', (record: TokenRecord) => [record], 'token_unknown'],
    [
      'a record of another digest',
      (record: TokenRecord) => ({ ...record, secrets: [{ ...record.secrets[0], digest: 'x' }] }),
      'token_unknown',
    ],
    ['a record without secrets', (record: TokenRecord) => ({ ...record, secrets: [] }), 'token_unknown'],
    ['secrets that are no list', (record: TokenRecord) => ({ ...record, secrets: 'all' }), 'token_unknown'],
    ['secrets that are nothing', (record: TokenRecord) => ({ ...record, secrets: [null, 5] }), 'token_unknown'],
    ['a plain copy', bare, 'allowed'],
    [
      'an expiry in text',
      (record: TokenRecord) => ({ ...record, expiresAt: String(record.expiresAt) }),
      'token_expired',
    ],
    [
      'an expiry as a Date',
      (record: TokenRecord) => ({ ...record, expiresAt: new Date(record.expiresAt) }),
      'token_expired',
    ],
    [
      'an endless expiry',
      (record: TokenRecord) => ({ ...record, expiresAt: Number.POSITIVE_INFINITY }),
      'token_expired',
    ],
    ['no expiry', (record: TokenRecord) => ({ ...record, expiresAt: undefined }), 'token_expired'],
    ['a revocation at 0', (record: TokenRecord) => ({ ...record, revokedAt: 0 }), 'token_revoked'],
    ['a revocation that is lost', (record: TokenRecord) => ({ ...record, revokedAt: undefined }), 'token_revoked'],
    [
      'a deadline in text',
      (record: TokenRecord) => ({ ...record, secrets: [{ ...record.secrets[0], worksUntil: '9999999999999' }] }),
      'secret_retired',
    ],
    [
      'a deadline that is lost',
      (record: TokenRecord) => ({ ...record, secrets: [{ ...record.secrets[0], worksUntil: undefined }] }),
      'secret_retired',
    ],
    [
      'an earlier secret whose deadline is lost',
      (record: TokenRecord) => ({
        ...record,
        secrets: [...record.secrets, { digest: 'x', issuedAt: 0, worksUntil: null }],
      }),
      'secret_retired',
    ],
    ['another type', (record: TokenRecord) => ({ ...record, type: 'npm' }), 'token_wrong_type'],
    ['no type', (record: TokenRecord) => ({ ...record, type: undefined }), 'token_wrong_type'],
    ['scopes in text', (record: TokenRecord) => ({ ...record, scopes: 'file_content:read' }), 'scope_missing'],
    [
      'scopes of another kind',
      (record: TokenRecord) => ({ ...record, scopes: ['file_content:read', 5] }),
      'scope_missing',
    ],
    ['no scopes', (record: TokenRecord) => ({ ...record, scopes: undefined }), 'scope_missing'],
    ['an empty allowlist', (record: TokenRecord) => ({ ...record, resources: [] }), 'resource_not_allowed'],
    ['no allowlist', (record: TokenRecord) => ({ ...record, resources: undefined }), 'resource_not_allowed'],
    [
      'an allowlist that is not quite all',
      (record: TokenRecord) => ({ ...record, resources: ['all'] }),
      'resource_not_allowed',
    ],
    [
      'an allowlist of the plan',
      (record: TokenRecord) => ({ ...record, resources: [{ kind: 'plan', id: '1001' }] }),
      'resource_not_allowed',
    ],
    [
      'an allowlist with an entry that is nothing',
      (record: TokenRecord) => ({ ...record, resources: [null, { kind: 'file', id: 'FileA' }] }),
      'resource_not_allowed',
    ],
    [
      'a secret beside one that is nothing',
      (record: TokenRecord) => ({ ...record, secrets: [null, ...record.secrets] }),
      'allowed',
    ],
    [
      'a field that cannot be read',
      (record: TokenRecord) =>
        Object.defineProperty({ ...record }, 'description', {
          get() {
            throw new Error('lost connection')
          },
        }),
      'unavailable',
    ],
    ['another plan', (record: TokenRecord) => ({ ...record, planId: '2002' }), 'resource_not_in_plan'],
    ['no plan', (record: TokenRecord) => ({ ...record, planId: undefined }), 'plan_not_eligible'],
  ])('is judged by the strict rule: %s', async (_, change, code) => {
    expect(await saidOf(change as (record: TokenRecord) => unknown)).toBe(code)
  })

  it('and changes later is judged by its present content', async () => {
    const kept = new Map<string, Record<string, unknown>>()
    const world = newWorld({
      port: (store) => ({
        ...store,
        async findByDigest(digest) {
          const record = kept.get(digest) ?? bare((await store.findByDigest(digest))!)
          kept.set(digest, record)
          return record as never
        },
      }),
    })
    const { secret } = await world.make()
    expect(await world.ask(secret)).toBe('allowed')
    const [record] = [...kept.values()] as [{ resources: unknown; scopes: string[]; name: string; revokedAt: unknown }]
    record.name = 'Other'
    expect(expectAllowed(await world.tokens.authorize(requestWith(secret, FILE))).token.name).toBe('Other')
    record.resources = [{ kind: 'file', id: 'FileB' }]
    expect(await world.ask(secret)).toBe('resource_not_allowed')
    ;(record.resources as { id: string }[])[0]!.id = 'FileA'
    expect(await world.ask(secret)).toBe('allowed')
    record.scopes[0] = 'files:raed'
    expect(await world.ask(secret)).toBe('scope_missing')
    record.revokedAt = 5
    expect(await world.ask(secret)).toBe('token_revoked')
  })

  it('and is frozen only at its surface is judged by what lies below, as it is now', async () => {
    const scopes = ['file_content:read']
    const list = [{ kind: 'file', id: 'FileA', link: '' }]
    let answer: TokenRecord | undefined
    const world = newWorld({
      port: (store) => ({
        ...store,
        async findByDigest(digest) {
          answer ??= Object.freeze({ ...(await store.findByDigest(digest))!, scopes, resources: Object.freeze(list) })
          return answer
        },
      }),
    })
    const { secret } = await world.make()
    expect(await world.ask(secret)).toBe('allowed')
    list[0]!.id = 'FileB'
    expect(await world.ask(secret)).toBe('resource_not_allowed')
    scopes.length = 0
    expect(await world.ask(secret)).toBe('scope_missing')
  })

  it('is taken from a driver that answers at once as well', async () => {
    const world = newWorld()
    const { secret } = await world.make()
    const record = (await world.store.list({ planId: '1001', order: 'newest', now: 0, limit: 1 }))[0]!
    const { ask } = newWorld({ port: (store) => ({ ...store, findByDigest: (() => record) as never }) })
    expect(await ask(secret)).toBe('allowed')
  })
})

describe('what a directory gives', () => {
  it.each([
    ['nothing', undefined, 'resource_not_in_plan'],
    ['null', null, 'resource_not_in_plan'],
    ['true', true, 'unavailable'],
    ['text', '1001', 'unavailable'],
    ['no plan', { ancestors: [] }, 'unavailable'],
    ['an empty plan', { planId: '', ancestors: [] }, 'unavailable'],
    ['no ancestors', { planId: '1001' }, 'unavailable'],
    ['ancestors that are none', { planId: '1001', ancestors: ['project:123'] }, 'unavailable'],
    ['another plan', { planId: '2002', ancestors: [] }, 'resource_not_in_plan'],
    ['a place', { planId: '1001', ancestors: [] }, 'allowed'],
  ])('for a resource lets nothing through that it does not prove: %s', async (_, place, code) => {
    for (const answer of [place, Promise.resolve(place)]) {
      const { make, ask, directory } = newWorld()
      const { secret } = await make({ scopes: ['file_content:read', 'file_dev_resources:write'] })
      directory.locate = () => answer as never
      expect(await ask(secret)).toBe(code)
      const body = { dev_resources: [{ file_key: 'FileA' }, { file_key: 'FileB' }] }
      expect(await ask(secret, 'POST /v1/dev_resources', { body })).toBe(code)
    }
  })

  it('is asked anew at each request: tiers, suspension, moves', async () => {
    const { make, ask, directory } = newWorld()
    const { secret } = await make({ resources: ['https://figma.com/files/1001/project/123'] })
    directory.move('file:FileA', 'project:124')
    expect(await ask(secret)).toBe('resource_not_allowed')
    directory.move('file:FileA', 'project:923')
    expect(await ask(secret)).toBe('resource_not_in_plan')
    directory.move('file:FileA', 'project:123')
    directory.setPlan('1001', { suspended: true })
    expect(await ask(secret)).toBe('plan_not_eligible')
    directory.setPlan('1001', { suspended: false })
    expect(await ask(secret)).toBe('allowed')
  })

  it('is never asked for the plan itself, which is judged by its id', async () => {
    const { make, ask, directory } = newWorld()
    const { secret } = await make({ scopes: ['webhooks:read'] })
    const { secret: limited } = await make({
      scopes: ['webhooks:read'],
      resources: ['https://figma.com/files/team/456'],
    })
    directory.locate = ({ kind }) => {
      if (kind === 'plan') throw new Error('asked')
      return { planId: '1001', ancestors: [] }
    }
    const line = (query: string): string => `GET /v2/webhooks?${query}`
    expect(await ask(secret, line('plan_api_id=organization-1001'))).toBe('allowed')
    expect(await ask(secret, line('plan_api_id=organization-2002'))).toBe('resource_not_in_plan')
    expect(await ask(limited, line('plan_api_id=organization-1001'))).toBe('resource_not_allowed')
    const both = 'context=team&context_id=456&plan_api_id=organization'
    expect(await ask(secret, line(`${both}-1001`))).toBe('allowed')
    expect(await ask(secret, line(`${both}-2002`))).toBe('resource_not_in_plan')
    expect(await ask(limited, line(`${both}-1001`))).toBe('resource_not_allowed')
  })

  it('is judged with a token that ends while it answers', async () => {
    const { make, ask, directory, clock, tokens } = newWorld()
    const { id, secret } = await make()
    await tokens.refresh({ actor: ADMIN, id })
    const { locate } = directory
    directory.locate = (async (ref: Parameters<typeof locate>[0]) => {
      clock.advance(DAY)
      return locate(ref)
    }) as never
    expect(await ask(secret)).toBe('secret_retired')
  })

  it('is judged by the time after each wait, not only after the first', async () => {
    for (const waits of ['findByDigest', 'plan', 'locate'] as const) {
      const { make, ask, clock, directory } = newWorld({
        port: (store) => ({
          ...store,
          findByDigest: async (digest) => {
            if (waits === 'findByDigest') clock.advance(DAY)
            return store.findByDigest(digest)
          },
        }),
      })
      const { secret } = await make({ lifetimeDays: 1 })
      const { plan, locate } = directory
      directory.plan = (async (id: string) => {
        if (waits === 'plan') clock.advance(DAY)
        return plan(id)
      }) as never
      directory.locate = (async (ref: Parameters<typeof locate>[0]) => {
        if (waits === 'locate') clock.advance(DAY)
        return locate(ref)
      }) as never
      expect(await ask(secret), waits).toBe('token_expired')
    }
  })
})
