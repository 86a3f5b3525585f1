/** Attacks on management: who asks, whose token it is, and answers of the directory that are no yes. Input: management-input.test.ts. */
import { inspect } from 'node:util'
import type { PlanTokenError } from 'plan-access-tokens'
import { expect } from 'vitest'
import { DAY } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, changingNothing, denied, failure, shown } from './verdicts.ts'
import { A, B, input, never, type World, world } from './world.ts'

const attack = attacksOf('management')

/** Every call on one token. */
const callsOf = ({ tokens }: World, asked: { readonly actor: string; readonly id: string }) => ({
  get: () => tokens.get(asked),
  edit: () => tokens.edit({ ...asked, name: 'Mine now' }),
  'edit with mistakes': () => tokens.edit({ ...asked, name: '', scopes: ['nonsense'] }),
  previewRefresh: () => tokens.previewRefresh(asked),
  refresh: () => tokens.refresh(asked),
  'refresh with a key': () => tokens.refresh({ ...asked, idempotencyKey: 'k', retirePrevious: 'now' }),
  revoke: () => tokens.revoke(asked),
  explain: () => tokens.explain({ ...asked, method: 'GET', url: `/v1/files/${A}` }),
})

/** Every call on a plan. */
const callsOn = ({ tokens }: World, asked: { readonly actor: string; readonly planId: string }) => ({
  create: () => tokens.create(input(asked)),
  'create with a key': () => tokens.create(input({ ...asked, idempotencyKey: 'k' })),
  list: () => tokens.list(asked),
  events: () => tokens.events(asked),
})

attack('f01', async () => {
  const w = await world()
  const actor = 'member-1'
  await changingNothing(w, async () => {
    for (const [what, call] of Object.entries(callsOn(w, { actor, planId: '1001' })))
      await failure(call(), 'not_plan_admin', what)
    for (const [what, call] of Object.entries(callsOf(w, { actor, id: w.ALL.token.id })))
      await failure(call(), 'token_not_found', what)
  })
  allowed(await w.ask(`GET /v1/files/${A}`))
})

/** All that a caller can see of an error. */
const seen = (error: PlanTokenError) => {
  const { name, code, status, message, issues, cause } = error
  return { name, code, status, message, issues, cause, json: JSON.stringify(error), keys: Object.keys(error) }
}

attack('f02', async () => {
  const w = await world()
  const unknown = 'V1StGXR8_Z5jdHi6B-myT'
  const expired = await w.make({ lifetimeDays: 1 })
  const revoked = await w.make()
  await w.tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  w.clock.real.advance(DAY)
  for (const { token } of [w.ALL, w.ONE, expired, revoked]) {
    const foreign = callsOf(w, { actor: 'admin-2', id: token.id })
    const nobodys = callsOf(w, { actor: 'admin-2', id: unknown })
    for (const what of Object.keys(foreign) as (keyof typeof foreign)[]) {
      const error = await failure(foreign[what](), 'token_not_found', what)
      expect(seen(error), what).toEqual(seen(await failure(nobodys[what](), 'token_not_found', what)))
      expect(inspect(error), what).not.toContain(token.id)
    }
  }
})

/** Who is no name. */
const NOBODIES = [undefined, null, '', ' ', ['admin-1'], {}, 0, true, '__proto__', { toString: () => 'admin-1' }]

attack('f03', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    for (const nobody of NOBODIES) {
      const actor = nobody as string
      for (const [what, call] of Object.entries(callsOn(w, { actor, planId: '1001' })))
        await failure(call(), ['invalid_input', 'not_plan_admin'], `${what} by ${shown(nobody)}`)
      for (const [what, call] of Object.entries(callsOf(w, { actor, id: w.ALL.token.id })))
        await failure(call(), ['invalid_input', 'token_not_found'], `${what} by ${shown(nobody)}`)
    }
  })
  for (const { method, args } of w.directory.calls)
    if (method === 'isPlanAdmin') expect(args.map((arg) => typeof arg)).toEqual(['string', 'string'])
})

attack('f04', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    for (const answer of ['false', 1, {}, undefined, null, 'true', [true], new Boolean(true), () => true]) {
      for (const given of [answer, Promise.resolve(answer)]) {
        w.directory.replace.isPlanAdmin = () => given
        await failure(w.tokens.create(input()), 'not_plan_admin', shown(answer))
        await failure(w.tokens.revoke({ actor: 'admin-1', id: w.ALL.token.id }), 'token_not_found', shown(answer))
      }
    }
  })
})

attack('f05', async () => {
  const w = await world({ timeoutMs: 20 })
  const fails: readonly (readonly [string, () => unknown])[] = [
    ['rejects', () => Promise.reject(new Error('ldap://host'))],
    [
      'throws',
      () => {
        throw new Error('ldap://host')
      },
    ],
    ['hangs', never],
  ]
  await changingNothing(w, async () => {
    for (const [what, fail] of fails) {
      w.directory.replace.isPlanAdmin = fail
      const error = await failure(w.tokens.create(input()), 'unavailable', what)
      expect(inspect(error, { showHidden: true }), what).not.toContain('ldap')
      await failure(w.tokens.revoke({ actor: 'admin-1', id: w.ALL.token.id }), 'unavailable', what)
    }
  })
})

attack('f06', async () => {
  const w = await world()
  const { secret, token } = w.ALL
  await changingNothing(w, async () => {
    for (const actor of [secret, token.id, `token:${token.id}`]) {
      const error = await failure(w.tokens.create(input({ actor })), 'not_plan_admin', actor)
      expect(inspect(error)).not.toContain(secret)
      // An id whose plan the actor does not administer answers as an unknown one (f02).
      await failure(w.tokens.revoke({ actor, id: token.id }), 'token_not_found', actor)
    }
  })
})

attack('f07', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    await failure(w.tokens.create(input({ planId: '9999' })), ['not_plan_admin', 'plan_not_eligible'])
    await failure(w.tokens.create(input({ planId: '3003', actor: 'admin-3' })), 'plan_not_eligible')
  })
})

attack('f13', async () => {
  const w = await world()
  const { tokens } = w
  const made = await w.make({
    scopes: ['file_content:read'],
    resources: ['https://figma.com/files/1001/project/123'],
  })
  const { id } = made.token
  const wider = { scopes: ['file_content:read', 'org:activity_log_read'] }
  await changingNothing(w, async () => {
    for (const actor of ['member-1', 'admin-2', made.secret]) {
      await failure(tokens.edit({ actor, id, resources: 'all' }), 'token_not_found')
      await failure(tokens.edit({ actor, id, ...wider }), 'token_not_found')
    }
  })
  denied(await w.ask(`GET /v1/files/${B}`, made), 'resource_not_allowed')
  await tokens.edit({ actor: 'admin-1', id, resources: 'all' })
  allowed(await w.ask(`GET /v1/files/${B}`, made))
  denied(await w.ask('GET /v1/activity_logs', made), 'scope_missing')
  await tokens.edit({ actor: 'admin-1', id, ...wider })
  allowed(await w.ask('GET /v1/activity_logs', made))
  const { events } = await tokens.events({ actor: 'admin-1', planId: '1001', tokenId: id })
  expect(events.slice(1)).toMatchObject([
    {
      type: 'edited',
      actor: 'admin-1',
      changes: { resources: { before: [{ kind: 'project', id: '123' }], after: 'all' } },
    },
    { type: 'edited', actor: 'admin-1', changes: { scopes: { before: ['file_content:read'], after: wider.scopes } } },
  ])
})

attack('f23', async () => {
  const w = await world()
  const { tokens } = w
  await w.make({ actor: 'admin-2', planId: '2002' })
  const mine = { actor: 'admin-1', planId: '1001' }
  const listed = await tokens.list(mine)
  expect(listed.tokens.map((token) => token.planId)).toEqual(['1001', '1001'])
  const { events } = await tokens.events(mine)
  expect(events.map((event) => event.planId)).toEqual(['1001', '1001'])
  for (const call of ['list', 'events'] as const) {
    await failure(tokens[call]({ actor: 'admin-1', planId: '2002' }), 'not_plan_admin', call)
    for (const planId of [undefined, null, '', ' ', ['2002'], {}, '*'])
      await failure(
        tokens[call]({ actor: 'admin-1', planId } as never),
        ['invalid_input', 'not_plan_admin'],
        shown(planId),
      )
    for (const planId of [undefined, null, ''])
      await failure(tokens[call]({ actor: 'admin-1', planId } as never), 'invalid_input', shown(planId))
  }
  const foreign = (await tokens.list({ actor: 'admin-2', planId: '2002' })).tokens[0]
  const asked = await tokens.events({ ...mine, tokenId: foreign?.id ?? '' })
  expect(asked.events, "another plan's token in one's own log").toEqual([])
  // A store that forgets the filter gives nothing away.
  w.store.replace.list = (query: object) => w.store.real.list({ ...query, planId: '2002' } as never)
  w.store.replace.events = (query: object) => w.store.real.events({ ...query, planId: '2002' } as never)
  expect((await tokens.list(mine)).tokens).toEqual([])
  expect((await tokens.events(mine)).events).toEqual([])
})

attack('f24', async () => {
  const w = await world()
  const expired = await w.make({ lifetimeDays: 1, name: 'Expired' })
  const revoked = await w.make({ name: 'Revoked' })
  await w.tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  w.clock.real.advance(DAY)
  for (const order of ['newest', 'expiry'] as const) {
    const { tokens } = await w.tokens.list({ actor: 'admin-1', planId: '1001', order })
    const status = Object.fromEntries(tokens.map((token) => [token.id, token.status]))
    expect(status).toEqual({
      [w.ALL.token.id]: 'active',
      [w.ONE.token.id]: 'active',
      [expired.token.id]: 'expired',
      [revoked.token.id]: 'revoked',
    })
  }
  for (const [status, id] of [
    ['expired', expired.token.id],
    ['revoked', revoked.token.id],
  ] as const) {
    const { tokens } = await w.tokens.list({ actor: 'admin-1', planId: '1001', status })
    expect(tokens.map((token) => token.id)).toEqual([id])
  }
})
