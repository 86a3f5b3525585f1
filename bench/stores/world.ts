/** What the benchmarks of stores share: the directory, the tokens that are made, and the requests that carry them. */
import { setImmediate } from 'node:timers/promises'
import type { CreateInput, Decision, Directory, PlanTokens, RequestLike, ResourceRef } from 'plan-access-tokens'
import { requestsFor } from '../engine-world.ts'

/** The plan that most tokens belong to. */
export const PLAN = '123456789'
const FILES = 1_000

/** Answers at once, as that of bench/engine-world.ts: every file lies in a project, a team and a workspace. */
export function directory(): Directory {
  const places = new Map<string, { readonly planId: string; readonly ancestors: readonly ResourceRef[] }>(
    Array.from({ length: FILES }, (_, i) => {
      const ancestors = [
        { kind: 'project', id: String(100 + (i % 50)) },
        { kind: 'team', id: String(10 + (i % 10)) },
        { kind: 'workspace', id: '1' },
      ]
      return [`FileKey${String(i).padStart(15, '0')}`, { planId: PLAN, ancestors }]
    }),
  )
  const plan = { id: PLAN, tier: 'enterprise' }
  return { plan: () => plan, isPlanAdmin: () => true, locate: ({ id }) => places.get(id) }
}

/** What `create` is called with. */
export const INPUT = {
  actor: 'admin',
  planId: PLAN,
  type: 'rest',
  name: 'Nightly export',
  lifetimeDays: 365,
  scopes: ['file_content:read'],
  resources: 'all',
} as const satisfies CreateInput

/** Makes tokens and gives their secrets. */
export async function createSecrets(tokens: PlanTokens, count: number): Promise<readonly string[]> {
  const secrets: string[] = []
  for (let i = 0; i < count; i++) {
    const { secret } = await tokens.create({ ...INPUT, name: `Token ${i}` })
    secrets.push(secret.reveal())
    // A store that answers at once lets no signal through otherwise.
    if (i % 1_000 === 0) await setImmediate()
  }
  return secrets
}

/** Requests about a thousand files, one for each secret. */
export const requestsWith = (secrets: readonly string[]): readonly RequestLike[] => requestsFor(secrets)

/** Throws unless a decision is the expected one, so that a fast wrong answer does not count. */
export function expectDecision(decision: Decision, code?: string): void {
  const got = decision.allowed ? undefined : decision.code
  if (got !== code) throw new Error(`Expected ${code ?? 'allowed'}, but the decision was ${got ?? 'allowed'}.`)
}

/** Does something for each of a list, so many at a time. */
export async function forEach<T>(list: readonly T[], atOnce: number, work: (entry: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < list.length) await work(list[next++] as T)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
