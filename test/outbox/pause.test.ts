/** How long it is waited before the next try. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pauseAfter } from '../../src/outbox/pause.ts'

const PAUSES = { firstPauseMs: 5_000, longestPauseMs: 21_600_000 }

describe('the pause after a failure', () => {
  it.each([
    [1, 5_000],
    [2, 20_000],
    [3, 80_000],
    [7, 20_480_000],
    [8, 21_600_000],
    [100, 21_600_000],
  ])('after %i tries is drawn between half of %i ms and the whole', (tries, most) => {
    expect(pauseAfter(PAUSES, tries, 0, 0)).toBe(most / 2)
    expect(pauseAfter(PAUSES, tries, 0, 1)).toBe(most)
  })

  it.each([Number.NaN, 'Wed, 21 Oct 2026 07:28:00 GMT', Number.POSITIVE_INFINITY, -1, {}])(
    'is a whole number within its limits, also where a deliverer asks for %s',
    (least) => {
      const pause = pauseAfter(PAUSES, 1, least as number)
      expect(Number.isSafeInteger(pause)).toBe(true)
      expect(pause).toBeGreaterThanOrEqual(PAUSES.firstPauseMs / 2)
      expect(pause).toBeLessThanOrEqual(PAUSES.longestPauseMs)
    },
  )

  it('is no shorter than the receiver asks for, and never longer than the longest', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(2 ** 40), fc.double({ min: 0, max: 1, noNaN: true }), (tries, least, lot) => {
        const pause = pauseAfter(PAUSES, tries + 1, least, lot)
        expect(pause).toBeGreaterThanOrEqual(Math.min(least, PAUSES.longestPauseMs))
        expect(pause).toBeLessThanOrEqual(PAUSES.longestPauseMs)
        expect(pause).toBeGreaterThanOrEqual(PAUSES.firstPauseMs / 2)
      }),
    )
  })
})
