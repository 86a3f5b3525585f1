/** The clock that is moved by hand: where it stands, how it moves, and what it does not take. */
import { testClock } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const noon = Date.UTC(2027, 0, 31, 12)

describe('testClock', () => {
  it('starts at noon of a fixed day, at a date as text, or at epoch milliseconds', () => {
    expect(testClock().now()).toBe(noon)
    expect(testClock('2028-02-29T00:00:00Z').now()).toBe(Date.UTC(2028, 1, 29))
    expect(testClock('2028-02-29').now()).toBe(Date.UTC(2028, 1, 29))
    expect(testClock(0).now()).toBe(0)
  })

  it('stands still', async () => {
    const clock = testClock()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(clock.now()).toBe(noon)
  })

  it('advances by milliseconds, each step from where it stands, backwards too', () => {
    const clock = testClock()
    clock.advance(1)
    clock.advance(86_400_000)
    expect(clock.now()).toBe(noon + 86_400_001)
    clock.advance(-86_400_001)
    expect(clock.now()).toBe(noon)
    clock.advance(0)
    expect(clock.now()).toBe(noon)
  })

  it('is set to a moment of either form, whatever it showed', () => {
    const clock = testClock()
    clock.set('2020-01-01T00:00:00+01:00')
    expect(clock.now()).toBe(Date.UTC(2019, 11, 31, 23))
    clock.set(5)
    expect(clock.now()).toBe(5)
  })

  it('is one of many, and moving it moves no other', () => {
    const [first, second] = [testClock(), testClock()]
    first.advance(1_000)
    expect(second.now()).toBe(noon)
  })

  const wrong = [Number.NaN, Number.POSITIVE_INFINITY, 1.5, 2 ** 53, '', 'tomorrow', '2027-13-01T00:00:00Z', '1000ms']
  it.each(wrong)('takes no "%s" as a start or a moment, and says what it takes', (moment) => {
    const clock = testClock()
    expect(() => testClock(moment)).toThrow(TypeError)
    expect(() => clock.set(moment)).toThrow(/whole epoch milliseconds, or a date such as "2027-01-31T12:00:00Z"/)
    expect(clock.now()).toBe(noon)
  })

  it.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER])('does not advance by %s', (ms) => {
    const clock = testClock()
    expect(() => clock.advance(ms)).toThrow(TypeError)
    expect(clock.now()).toBe(noon)
  })

  it('takes no value of another type', () => {
    for (const moment of [null, true, {}, new Date(), 5n])
      expect(() => testClock(moment as unknown as number)).toThrow(TypeError)
  })
})
