/** The promise of `diffPolicies` over random pairs of policies; `npm run simulate -- policies` tries a million requests. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tryPair } from './support/completeness.ts'

const PAIRS = 100
const REQUESTS = 120

describe('a comparison of two policies', () => {
  it('has a line for every request on which they differ, and no line that no request shows', async () => {
    let [requests, differing, lines] = [0, 0, 0]
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 31), async (seed) => {
        const tried = await tryPair(seed, REQUESTS)
        requests += tried.requests
        differing += tried.differing
        lines += tried.lines
        expect(tried.problems).toEqual([])
      }),
      { numRuns: PAIRS, seed: 20_271_130 },
    )
    // The property would hold if nothing differed.
    expect(requests).toBeGreaterThanOrEqual(10_000)
    expect(differing).toBeGreaterThan(100)
    expect(lines).toBeGreaterThan(100)
  })
})
