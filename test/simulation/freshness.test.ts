/**
 * The promise of docs/freshness.md under ten thousand adversarial schedules, or a thousand outside of CI: several processes, a
 * store behind a network that loses and delays, clocks that drift and jump, pauses, crashes and restores. `npm run simulate` runs
 * a million. That the checks bite: protections.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { rounds } from '../support/rounds.ts'
import { type Library, policyOf } from './freshness/deployment.ts'
import { libraryWith } from './freshness/library.ts'
import { runSchedule } from './freshness/schedule.ts'

const SCHEDULES = rounds({ ci: 10_000, here: 1_000 })
const PARTS = 10
const LONGEST = 600_000

const library: Library = await libraryWith()
const policy = policyOf(library)

describe('after a change has returned no process acts on what was before', () => {
  const parts = Array.from({ length: PARTS }, (_, part) => 1 + (part * SCHEDULES) / PARTS)

  it.each(parts)(
    `in ${SCHEDULES / PARTS} schedules from seed %i`,
    async (first) => {
      const failures: string[] = []
      for (let seed = first; seed < first + SCHEDULES / PARTS; seed++)
        for (const problem of await runSchedule(library, policy, seed)) failures.push(`seed ${seed}: ${problem}`)
      expect(failures, 'npm run simulate -- 1 SEED shows one of them').toEqual([])
    },
    LONGEST,
  )
})
