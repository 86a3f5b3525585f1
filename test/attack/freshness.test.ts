/**
 * Several processes with memory over one store: what one of them ended or changed is seen by all others from the moment in which
 * the call resolves, whatever the store, its news and the clocks do. By a steered clock; what the news look like:
 * freshness-news.test.ts.
 */
import fc from 'fast-check'
import type { Decision } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { expect } from 'vitest'
import {
  type Deployment,
  deployment,
  down,
  FRESH,
  late,
  type Process,
  UNWATCHED,
  warmToken,
} from '../service/support/processes.ts'
import { runSchedule, SCHEDULE, scheduled } from '../service/support/schedules.ts'
import { atRest } from '../service/support/steered-clock.ts'
import { ADMIN, DAY, HOUR } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied } from './verdicts.ts'

const attack = attacksOf('store-and-cache')
/** Cases whose first half stands in store-faults.test.ts. */
const outOfMemory = attack

const say = ({ tokens }: Process, secret: string): Promise<Decision> =>
  tokens.authorize(requestWith(secret, 'GET /v1/files/FileA', { header: 'x-figma-token' }))
const RUNS = { numRuns: 200 }

attack('e10', async () => {
  const d = deployment()
  const a = d.start(UNWATCHED)
  const { secret } = await warmToken(d, a)
  for (const method of ['findByDigest', 'find', 'list', 'commit', 'events', 'bound', 'watch'] as const)
    a.replace[method] = down
  allowed(await say(a, secret))
  await d.clock.pass(999)
  allowed(await say(a, secret))
  await d.clock.pass(101)
  for (let i = 0; i < 10; i++) {
    denied(await say(a, secret), 'unavailable')
    await d.clock.pass(100)
  }
  for (const method of ['findByDigest', 'events'] as const) delete a.replace[method]
  allowed(await say(a, secret), 'as soon as the store answers again')
})

attack('e12', () =>
  fc.assert(
    fc.asyncProperty(SCHEDULE, async (schedule) => {
      const { d, a, b } = scheduled(schedule)
      const { id, secret } = await d.admin.make()
      const said = await runSchedule(
        { d, a },
        schedule,
        [secret],
        () => b.tokens.revoke({ actor: ADMIN, id }),
        () => say(a, secret),
      )
      denied(said, 'token_revoked')
      denied(await d.done(say(a, secret)), 'token_revoked')
    }),
    RUNS,
  ),
)

attack('e13', () => {
  const changes = {
    'refresh with retirePrevious "now"': ({ tokens }: Process, id: string) =>
      tokens.refresh({ actor: ADMIN, id, retirePrevious: 'now' }),
    'edit that takes a scope away': ({ tokens }: Process, id: string) =>
      tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] }),
    'revokeSecret of an earlier secret': ({ tokens }: Process, _: string, [first]: readonly string[]) =>
      tokens.revokeSecret({ text: first ?? '' }),
    'revokeSecret of the newest secret': ({ tokens }: Process, _: string, [, newest]: readonly string[]) =>
      tokens.revokeSecret({ text: newest ?? '' }),
  }
  const verdicts = {
    'refresh with retirePrevious "now"': ['secret_retired', 'secret_retired'],
    'edit that takes a scope away': ['scope_missing', 'scope_missing'],
    'revokeSecret of an earlier secret': ['secret_retired', 'allowed'],
    'revokeSecret of the newest secret': ['token_revoked', 'token_revoked'],
  }
  const what = fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[]))
  return fc.assert(
    fc.asyncProperty(what, SCHEDULE, async (change, schedule) => {
      const { d, a, b } = scheduled(schedule)
      const { id, secret } = await d.admin.make()
      const next = (await d.done(d.admin.tokens.refresh({ actor: ADMIN, id }))).secret.reveal()
      const secrets = [secret, next]
      const sayAll = () => Promise.all(secrets.map((each) => a.ask(each)))
      const said = await runSchedule({ d, a }, schedule, secrets, () => changes[change](b, id, secrets), sayAll)
      expect(said, change).toEqual(verdicts[change])
      expect(await d.done(sayAll()), change).toEqual(verdicts[change])
    }),
    RUNS,
  )
})

attack('e14', async () => {
  for (const [what, fail] of [
    ['slow', ({ clock, store }: Deployment) => late(clock, 900, store.events)],
    ['late beyond the time limit', ({ clock, store }: Deployment) => late(clock, 60_000, store.events)],
    ['failing', () => down],
  ] as const) {
    for (const isStoreDown of [false, true]) {
      const d = deployment()
      const a = d.start({ timeoutMs: 2_000 })
      a.replace.watch = () => () => undefined
      const { id, secret } = await warmToken(d, a)
      a.replace.events = fail(d)
      if (isStoreDown) a.replace.findByDigest = down
      // The hint never comes, and its proof is under way all the while.
      const asked = [say(a, secret)]
      const after = d.admin.tokens.revoke({ actor: ADMIN, id }).then(() => say(a, secret))
      for (let i = 0; i < 20; i++) {
        await d.clock.pass(FRESH / 20)
        asked.push(say(a, secret))
      }
      denied(await d.done(after), ['token_revoked', 'unavailable'], what)
      denied(await d.done(say(a, secret)), isStoreDown ? ['token_revoked', 'unavailable'] : 'token_revoked', what)
      a.replace.events = down
      denied(await d.done(say(a, secret)), ['token_revoked', 'unavailable'], `${what}, then failing`)
      await d.done(Promise.all(asked))
    }
  }
})

outOfMemory('e17', async () => {
  const d = deployment()
  const a = d.start({ freshnessMs: 5_000 })
  const { secret } = await d.admin.make({ lifetimeDays: 90 })
  await d.clock.pass(90 * DAY - 500)
  allowed(await say(a, secret))
  a.calls()
  await d.clock.pass(600)
  denied(await say(a, secret), 'token_expired')
  expect(a.calls(), 'no store call').toEqual([])
})

outOfMemory('e18', async () => {
  const d = deployment()
  const a = d.start({ freshnessMs: 5_000 })
  const { id, secret } = await d.admin.make()
  const refreshed = d.admin.tokens.refresh({ actor: ADMIN, id })
  await atRest()
  await d.clock.pass(DAY - 500)
  allowed(await say(a, secret))
  allowed(await say(a, (await refreshed).secret.reveal()))
  a.calls()
  await d.clock.pass(600)
  denied(await say(a, secret), 'secret_retired')
  allowed(await say(a, (await refreshed).secret.reveal()))
  expect(a.calls(), 'no store call').toEqual([])
})

/** A revoke that another process has committed and this one, with its clocks off, has not heard of. */
async function revokedElsewhere(skew: Process['skew']): Promise<void> {
  const d = deployment()
  const a = d.start(UNWATCHED)
  const { id, secret } = await warmToken(d, a)
  const revoked = d.admin.tokens.revoke({ actor: ADMIN, id })
  await atRest()
  allowed(await say(a, secret), 'not known here yet')
  expect(a.calls()).toEqual([])
  Object.assign(a.skew, skew)
  denied(await say(a, secret), 'token_revoked')
  const calls = a.calls()
  expect([calls[0], calls.at(-1)], 'the store is asked').toEqual(['events', 'findByDigest'])
  await d.done(revoked)
}

attack('e19', () => revokedElsewhere({ wall: HOUR, monotonic: 0 }))

attack('e20', () => revokedElsewhere({ wall: -HOUR, monotonic: 2_000 }))
