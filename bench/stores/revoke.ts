/** How long a revocation takes: from the call to its answer, and to the first refusal in every other process. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { rounded } from '../measure.ts'
import { openStore, prepare, type Source } from './engines.ts'
import { machineTime, type Refusal, type Server, serverElsewhere, serverHere } from './revoke-server.ts'
import { directory, INPUT } from './world.ts'

/** How many processes authorize beside the one that revokes. */
const PROCESSES = 3
/** How many revocations are under way at a time, where they wait; where every request asks the store, one, for its own sake. */
const LANES = { waiting: 4, asking: 1 }

/** Milliseconds. */
interface Distribution {
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

export interface RevokeMs {
  readonly freshnessMs: number
  /** Processes beside the one that revokes; 0 where that one authorizes as well. */
  readonly processes: number
  readonly revocations: number
  readonly resolved: Distribution
  /** Of each revocation in each process. */
  readonly refused: Distribution
  /** Requests that began after the revocation had resolved and were let through all the same: must be 0. */
  readonly acceptedAfter: number
}

/** Revokes that many tokens, one by one in each of a few lanes, at moments that follow no clock. */
export async function revokeMs(source: Source, freshnessMs: number, revocations: number): Promise<RevokeMs> {
  await prepare(source)
  const { store, close } = openStore(source)
  const admin = createPlanTokens({ policy: figmaPolicy(), store, directory: directory(), freshnessMs })
  const servers: Server[] = []
  try {
    if (source.kind === 'memory') servers.push(serverHere(admin))
    else for (let i = 0; i < PROCESSES; i++) servers.push(await serverElsewhere(source, freshnessMs))
    const all: Timing[] = []
    const lanes = freshnessMs > 0 ? LANES.waiting : LANES.asking
    const lane = async (): Promise<void> => {
      for (let i = 0; i < revocations / lanes; i++) all.push(await revokeOne(admin, servers, freshnessMs))
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return {
      freshnessMs,
      processes: source.kind === 'memory' ? 0 : PROCESSES,
      revocations: all.length,
      resolved: distribution(all.map(({ called, resolved }) => resolved - called)),
      refused: distribution(all.flatMap(({ called, refusals }) => refusals.map(({ refused }) => refused - called))),
      acceptedAfter: all.reduce((sum, timing) => sum + acceptedAfter(timing), 0),
    }
  } finally {
    await Promise.all([admin.close(), ...servers.map((server) => server.close())])
    await close()
  }
}

interface Timing {
  readonly called: number
  readonly resolved: number
  readonly refusals: readonly Refusal[]
}

async function revokeOne(
  admin: ReturnType<typeof createPlanTokens>,
  servers: readonly Server[],
  freshnessMs: number,
): Promise<Timing> {
  const { token, secret } = await admin.create(INPUT)
  const watches = servers.map((server) => server.watch(secret.reveal()))
  await Promise.all(watches.map(({ accepted }) => accepted))
  await sleep(20 + Math.random() * Math.max(freshnessMs, 50))
  const called = machineTime()
  await admin.revoke({ actor: INPUT.actor, id: token.id })
  const resolved = machineTime()
  return { called, resolved, refusals: await Promise.all(watches.map(({ refusal }) => refusal)) }
}

function acceptedAfter({ resolved, refusals }: Timing): number {
  return refusals.filter(({ accepted }) => accepted > resolved).length
}

function distribution(times: readonly number[]): Distribution {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number): number => rounded(sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN)
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
