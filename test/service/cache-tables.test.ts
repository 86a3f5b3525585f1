/**
 * How much a process remembers: unknown secrets and records, each in a table with an end, and which news
 * empties which.
 */
import type { TokenRecord } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN } from '../support/world.ts'
import { type Deployment, deployment, FRESH, type Process, unknownSecret, warmToken } from './support/processes.ts'

/** How many of these secrets the store is asked for. */
async function askedFor(process: Process, secrets: Iterable<string>, line?: string): Promise<number> {
  process.calls()
  for (const secret of secrets) await process.ask(secret, line)
  return process.calls().filter((call) => call === 'findByDigest').length
}

function* unknown(from: number, to: number): Generator<string> {
  for (let n = from; n < to; n++) yield unknownSecret(n)
}

describe('unknown secrets', () => {
  it('are remembered: the second time the store is not asked', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    expect(await askedFor(a, unknown(0, 1_000))).toBe(1_000)
    expect(await askedFor(a, unknown(0, 1_000))).toBe(0)
    expect(a.told.at(-1)).toMatchObject({ code: 'token_unknown' })
  })

  it('are remembered up to 10,000, the newest 5,000 for certain, and push no token out', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    expect(await askedFor(a, unknown(0, 10_000))).toBe(10_000)
    expect(await askedFor(a, unknown(0, 10_000))).toBe(0)
    expect(await askedFor(a, [unknownSecret(10_000)])).toBe(1)
    expect(await askedFor(a, [secret, ...unknown(5_001, 10_001)])).toBe(0)
    expect(await askedFor(a, unknown(0, 100))).toBe(100)
  })

  const NEWS: readonly [string, boolean, (d: Deployment, id: string, secret: string) => Promise<unknown>][] = [
    ['a token was created', true, ({ admin }) => admin.make()],
    ['a token was refreshed', true, ({ admin }, id) => admin.tokens.refresh({ actor: ADMIN, id })],
    ['a token was edited', false, ({ admin }, id) => admin.tokens.edit({ actor: ADMIN, id, name: 'Other' })],
    ['a token was revoked', false, ({ admin }, id) => admin.tokens.revoke({ actor: ADMIN, id })],
    ['an earlier secret was revoked', false, ({ admin }, _, secret) => admin.tokens.revokeSecret({ text: secret })],
  ]
  it.each(NEWS)('after the news that %s are all looked up again: %s', async (_, isEmptied, change) => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await d.admin.make()
    const { secret: next } = await d.done(d.admin.tokens.refresh({ actor: ADMIN, id }))
    expect(await a.ask(next)).toBe('allowed')
    // So many that some of them stand in the older half.
    await askedFor(a, unknown(0, 6_000))
    const changed = d.done(change(d, id, secret))
    await changed
    await d.clock.pass(FRESH)
    expect(await askedFor(a, unknown(0, 6_000))).toBe(isEmptied ? 6_000 : 0)
  })

  it('whose look-up fails are not taken for unknown', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    const { secret } = await d.admin.make()
    a.replace.findByDigest = () => Promise.reject(new Error('down'))
    expect(await a.ask(secret)).toBe('unavailable')
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('allowed')
  })
})

describe('records', () => {
  /** Every 1,024 characters weigh one: with what else stands in the record, this weighs a hundredth of all. */
  const HEAVY = 'x'.repeat(999 * 1_024) as never
  const FITTING = 100
  const LINE = 'GET /v1/files/FileA/comments'

  /** A process whose store gives each secret a token of its own that weighs a hundredth of what fits. */
  async function heavyWorld() {
    const d = deployment()
    const a = d.start()
    const { id } = await warmToken(d, a)
    const record = (await d.store.find(id)) as TokenRecord
    a.replace.findByDigest = async (digest) => ({
      ...{ ...record, id: digest, resources: HEAVY },
      secrets: [{ digest, issuedAt: 0, worksUntil: null }],
    })
    const asked = (secrets: Iterable<string>): Promise<number> => askedFor(a, secrets, LINE)
    return { d, a, asked }
  }

  it('are kept up to a weight of 100,000, by the length of what is kept', async () => {
    const { a, asked } = await heavyWorld()
    expect(await asked(unknown(0, FITTING))).toBe(FITTING)
    expect(a.told.at(-1)).toMatchObject({ code: 'scope_missing' })
    expect(await asked(unknown(0, FITTING))).toBe(0)
    expect(await asked(unknown(0, 3 * FITTING))).toBe(2 * FITTING)
    expect(await asked(unknown(0, 3 * FITTING))).toBeGreaterThanOrEqual(2 * FITTING)
  })

  it('give their place to those that are used after them, even if all were used', async () => {
    const { asked } = await heavyWorld()
    await asked(unknown(0, FITTING))
    expect(await asked(unknown(0, FITTING))).toBe(0)
    for (let i = 0; i < 3; i++) await asked(unknown(FITTING, 2 * FITTING))
    expect(await asked(unknown(FITTING, 2 * FITTING))).toBe(0)
  })

  it('that are used stay, whatever passes by', async () => {
    const { asked } = await heavyWorld()
    const used = [...unknown(0, 10)]
    expect(await asked(used)).toBe(10)
    let count = 0
    for (let n = 100; n < 600; n++) count += await asked([unknownSecret(n), ...used])
    expect(count).toBe(500)
  })

  it('that weigh more than fits are judged, and push nothing else out for long', async () => {
    const { d, a, asked } = await heavyWorld()
    const { id, secret } = await d.admin.make()
    const record = (await d.store.find(id)) as TokenRecord
    const resources = 'x'.repeat(100_001 * 1_024) as never
    a.replace.findByDigest = async () => ({ ...record, resources })
    expect(await a.ask(secret, LINE)).toBe('scope_missing')
    delete a.replace.findByDigest
    const made = await d.admin.make()
    await a.ask(made.secret, LINE)
    expect(await asked([made.secret])).toBe(0)
  })

  it('whose rows were edited by hand refuse their own token, and cost no other its place', async () => {
    const { d, a, asked } = await heavyWorld()
    const { id, secret } = await d.admin.make()
    const record = (await d.store.find(id)) as TokenRecord
    await asked(unknown(0, FITTING - 1))
    for (const broken of [
      { resources: null },
      { resources: 5 },
      { resources: undefined },
      { secrets: [null, ...record.secrets], scopes: 5 },
      { secrets: [...record.secrets, null], version: 'x' },
      { version: undefined, scopes: [] },
    ]) {
      a.replace.findByDigest = async () => ({ ...record, ...broken }) as never
      for (let i = 0; i < 3; i++) expect(await a.ask(secret), JSON.stringify(broken)).not.toBe('allowed')
    }
    expect(await asked(unknown(0, FITTING - 1))).toBe(0)
    // The news of it is taken in as any other: no proof fails by it.
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, name: 'Mended' })
    await d.done(edited)
    delete a.replace.findByDigest
    a.calls()
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events', 'findByDigest'])
    expect(await asked(unknown(0, FITTING - 1))).toBe(0)
  })

  it('whose rows were edited by hand make no room beyond the bound', async () => {
    const { d, a, asked } = await heavyWorld()
    const { id, secret } = await d.admin.make()
    const record = (await d.store.find(id)) as TokenRecord
    const heavy = a.replace.findByDigest!
    a.replace.findByDigest = async () => ({ ...record, secrets: [null, ...record.secrets], resources: HEAVY }) as never
    for (let i = 0; i < 400; i++) await a.ask(secret)
    a.replace.findByDigest = heavy
    await asked(unknown(0, 3 * FITTING))
    // Of three times as many as fit, some must have gone.
    expect(await asked(unknown(0, 3 * FITTING))).toBeGreaterThan(FITTING)
  })
})
