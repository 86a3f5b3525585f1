/**
 * `npm run differential -- [ROUNDS] [FIRST SEED]`: the differential test of test/http, 100 rounds unless told otherwise, each of
 * 400 requests to every server. Prints each request that ran as something else than was judged, with its seed, and exits with
 * 1 then.
 */
import { compare } from '../test/http/differential/compare.ts'
import { SERVERS } from '../test/http/differential/servers.ts'

const [rounds = 100, first = 1] = process.argv.slice(2).map(Number)
if (![rounds, first].every((value) => Number.isSafeInteger(value) && value > 0)) {
  console.error('Usage: npm run differential -- [ROUNDS] [FIRST SEED], both whole numbers from 1.')
  process.exit(2)
}

// Hono's body parsers fail twice for a body that they cannot read, once where nobody waits.
process.on('unhandledRejection', () => undefined)

let failures = 0
for (let seed = first; seed < first + rounds; seed++) {
  let runs = 0
  for (const server of SERVERS) {
    const result = await compare(server, seed, 400)
    runs += result.runs
    failures += result.differences.length
    for (const difference of result.differences) console.error(`seed ${seed}, ${server.name}: ${difference}`)
  }
  console.log(`seed ${seed}: ${SERVERS.length * 400} requests, ${runs} handlers ran`)
}
console.log(`${rounds} rounds from seed ${first}, ${failures} differences`)
process.exit(failures > 0 ? 1 : 0)
