/** The list of the memory store that stays in order, against a plain array that is sorted anew after each change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { downFrom, put, remove, sortedBy, upFrom } from '../../src/stores/sorted.ts'

interface Item {
  readonly key: number
  readonly version: number
}

/** Runs of changes long enough to fill, split and empty chunks: up, down, or in no order. */
const changes = fc.array(
  fc.record({
    step: fc.constantFrom(1, -1, 97, 389),
    count: fc.integer({ min: 0, max: 700 }),
    start: fc.nat(1_500),
    removes: fc.boolean(),
  }),
  { maxLength: 12 },
)

describe('a sorted list', () => {
  it('holds what a plain one holds, in order, read from any place in both directions', () => {
    fc.assert(
      fc.property(changes, fc.array(fc.nat(1_600), { maxLength: 5 }), (runs, places) => {
        const list = sortedBy<Item>((a, b) => a.key - b.key)
        const plain = new Map<number, Item>()
        let version = 0
        for (const { step, count, start, removes } of runs)
          for (let i = 0; i < count; i++) {
            const key = (((start + i * step) % 1_500) + 1_500) % 1_500
            version += 1
            if (removes) {
              remove(list, { key, version })
              plain.delete(key)
            } else {
              put(list, { key, version })
              plain.set(key, { key, version })
            }
          }
        const wanted = [...plain.values()].sort((a, b) => a.key - b.key)
        expect([...upFrom(list, () => true)]).toEqual(wanted)
        expect([...downFrom(list, () => true)]).toEqual(wanted.toReversed())
        for (const place of places) {
          expect([...upFrom(list, ({ key }) => key > place)]).toEqual(wanted.filter(({ key }) => key > place))
          expect([...downFrom(list, ({ key }) => key <= place)]).toEqual(
            wanted.filter(({ key }) => key <= place).toReversed(),
          )
        }
        expect(list.chunks.every(({ length }) => length > 0 && length <= 256)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('fills its chunks with values that come in order', () => {
    const list = sortedBy<number>((a, b) => a - b)
    for (let i = 0; i < 2_560; i++) put(list, i)
    expect(list.chunks.map(({ length }) => length)).toEqual(Array(10).fill(256))
  })
})
