/**
 * `npm run simulate -- [SCHEDULES] [FIRST SEED]`: the freshness simulation of test/simulation, a million schedules unless told
 * otherwise. Prints each seed that breaks the promise, with what it broke, and exits with 1 then.
 */
import { policyOf } from '../test/simulation/freshness/deployment.ts'
import { libraryWith } from '../test/simulation/freshness/library.ts'
import { runSchedule } from '../test/simulation/freshness/schedule.ts'

const [schedules = 1_000_000, first = 1] = process.argv.slice(2).map(Number)
if (![schedules, first].every((value) => Number.isSafeInteger(value) && value > 0)) {
  console.error('Usage: npm run simulate -- [SCHEDULES] [FIRST SEED], both whole numbers from 1.')
  process.exit(2)
}

const library = await libraryWith()
const policy = policyOf(library)
let failures = 0
for (let done = 0; done < schedules; done++) {
  const seed = first + done
  const problems = await runSchedule(library, policy, seed)
  if (problems.length > 0) failures += 1
  for (const problem of problems) console.error(`seed ${seed}: ${problem}`)
  if ((done + 1) % 10_000 === 0) console.log(`${done + 1} schedules, ${failures} of them broke the promise`)
}
console.log(`${schedules} schedules from seed ${first}, ${failures} of them broke the promise`)
process.exitCode = failures > 0 ? 1 : 0
