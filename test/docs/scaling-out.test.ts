/** The pool of docs/scaling-out.md is the one over which test/processes/failover-postgres.test.ts fails a primary over. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { programsOf } from './blocks.ts'
import { ROOT, readPage } from './markdown.ts'

it('the page shows the pool that the failover of PostgreSQL is tested with', () => {
  const file = 'docs/scaling-out.md'
  const shown = programsOf(readPage(file, readFileSync(ROOT + file, 'utf8'))).find(
    ({ main }) => main === 'primary-pool.ts',
  )
  expect(shown?.block.code.trim()).toBe(readFileSync(`${ROOT}test/processes/primary-pool.ts`, 'utf8').trim())
})
