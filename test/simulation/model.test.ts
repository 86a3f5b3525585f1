/**
 * Random walks over the whole of plan access tokens, with the clock moving, held against the model of the page; and proof that
 * the walks find engines that break one of its promises. `SEED=n npx vitest run test/simulation` repeats a run.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { walkOf } from './steps.ts'
import { Difference, walk } from './walk.ts'
import { newEngine } from './world.ts'
import { WRONG_ENGINES } from './wrong-engines.ts'

test('whatever is done in whatever order, the engine does what the page says', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  let steps = 0
  const property = fc.asyncProperty(walkOf(60), fc.boolean(), (drawn, isLater) =>
    walk(newEngine({ isLater }), drawn, () => steps++),
  )
  console.info(`page model: seed ${seed}`)
  await fc.assert(property, { seed, numRuns: 120 })
  console.info(`page model: ${steps} commands`)
  expect(steps).toBeGreaterThan(3_000)
}, 120_000)

test.each(Object.entries(WRONG_ENGINES))(
  'the walks find an engine that %s',
  async (_, wrong) => {
    const property = fc.asyncProperty(walkOf(60), (steps) => walk(wrong(), steps))
    const { failed, errorInstance } = await fc.check(property, { seed: 1, numRuns: 1_500, endOnFailure: true })
    expect(failed).toBe(true)
    expect(errorInstance).toBeInstanceOf(Difference)
  },
  120_000,
)
