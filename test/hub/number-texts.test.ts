/** Names of texts become numbers where that is safe, and a host still gives its own texts by their names (scripts/number-texts.ts). */
import { describe, expect, it } from 'vitest'
import { namesOfTexts, numbered } from '../../scripts/number-texts.ts'
import { describeInChromium, useChromium } from '../support/chromium.ts'
import { hubWorld } from './world.ts'

const open = useChromium()

describe('the name of a text', () => {
  const module = `
    const a = <p title={t('title')}>{rich(isOpen ? 'lead' : isNew ? 'fresh' : 'old', { title: 'title' })}</p>
    const b = count(number, 'tokens', { name: t('name') }) + t(\`issue_\${code}\`) + t(chosen)
    const c = { name: 'name' }
    const d = other('far')
    const e: { readonly [code: string]: TextKey } = { far: 'near', old: 'old' }
    const f: { readonly [code: string]: string } = { far: 'away' }
  `
  const sources = new Map([['a.tsx', module]])

  it('is a number only if it stands in calls and in tables of names alone', () => {
    expect([...namesOfTexts(sources)].toSorted()).toEqual(['fresh', 'lead', 'near', 'old', 'tokens'])
    const more = new Map([...sources, ['b.ts', `export const NAMES = ['lead']`]])
    expect([...namesOfTexts(more)].toSorted()).toEqual(['fresh', 'near', 'old', 'tokens'])
  })

  it('is replaced where it stands, and nothing else is', () => {
    const numbers = new Map([...namesOfTexts(sources)].toSorted().map((name, i) => [name, i]))
    expect(numbered('a.tsx', module, numbers)).toBe(
      ['fresh', 'lead', 'near', 'old', 'tokens'].reduce(
        (text, name, i) => text.replaceAll(`'${name}'`, String(i)),
        module,
      ),
    )
  })
})

describeInChromium('a host’s own texts', () => {
  it('are given by name, for what is there at once and for what comes later', async () => {
    const { url, make } = await hubWorld({
      texts: { lead: 'Keys of Acme.', next: 'Onwards', statusActive: 'Alive' },
      languages: { de: { lead: 'Schlüssel von Acme.' } },
    })
    await make('Website sync')
    const { page } = await open()
    await page.goto(url)
    await page.getByText('Keys of Acme.').waitFor()
    await page.getByRole('row').getByText('Alive').waitFor()
    await page.getByRole('button', { name: 'Generate REST API token' }).click()
    await page.getByRole('button', { name: 'Onwards' }).waitFor()
  })
})
