/**
 * Calls at the same moment, in every order that a seeded schedule can think of: each step to the store waits for its turn, and
 * so does the answer to a write. A schedule that fails is printed, with its seed.
 */
import fc from 'fast-check'
import type { MemoryStore, TokenStore } from 'plan-access-tokens'
import { expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, START, type World } from '../support/world.ts'

const SCHEDULES = { numRuns: 100 }

/** A store that is asked in turn, and whose answers to `commit` come in turn. */
function interleaved(store: MemoryStore, schedule: fc.Scheduler): TokenStore {
  const turn = (): Promise<void> => schedule.schedule(Promise.resolve())
  const inTurn =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      turn().then(() => call(...args))
  return {
    ...store,
    ...{ find: inTurn(store.find), findByDigest: inTurn(store.findByDigest), events: inTurn(store.events) },
    async commit(record, event) {
      await turn()
      const answer = await store.commit(record, event)
      await turn()
      return answer
    },
  }
}

/** Runs calls at the same moment under one schedule; a second world over the same store looks at what came of it. */
async function race<T extends readonly (() => Promise<unknown>)[]>(schedule: fc.Scheduler, calls: T) {
  return schedule.waitFor(Promise.allSettled(calls.map((call) => call())))
}

function worlds(schedule: fc.Scheduler): { readonly raced: World; readonly calm: World } {
  const raced = newWorld({ port: (store) => interleaved(store, schedule) })
  return { raced, calm: newWorld({ store: raced.store, directory: raced.directory, clock: raced.clock }) }
}

const wins = (outcomes: readonly PromiseSettledResult<unknown>[]): number =>
  outcomes.filter(({ status }) => status === 'fulfilled').length

const always = (test: (schedule: fc.Scheduler) => Promise<void>) => async () => {
  await fc.assert(fc.asyncProperty(fc.scheduler(), test), SCHEDULES)
}

it(
  'of refreshes that begin from the same version one wins, and each that wins gives a secret that works',
  always(async (schedule) => {
    const calm = newWorld()
    const { id, secret } = await calm.make()
    /** The version that each of them saw first. */
    const begun: number[] = []
    const refresh = (mine: number) => () => {
      const port = (store: MemoryStore): TokenStore => {
        const turned = interleaved(store, schedule)
        return {
          ...turned,
          async find(tokenId) {
            const record = await turned.find(tokenId)
            begun[mine] ??= record?.version ?? 0
            return record
          },
        }
      }
      const { tokens } = newWorld({ store: calm.store, directory: calm.directory, clock: calm.clock, port })
      return tokens.refresh({ actor: ADMIN, id })
    }
    const outcomes = await race(schedule, [refresh(0), refresh(1), refresh(2)])
    for (const version of begun) {
      expect(wins(outcomes.filter((_, i) => begun[i] === version))).toBe(1)
    }
    const { version, secrets } = await calm.tokens.get({ actor: ADMIN, id })
    expect(version).toBe(1 + wins(outcomes))
    expect(secrets.filter(({ worksUntil }) => worksUntil === null)).toHaveLength(1)
    expect(await calm.ask(secret)).toBe('allowed')
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('version_conflict')
      else expect(await calm.ask((outcome.value as { secret: { reveal(): string } }).secret.reveal())).toBe('allowed')
    }
  }),
)

it(
  'a refresh and a revoke at once: the revoke always wins, and nothing that is revoked comes back',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id, secret } = await calm.make()
    let isRevoked = false
    const [refreshed, revoked] = await race(schedule, [
      () => raced.tokens.refresh({ actor: ADMIN, id }),
      async () => {
        await raced.tokens.revoke({ actor: ADMIN, id })
        isRevoked = true
        expect(await calm.ask(secret)).toBe('token_revoked')
      },
    ])
    expect([isRevoked, revoked?.status]).toEqual([true, 'fulfilled'])
    const issued =
      refreshed?.status === 'fulfilled' ? [(refreshed.value as { secret: { reveal(): string } }).secret.reveal()] : []
    for (const each of [secret, ...issued]) expect(await calm.ask(each)).toBe('token_revoked')
    const log = await calm.log()
    expect(log.at(-1)).toBe('revoked')
    expect(log).toHaveLength(issued.length + 2)
  }),
)

it(
  'edits at once lose nothing: what each of them changed is there, and a line for each',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id } = await calm.make({ scopes: ['file_content:read', 'file_comments:read'] })
    const edit = (change: object) => () => raced.tokens.edit({ actor: ADMIN, id, ...change })
    const link = 'https://figma.com/design/FileA'
    const outcomes = await race(schedule, [
      ...[edit({ name: 'Mine' }), edit({ description: 'Yours' })],
      ...[edit({ scopes: ['file_comments:read'] }), edit({ resources: [link] })],
    ])
    expect(wins(outcomes)).toBe(4)
    expect(await calm.tokens.get({ actor: ADMIN, id })).toMatchObject({
      ...{ name: 'Mine', description: 'Yours', scopes: ['file_comments:read'], version: 5 },
      resources: [{ kind: 'file', id: 'FileA', link }],
    })
    expect(await calm.log()).toEqual(['created', 'edited', 'edited', 'edited', 'edited'])
  }),
)

it(
  'edits at once that name their version: one is done, the others are told',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id } = await calm.make()
    const outcomes = await race(
      schedule,
      ['A', 'B', 'C'].map((name) => () => raced.tokens.edit({ actor: ADMIN, id, name, version: 1 })),
    )
    expect(wins(outcomes)).toBe(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('version_conflict')
    expect((await calm.tokens.get({ actor: ADMIN, id })).version).toBe(2)
  }),
)

it(
  'an edit, a refresh and a revoke of each kind at once leave a revoked token and a log without a gap',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id, secret } = await calm.make()
    await race(schedule, [
      () => raced.tokens.edit({ actor: ADMIN, id, name: 'Other' }),
      () => raced.tokens.refresh({ actor: ADMIN, id }),
      () => raced.tokens.revoke({ actor: ADMIN, id }),
      () => raced.tokens.revokeSecret({ text: secret }),
    ])
    expect((await calm.tokens.get({ actor: ADMIN, id })).status).toBe('revoked')
    expect(['token_revoked']).toContain(await calm.ask(secret))
    const { events } = await calm.tokens.events({ actor: ADMIN, planId: '1001' })
    expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1))
    expect(events.filter(({ type }) => type === 'revoked')).toHaveLength(1)
  }),
)

it(
  'a secret that is reported while it is refreshed is dead afterwards, whichever came first',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id, secret } = await calm.make()
    const outcomes = await race(schedule, [
      () => raced.tokens.revokeSecret({ text: secret }),
      () => raced.tokens.refresh({ actor: ADMIN, id }),
    ])
    expect(outcomes[0]?.status).toBe('fulfilled')
    expect(['token_revoked', 'secret_retired']).toContain(await calm.ask(secret))
  }),
)

it(
  'repeats of one create at once make one token with one secret that works',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const outcomes = await race(
      schedule,
      [1, 2, 3].map(() => () => raced.make({ idempotencyKey: 'key' })),
    )
    expect(wins(outcomes)).toBe(3)
    const made = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<{ id: string; secret: string }>).value)
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const verdicts = await Promise.all(made.map(({ secret }) => calm.ask(secret)))
    expect(verdicts.toSorted()).toEqual(['allowed', 'secret_retired', 'secret_retired'])
  }),
)

it(
  'repeats of one refresh at once issue one secret that works and give the secret before one deadline',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id, secret } = await calm.make()
    const call = () => raced.tokens.refresh({ actor: ADMIN, id, idempotencyKey: 'key' })
    expect(wins(await race(schedule, [call, call, call]))).toBe(3)
    const { secrets } = await calm.tokens.get({ actor: ADMIN, id })
    expect(secrets.map(({ worksUntil }) => worksUntil)).toEqual([START + DAY, 0, 0, null])
    expect(await calm.ask(secret)).toBe('allowed')
  }),
)

it(
  'a request at the same moment as a revoke is judged by one state or the other, and afterwards by the new one',
  always(async (schedule) => {
    const { raced, calm } = worlds(schedule)
    const { id, secret } = await calm.make()
    const [asked] = await race(schedule, [() => raced.ask(secret), () => raced.tokens.revoke({ actor: ADMIN, id })])
    expect(['allowed', 'token_revoked']).toContain((asked as PromiseFulfilledResult<string>).value)
    expect(await schedule.waitFor(raced.ask(secret))).toBe('token_revoked')
  }),
)
