/**
 * What each change of a policy does to living tokens: one test for each line of docs/changing-a-policy.md. The tests themselves:
 * test/policy/changes/.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OF_ENDPOINTS } from './changes/endpoints.ts'
import { OF_LIMITS } from './changes/limits.ts'
import { OF_RESOURCES } from './changes/resources.ts'
import { OF_RIGHTS } from './changes/rights.ts'
import type { Changes } from './changes/world.ts'

const TESTS: Changes = { ...OF_RIGHTS, ...OF_RESOURCES, ...OF_ENDPOINTS, ...OF_LIMITS }

/** The first cells of the page's tables of changes, without the signs for code. */
function changesOnPage(): readonly string[] {
  const page = readFileSync(new URL('../../docs/changing-a-policy.md', import.meta.url), 'utf8')
  const tables = page.split('\n## What each change does\n')[1] ?? ''
  const rows = [...tables.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell.replaceAll('`', ''))
  return rows.filter((cell) => cell !== 'change' && cell !== '---')
}

describe('docs/changing-a-policy.md', () => {
  const onPage = changesOnPage()

  it('has a line for each test, and each line is tested', () => {
    expect(onPage.length).toBeGreaterThan(30)
    expect([...onPage].sort()).toEqual(Object.keys(TESTS).sort())
    expect(new Set(onPage).size).toBe(onPage.length)
  })

  it.each(onPage)('is right where %s', async (change) => {
    await TESTS[change]?.()
  })
})
