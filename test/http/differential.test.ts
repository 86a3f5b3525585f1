/**
 * The differential test: random targets and bodies to every framework in its default and its most generous settings, over real
 * sockets. No handler runs for a route, with a parameter or on a resource other than the one that was judged. The seed of a run
 * is printed; `SEED=n npx vitest run test/http/differential.test.ts` repeats it, and `npm run differential` goes on for longer.
 */
import { describe, expect, it } from 'vitest'
import { seedOfRun } from '../processes/random.ts'
import { rounds } from '../support/rounds.ts'
import { compare } from './differential/compare.ts'
import { ROUTES } from './differential/policy.ts'
import { MISTAKES, SERVERS } from './differential/servers.ts'

const seed = seedOfRun()
console.info(`differential: seed ${seed}`)

/** Of the seed that is new in each run; those of seed 1 are as many everywhere. */
const COUNT = rounds({ ci: 200, here: 60 })

describe(`requests of seed ${seed}`, () => {
  it.each(SERVERS)('$name: what runs is what was judged', async (server) => {
    const { differences, runs, refused } = await compare(server, seed, COUNT)
    expect(differences).toEqual([])
    expect(runs).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
  })
})

// How much of a run gets through is chance, so that it is counted where the seed stands.
describe('requests of seed 1', () => {
  it.each(SERVERS)('$name: much gets through, much is refused, and what runs is what was judged', async (server) => {
    const { differences, runs, routes, refused } = await compare(server, 1, 200)
    expect(differences).toEqual([])
    expect(runs).toBeGreaterThan(20)
    expect(refused).toBeGreaterThan(60)
    expect(routes).toBeGreaterThan(ROUTES.length / 3)
  })
})

describe('the requests find', () => {
  it.each(MISTAKES)('$name', async (server) => {
    const found = []
    for (let at = 1; at <= 5 && found.length === 0; at++) found.push(...(await compare(server, at, 400)).differences)
    expect(found).not.toEqual([])
  })
})
