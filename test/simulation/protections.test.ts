/** The checks of the simulation bite: with any one protection taken out of the library, a schedule breaks the promise. */
import { describe, expect, it } from 'vitest'
import { focusOf, policyOf } from './freshness/deployment.ts'
import { libraryWith } from './freshness/library.ts'
import { PROTECTIONS, type Protection } from './freshness/protections.ts'
import { runSchedule } from './freshness/schedule.ts'

/** How many seeds are looked through for each. */
const MOST = 200_000
const LONGEST = 600_000

interface Found {
  readonly seed: number
  readonly problems: readonly string[]
}

/** The first schedule from where the search begins that finds something, with what it found. */
async function firstFailure({ without, focus, seed: first = 1 }: Protection): Promise<Found | undefined> {
  const library = await libraryWith(without)
  const policy = policyOf(library)
  for (let seed = first; seed < first + MOST; seed++) {
    if (focus !== undefined && focusOf(seed) !== focus) continue
    const problems = await runSchedule(library, policy, seed)
    if (problems.length > 0) return { seed, problems }
  }
  return undefined
}

const whole = await libraryWith()
const wholePolicy = policyOf(whole)

describe('the simulation finds a library in which', () => {
  it.each(PROTECTIONS.map((protection) => [protection.name, protection] as const))(
    'it is not so that %s',
    async (name, protection) => {
      const { seed = 0, problems = [] } = (await firstFailure(protection)) ?? {}
      expect(problems).not.toEqual([])
      // It is the protection that is missing, and nothing else.
      expect(await runSchedule(whole, wholePolicy, seed)).toEqual([])
      if (protection.seed !== undefined && protection.seed !== seed)
        console.info(`"${name}" shows at seed ${seed} now: protections.ts begins its search at ${protection.seed}`)
    },
    LONGEST,
  )

  it('every rule of the contract has a protection that is taken out', () => {
    expect([...new Set(PROTECTIONS.map(({ rule }) => rule))].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('and finds the same at the same seed again', async () => {
    const [protection] = PROTECTIONS as readonly [Protection]
    expect(await firstFailure(protection)).toEqual(await firstFailure(protection))
  })
})
