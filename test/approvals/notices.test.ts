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
  // What waits falls due as no token does that something uses: it lapses.
  got.length = 0
  await ask({ lifetimeDays: 365 })
  await outbox.runOnce()
  clock.advance(22 * DAY)
  await outbox.runOnce()
  clock.advance(DAY)
  await outbox.runOnce()
  clock.advance(6 * DAY)
  await outbox.runOnce()
  clock.advance(2 * DAY)
  await outbox.runOnce()
  const lapsing = got.filter(({ tokenId }) => tokenId !== id)
  expect(lapsing.map(({ type, daysLeft }) => `${type} ${daysLeft ?? ''}`.trim())).toEqual([
    ...['token.requested', 'token.request_lapsing 7', 'token.request_lapsing 1'],
  ])
  expect(sentenceOf(lapsing[1] as Notice)).toMatch(
    /^What was asked for as the token "Nightly export" lapses within 7 days, on /,
  )
})

it('what was approved is told of a day before it can be collected no more, and what was decided is not told of', async () => {
  const { tokens, ask, clock } = newWorld()
  const got: Notice[] = []
  const outbox = createOutbox({ tokens, deliver: (notice) => got.push(notice) })
  await outbox.runOnce()
  const [approved, declined] = [await ask(), await ask()]
  clock.advance(20 * DAY)
  await outbox.runOnce()
  await tokens.approve({ actor: BEN, id: approved })
  await tokens.decline({ actor: BEN, id: declined })
  for (let day = 0; day < 8; day++) {
    clock.advance(DAY)
    await outbox.runOnce()
  }
  const due = got.filter(({ seq }) => seq === undefined)
  expect(due.map(({ tokenId, type, daysLeft }) => [tokenId, type, daysLeft])).toEqual([
    [approved, 'token.request_lapsing', 1],
  ])
})

it('an edit that waits is told of 7 days and a day before it lapses, unless it was decided', async () => {
  const { tokens, make, edit, clock } = newWorld()
  const got: Notice[] = []
  const outbox = createOutbox({ tokens, deliver: (notice) => got.push(notice) })
  const { token } = await make({ lifetimeDays: 365 })
  const other = await make({ lifetimeDays: 365 })
  for (const { id } of [token, other.token]) await edit(id, { scopes: ['files:read', 'webhooks:read'] })
  await outbox.runOnce()
  for (let day = 0; day < 31; day++) {
    if (day === 10) await tokens.approve({ actor: BEN, id: other.token.id })
    clock.advance(DAY)
    await outbox.runOnce()
  }
  const due = got.filter(({ seq }) => seq === undefined)
  expect(due.map(({ tokenId, type, daysLeft }) => [tokenId, type, daysLeft])).toEqual([
    [token.id, 'token.edit_request_lapsing', 7],
    [token.id, 'token.edit_request_lapsing', 1],
  ])
  expect(sentenceOf(due[0] as Notice)).toContain(
    'The edit of the token "Nightly export" that waits lapses within 7 days',
  )
})
