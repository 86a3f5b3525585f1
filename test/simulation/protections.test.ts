/** The checks of the simulation bite: with any one protection taken out of the library, a schedule breaks the promise. */
import { describe, expect, it } from 'vitest'
import { focusOf, policyOf } from './freshness/deployment.ts'
import { libraryWith } from './freshness/library.ts'
import { PROTECTIONS, type Protection } from './freshness/protections.ts'
import { runSchedule } from './freshness/schedule.ts'

const MOST = 200_000
const LONGEST = 600_000

/** The first schedule that finds something, with what it found. */
async function firstFailure({ without, focus }: Protection): Promise<string | undefined> {
  const library = await libraryWith(without)
  const policy = policyOf(library)
  for (let seed = 1; seed <= MOST; seed++) {
    if (focus !== undefined && focusOf(seed) !== focus) continue
    const problems = await runSchedule(library, policy, seed)
    if (problems.length > 0) return `seed ${seed}: ${problems.join('; ')}`
  }
  return undefined
}

describe('the simulation finds a library in which', () => {
  it.each(PROTECTIONS.map((protection) => [protection.name, protection] as const))(
    'it is not so that %s',
    async (_, protection) => {
      expect(await firstFailure(protection)).toMatch(/^seed \d+: /)
    },
    LONGEST,
  )

  it('every rule of the contract has a protection that is taken out', () => {
    expect([...new Set(PROTECTIONS.map(({ rule }) => rule))].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('and finds the same at the same seed again', async () => {
    const [protection] = PROTECTIONS as readonly [Protection]
    expect(await firstFailure(protection)).toBe(await firstFailure(protection))
  })
})
