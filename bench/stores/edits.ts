/**
 * How many edits a second admins get done, in one process or in several: each admin edits a token of its own, one edit after
 * the other. What is answered is held against the log, so that an edit that was refused and written all the same is counted.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createPlanTokens, PlanTokenError, type PlanTokens, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { rounded } from '../measure.ts'
import { byHand, type CommitKind } from './by-hand.ts'
import { openStore, type SqlSource } from './engines.ts'
import { directory, INPUT } from './world.ts'

/** What came of the edits of one kind of commit. */
export interface Edits {
  readonly perSecond: number
  /** Edits that were answered with an error, by its code. */
  readonly refused: { readonly [code: string]: number }
  /** Edits that were written and answered with an error: must be 0 for the store's own. */
  readonly writtenAndRefused: number
}

interface Settings {
  readonly source: SqlSource
  readonly kinds: readonly CommitKind[]
  readonly admins: number
}
/** For one round: how the admins commit, and for how many seconds. */
interface Round {
  readonly kind: CommitKind
  readonly seconds: number
}
interface Tally {
  readonly edits: number
  readonly refused: { readonly [code: string]: number }
}
/** Ids of the tokens of each kind. */
type Tokens = { readonly [K in CommitKind]?: readonly string[] }

/** Lets admins edit in so many processes at the same time, each kind of commit in turn and several times. */
export async function editsPerSecond(
  processes: number,
  settings: Settings,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<{ readonly [K in CommitKind]?: Edits }> {
  const { source, kinds } = settings
  const workers = Array.from({ length: processes }, startWorker)
  try {
    const tokens = await Promise.all(workers.map((worker) => worker.ask<Tokens>({ open: settings })))
    const tallies = new Map<CommitKind, Tally[]>(kinds.map((kind) => [kind, []]))
    for (let round = 0; round < rounds; round++)
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed())
        tallies.get(kind)?.push(...(await Promise.all(workers.map((worker) => worker.ask<Tally>({ kind, seconds })))))
    // What was given up may still be on its way until the connections are closed.
    await Promise.all(workers.map((worker) => worker.ask('close')))
    const { store, close } = openStore(source)
    try {
      const found: { [K in CommitKind]?: Edits } = {}
      for (const [kind, all] of tallies) {
        const edits = all.reduce((sum, tally) => sum + tally.edits, 0)
        const written = await writtenTo(
          store,
          tokens.flatMap((ids) => ids[kind] ?? []),
        )
        const perSecond = rounded(edits / (rounds * seconds))
        found[kind] = { perSecond, refused: together(all), writtenAndRefused: written - edits }
      }
      return found
    } finally {
      await close()
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.end()))
  }
}

function together(tallies: readonly Tally[]): { readonly [code: string]: number } {
  const sum: { [code: string]: number } = {}
  for (const { refused } of tallies)
    for (const [code, count] of Object.entries(refused)) sum[code] = (sum[code] ?? 0) + count
  return sum
}

/** How many edits of these tokens were written. */
async function writtenTo(store: TokenStore, tokens: readonly string[]): Promise<number> {
  let written = 0
  // A token's first version is its creation.
  for (const id of tokens) written += ((await store.find(id))?.version ?? 1) - 1
  return written
}

type Question = { readonly open: Settings } | Round | 'close'

/** Another process. It ends with this one. */
function startWorker() {
  const child = fork(fileURLToPath(import.meta.url), ['worker'], { execArgv: ['--import', 'tsx'] })
  const ended = once(child, 'exit')
  const crashed = ended.then(() => Promise.reject(new Error('A process of the benchmark ended.')))
  crashed.catch(() => undefined)
  return {
    async ask<T>(question: Question): Promise<T> {
      const answer = once(child, 'message')
      child.send(question)
      return (await Promise.race([answer, crashed]))[0] as T
    },
    async end(): Promise<void> {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** The other process's side. */
function serve(): void {
  let open: Awaited<ReturnType<typeof openAdmins>> | undefined
  process.on('message', async (question: Question) => {
    if (question === 'close') process.send?.((await open?.close()) ?? 'closed')
    else if ('open' in question) {
      open = await openAdmins(question.open)
      process.send?.(open.ids)
    } else process.send?.((await open?.edit(question)) ?? 'closed')
  })
  process.once('disconnect', () => process.exit())
  // Ctrl-C reaches every process of the terminal; the first one says when this one ends.
  process.on('SIGINT', () => undefined)
}

async function openAdmins({ source, kinds, admins }: Settings) {
  const engines = new Map<CommitKind, PlanTokens>()
  const ids: { [K in CommitKind]?: string[] } = {}
  const { store, close } = openStore(source)
  const hand = byHand(source)
  for (const kind of kinds) {
    const used = kind === 'ours' ? store : { ...store, ...hand.of(store, kind) }
    const tokens = createPlanTokens({
      policy: figmaPolicy(),
      store: used,
      directory: directory(),
      onError: () => undefined,
    })
    engines.set(kind, tokens as unknown as PlanTokens)
    const made: string[] = []
    for (let i = 0; i < admins; i++) made.push((await tokens.create({ ...INPUT, name: `Token ${i}` })).token.id)
    ids[kind] = made
  }
  return {
    ids,
    async edit({ kind, seconds }: Round): Promise<Tally> {
      const tokens = engines.get(kind) as PlanTokens
      const refused: { [code: string]: number } = {}
      let edits = 0
      const end = performance.now() + seconds * 1_000
      const admin = async (id: string): Promise<void> => {
        while (performance.now() < end) {
          try {
            await tokens.edit({ actor: INPUT.actor, id, name: `At ${performance.now()}` })
            edits += 1
          } catch (error) {
            const code = error instanceof PlanTokenError ? error.code : String(error)
            refused[code] = (refused[code] ?? 0) + 1
          }
        }
      }
      await Promise.all((ids[kind] ?? []).map(admin))
      return { edits, refused }
    },
    async close(): Promise<void> {
      for (const tokens of engines.values()) await tokens.close()
      await hand.close()
      await close()
    },
  }
}

if (import.meta.url === `file://${process.argv[1]}` && process.argv[2] === 'worker') serve()
