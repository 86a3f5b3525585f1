/** The history of a token as sentences: who by name, from where, why, and what was before; whatever the host knows of names. */
import { expect, it } from 'vitest'
import { describeInBrowsers, useBrowsers } from '../support/browsers.ts'
import { type HubWorldOptions, hubWorld, LINKS, look } from './world.ts'

const open = useBrowsers()
const NAMES: { readonly [id: string]: string } = { ada: 'Ada Lovelace', bob: 'Bob <b>Ross</b>' }

async function opened(describeActor?: HubWorldOptions['describeActor'], more: HubWorldOptions = {}) {
  const world = await hubWorld({ ...more, ...(describeActor && { describeActor }) })
  const { token } = await world.make('Website sync', { scopes: ['file_content:read', 'file_comments:read'] })
  const { tokens } = world
  await tokens.edit({
    ...{ actor: { id: 'bob', address: '198.51.100.7', session: 'S-17' }, id: token.id, name: 'Website' },
    ...{ scopes: ['file_content:read', 'projects:read'], resources: [LINKS.brand], contact: 'web@acme.example' },
  })
  await tokens.refresh({ actor: 'ada', id: token.id })
  await tokens.revoke({ actor: 'bob', id: token.id, reason: 'It is not used any more.' })
  const { page } = await open()
  await page.goto(world.url)
  await look(page, 'Website', 'Activity')
  const entries = page.locator('ol.history > li')
  await entries.nth(3).waitFor()
  return { ...world, page, entries, texts: await entries.allTextContents() }
}

describeInBrowsers('the history of a token', () => {
  it('reads as sentences: by whom, from where, why, and what it was before', async () => {
    const { texts } = await opened((ids) => ids.map((id) => NAMES[id]))
    expect(texts[0]).toMatch(/^Bob <b>Ross<\/b> revoked the token.* · bobIt is not used any more\.$/)
    expect(texts[1]).toMatch(
      /^Ada Lovelace refreshed the token.*Expiresbefore: .* after: .*Old secret works until after: /,
    )
    expect(texts[2]).toMatch(/^Bob <b>Ross<\/b> edited Name, Scopes, Resources, Contact/)
    expect(texts[2]).toContain(' · bob · from 198.51.100.7 · session S-17')
    expect(texts[2]).toContain('Namebefore: Website sync after: Website')
    expect(texts[2]).toContain('Scopesremoved: file_comments:read added: projects:read')
    expect(texts[2]).toContain(`Resourcesbefore: All resources after: ${LINKS.brand}`)
    expect(texts[2]).toContain('Contactbefore: — after: web@acme.example')
    expect(texts[3]).toMatch(/^Ada Lovelace created the token/)
    expect(texts.join()).not.toMatch(/[{}[\]]/)
  })

  it.each<[string, NonNullable<HubWorldOptions['describeActor']>]>([
    [
      'throws',
      () => {
        throw new Error('The directory is down.')
      },
    ],
    ['rejects', () => Promise.reject(new Error('The directory is down.'))],
    ['gives no list', () => 'Ada' as never],
    ['gives no names', () => []],
    ['gives what is no text', (ids) => ids.map(() => 17) as never],
    ['gives a name that turns the writing around', (ids) => ids.map(() => '\u202eada')],
    ['never answers', () => new Promise(() => undefined)],
  ])('shows the ids where the host %s', async (_, describeActor) => {
    const { texts } = await opened(describeActor)
    expect(texts[0]).toMatch(/^bob revoked the token/)
    expect(texts[3]).toMatch(/^ada created the token/)
  })

  it('asks the host once for a page, for each person once, and tells it when it fails', async () => {
    const asked: (readonly string[])[] = []
    const told: unknown[] = []
    await opened(
      (ids) => {
        asked.push(ids)
        throw new Error('The directory is down.')
      },
      { onError: (error) => told.push(error) },
    )
    expect(asked.every((ids) => new Set(ids).size === ids.length)).toBe(true)
    expect(asked.at(-1)?.toSorted()).toEqual(['ada', 'bob'])
    expect(told.map(String)).toContain('Error: The directory is down.')
  })

  it('of a server that fails is told, and comes when it is tried again', async () => {
    const { page, state, make, url } = await opened()
    await make('Second')
    state.fault = (request) => (request.includes('/events?') ? { status: 500, body: '' } : undefined)
    await page.goto('about:blank')
    await page.goto(url)
    await look(page, 'Second', 'Activity')
    await page.getByText('The server could not do it just now.').waitFor()
    state.fault = () => undefined
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('ada created the token').waitFor()
  })
})
