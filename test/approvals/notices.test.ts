/** News of what was asked for and decided: each in order, in words, and nothing that falls due of what has no secret. */
import { createOutbox, type Notice } from 'plan-access-tokens/outbox'
import { expect, it } from 'vitest'
import { sentenceOf, todoOf } from '../../src/outbox/texts.ts'
import { DAY } from '../support/world.ts'
import { ADA, BEN, newWorld } from './world.ts'

it('every step is told, with what it was about', async () => {
  const { tokens, ask, edit, clock } = newWorld()
  const got: Notice[] = []
  const outbox = createOutbox({ tokens, deliver: (notice) => got.push(notice) })
  await outbox.runOnce()
  const id = await ask()
  await tokens.approve({ actor: BEN, id })
  await tokens.collect({ actor: ADA, id })
  await edit(id, { scopes: ['files:read'] })
  await tokens.approve({ actor: BEN, id })
  await edit(id, { scopes: ['files:read', 'webhooks:read'] })
  await tokens.decline({ actor: BEN, id, reason: 'Too much' })
  const other = await ask()
  await tokens.decline({ actor: BEN, id: other })
  await outbox.runOnce()
  expect(got.map(({ type }) => type)).toEqual([
    ...['token.requested', 'token.approved', 'token.collected', 'token.edit_requested', 'token.approved'],
    ...['token.edit_requested', 'token.declined', 'token.requested', 'token.declined'],
  ])
  const said = got.map((notice) => `${sentenceOf(notice)} ${todoOf(notice)}`)
  expect(said[1]).toBe(
    'The token "Nightly export" was approved by ben. Whoever asked for it collects its secret within 7 days; after that it is gone.',
  )
  expect(said[4]).toContain('An edit of the token "Nightly export" was approved by ben: scopes.')
  expect(said[6]).toContain('An edit of the token "Nightly export" was declined by ben. The token is as it was.')
  expect(said[8]).toContain('was declined by ben. It never had a secret.')
  // What waits falls due as no token does that something uses.
  got.length = 0
  await ask({ lifetimeDays: 365 })
  await outbox.runOnce()
  clock.advance(29 * DAY)
  await outbox.runOnce()
  clock.advance(2 * DAY)
  await outbox.runOnce()
  expect(got.filter(({ tokenId }) => tokenId !== id).map(({ type }) => type)).toEqual(['token.requested'])
})
