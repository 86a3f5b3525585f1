/**
 * Random walks over the whole of plan access tokens, with the clock moving, held against the model of the page; and proof that
 * the walks find engines that break one of its promises. `SEED=n npx vitest run test/simulation` repeats a run.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rounds } from '../support/rounds.ts'
import { walkOf } from './steps.ts'
import { Difference, walk } from './walk.ts'
import { newEngine } from './world.ts'
import { WRONG_ENGINES } from './wrong-engines.ts'

const WALKS = rounds({ ci: 120, here: 60 })

test('whatever is done in whatever order, the engine does what the page says', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
  let steps = 0
  const property = fc.asyncProperty(walkOf(60), fc.boolean(), (drawn, isLater) =>
    walk(newEngine({ isLater }), drawn, () => steps++),
  )
  console.info(`page model: seed ${seed}`)
  await fc.assert(property, { seed, numRuns: WALKS })
  console.info(`page model: ${steps} commands`)
  expect(steps).toBeGreaterThan(25 * WALKS)
}, 120_000)

/**
 * Where the search begins, if not at the first walk of seed 1: the first one that found the mistake when this was written, so that no
 * test run takes hundreds of walks for it. Where the steps are drawn otherwise since, the search goes on from there.
 */
const FIRST_WALKS: { readonly [mistake: string]: number } = {
  'renews a token for longer than it may': 136,
  'lets a token go on for a year from its own renewal': 136,
  'renews a millisecond too early': 393,
  'takes every key of a renewal for another one': 800,
  'gives a lost answer again after its secret was used': 951,
  'keeps an approval when something else is asked for': 145,
  'keeps an edit that waits when another one goes through': 634,
  'never lets an edit lapse': 71,
  'lets an eleventh secret live': 47,
  'lets no tenth secret live': 47,
}

test('every search that begins later is for an engine that there is', () => {
  expect(Object.keys(WRONG_ENGINES)).toEqual(expect.arrayContaining(Object.keys(FIRST_WALKS)))
})

test.each(Object.entries(WRONG_ENGINES))(
  'the walks find an engine that %s',
  async (mistake, wrong) => {
    const property = fc.asyncProperty(walkOf(60), (steps) => walk(wrong(), steps))
    const path = String(FIRST_WALKS[mistake] ?? 0)
    const { failed, errorInstance } = await fc.check(property, { seed: 1, path, numRuns: 1_500, endOnFailure: true })
    expect(failed).toBe(true)
    expect(errorInstance).toBeInstanceOf(Difference)
  },
  120_000,
)
