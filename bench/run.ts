/**
 * `npm run bench -- NAME [--json FILE]`: runs one benchmark, prints its ratios beside their limits, and writes them to a file
 * if asked. Exit status 1 if one is over its limit.
 * Quote ratios of one run, never absolute times.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ENGINE_LIMITS, engine } from './engine.ts'

interface Benchmark {
  readonly run: () => Promise<object>
  readonly limits: { readonly [figure: string]: number }
}

const BENCHMARKS: { readonly [name: string]: Benchmark } = { engine: { run: engine, limits: ENGINE_LIMITS } }

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
const [name = 'engine', ...rest] = positionals
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
if (!benchmark || rest.length > 0) {
  console.error(`There is no benchmark "${positionals.join(' ')}". There are: ${Object.keys(BENCHMARKS).join(', ')}.`)
  process.exit(2)
}
const result = await benchmark.run()
console.log(JSON.stringify(result, null, 2))
for (const [figure, limit] of Object.entries(benchmark.limits)) {
  const value = figure.split('.').reduce((at: unknown, key) => (at as { [key: string]: unknown })[key], result)
  const isOver = !((value as number) <= limit)
  console.log(`${isOver ? 'OVER  ' : 'within'} ${figure}: ${value}, at most ${limit}`)
  if (isOver) process.exitCode = 1
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
