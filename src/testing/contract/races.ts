/** The store contract: commits at the same moment, of one token and of many. */
import type { TokenRecord } from '../../core/token.ts'
import { type Case, check, failure, same, together, turn, upTo } from './case.ts'
import { shown } from './difference.ts'
import { allEvents, digestOf, eventOf, NOON, nextOf, recordOf, write } from './records.ts'

const RACERS = 20
/** How often one of several writers may lose at most. */
const ATTEMPTS = 500

/** Commits all of them at the same moment, half of them by the other store; exactly one has to be taken. */
async function race(
  stores: Parameters<Case['check']>[0],
  racers: readonly TokenRecord[],
  what: string,
): Promise<TokenRecord> {
  const answers: unknown[] = await together(
    racers.map((record, i) => () => (i % 2 ? stores.other : stores.store).commit(record, eventOf(record))),
  )
  for (const answer of answers)
    check(typeof answer === 'boolean', `One of ${RACERS} ${what} answered ${shown(answer)} instead of true or false.`)
  const taken = racers.filter((_, i) => answers[i] === true)
  check(taken.length === 1, `Of ${RACERS} ${what} ${taken.length} were taken instead of exactly one.`)
  return taken[0] as TokenRecord
}

const racersOf = (make: (i: number) => TokenRecord): TokenRecord[] => upTo(RACERS).map(make)

/** One secret that only this racer has. */
const secretsOf = (label: string): TokenRecord['secrets'] => [
  { digest: digestOf(label), issuedAt: NOON, worksUntil: null },
]

export const RACES: readonly Case[] = [
  {
    name: 'exactly one of 20 creations of one id at the same moment is taken, and nothing is left of the others',
    breaks: 'A repeated call with one idempotency key makes two tokens, or a secret is given out that never works.',
    async check(stores) {
      for (let round = 0; round < 4; round++) {
        const racers = racersOf((i) =>
          recordOf(`token-${round}`, {
            name: `Racer ${i}`,
            secrets: secretsOf(`${round}-${i}`),
            eventId: `event-${round}-${i}`,
          }),
        )
        const winner = await race(stores, racers, 'creations of one id')
        same(await stores.store.find(winner.id), winner, 'find of the one that was taken')
        for (const [i, racer] of racers.entries()) {
          const found = await stores.store.findByDigest(digestOf(`${round}-${i}`))
          same(
            found,
            racer === winner ? winner : undefined,
            `findByDigest of ${racer === winner ? 'the one that was taken' : 'one that was refused'}`,
          )
        }
        const events = await stores.store.events({ tokenId: winner.id, limit: 50 })
        same(
          events.map(({ id }) => id),
          [winner.eventId],
          'The ids of the token’s events',
        )
      }
    },
  },
  {
    name: 'exactly one of 20 changes of one version at the same moment is taken, and its event with it',
    breaks: 'One admin’s revoke is overwritten by another’s edit, and the revoked token comes back to life.',
    async check(stores) {
      let record = await write(stores.store, recordOf('token'))
      const eventIds = [record.eventId]
      for (let round = 0; round < 4; round++) {
        const racers = racersOf((i) =>
          nextOf(record, {
            name: `Racer ${i}`,
            secrets: [...record.secrets, ...secretsOf(`${round}-${i}`)],
            eventId: `event-${round}-${i}`,
          }),
        )
        record = await race(stores, racers, 'changes of one version')
        eventIds.push(record.eventId)
        same(await stores.store.find('token'), record, 'find of the one that was taken')
        for (const i of upTo(RACERS)) {
          const isTaken = racers[i] === record
          const found = await stores.other.findByDigest(digestOf(`${round}-${i}`))
          same(
            found,
            isTaken ? record : undefined,
            `findByDigest of ${isTaken ? 'the change that was taken' : 'one that was refused'}`,
          )
        }
        const events = await stores.store.events({ tokenId: 'token', limit: 50 })
        same(
          events.map(({ id }) => id),
          eventIds,
          'The ids of the token’s events',
        )
      }
    },
  },
  {
    name: 'no change is lost when several admins change the same tokens again and again',
    breaks: 'An admin is told that a change was made, and it is gone: a token that was revoked works again.',
    async check({ store, other }) {
      const ids = ['token-a', 'token-b']
      for (const id of ids) await write(store, recordOf(id, { scopes: [] }))
      const done = new Map<string, string[]>(ids.map((id) => [id, []]))
      await together(
        upTo(6).map((admin) => async () => {
          const mine = admin % 2 ? other : store
          for (let n = 0, attempts = 0; n < 8; attempts++) {
            check(attempts < ATTEMPTS, `After ${ATTEMPTS} attempts of one admin not one more change was taken.`)
            const id = ids[n % 2] as string
            const record = await mine.find(id)
            if (!record) throw failure(`find(${id}) gave undefined although the token was written.`)
            const mark = `${admin}-${n}`
            const changed = nextOf(record, { scopes: [...record.scopes, mark], eventId: `event-${mark}` })
            if ((await mine.commit(changed, eventOf(changed))) === true) {
              done.get(id)?.push(mark)
              n += 1
            }
            await turn()
          }
        }),
      )
      for (const id of ids) {
        const record = await store.find(id)
        same(
          record?.scopes.toSorted(),
          done.get(id)?.toSorted(),
          `The changes of ${id} that are in it, of those that were taken`,
        )
        same(record?.version, (done.get(id)?.length ?? 0) + 1, `The version of ${id}`)
      }
    },
  },
  {
    name: 'each of 200 commits at the same time has its event exactly once, in the order of the token’s versions',
    breaks: 'The audit log lacks changes or tells them twice, and other processes never learn of a revoke.',
    async check({ store, other }) {
      const writers = 8
      const changes = 25
      await together(
        upTo(writers).map((i) => async () => {
          const mine = i % 2 ? other : store
          let record = await write(mine, recordOf(`token-${i}`))
          for (let n = 1; n < changes; n++) {
            record = await write(mine, nextOf(record, { name: `Change ${n}` }))
            if (n % 5 === 0) await turn()
          }
        }),
      )
      const events = await allEvents(store)
      for (const i of upTo(writers)) {
        const versions = events.filter(({ tokenId }) => tokenId === `token-${i}`).map(({ version }) => version)
        same(
          versions,
          upTo(changes).map((n) => n + 1),
          `The versions of token-${i} in the log`,
        )
      }
      same(events.length, writers * changes, 'The number of events')
      same(await allEvents(other), events, 'The same log, read again')
    },
  },
]
