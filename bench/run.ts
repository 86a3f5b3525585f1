/**
 * `npm run bench -- NAME [--json FILE]`: runs one benchmark, prints its ratios, and writes them to a file if asked.
 * Quote ratios of one run, never absolute times.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { engine } from './engine.ts'

const BENCHMARKS: { readonly [name: string]: () => Promise<object> } = { engine }

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
const [name = 'engine', ...rest] = positionals
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
if (!benchmark || rest.length > 0) {
  console.error(`There is no benchmark "${positionals.join(' ')}". There are: ${Object.keys(BENCHMARKS).join(', ')}.`)
  process.exit(2)
}
const result = await benchmark()
console.log(JSON.stringify(result, null, 2))
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
