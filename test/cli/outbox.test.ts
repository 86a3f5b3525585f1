/** `outbox`: over a project whose outbox has told something and could not tell the rest. */
import { expect, it } from 'vitest'
import { CREATE, migrated, SQLITE } from './project.ts'

const CONFIG = `
import { existsSync } from 'node:fs'
import { createPlanTokens } from 'plan-access-tokens'
import { defineConfig } from 'plan-access-tokens/config'
import { createOutbox } from 'plan-access-tokens/outbox'
import { database, directory, policy, store } from './world.mjs'

const tokens = createPlanTokens({ policy, store, directory, onWarning() {} })
const deliver = ({ type }) => {
  if (type === 'token.edited' && !existsSync(new URL('works', import.meta.url))) throw new Error('down')
}
const of = (name) => createOutbox({ tokens, deliver, name, tries: 1, since: 'beginning' })
export default defineConfig({
  tokens, database, actor: 'admin-1', outboxes: [of('mail'), of('webhooks')], close: () => database.destroy(),
})
`

it('tells how far outboxes are, runs one, lists what it could not deliver, and sends that again', async () => {
  const { run, write } = await migrated({ ...SQLITE, 'plan-access-tokens.config.mjs': CONFIG })
  const json = async (...args: readonly string[]) => JSON.parse((await run(['outbox', ...args, '--json'])).stdout)
  const made = JSON.parse((await run([...CREATE, '--json'])).stdout) as { readonly token: { readonly id: string } }
  await run(['edit', made.token.id, '--name', 'Weekly'])

  expect((await json()).outboxes).toMatchObject([
    { name: 'mail', cursor: null },
    { name: 'webhooks', cursor: null },
  ])
  expect(await json('--name', 'mail', '--run')).toEqual({ ran: true, isDone: true, delivered: 1, failed: 0, dead: 1 })
  const { outboxes } = await json('--name', 'mail')
  expect(outboxes).toMatchObject([{ name: 'mail', cursor: 2, lag: { events: 0 }, waiting: [], dead: 1 }])
  const { letters } = await json('--name', 'mail', '--dead')
  expect(letters).toMatchObject([{ type: 'token.edited', tokenId: made.token.id, tries: 1, error: { name: 'Error' } }])

  const shown = await run(['outbox', '--name', 'mail', '--dead'])
  expect(shown.stdout).toContain(letters[0].id)
  expect((await run(['outbox'])).stdout).toMatch(/^OUTBOX +UP TO SEQ.*\nmail +2 +0 .*\nwebhooks +never ran/)

  write('works', '')
  const resent = await run(['outbox', '--name', 'mail', '--resend', 'all', '--run'])
  expect(resent).toMatchObject({ code: 0 })
  expect(resent.stderr).toContain('1 dead letters will be sent again')
  expect(resent.stderr).toContain('Delivered 1, failed 0, dead letters 0.')
  expect(await json('--name', 'mail', '--dead')).toEqual({ letters: [] })
})

it('says which outbox has to be named, and that a configuration has none', async () => {
  const { run } = await migrated({ ...SQLITE, 'plan-access-tokens.config.mjs': CONFIG })
  const unnamed = await run(['outbox', '--dead'])
  expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('one of mail, webhooks') })
  expect(await run(['outbox', '--dead', '--run'])).toMatchObject({ code: 2 })
  const bare = await migrated()
  expect(await bare.run(['outbox', '--run'])).toMatchObject({ code: 3 })
  expect(await bare.run(['outbox'])).toMatchObject({ code: 0, stderr: 'The configuration names no outboxes.\n' })
})
