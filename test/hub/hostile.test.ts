/** Text of other people that would be markup or script somewhere: on every view it stays text, even without the page's policy. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { choose, type HubWorld, hubWorld, LINKS, look, PLAN, rowSays, storeSecret } from './world.ts'

const open = useChromium()

const SCRIPT = '</script><script>window.__pwned = 1</script>'
const IMAGE = `<img src=x onerror='window.__pwned = 1'>`
const HOLE = '$' + '{window.__pwned = 1} {token} {{1}} $& $1'
/** A name of the 100 characters that fit. */
const NAME = `${SCRIPT}${IMAGE} ${HOLE.slice(0, 12)}`
const DESCRIPTION = `"><svg onload="window.__pwned = 1">${HOLE}<!-- <a href="javascript:window.__pwned = 1">click</a>`
const ACTOR = `eve${SCRIPT}${IMAGE}`
const PLAN_NAME = `Acme${SCRIPT}\u2028${IMAGE}${HOLE}`
const RESOURCE_NAME = `Landing${IMAGE}`
const PRODUCT = `Product${SCRIPT}${IMAGE}`
const JAVASCRIPT = 'javascript:window.__pwned=1'

/** A hub in which everything that has a name has a hostile one. */
async function hostileWorld(): Promise<HubWorld> {
  const world: HubWorld = await hubWorld({
    directory: { describe: (refs) => refs.map(() => RESOURCE_NAME) },
    product: PRODUCT,
    texts: { lead: `Lead${SCRIPT}${IMAGE}`, allResources: `All${IMAGE}`, createdBy: `by${IMAGE} {actor}` },
    addresses: { rest: `https://api.acme.example/'$(id)'` },
  })
  world.tree.setPlan(PLAN, { admins: ['ada', ACTOR] })
  world.names[PLAN] = PLAN_NAME
  return world
}

/** Nothing of the page is an element that a text has made, and no script of a text has run. */
async function harmless(page: Page): Promise<void> {
  await expect
    .poll(() => page.locator('#hub :is(img, svg:not(.icon), script, iframe, style, a[href^="javascript:" i])').count())
    .toBe(0)
  await expect.poll(() => page.locator('script').count()).toBe(2)
  await expect.poll(() => page.evaluate(() => '__pwned' in window)).toBe(false)
}

/** As text of the page; a description beside a name that takes all of a row is there, and has no room. */
const literally = (page: Page, text: string) =>
  page.getByText(text, { exact: true }).first().waitFor({ state: 'attached' })

describeInChromium('hostile text', () => {
  it.each([false, true])('stays text on every view (without the policy: %s)', async (bypassCSP) => {
    const world = await hostileWorld()
    const { token } = await world.make(NAME, { actor: ACTOR, description: DESCRIPTION, resources: [LINKS.landing] })
    await world.tokens.edit({ actor: ACTOR, id: token.id, description: `${DESCRIPTION}!` })
    const { page } = await open({ bypassCSP })

    await page.goto(world.url)
    for (const text of [PRODUCT, `Lead${SCRIPT}${IMAGE}`, NAME, `${DESCRIPTION}!`, ACTOR]) await literally(page, text)
    await expect.poll(() => page.title()).toBe(`Plan access tokens · ${PRODUCT}`)
    const [organization] = await page.getByLabel('Organization').locator('option').allTextContents()
    expect(organization).toBe(PLAN_NAME)
    await harmless(page)

    await page.getByLabel('Search tokens').fill('<script>window.__pwned')
    await page.getByText(/^1 tokens? found$/).waitFor()
    await literally(page, NAME)
    await harmless(page)

    await look(page, NAME)
    await page.getByRole('dialog', { name: NAME }).waitFor()
    await page.getByText('How it is used').click()
    await harmless(page)
    await page.getByRole('tab', { name: 'Activity' }).click()
    await page.getByText('created the token').waitFor()
    await expect.poll(() => page.locator('.history del').textContent()).toContain(DESCRIPTION)
    await expect.poll(() => page.locator('.history').textContent()).toContain(ACTOR)
    await page.getByRole('tab', { name: 'Try it' }).click()
    await page.getByLabel('URL', { exact: true }).fill(`/v1/files/${IMAGE}`)
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('It would be refused').waitFor()
    await page.getByText('Every question that is asked').click()
    await harmless(page)
    await page.getByRole('button', { name: 'Close' }).click()

    await choose(page, NAME, 'Refresh token')
    await page.getByRole('dialog', { name: `Refresh ${NAME}` }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Refresh token' }).click()
    await page.getByText(`Secret of ${NAME}`, { exact: true }).waitFor()
    await page.getByText('How it is used').click()
    await harmless(page)
    await storeSecret(page)

    await choose(page, NAME, 'Edit token')
    const edit = page.getByRole('dialog', { name: 'Edit token' })
    await expect.poll(() => edit.getByLabel('Name').inputValue()).toBe(NAME)
    await literally(page, RESOURCE_NAME)
    await edit.getByLabel('Links to resources').fill(`${LINKS.brand}\n${JAVASCRIPT}\n${IMAGE}`)
    await edit.getByRole('list', { name: 'What the links lead to' }).getByText(JAVASCRIPT, { exact: true }).waitFor()
    await harmless(page)

    await edit.getByLabel('Links to resources').fill(LINKS.brand)
    await edit.getByLabel('Description').fill(`${DESCRIPTION}?`)
    await world.tokens.edit({ actor: ACTOR, id: token.id, description: `${DESCRIPTION}${IMAGE}`, resources: 'all' })
    await edit.getByRole('button', { name: 'Save' }).click()
    await edit.getByRole('heading', { name: 'Somebody else changed this token' }).waitFor()
    for (const text of [ACTOR, `${DESCRIPTION}?`, `${DESCRIPTION}${IMAGE}`, `All${IMAGE}`]) await literally(page, text)
    await harmless(page)
    await edit.getByRole('button', { name: 'Save' }).click()
    await page.getByText(`${NAME} is saved.`, { exact: true }).waitFor()
    await harmless(page)

    await choose(page, NAME, 'Revoke token')
    await page.getByRole('dialog', { name: `Revoke ${NAME}` }).waitFor()
    await page.getByLabel(`Type ${NAME} to confirm`).fill(NAME)
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText(`${NAME} is revoked.`, { exact: true }).waitFor()
    await rowSays(page, NAME, 'Revoked')
    await harmless(page)

    world.tree.setPlan(PLAN, { tier: 'professional' })
    await page.reload()
    await page.getByText(`The plan of ${PLAN_NAME} does not include these tokens.`).waitFor()
    await harmless(page)
  })

  it('of the server that is no answer of the API is not shown', async () => {
    const world = await hostileWorld()
    await world.make('Website sync')
    const { page } = await open({ bypassCSP: true })
    await page.goto(world.url)
    const token = { ...(await world.tokens.list({ actor: 'ada', planId: PLAN })).tokens[0], name: 'Changed on the way' }
    const resources = [{ kind: 'file', id: '1', link: JAVASCRIPT }]
    const faults = [
      JSON.stringify({ code: IMAGE, title: IMAGE, issues: [{ path: IMAGE, message: SCRIPT }] }),
      JSON.stringify({ seq: 1, news: [], tokens: [{ ...token, resources }] }),
    ]
    world.state.fault = () => ({ status: 418, body: faults[0] ?? '', type: 'application/json' })
    await page.getByLabel('Search tokens').fill('Web')
    await page.getByRole('alert').getByText(IMAGE).first().waitFor()
    await harmless(page)

    // A link that the policy would never have let in is text, and nothing to click on.
    world.state.fault = () => ({ status: 200, body: faults[1] ?? '', type: 'application/json' })
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Changed on the way', exact: true }).click()
    await page.getByRole('tab', { name: 'Access' }).click()
    // Whatever else is asked gets the same answer, which is none.
    await page.getByText('The server gave an unexpected answer.').first().waitFor()
    await literally(page, JAVASCRIPT)
    await harmless(page)
  })

  it('runs no script that somebody else has put into it', async () => {
    const world = await hubWorld()
    const { page, complaints } = await open()
    await page.goto(world.url)
    await page.getByRole('button', { name: 'Generate REST API token' }).waitFor()
    const thrown = await page.evaluate(() => {
      const attempts = [
        () => {
          const script = document.createElement('script')
          script.append('window.__pwned = 1')
          document.body.append(script)
        },
        () => {
          document.body.innerHTML += '<img src=x onerror="window.__pwned = 1">'
        },
        () => document.body.setAttribute('onclick', 'window.__pwned = 1'),
        () => {
          location.href = 'javascript:window.__pwned = 1'
        },
        () => setTimeout('window.__pwned = 1'),
      ]
      return attempts.map((attempt) => {
        try {
          attempt()
          return false
        } catch {
          return true
        }
      })
    })
    expect(thrown[1]).toBe(true)
    await page.locator('body').click({ position: { x: 1, y: 1 } })
    await expect
      .poll(() => complaints.filter((complaint) => /Content Security Policy/.test(complaint)).length)
      .toBeGreaterThan(0)
    await expect.poll(() => page.evaluate(() => '__pwned' in window)).toBe(false)
    complaints.length = 0
  })
})
