/**
 * What a process remembers, in bytes of its heap: measured in a process of its own whose collector can be called, over a
 * database of the benchmark's PostgreSQL.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlanTokens, type PlanTokens, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { PostgresConfig } from '../../test/support/postgres.ts'
import { openDatabase } from './postgres.ts'
import { createSecrets, directory, expectDecision, forEach, requestsWith } from './world.ts'

/** How many requests are under way at a time. */
const AT_ONCE = 64
/** Unknown secrets until their table has been full for certain: it holds 10,000 digests. */
const UNTIL_FULL = 20_000

interface Task {
  readonly config: PostgresConfig
  readonly secrets: readonly string[]
  readonly unknown: number
}

export interface CacheBytes {
  /** After every token was asked for once. */
  readonly tokens: number
  /** What the table of unknown secrets adds, full. */
  readonly unknown: number
  /** What a flood of further unknown secrets adds to that. */
  readonly flood: number
  /** How many of the tokens had to be asked for again after the flood. */
  readonly forgotten: number
}

const [taskFile] = process.argv.slice(2)
if (import.meta.url === `file://${process.argv[1]}` && taskFile !== undefined)
  process.stdout.write(JSON.stringify(await measure(JSON.parse(readFileSync(taskFile, 'utf8')))))

async function measure({ config, secrets, unknown }: Task): Promise<CacheBytes> {
  const { store, close } = openDatabase(config)
  let reads = 0
  const counted: TokenStore = {
    ...store,
    findByDigest(digest) {
      reads += 1
      return store.findByDigest(digest)
    },
  }
  const engine = () =>
    createPlanTokens({ policy: figmaPolicy(), store: counted, directory: directory(), freshnessMs: 1_000 })
  const compiled = engine()
  await ask(compiled, secrets.slice(0, 1_000))
  await compiled.close()

  const tokens = engine()
  const empty = heapInUse()
  await ask(tokens, secrets)
  const full = heapInUse()
  await flood(tokens, UNTIL_FULL)
  const withUnknown = heapInUse()
  await flood(tokens, unknown)
  const flooded = heapInUse()
  reads = 0
  await ask(tokens, secrets)
  const forgotten = reads
  await tokens.close()
  await close()
  return { tokens: full - empty, unknown: withUnknown - full, flood: flooded - withUnknown, forgotten }
}

function heapInUse(): number {
  const gc = (globalThis as { gc?: () => void }).gc
  if (!gc) throw new Error('Run with --expose-gc.')
  gc()
  gc()
  return process.memoryUsage().heapUsed
}

/** Requests that are made one by one, so that none is counted. */
async function ask(tokens: PlanTokens, secrets: readonly string[], code?: string): Promise<void> {
  await forEach(secrets, AT_ONCE, async (secret) => {
    const [request] = requestsWith([secret])
    expectDecision(await tokens.authorize(request!), code)
  })
}

/** Secrets that are well formed and belong to no token here: the checksum does not keep them from the store. */
async function flood(tokens: PlanTokens, count: number): Promise<void> {
  const forgetful: TokenStore = {
    findByDigest: async () => undefined,
    find: async () => undefined,
    list: async () => [],
    commit: async () => true,
    events: async () => [],
  }
  const strangers = createPlanTokens({ policy: figmaPolicy(), store: forgetful, directory: directory() })
  for (let left = count; left > 0; left -= 1_000)
    await ask(tokens, await createSecrets(strangers, Math.min(left, 1_000)), 'token_unknown')
}

/** Runs the measurement: all tokens asked for once, then `unknown` unknown secrets. */
export async function cacheBytes(
  config: PostgresConfig,
  secrets: readonly string[],
  unknown: number,
): Promise<CacheBytes> {
  const file = join(tmpdir(), 'cache-task.json')
  writeFileSync(file, JSON.stringify({ config, secrets, unknown } satisfies Task))
  const flags = ['--expose-gc', '--import', 'tsx']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, fileURLToPath(import.meta.url), file])
  return JSON.parse(stdout)
}
