/**
 * `npm run check`: everything that must hold besides the tests. Each step is named, all of them run, and one that fails
 * fails the whole. `npm run check -- types lint` runs only the steps named.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const steps: ReadonlyArray<{ readonly name: string; readonly what: string; readonly command: string }> = [
  { name: 'hub', what: 'the page, which the other steps read', command: 'tsx scripts/build-hub.ts' },
  { name: 'types', what: 'types of the whole repository', command: 'tsc --noEmit' },
  { name: 'src-types', what: 'types of src without those of Node', command: 'tsc --noEmit -p tsconfig.src.json' },
  { name: 'lint', what: 'lint and format', command: 'biome check --error-on-warnings .' },
  { name: 'unused', what: 'unused files, exports and dependencies', command: 'knip' },
  { name: 'build', what: 'build to dist', command: 'tsup' },
  { name: 'publint', what: 'the package as Node and bundlers read it', command: 'publint --strict' },
  { name: 'attw', what: 'the package as TypeScript reads it', command: 'attw --pack . --profile esm-only' },
  { name: 'size', what: 'sizes of two bundles: what answers requests, and the whole engine', command: 'size-limit' },
]

const root = fileURLToPath(new URL('../', import.meta.url))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}.`)
  process.exit(2)
}

/** The steps after `build` pack what it built; packing must not build once more. */
const env = { ...process.env, npm_config_ignore_scripts: 'true' }

function run(step: (typeof steps)[number]): { name: string; ok: boolean; seconds: string } {
  console.log(`\n=== ${step.name}: ${step.what} (${step.command})`)
  const start = performance.now()
  const { status } = spawnSync(step.command, { cwd: root, env, shell: true, stdio: 'inherit' })
  const ok = status === 0
  if (!ok) console.log(`=== ${step.name} FAILED`)
  return { name: step.name, ok, seconds: ((performance.now() - start) / 1000).toFixed(1) }
}

const results = steps.filter((step) => wanted.length === 0 || wanted.includes(step.name)).map(run)

console.log('')
for (const { name, ok, seconds } of results) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
const failed = results.filter((result) => !result.ok).length
console.log(`${results.length - failed} steps passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
