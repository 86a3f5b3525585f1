/**
 * `npm run simulate -- [SCHEDULES] [FIRST SEED]`: the freshness simulation of test/simulation, a million schedules unless told
 * otherwise. `npm run simulate -- policies [PAIRS] [FIRST SEED]`: the promise of `diffPolicies` over random pairs of policies
 * (test/policy), a million requests unless told otherwise. Without an argument both. Prints each seed that breaks a promise, with
 * what it broke, and exits with 1 then.
 */
import { tryPair } from '../test/policy/support/completeness.ts'
import { policyOf } from '../test/simulation/freshness/deployment.ts'
import { libraryWith } from '../test/simulation/freshness/library.ts'
import { runSchedule } from '../test/simulation/freshness/schedule.ts'

const [first, ...rest] = process.argv.slice(2)
const ofPolicies = first === 'policies'
const numbers = (ofPolicies ? rest : process.argv.slice(2)).map(Number)
if (!numbers.every((value) => Number.isSafeInteger(value) && value > 0)) {
  console.error('Usage: npm run simulate -- [policies] [TIMES] [FIRST SEED], both whole numbers from 1.')
  process.exit(2)
}
let failures = 0
if (!ofPolicies) await schedules(numbers[0], numbers[1])
if (ofPolicies || first === undefined) await pairs(numbers[0], numbers[1])
process.exitCode = failures > 0 ? 1 : 0

async function schedules(times = 1_000_000, from = 1): Promise<void> {
  const library = await libraryWith()
  const policy = policyOf(library)
  let broken = 0
  for (let done = 0; done < times; done++) {
    const seed = from + done
    const problems = await runSchedule(library, policy, seed)
    if (problems.length > 0) broken += 1
    for (const problem of problems) console.error(`seed ${seed}: ${problem}`)
    if ((done + 1) % 10_000 === 0) console.log(`${done + 1} schedules, ${broken} of them broke the promise`)
  }
  console.log(`${times} schedules from seed ${from}, ${broken} of them broke the promise`)
  failures += broken
}

async function pairs(times = 5_000, from = 1): Promise<void> {
  const REQUESTS = 200
  const all = { requests: 0, allowed: 0, differing: 0, lines: 0, broken: 0 }
  for (let done = 0; done < times; done++) {
    const { requests, allowed, differing, lines, problems } = await tryPair(from + done, REQUESTS)
    all.requests += requests
    all.allowed += allowed
    all.differing += differing
    all.lines += lines
    if (problems.length > 0) all.broken += 1
    for (const problem of problems) console.error(problem)
    if ((done + 1) % 500 === 0) console.log(`${done + 1} pairs of policies, ${all.broken} of them broke the promise`)
  }
  console.log(
    `${all.requests} requests to ${times} pairs of policies from seed ${from}: one policy let ${all.allowed} through, on ${all.differing} they differed, in ${all.lines} lines; ${all.broken} pairs broke the promise`,
  )
  failures += all.broken
}
