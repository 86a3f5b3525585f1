/** Loads servers with autocannon, in turn and for short rounds, and compares them round by round. */
import autocannon from 'autocannon'
import { median } from '../measure.ts'
import type { Server } from './servers.ts'

/** What one round found. */
interface Round {
  readonly perSecond: number
  /** Milliseconds of a core that the server's process took a request. */
  readonly cpuMs: number
  /** The part of the round in which the server's process was on a core. Far from 1, the client or the machine set the pace. */
  readonly busy: number
}

/** One side against another, medians over the rounds. */
export interface Comparison {
  /** Requests per second, as a ratio. */
  readonly perSecond: number
  /** The same by the time of a core that a request takes: what does not depend on how fast the client is. */
  readonly cpu: number
}

/** As clients send them: the next request of a connection after the answer to the one before. */
const LOAD = { connections: 10, pipelining: 1 }
/** How often autocannon looks whether it is to stop. */
const LOOKS_EVERY_MS = 10
/** How long each side is loaded before anything counts. */
const WARM_MS = 1_500

/** How long is measured. */
export interface Scale {
  readonly rounds: number
  readonly roundMs: number
}

/**
 * Runs each side once a round, in an order that rotates, after a warm-up of each. Many short rounds tell more than a few long
 * ones: the machine's own pace changes within a second, and sides of one round should have the same.
 *
 * @param suffix what is added to the path of each request.
 */
export async function compare<Side extends string>(
  servers: { readonly [S in Side]: Server },
  suffix: string,
  { rounds, roundMs }: Scale,
): Promise<{ of(side: Side, other: Side): Comparison; readonly busy: number }> {
  const sides = Object.keys(servers) as Side[]
  const found = new Map<Side, Round[]>(sides.map((side) => [side, []]))
  // The compiler of a fresh server takes a while to make up its mind.
  for (const side of sides) await load(servers[side], suffix, WARM_MS)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const side = sides[(round + turn) % sides.length] as Side
      found.get(side)?.push(await load(servers[side], suffix, roundMs))
    }
  }
  const ratios = (side: Side, other: Side, figure: 'perSecond' | 'cpuMs'): number => {
    const others = found.get(other) ?? []
    return median((found.get(side) ?? []).map((round, i) => round[figure] / (others[i]?.[figure] ?? Number.NaN)))
  }
  return {
    of: (side, other) => ({ perSecond: ratios(side, other, 'perSecond'), cpu: 1 / ratios(side, other, 'cpuMs') }),
    busy: median([...found.values()].flat().map(({ busy }) => busy)),
  }
}

/** Loads one server for so many milliseconds. Throws if a single answer is not 2xx, so that a fast wrong one does not count. */
async function load(server: Server, suffix: string, ms: number): Promise<Round> {
  const options = {
    ...LOAD,
    url: `http://127.0.0.1:${server.port}`,
    requests: server.requests.map(({ path, headers }) => ({ method: 'GET' as const, path: path + suffix, headers })),
    sampleInt: LOOKS_EVERY_MS,
    // Stopped by hand: autocannon's own clock ticks once a second.
    duration: 3_600,
  }
  /** Answers that belong to the setting up of connections. */
  const skipped = LOAD.connections * LOAD.pipelining
  let answers = 0
  let counted = 0
  let first = Number.NaN
  let last = Number.NaN
  const before = await server.cpuMs()
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const running = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    running.on('response', () => {
      answers += 1
      if (answers === skipped) first = performance.now()
      if (answers <= skipped || last - first >= ms) return
      last = performance.now()
      counted = answers - skipped
      // Missing in the types of autocannon.
      if (last - first >= ms) (running as unknown as { stop(): void }).stop()
    })
  })
  const used = (await server.cpuMs()) - before
  const { non2xx, errors, timeouts } = result
  if (non2xx + errors + timeouts > 0)
    throw new Error(`There were ${non2xx} wrong answers, ${errors} errors and ${timeouts} time-outs.`)
  return { perSecond: (counted / (last - first)) * 1_000, cpuMs: used / answers, busy: used / result.duration / 1_000 }
}
