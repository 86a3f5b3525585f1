/** A token in each state: each one is what its name says, to `authorize` and to the management calls. */
import {
  expectAllowed,
  expectDenied,
  requestWith,
  type TokensInEachState,
  tokensInEachState,
} from 'plan-access-tokens/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { notesApi, reading } from './notes.ts'

const HOUR = 3_600_000
let api: ReturnType<typeof notesApi>
let states: TokensInEachState
let before: number

beforeEach(async () => {
  api = notesApi()
  before = api.clock.now()
  states = await tokensInEachState(api.tokens, api.clock, reading)
})

const ask = (secret: TokensInEachState['active']['secret']) => api.tokens.authorize(requestWith(secret, 'GET /notes/A'))

describe('tokensInEachState', () => {
  it('moves the clock 48 hours ahead', () => {
    expect(api.clock.now()).toBe(before + 48 * HOUR)
  })

  it('makes an active one with the whole lifetime before it', async () => {
    expectAllowed(await ask(states.active.secret))
    expect(states.active.token.expiresAt).toBe(api.clock.now() + 30 * 24 * HOUR)
  })

  it('makes an expiring one that works for one hour more, to the millisecond', async () => {
    expectAllowed(await ask(states.expiring.secret))
    api.clock.advance(HOUR - 1)
    expectAllowed(await ask(states.expiring.secret))
    api.clock.advance(1)
    expectDenied(await ask(states.expiring.secret), 'token_expired')
  })

  it('makes a refreshed one both of whose secrets work, the previous one for a day', async () => {
    const { secret, previous } = states.refreshed
    expect(expectAllowed(await ask(secret)).secret.worksUntil).toBeNull()
    expect(expectAllowed(await ask(previous)).secret.worksUntil).toBe(api.clock.now() + 24 * HOUR)
    expect(previous.reveal()).not.toBe(secret.reveal())
    api.clock.advance(24 * HOUR)
    expectDenied(await ask(previous), 'secret_retired')
    expectAllowed(await ask(secret))
  })

  it('makes a retired secret of a token that is active', async () => {
    expectDenied(await ask(states.retired.secret), 'secret_retired')
    const { status } = await api.tokens.get({ actor: 'ada', id: states.retired.token.id })
    expect(status).toBe('active')
  })

  it('makes an expired one', async () => {
    expectDenied(await ask(states.expired.secret), 'token_expired')
    const { status } = await api.tokens.get({ actor: 'ada', id: states.expired.token.id })
    expect(status).toBe('expired')
  })

  it('makes a revoked one', async () => {
    expectDenied(await ask(states.revoked.secret), 'token_revoked')
    const { status } = await api.tokens.get({ actor: 'ada', id: states.revoked.token.id })
    expect(status).toBe('revoked')
  })

  it('makes six different tokens, of the input', async () => {
    const { tokens: listed } = await api.tokens.list({ actor: 'ada', planId: 'acme' })
    expect(new Set(listed.map((token) => token.id))).toEqual(
      new Set(Object.values(states).map(({ token }) => token.id)),
    )
    expect(listed).toHaveLength(6)
    for (const token of listed) expect(token).toMatchObject({ name: 'Reader', scopes: ['note:read'], type: 'key' })
  })

  it('works with the shortest lifetime that it takes', async () => {
    const { clock, tokens } = notesApi()
    const short = await tokensInEachState(tokens, clock, { ...reading, lifetimeDays: 3 })
    expectAllowed(await tokens.authorize(requestWith(short.active.secret, 'GET /notes/A')))
    expectDenied(await tokens.authorize(requestWith(short.retired.secret, 'GET /notes/A')), 'secret_retired')
    const { status } = await tokens.get({ actor: 'ada', id: short.retired.token.id })
    expect(status).toBe('active')
  })
})
