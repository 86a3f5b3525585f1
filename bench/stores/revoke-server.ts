/** A process that lets requests through until their token is revoked, and tells when it first refused one. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createPlanTokens, type PlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { openStore, type Source } from './engines.ts'
import { directory, expectDecision, requestsWith } from './world.ts'

/** The end of a token as a process saw it, in milliseconds of the machine's monotonic clock. */
export interface Refusal {
  /** When the first refusal was there. */
  readonly refused: number
  /** When the last request that was let through had begun. */
  readonly accepted: number
}

/** One token that is asked about about once a millisecond. */
interface Watch {
  /** Resolves once a request was let through. */
  readonly accepted: Promise<unknown>
  readonly refusal: Promise<Refusal>
}

/** Whoever authorizes requests: this process or another. */
export interface Server {
  watch(secret: string): Watch
  close(): Promise<void>
}

/** Milliseconds of the clock that all processes of a machine share. */
export const machineTime = (): number => Number(process.hrtime.bigint()) / 1e6

/** Authorizes in this process. */
export function serverHere(tokens: PlanTokens): Server {
  return {
    watch(secret) {
      const [request] = requestsWith([secret])
      const first = tokens.authorize(request!).then((decision) => expectDecision(decision))
      const untilRefused = async (): Promise<Refusal> => {
        await first
        for (let accepted = Number.NaN; ; await sleep(1)) {
          const began = machineTime()
          const decision = await tokens.authorize(request!)
          const ended = machineTime()
          if (decision.allowed) accepted = began
          else {
            expectDecision(decision, 'token_revoked')
            return { refused: ended, accepted }
          }
        }
      }
      return { accepted: first, refusal: untilRefused() }
    },
    close: () => tokens.close(),
  }
}

type Order = { readonly source: Source; readonly freshnessMs: number } | { readonly secret: string }
type Report = 'open' | { readonly secret: string; readonly refusal?: Refusal }

/** Starts another process that authorizes. It ends with this one, however this one ends. */
export async function serverElsewhere(source: Source, freshnessMs: number): Promise<Server> {
  const child = fork(fileURLToPath(import.meta.url), ['server'], { execArgv: ['--import', 'tsx'] })
  const tell = (order: Order): boolean => child.send(order)
  const ended = once(child, 'exit').then(() => {
    throw new Error('A server of the benchmark ended.')
  })
  ended.catch(() => undefined)
  const heard = <T>(part: (report: Report) => T | undefined): Promise<T> => Promise.race([ended, answerOf(child, part)])
  tell({ source, freshnessMs })
  await heard((report) => (report === 'open' ? true : undefined))
  return {
    watch(secret) {
      const about = (report: Report) => (report !== 'open' && report.secret === secret ? report : undefined)
      const watch = { accepted: heard(about), refusal: heard((report) => about(report)?.refusal) }
      tell({ secret })
      return watch
    },
    async close() {
      child.disconnect()
      await ended.catch(() => undefined)
    },
  }
}

function answerOf<T>(child: ChildProcess, part: (report: Report) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const listen = (report: Report): void => {
      const answer = part(report)
      if (answer === undefined) return
      child.off('message', listen)
      resolve(answer)
    }
    child.setMaxListeners(0)
    child.on('message', listen)
  })
}

/** The other process's side. */
function serve(): void {
  const report = (what: Report): void => void process.send?.(what)
  let here: Server | undefined
  let close: (() => Promise<unknown>) | undefined
  process.on('message', async (order: Order) => {
    if ('source' in order) {
      const { store, close: closeStore } = openStore(order.source)
      const { freshnessMs } = order
      here = serverHere(createPlanTokens({ policy: figmaPolicy(), store, directory: directory(), freshnessMs }))
      close = closeStore
      return report('open')
    }
    const { secret } = order
    const watch = here!.watch(secret)
    await watch.accepted
    report({ secret })
    report({ secret, refusal: await watch.refusal })
  })
  process.once('disconnect', async () => {
    setTimeout(() => process.exit(), 2_000).unref()
    await here?.close()
    await close?.()
    process.exit()
  })
  // Ctrl-C reaches every process of the terminal; the first one says when this one ends.
  process.on('SIGINT', () => undefined)
}

if (import.meta.url === `file://${process.argv[1]}` && process.argv[2] === 'server') serve()
