/** What a table keeps and gives up: never more than it may, and never what was put lately. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRecent } from '../../src/core/recent.ts'

it('keeps what was put lately, and no more keys than it may', () => {
  const puts = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 })
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), puts, (most, keys) => {
      const table = createRecent<number>(most)
      keys.forEach((key, i) => {
        expect(table.put(String(key), i)).toBe(i)
      })
      const last = new Map(keys.map((key, i) => [key, i]))
      const kept = [...last].filter(([key]) => table.get(String(key)) !== undefined)
      expect(kept.length).toBeLessThanOrEqual(Math.max(2, most))
      for (const [key, i] of kept) expect(table.get(String(key))).toBe(i)
      for (const [key, i] of last)
        if (new Set(keys.slice(i + 1)).size < Math.floor(most / 2)) expect(table.get(String(key))).toBe(i)
    }),
  )
})
