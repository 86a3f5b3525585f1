/** docs/custom-store.md says of each case what its failure usually is, and a runner without any of our tools takes the cases. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { memoryStore } from 'plan-access-tokens'
import { storeContract } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { pagesOfRepository, ROOT } from '../../docs/markdown.ts'

const names = storeContract({ create: memoryStore }).map(({ name }) => name)

describe('docs/custom-store.md', () => {
  const page = pagesOfRepository().find(({ file }) => file === 'docs/custom-store.md')
  const rowsOf = (head: string): readonly (readonly string[])[] =>
    page?.tables.find((table) => table.head[0] === head)?.rows ?? []

  it('says of each case, in their order, what its failure usually is', () => {
    expect(rowsOf('case').map(([name]) => name)).toEqual(names)
    for (const [, cause] of rowsOf('case')) expect(cause).toMatch(/^.{5,}[^.]$/)
  })

  it('names every method of the port', () => {
    const named = rowsOf('method').concat(page?.tables.filter(({ head }) => head[0] === 'method')[1]?.rows ?? [])
    const methods = named.flatMap(([cell = '']) => [...cell.matchAll(/`([\w.]+)\(/g)].map(([, method]) => method))
    const optional = ['peekByDigest', 'bound', 'watch', 'recordUse', 'lastUse', 'sweep', 'scan']
    const rest = ['readValue', 'writeValue', 'removeValue', 'ready']
    expect(methods).toEqual(['findByDigest', 'find', 'list', 'commit', 'events', ...optional, ...rest])
  })
})

describe('node:test', () => {
  it('takes the cases as they are', { timeout: 60_000 }, async () => {
    mkdirSync(`${ROOT}.vitest`, { recursive: true })
    const folder = mkdtempSync(`${ROOT}.vitest/contract-`)
    try {
      const file = `${folder}/memory.test.ts`
      writeFileSync(
        file,
        `import { test } from 'node:test'
         import { memoryStore } from 'plan-access-tokens'
         import { storeContract } from 'plan-access-tokens/testing'
         for (const { name, run } of storeContract({ create: memoryStore })) test(name, run)`,
      )
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const argv = ['--import', 'tsx', '--test', '--test-reporter=tap', file]
      const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: ROOT, env })
      const passed = [...stdout.matchAll(/^ *ok \d+ - (.+)$/gm)].map(([, title]) => title)
      expect(passed).toEqual(names)
      expect(stdout).toMatch(/^# fail 0$/m)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
