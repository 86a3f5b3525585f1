/**
 * `npm run bench -- stores --json FILE [--quick]`: what real databases cost, each figure beside what it is compared with in the
 * same run. The full run takes about a quarter of an hour and 3 GB of disk; `--quick` takes a tenth of the million and short
 * rounds. Everything that is started ends with it, and its files go (bench/stores/folder.ts).
 */
import { hash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { hasMariadb, MARIADB_COMMAND, startMariadb } from '../test/support/mariadb.ts'
import type { PostgresServer } from '../test/support/postgres.ts'
import { hasRedis, NEEDS_REDIS, startRedis } from '../test/support/redis.ts'
import { rounded } from './measure.ts'
import { type CacheBytes, cacheBytes } from './stores/cache.ts'
import type { Source } from './stores/engines.ts'
import { fill, idOf } from './stores/fill.ts'
import { temporaryFolder } from './stores/folder.ts'
import { type Million, million } from './stores/million.ts'
import { newDatabase, startServer } from './stores/postgres.ts'
import { type RevokeMs, revokeMs } from './stores/revoke.ts'
import { cold, storeReads, type Warm, warm } from './stores/warm.ts'
import { createSecrets, directory } from './stores/world.ts'

/** The result that is written to the file: times in ns where the name says nothing else. */
export interface StoresResult {
  readonly warm: Warm
  readonly storeReadsPerSecond: { readonly '1x': number; readonly '10x': number; readonly '100x': number }
  readonly cold: { readonly ours: number; readonly bare: number }
  /** Ratios to the same with 10,000 tokens and 50,000 events. */
  readonly million: Million['ratios']
  /** The whole growth of a process that remembers 100,000 tokens. */
  readonly cacheBytes100k: number
  readonly revokeMs: { readonly [engine: string]: RevokeMs }
  /** What the limits are about, where it is no figure by itself. */
  readonly ratios: {
    readonly freshness1000ToMemory: number
    readonly freshness1000AllToMemory: number
    readonly throughputFreshness1000To0: number
    /** The same of the bare floor, which is what any authorizer could reach on this machine; has no limit. */
    readonly throughputFloorTo0: number
    /** The same for one request after another; the limit is about the throughput. */
    readonly delayFreshness0To1000: number
    readonly reads100xTo1x: number
    readonly coldOursToBare: number
  }
  readonly millionParts: Million['parts']
  readonly wholeTableReads: readonly string[]
  readonly unknownSecrets: Omit<CacheBytes, 'tokens'>
  readonly acceptedAfterRevoke: number
  readonly tokens: { readonly warm: number; readonly million: number }
  /** Engines that are not on this machine, with the command that installs them. */
  readonly skipped: readonly string[]
}

/** What each figure may be at most, or at least. */
export const STORES_LIMITS: { readonly [figure: string]: number | { readonly atLeast: number } } = {
  'ratios.freshness1000ToMemory': 1.3,
  'ratios.freshness1000AllToMemory': 1.3,
  'ratios.throughputFreshness1000To0': { atLeast: 50 },
  'ratios.reads100xTo1x': 2,
  'ratios.coldOursToBare': 1.3,
  'million.create': 2,
  'million.list': 2,
  'million.find': 2,
  'million.events': 2,
  'wholeTableReads.length': 0,
  cacheBytes100k: 100_000_000,
  'unknownSecrets.flood': 2_000_000,
  'unknownSecrets.forgotten': 0,
  acceptedAfterRevoke: 0,
}

const ACTIVE = 100_000

interface Scale {
  readonly rounds: number
  readonly many: number
  readonly seconds: number
  readonly unknown: number
  readonly revocations: number
}

const FULL: Scale = { rounds: 31, many: 1_000_000, seconds: 20, unknown: 200_000, revocations: 60 }
const QUICK: Scale = { rounds: 7, many: 100_000, seconds: 5, unknown: 30_000, revocations: 12 }

export async function stores({ quick }: { readonly quick: boolean }): Promise<StoresResult> {
  const folder = temporaryFolder()
  const server = await startServer()
  try {
    return await measure(server, folder, quick ? QUICK : FULL)
  } finally {
    await server.close()
  }
}

async function measure(server: PostgresServer, folder: string, scale: Scale): Promise<StoresResult> {
  const { rounds } = scale
  say(`${ACTIVE} tokens in memory and in PostgreSQL`)
  const ofMemory = memoryStore()
  const secrets = await createSecrets(
    createPlanTokens({ policy: figmaPolicy(), store: ofMemory, directory: directory() }),
    ACTIVE,
  )
  const digests = secrets.map((secret) => hash('sha256', secret, 'hex'))
  const database = await newDatabase(server)
  await fill(database, { count: ACTIVE, digests })
  say('authorize, warm')
  const warmed = await warm(database, ofMemory, secrets, rounds)
  say('cold look-ups')
  const looked = await cold(
    database,
    digests.map((digest, n) => ({ id: idOf(n), digest })),
    rounds * 5,
  )
  say('reads of the store under more and more traffic')
  const reads = await storeReads(database, secrets, scale.seconds)
  say('the memory of a process')
  const bytes = await cacheBytes(database.config, secrets, scale.unknown)
  await database.close()
  const { revocations, skipped } = await timeRevocations(server, folder, scale.revocations)
  say(`${scale.many} tokens and ${5 * scale.many} events`)
  const { ratios, parts, wholeTableReads } = await million(server, scale.many, rounds)
  const { tokens, ...unknownSecrets } = bytes
  return {
    warm: warmed,
    storeReadsPerSecond: reads,
    cold: looked,
    million: ratios,
    cacheBytes100k: tokens,
    revokeMs: revocations,
    ratios: {
      freshness1000ToMemory: rounded(warmed.postgresFreshness1000 / warmed.memory),
      freshness1000AllToMemory: rounded(warmed.postgresFreshness1000All / warmed.memoryAll),
      throughputFreshness1000To0: rounded(warmed.postgresFreshness0 / warmed.postgresFreshness1000),
      throughputFloorTo0: rounded(warmed.postgresFreshness0 / warmed.floor),
      delayFreshness0To1000: rounded(warmed.postgresFreshness0InTurn / warmed.postgresFreshness1000),
      reads100xTo1x: rounded(reads['100x'] / reads['1x']),
      coldOursToBare: rounded(looked.ours / looked.bare),
    },
    millionParts: parts,
    wholeTableReads,
    unknownSecrets,
    acceptedAfterRevoke: Object.values(revocations).reduce((sum, { acceptedAfter }) => sum + acceptedAfter, 0),
    tokens: { warm: ACTIVE, million: scale.many },
    skipped,
  }
}

/** Every engine that is on this machine, each by itself. */
async function timeRevocations(
  server: PostgresServer,
  folder: string,
  count: number,
): Promise<{ readonly revocations: StoresResult['revokeMs']; readonly skipped: readonly string[] }> {
  const revocations: { [engine: string]: RevokeMs } = {}
  const time = async (name: string, source: Source, freshnessMs: number): Promise<void> => {
    say(`revoke, ${name}`)
    revocations[name] = await revokeMs(source, freshnessMs, count)
  }
  const config = async () => ({ kind: 'postgres', config: await server.database() }) as const
  await time('memory', { kind: 'memory' }, 0)
  await time('postgres', { ...(await config()), listens: true }, 1_000)
  await time('postgresWithoutListen', { ...(await config()), listens: false }, 1_000)
  await time('postgresFreshness0', { ...(await config()), listens: false }, 0)
  await time('sqlite', { kind: 'sqlite', file: join(folder, 'sqlite.db') }, 1_000)
  await time('sqliteFreshness0', { kind: 'sqlite', file: join(folder, 'sqlite0.db') }, 0)
  const skipped: string[] = []
  if (hasRedis) {
    const pidfile = join(folder, 'redis.pid')
    const redis = await startRedis({ pidfile })
    try {
      await time('redis', { kind: 'redis', port: redis.port }, 1_000)
      await redis.restart()
      await time('redisFreshness0', { kind: 'redis', port: redis.port }, 0)
    } finally {
      await redis.stop()
      rmSync(pidfile, { force: true })
    }
  } else skipped.push(`redis (${NEEDS_REDIS})`)
  if (hasMariadb) {
    const mariadb = await startMariadb()
    try {
      await time('mariadb', { kind: 'mariadb', config: await mariadb.database() }, 1_000)
      await time('mariadbFreshness0', { kind: 'mariadb', config: await mariadb.database() }, 0)
    } finally {
      await mariadb.close()
    }
  } else skipped.push(`mariadb (skipped without it: ${MARIADB_COMMAND})`)
  return { revocations, skipped }
}

function say(what: string): void {
  console.error(`… ${what}`)
}
