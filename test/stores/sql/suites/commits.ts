/**
 * Commits over several connections at once. Databases give each statement or transaction its own view of the past, and undo
 * what collides: none of that may show.
 */
import fc from 'fast-check'
import { sql } from 'kysely'
import type { TokenEvent } from 'plan-access-tokens'
import { type SqlStore, sqlStore } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { add, eventOf, next, recordOf, seqs, T } from '../../records.ts'
import { type Engine, freshStore } from '../engines.ts'

const WRITERS = 5
const COMMITS = 10

/** The levels of isolation at which a host may have set its connections. */
const LEVELS: { readonly [D in Engine['dialect']]: readonly string[] } = {
  postgres: ['read committed', 'serializable'],
  mysql: ['READ-COMMITTED', 'REPEATABLE-READ', 'SERIALIZABLE'],
  sqlite: ['serializable'],
}

export function commitsUnderLoad(engine: Engine): void {
  describe.each(LEVELS[engine.dialect])('where the host’s connections are at %s', (level) => {
    /** A store over connections of its own. */
    const opened = async () => {
      const { store, database } = await freshStore(engine)
      const driver = { postgres: { options: `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` } }
      if (engine.dialect === 'mysql') await database.exec(`set global tx_isolation = '${level}'`)
      const open = (): SqlStore =>
        engine.hasConnections ? sqlStore(database.kysely(driver[engine.dialect as 'postgres'])) : store
      return { database, open }
    }

    it('exactly one of 20 racing commits of one version is written', async () => {
      const { database, open } = await opened()
      const stores = Array.from({ length: 4 }, open)
      const record = await add(open())
      for (let version = record; version.version < 4; ) {
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => {
            const mine = { ...next(version), name: `Name ${i}`, eventId: `event-${version.version}-${i}` }
            return (stores[i % 4] as SqlStore).commit(mine, eventOf(mine))
          }),
        )
        const winner = answers.indexOf(true)
        expect(answers).toEqual(answers.map((_, i) => i === winner))
        version = { ...next(version), name: `Name ${winner}`, eventId: `event-${version.version}-${winner}` }
        expect(await open().find(record.id)).toEqual(version)
      }
      expect(seqs(await open().events({ limit: 99 }))).toEqual([1, 2, 3, 4])
      await database.close()
    })

    it('whoever follows the log sees no event before the one with the number below it, and in the end all', async () => {
      const { database, open } = await opened()
      let isOver = false
      const write = async (store: SqlStore, writer: number): Promise<void> => {
        for (let i = 0; i < COMMITS; i++) {
          const first = recordOf({ id: `token-${writer}-${i}` })
          expect(await store.commit(first, eventOf(first))).toBe(true)
          const second = next(first, {
            secrets: [...first.secrets, { digest: `digest-${writer}-${i}-2`, issuedAt: T, worksUntil: null }],
          })
          expect(await store.commit(second, eventOf(second))).toBe(true)
        }
      }
      const follow = async (store: SqlStore): Promise<TokenEvent[]> => {
        const seen: TokenEvent[] = []
        for (;;) {
          const isLast = isOver
          const page = await store.events({ after: seen.length, limit: 7 })
          // `seq` n + 1 stands in place n, or a number was passed over.
          expect(seqs(page)).toEqual(page.map((_, i) => seen.length + i + 1))
          seen.push(...page)
          if (isLast && page.length === 0) return seen
          // SQLite answers without letting anybody else go on.
          await new Promise(setImmediate)
        }
      }
      const followers = [follow(open()), follow(open())]
      try {
        await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(open(), writer)))
      } finally {
        isOver = true
      }
      for (const seen of await Promise.all(followers)) expect(seen).toHaveLength(WRITERS * COMMITS * 2)
      await database.close()
    })
  })

  it('whatever is written at the same time, the log, the records and their secrets agree', async () => {
    const { store, kysely, database } = await freshStore(engine)
    const stores = engine.hasConnections ? [store, sqlStore(database.kysely()), sqlStore(database.kysely())] : [store]
    const ids = ['a', 'b', 'c']
    const change = fc.record({
      store: fc.nat({ max: stores.length - 1 }),
      id: fc.constantFrom(...ids),
      // Secrets that the record has afterwards, some of them those that it had.
      kept: fc.nat({ max: 2 }),
      added: fc.nat({ max: 2 }),
    })
    let written = 0
    let digests = 0
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 6, maxLength: 14 }), async (changes) => {
        const answers = await Promise.all(
          changes.map(async ({ store: n, id, kept, added }) => {
            const used = stores[n] as SqlStore
            const before = await used.find(id)
            const fresh = Array.from({ length: added }, () => ({
              digest: `d-${digests++}`,
              issuedAt: T,
              worksUntil: null,
            }))
            const secrets = [...(before?.secrets.slice(-kept || 99) ?? []), ...fresh]
            const record = before ? next(before, { secrets }) : recordOf({ id, secrets })
            return used.commit(record, eventOf(record, { id: `event-${digests++}` }))
          }),
        )
        written += answers.filter(Boolean).length
        const events = await store.events({ limit: 10_000 })
        expect(seqs(events)).toEqual(Array.from({ length: written }, (_, i) => i + 1))
        const { rows } = await sql<{
          digest: unknown
          token_id: unknown
        }>`select digest, token_id from plan_token_secrets`.execute(kysely)
        const listed = rows.map(({ digest, token_id }) => `${token_id} ${digest}`).toSorted()
        const records = await Promise.all(ids.map((id) => store.find(id)))
        const expected = records.flatMap(
          (record) => record?.secrets.map(({ digest }) => `${record.id} ${digest}`) ?? [],
        )
        expect(listed).toEqual(expected.toSorted())
        for (const [i, id] of ids.entries()) {
          const versions = events.filter(({ tokenId }) => tokenId === id).map(({ version }) => version)
          expect(versions).toEqual(Array.from({ length: records[i]?.version ?? 0 }, (_, n) => n + 1))
        }
      }),
      { numRuns: 12 },
    )
    await database.close()
  })

  it('a secret that the record forgot finds it no more, and a new one finds it from then on', async () => {
    const { store, kysely, database } = await freshStore(engine)
    const secret = (i: number) => ({ digest: `secret-${i}`, issuedAt: T, worksUntil: null })
    // More than fit in one statement.
    const many = Array.from({ length: 1_200 }, (_, i) => secret(i))
    const record = await add(store, { secrets: many.slice(0, 1_100) })
    const moved = next(record, { secrets: many.slice(100) })
    expect(await store.commit(moved, eventOf(moved))).toBe(true)
    const found = async (i: number) => (await store.findByDigest(`secret-${i}`))?.id
    expect([await found(99), await found(100), await found(1_199)]).toEqual([undefined, record.id, record.id])
    const { rows } = await sql`select digest from plan_token_secrets`.execute(kysely)
    expect(rows).toHaveLength(1_100)
    await database.close()
  })

  it('a sweep removes secrets and uses with their token, and no others', async () => {
    const { store, kysely, database } = await freshStore(engine)
    for (const [id, expiresAt] of [
      ['old', T - 1],
      ['new', T],
    ] as const) {
      await add(store, { id, expiresAt })
      await store.recordUse([{ tokenId: id, digest: `digest-${id}`, at: T }])
    }
    expect(await store.sweep({ before: T, limit: 9 })).toEqual({ records: 1, events: 0 })
    for (const table of ['plan_token_secrets', 'plan_token_uses']) {
      const { rows } = await sql`select token_id from ${sql.table(table)}`.execute(kysely)
      expect(rows).toEqual([{ token_id: 'new' }])
    }
    await database.close()
  })
}
