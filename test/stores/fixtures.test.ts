/**
 * What earlier code has written is read by today's: real stores that hold the files of test/stores/fixtures, record by record and
 * event by event, and an engine that goes on from there. Fields that came later may be there as well.
 */
import type { TokenRecord } from 'plan-access-tokens'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FOLDERS, textOfFile, writtenIn } from './fixtures/folders.ts'
import { answerOf, engineAt, REPEATABLE, type Written } from './fixtures/history.ts'
import { KINDS, type Opened } from './fixtures/stores.ts'

/** The last version of each record. */
const recordsOf = ({ commits }: Written): readonly TokenRecord[] => [
  ...new Map(commits.map(({ record }) => [record.id, record])).values(),
]
const eventsOf = ({ commits }: Written) => commits.map(({ event }, i) => ({ ...event, seq: i + 1 }))
const newestFirst = (a: TokenRecord, b: TokenRecord): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)
const byId = (a: TokenRecord, b: TokenRecord): number => (a.id < b.id ? -1 : 1)

// Each server once, for all folders.
const present = KINDS.filter(({ missing }) => missing === undefined)
beforeAll(() => Promise.all(present.map((kind) => kind.start())), 120_000)
afterAll(() => Promise.all(present.map((kind) => kind.stop())))

describe.each(FOLDERS)('the fixtures %s', (folder) => {
  const written = writtenIn(folder)

  it('hold every event, and tokens in every state', () => {
    const types = new Set(written.commits.map(({ event }) => event.type))
    const always = ['created', 'edited', 'refreshed', 'revoked', 'secret_revoked']
    expect([...types]).toEqual(expect.arrayContaining(always))
    if (folder === FOLDERS.at(-1))
      expect([...types].toSorted()).toEqual([...always, 'adopted', 'leak_reported', 'moved', 'moving'].toSorted())
    const answers = new Set(written.answers.map(({ answer }) => answer))
    expect([...answers].toSorted()).toEqual(['allowed', 'secret_retired', 'token_expired', 'token_revoked'])
    const records = recordsOf(written)
    expect(new Set(records.map(({ type }) => type))).toEqual(new Set(['rest', 'npm']))
    expect(records.some(({ resources }) => resources === 'all')).toBe(true)
    expect(records.some(({ resources }) => resources.length === 2)).toBe(true)
    expect(records.some(({ secrets }) => secrets.length === 2)).toBe(true)
    expect(records.some(({ idempotency }) => idempotency.length === 2)).toBe(true)
  })

  describe.each(KINDS)('in $name', (kind) => {
    const { missing } = kind
    describe.skipIf(missing !== undefined)(missing ? `skipped without it: ${missing})` : 'of today', () => {
      let opened: Opened
      beforeAll(async () => {
        opened = await kind.load(textOfFile(folder, kind), written)
      })
      afterAll(async () => {
        await opened?.close()
      })

      it('are read record by record, by id and by each digest', async () => {
        const { store } = opened
        for (const record of recordsOf(written)) {
          expect(await store.find(record.id)).toMatchObject(record)
          for (const { digest } of record.secrets) expect(await store.findByDigest(digest)).toMatchObject(record)
        }
      })

      it.each(['1001', '2002'])('are listed for plan %s, in both orders', async (planId) => {
        const { store } = opened
        const records = recordsOf(written).filter((record) => record.planId === planId)
        const pageOf = (order: 'newest' | 'expiry') => store.list({ planId, order, now: written.now, limit: 50 })
        expect(await pageOf('newest')).toMatchObject(records.toSorted(newestFirst))
        expect((await pageOf('expiry')).toSorted(byId)).toMatchObject(records.toSorted(byId))
      })

      it('are read event by event: all, of each plan, of each token', async () => {
        const { store } = opened
        const events = eventsOf(written)
        expect(await store.events({ limit: 50 })).toMatchObject(events)
        for (const field of ['planId', 'tokenId'] as const)
          for (const value of new Set(events.map((event) => event[field]))) {
            const some = events.filter((event) => event[field] === value)
            expect(await store.events({ [field]: value, limit: 50 })).toMatchObject(some)
          }
      })

      it('keep the last uses and the freshness bound', async () => {
        const { store } = opened
        const uses = await store.lastUse!(recordsOf(written).map(({ id }) => id))
        expect(uses.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))).toEqual(written.uses)
        expect(await store.bound!(0)).toBe(written.boundMs)
      })

      it('let through and refuse the secrets that they let through and refused', async () => {
        const engine = engineAt(opened.store, written.now)
        for (const one of written.answers) expect([one.of, await answerOf(engine, one)]).toEqual([one.of, one.answer])
        await engine.tokens.close()
      })

      it('are changed from where they stand, and a key that was used is known', async () => {
        const { store } = opened
        // Ids and secrets that no earlier one has.
        const { tokens } = engineAt(store, written.now, 1_000)
        await expect(tokens.create({ ...REPEATABLE, name: 'Another' })).rejects.toMatchObject({
          code: 'idempotency_key_reused',
        })
        const links = recordsOf(written).find(({ name }) => name === 'links')!
        const edited = await tokens.edit({ actor: 'admin-1', id: links.id, version: 1, description: 'now' })
        expect(edited).toMatchObject({ version: 2, description: 'now', resources: links.resources })
        const events = await store.events({ tokenId: links.id, limit: 9 })
        expect(events.map(({ seq, type }) => [seq, type])).toEqual([
          [2, 'created'],
          [written.commits.length + 1, 'edited'],
        ])
        await tokens.revoke({ actor: 'admin-1', id: links.id })
        const secret = written.answers.find(({ of }) => of === 'links')!
        expect(await answerOf({ tokens }, secret)).toBe('token_revoked')
        await tokens.close()
      })

      if (folder === FOLDERS.at(-1))
        it('are what today’s code writes; a new form gets a new folder: npx tsx scripts/store-fixtures.ts NAME', async () => {
          expect((await kind.write()).text).toBe(textOfFile(folder, kind))
        })
    })
  })
})
