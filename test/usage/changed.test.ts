/** What is said of a token that waited for an approval, and of one whose policy or scopes were changed within the window. */
import { definePolicy, type Policy } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { approvals } from 'plan-access-tokens/approvals'
import { operator } from 'plan-access-tokens/operator'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, POLICY } from '../support/world.ts'
import { LINK, OPEN, PLAN, type UsageWorld, usageWorld } from './world.ts'

const { data } = POLICY
const SCOPES = ['file_content:read', 'file_comments:read'] as const

it('a token that waited for an approval is as old as its secret, since nobody could use it before', async () => {
  const directory = testDirectory({
    1001: { admins: [ADMIN, 'other'], resources: { 'file:FileA': {} }, rules: { approvals: 'required' } },
  })
  const { tokens, days, adviceOn, usageOf, clock } = await usageWorld<Policy>({
    ...{ directory, approvals: approvals(), policy: POLICY as Policy },
  })
  const { token } = await tokens.create({
    ...{ ...PLAN, type: 'rest', name: 'Asked for', lifetimeDays: 365, scopes: SCOPES, resources: [LINK.A] },
  })
  const { id } = token
  await days(20)
  expect((await adviceOn(id, 10)).withheld).toMatchObject([{ code: 'token_young' }])
  await tokens.approve({ actor: 'other', id })
  await days(5)
  await tokens.collect({ actor: ADMIN, id })
  await days(1)
  expect(await adviceOn(id, 10)).toMatchObject({ unused: false, withheld: [{ code: 'token_young' }] })
  expect(await adviceOn(id, 1)).toMatchObject({ unused: false, withheld: [{ code: 'token_young' }] })
  expect((await tokens.unused({ ...PLAN, window: 10 })).tokens).toEqual([])
  expect((await operator(tokens).tokens({ unusedSince: clock.now() - 10 * DAY })).tokens).toEqual([])
  expect(await usageOf(id)).toMatchObject({ complete: true, since: '2027-02-26' })
  await days(11)
  expect(await adviceOn(id, 10)).toMatchObject({ unused: true })
  expect((await tokens.unused({ ...PLAN, window: 10 })).tokens).toMatchObject([{ id }])
  expect((await operator(tokens).tokens({ unusedSince: clock.now() - 10 * DAY })).tokens).toMatchObject([{ id }])
})

describe('where a used route is not open to its scopes today', () => {
  /** A token that has used its files and their comments. */
  const used = async (world: UsageWorld, scopes: readonly string[] = SCOPES): Promise<string> => {
    const wish = { scopes: [...scopes, 'file_metadata:read'], resources: [LINK.A, LINK.B], lifetimeDays: 365 }
    const { id, secret } = await world.make(wish as object)
    await world.days(2)
    for (const line of [OPEN.A, OPEN.comments]) expect(await world.ask(secret, line)).toBe('allowed')
    await world.usageOf(id)
    return id
  }
  const shut = {
    withheld: [{ code: 'not_proven', field: 'scopes' }],
    scopes: [],
    edit: { resources: [LINK.A], version: expect.any(Number) },
  }

  it('no scope goes, since the policy may be as it was again', async () => {
    const world = await usageWorld()
    const id = await used(world)
    const { 'file_comments:read': _, ...scopes } = data.scopes as { readonly [scope: string]: object }
    const endpoints = Object.fromEntries(
      Object.entries(data.endpoints as { readonly [route: string]: { readonly scopes?: readonly unknown[] } }).map(
        ([route, endpoint]) =>
          'scopes' in endpoint && JSON.stringify(endpoint.scopes).includes('file_comments:read')
            ? [route, { ...endpoint, scopes: ['file_content:read'] }]
            : [route, endpoint],
      ),
    )
    const more = { ...endpoints, 'GET /v1/files/{file_key}/comments': { ...comments(), scopes: ['files:read'] } }
    const later = await usageWorld({
      ...{ store: world.store, clock: world.clock, directory: world.directory },
      policy: definePolicy({ ...data, scopes, endpoints: more } as unknown as typeof data),
    })
    const advice = await later.adviceOn(id, 1)
    expect(advice).toMatchObject(shut)
    // Taken back, what was used is open as before.
    await world.tokens.edit({ actor: ADMIN, id, ...(advice.edit as object) })
    expect((await world.adviceOn(id, 1)).proof.map(({ route }) => route)).toContain('GET /v1/files/{file_key}/comments')
  })

  it('nor where an admin took one away', async () => {
    const world = await usageWorld()
    const id = await used(world)
    await world.tokens.edit({ actor: ADMIN, id, scopes: ['file_content:read', 'file_metadata:read'] })
    expect(await world.adviceOn(id, 1)).toMatchObject(shut)
  })
})

const comments = (): object =>
  (data.endpoints as { readonly [route: string]: object })['GET /v1/files/{file_key}/comments'] as object

it('an edit that the type does not let through any more is not advised: it requires addresses by now', async () => {
  const world = await usageWorld()
  const { id, secret } = await world.make({ scopes: SCOPES, resources: [LINK.A, LINK.B], lifetimeDays: 365 })
  await world.days(2)
  await world.ask(secret)
  await world.usageOf(id)
  const types = { ...data.types, rest: { ...data.types.rest, addresses: 'required' } }
  const later = await usageWorld({
    ...{ store: world.store, clock: world.clock, directory: world.directory, addresses: addressRanges() },
    policy: definePolicy({ ...data, types } as unknown as typeof data),
  })
  const advice = await later.adviceOn(id, 1)
  expect(advice).toMatchObject({ scopes: [], resources: [], proof: [], withheld: [{ code: 'plan_rules' }] })
  expect(advice.edit).toBeUndefined()
  await later.tokens.edit({ actor: ADMIN, id, addresses: ['203.0.113.0/24'] })
  const { edit } = await later.adviceOn(id, 1)
  expect(await later.tokens.edit({ actor: ADMIN, id, ...(edit as object) })).toMatchObject({
    ...{ scopes: ['file_content:read'], addresses: ['203.0.113.0/24'] },
  })
})
