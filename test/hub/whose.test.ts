/** Whose a secret is: told to admins of its plan, and of every other text one and the same is said. */
import { canaryTokens } from 'plan-access-tokens/leaks'
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { TOKEN } from '../support/world.ts'
import { type HubWorld, hubWorld, PATH, rowOf } from './world.ts'

const open = useBrowsers()

/** What the server answers, to the letter. */
async function said({ url }: HubWorld, secret: string): Promise<string> {
  const answer = await fetch(`${url}/api/whose`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ secret }),
  })
  const { date: _, ...headers } = Object.fromEntries(answer.headers)
  return JSON.stringify([answer.status, headers, await answer.text()])
}

const secretOf = ({ secret }: { readonly secret?: { reveal(): string } | string }): string =>
  typeof secret === 'string' ? secret : (secret?.reveal() ?? '')

it('is said in the same words of another plan, of nobody, of a canary and of nonsense', async () => {
  const told: unknown[] = []
  const world = await hubWorld({
    engine: { canaries: canaryTokens({ onUse: (use) => void told.push(use) }) },
  })
  const make = async (change: object) =>
    secretOf(await world.tokens.create({ ...TOKEN, actor: 'ada', name: 'X', lifetimeDays: 9, ...change } as never))
  const mine = await make({})
  const foreign = secretOf(
    await world.tokens.create({
      ...TOKEN,
      planId: '1004',
      actor: 'somebody else',
      name: 'Y',
      lifetimeDays: 9,
    } as never),
  )
  const canary = await make({ canary: true })
  const unknown = `${mine.slice(0, -40)}${'0'.repeat(40)}`
  const answers = await Promise.all(
    [foreign, canary, unknown, '', 'x', '💥'.repeat(1_000)].map((text) => said(world, text)),
  )
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toContain('{\\"token\\":null,\\"secret\\":null}')
  expect(await said(world, mine)).not.toBe(answers[0])
  world.state.actor = 'bob'
  expect(await said(world, mine)).toContain('isNewest')
  expect(told).toEqual([])
})

it('takes the same questions for a canary as for a token of another plan, so that the time tells nothing', async () => {
  const questions: string[] = []
  const world = await hubWorld({
    engine: { canaries: canaryTokens({ onUse: () => undefined }) },
    directory: {
      isPlanAdmin(actor, planId) {
        questions.push(planId)
        return (actor === 'ada' && planId === '1001') || actor === 'somebody else'
      },
    },
  })
  const make = async (change: object) =>
    secretOf(await world.tokens.create({ ...TOKEN, name: 'X', lifetimeDays: 9, ...change } as never))
  const canary = await make({ actor: 'ada', canary: true })
  const foreign = await make({ actor: 'somebody else', planId: '1004' })
  const askedFor = async (secret: string): Promise<readonly string[]> => {
    questions.length = 0
    await said(world, secret)
    return [...questions]
  }
  expect([await askedFor(canary), await askedFor(foreign)]).toEqual([['1001'], ['1004']])
})

it('is found behind other secrets of the same text, the one that works before all others', async () => {
  const world = await hubWorld()
  const other = await world.tokens.create({
    ...{ ...TOKEN, planId: '1004', actor: 'somebody else', name: 'Y', lifetimeDays: 9 },
  } as never)
  const ended = await world.make('Ended')
  await world.tokens.revoke({ actor: 'ada', id: ended.token.id })
  const mine = await world.make('Website sync')
  const line = [other, ended, mine].map((one) => `TOKEN=${secretOf(one as never)}`).join('\n')
  expect(await said(world, line)).toContain(mine.token.id)
  expect(await said(world, line.split('\n').slice(0, 2).join('\n'))).toContain(ended.token.id)
})

it('is no use, stands in no event, and is for who is signed in alone', async () => {
  const world = await hubWorld()
  const { token, secret } = await world.make('Website sync')
  expect(await said(world, `export TOKEN="${secretOf({ secret } as never)}"`)).toContain(token.id)
  expect((await world.tokens.get({ actor: 'ada', id: token.id })).lastUsedAt).toBe(null)
  expect((await world.tokens.events({ actor: 'ada', planId: '1001' })).events).toHaveLength(1)
  world.state.actor = undefined
  expect(await said(world, secretOf({ secret } as never))).toContain('actor_missing')
})

describeInBrowsers('the question whose a secret is', () => {
  async function opened() {
    const world = await hubWorld()
    const { token, secret } = await world.make('Website sync')
    const { page } = await open()
    await page.goto(world.url)
    await rowOf(page, 'Website sync').waitFor()
    const ask = async (text: string): Promise<void> => {
      await page.getByLabel('Secret', { exact: true }).fill(text)
      await page.getByRole('button', { name: 'Look up' }).click()
    }
    const dialog = page.getByRole('dialog').first()
    const start = () => page.getByRole('button', { name: 'Whose secret is this?' }).click()
    await start()
    return { ...world, token, secret: secretOf({ secret } as never), page, dialog, ask, start }
  }

  it('tells the token, its plan, its state and which secret it is, and can revoke it', async () => {
    const { dialog, ask, secret, page, tokens, token } = await opened()
    await ask(`  ${secret} `)
    await dialog.getByText('It is the newest secret of this token, and it works.').waitFor()
    const found = dialog.getByRole('region', { name: 'Website sync' })
    for (const text of ['Acme', 'REST API', 'Active', 'Never used', token.id])
      await found.getByText(text, { exact: true }).waitFor()
    await found.getByRole('button', { name: 'Revoke token' }).click()
    const second = page.getByRole('dialog').last()
    await second.getByRole('textbox').fill('Website sync')
    await second.getByRole('button', { name: 'Revoke token' }).click()
    await dialog.getByText('It is the newest secret of this token, and it does not work.').waitFor()
    expect((await tokens.get({ actor: 'ada', id: token.id })).status).toBe('revoked')
  })

  it('tells an old secret, and until when it works', async () => {
    const { dialog, ask, secret, tokens, token, later } = await opened()
    await tokens.refresh({ actor: 'ada', id: token.id })
    await ask(secret)
    await dialog.getByText(/It is an old secret of this token\. It works until/).waitFor()
    later(2)
    await ask(secret)
    await dialog.getByText('It does not work any more.').waitFor()
  })

  it('says one sentence of everything else, and keeps nothing when it closes', async () => {
    const { page, dialog, ask, secret, state, start } = await opened()
    await ask('')
    await dialog.getByText('Paste the secret first.').waitFor()
    await ask('nobody')
    await dialog.getByText('It belongs to no token that you manage.').waitFor()
    await ask(secret)
    await dialog.getByText('it works').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    const kept = await page.evaluate(() =>
      JSON.stringify([
        location.href,
        history.state,
        { ...localStorage },
        { ...sessionStorage },
        document.documentElement.outerHTML,
      ]),
    )
    expect(kept).not.toContain(secret)
    expect(state.requests.filter((one) => one.includes(secret.slice(-20)))).toEqual([])
    expect(state.requests).toContain('POST /api/whose')
    await start()
    await expect.poll(() => page.getByLabel('Secret', { exact: true }).inputValue()).toBe('')
    await expect.poll(() => page.getByLabel('Secret', { exact: true }).getAttribute('type')).toBe('password')
  })

  it('keeps what was pasted when the server fails, and leads to the token', async () => {
    const { page, dialog, ask, secret, state, token } = await opened()
    state.fault = (asked) => (asked === 'POST /api/whose' ? { status: 500, body: '' } : undefined)
    await ask(secret)
    await dialog.getByText('Nothing that you typed is lost.').waitFor()
    state.fault = () => undefined
    await page.getByRole('button', { name: 'Look up' }).click()
    await dialog.getByRole('link', { name: 'Open token' }).click()
    await page.waitForURL((url) => url.hash.includes(token.id) && url.pathname === PATH)
  })
})
