/** A long sort in steps: the same order as at once, with pauses in between, and hardly any work where it is in order already. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sortedInSteps } from '../../src/hub/overview/in-steps.ts'

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer()), { maxLength: 3_000, size: 'max' })
const byFirst = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0]

describe('a sort in steps', () => {
  it('gives what a sort at once gives, with what is alike as it came', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async (values) => {
        expect(await sortedInSteps(values, byFirst, async () => undefined)).toEqual(values.toSorted(byFirst))
      }),
      { numRuns: 50 },
    )
  })

  it('makes no more than some comparisons between two pauses', async () => {
    let [made, most, pauses] = [0, 0, 0]
    const values = Array.from({ length: 20_000 }, (_, i) => (i * 7_919) % 20_000)
    const compare = (a: number, b: number): number => {
      made++
      most = Math.max(most, made)
      return a - b
    }
    const sorted = await sortedInSteps(values, compare, async () => {
      made = 0
      pauses++
    })
    expect(sorted).toEqual(values.toSorted((a, b) => a - b))
    expect(most).toBeLessThan(12_000)
    expect(pauses).toBeGreaterThan(20)
  })

  it('looks about once at each where few have changed', async () => {
    let made = 0
    const values = [...Array.from({ length: 20_000 }, (_, i) => i), 7, 12_345]
    const sorted = await sortedInSteps(
      values,
      (a, b) => {
        made++
        return a - b
      },
      async () => undefined,
    )
    expect(sorted).toEqual(values.toSorted((a, b) => a - b))
    expect(made).toBeLessThan(60_000)
  })
})
