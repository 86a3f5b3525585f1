/**
 * Turns the cases of attack-cases.json into tests: a title comes from the data, so that a test cannot drift from the case it
 * is for. Which cases have a test and which wait for what: coverage.test.ts.
 */
import { test } from 'vitest'
import cases from './attack-cases.json'

/** One case: what it starts from, what is sent, what must come of it, and why. */
interface AttackCase {
  readonly id: string
  readonly area: string
  readonly title: string
  readonly given: string
  readonly send: string
  readonly expect: string
  readonly why: string
}

/** Every case of the data, in its order. */
export const ATTACKS: readonly AttackCase[] = cases

/**
 * Makes `attack(id, run)` for the cases of one area.
 *
 * @throws Error for an id that the area does not have, so that the whole file fails.
 * @example
 * const attack = attacksOf('credential')
 * attack('a01', async () => { … }) // a test with the title "a01: No credential at all"
 */
export function attacksOf(area: string): (id: string, run: () => unknown) => void {
  return (id, run) => {
    const found = ATTACKS.find((each) => each.id === id && each.area === area)
    if (!found) throw new Error(`attack-cases.json has no case "${id}" in the area "${area}".`)
    test(`${id}: ${found.title}`, async () => {
      await run()
    })
  }
}
