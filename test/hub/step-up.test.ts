/** "Confirm that it is you": a change that needs a stronger session waits, is made again as it was, and nothing typed is lost. */
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { choose, type HubWorldOptions, hubWorld, look, rowSays } from './world.ts'

const open = useBrowsers()
const ASKED = { acr: ['urn:example:mfa', 'urn:example:key'], maxAgeSeconds: 300 }

async function opened(options: HubWorldOptions = {}) {
  const session = { isStrong: false, now: () => 0 }
  const world = await hubWorld({
    directory: { rules: () => ({ stepUp: { edit: ASKED, revoke: ASKED } }) },
    actor: () => (session.isStrong ? { id: 'ada', acr: 'urn:example:mfa', authTime: session.now() } : 'ada'),
    ...options,
  })
  session.now = world.clock.now
  const { token } = await world.make('Website sync')
  const { page } = await open()
  await page.goto(world.url)
  const question = page.getByRole('dialog', { name: 'Confirm that it is you' })
  const save = async (name: string) => {
    await choose(page, 'Website sync', 'Edit token')
    await page.getByRole('dialog').getByLabel('Name').fill(name)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await question.waitFor()
  }
  return { ...world, session, token, page, question, save }
}

const version = async ({ tokens, token }: Awaited<ReturnType<typeof opened>>) =>
  (await tokens.get({ actor: 'ada', id: token.id })).version

describeInBrowsers('a change that needs a stronger session', () => {
  it('opens the host’s own page with what is asked for, and goes on by itself when one comes back', async () => {
    const world = await opened({ stepUp: '/confirm?from=hub', signIn: '/sign-in' })
    const { page, question, save, session } = world
    await save('By Ada')
    await question.getByText('You have to have signed in within the last 5 minutes.').waitFor()
    const link = question.getByRole('link', { name: 'Confirm in another tab' })
    const address = new URL((await link.getAttribute('href')) ?? '')
    expect([address.pathname, Object.fromEntries(address.searchParams)]).toEqual([
      '/confirm',
      { from: 'hub', acr_values: 'urn:example:mfa urn:example:key', max_age: '300' },
    ])
    const [other] = await Promise.all([page.waitForEvent('popup'), link.click()])
    await expect.poll(() => other.evaluate(() => window.opener)).toBe(null)
    session.isStrong = true
    await other.close()
    await page.evaluate(() => dispatchEvent(new Event('focus')))
    await page.getByText('By Ada is saved.').waitFor()
    await rowSays(page, 'By Ada', 'Active')
    expect(await version(world)).toBe(2)
  })

  it('that is not confirmed is asked about again, and Cancel gives back the form as it was', async () => {
    const world = await opened({ signIn: '/sign-in' })
    const { page, question, save } = world
    await save('By Ada')
    for (let i = 0; i < 2; i++) {
      await question.getByRole('button', { name: 'I have confirmed' }).click()
      await question.getByText('It was not confirmed, or not strongly enough.').waitFor()
    }
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    const form = page.getByRole('dialog')
    await form.getByText('It was not done: the rules of the organization ask').waitFor()
    await expect.poll(() => form.getByLabel('Name').inputValue()).toBe('By Ada')
    expect(await version(world)).toBe(1)
    world.session.isStrong = true
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByText('By Ada is saved.').waitFor()
  })

  it('says what to do where the host has no page to sign in at; Escape and Back cancel', async () => {
    const world = await opened()
    const { page, question, save } = world
    await save('By Ada')
    await question.getByText('Sign in again in another tab, then come back here.').waitFor()
    await expect.poll(() => question.getByRole('link').count()).toBe(0)
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await question.waitFor()
    await page.evaluate(() => history.back())
    await question.waitFor({ state: 'detached' })
    await expect.poll(() => page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('By Ada')
    expect(await version(world)).toBe(1)
  })

  it('ends a token from its own page once it is confirmed', async () => {
    const { page, question, session, tokens, token } = await opened()
    await look(page, 'Website sync')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
    await page.getByLabel('Type Website sync to confirm').fill('Website sync')
    await page.getByRole('dialog').last().getByRole('button', { name: 'Revoke token' }).click()
    await question.waitFor()
    expect((await tokens.get({ actor: 'ada', id: token.id })).status).toBe('active')
    session.isStrong = true
    await question.getByRole('button', { name: 'I have confirmed' }).click()
    await page.getByRole('dialog').getByText('Website sync is revoked.').waitFor()
    expect((await tokens.get({ actor: 'ada', id: token.id })).status).toBe('revoked')
  })
})
