/** Engines whose set-up is wrong somewhere, and what `ready` says of them. */
import {
  createPlanTokens,
  type Directory,
  memoryStore,
  type Policy,
  type ReadyInput,
  SetupError,
  type TokenStore,
} from 'plan-access-tokens'
import { figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { expect } from 'vitest'
import { newDirectory } from '../../support/world.ts'

/** What a test replaces. */
export interface Given {
  readonly store?: object
  readonly directory?: { readonly [M in keyof Directory]?: unknown }
  readonly policy?: readonly Policy[]
  readonly timeoutMs?: number
}

/** An engine over a memory store and a directory of which a test replaces what it likes. */
export function engine({
  store,
  directory,
  policy = [figmaPolicy({ errors: figmaErrors })],
  timeoutMs = 2_000,
}: Given = {}) {
  const kept = memoryStore()
  const lines: string[] = []
  const tokens = createPlanTokens<Policy>({
    policy,
    store: { ...kept, ...store } as TokenStore,
    directory: { ...newDirectory(), ...directory } as Directory,
    timeoutMs,
    onWarning: (line) => lines.push(line),
  })
  return { tokens, kept, lines }
}

/** What `ready` says is wrong, by path. */
export async function problemsOf(given: Given, real?: ReadyInput): Promise<readonly string[]> {
  const { tokens, kept, lines } = engine(given)
  const outcome: unknown = await tokens.ready(real).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(await kept.events({ limit: 1 })).toEqual([])
  expect(lines).toEqual([])
  if (outcome === undefined) return []
  expect(outcome).toBeInstanceOf(SetupError)
  const { issues, message } = outcome as SetupError
  for (const problem of issues) expect(message).toContain(`${problem.path || 'input'}: ${problem.message}`)
  return issues.map((problem) => `${problem.path || 'input'}: ${problem.message}`)
}

/** What a port that is down throws. */
export const DOWN = Object.assign(new Error('connect to 127.0.0.1 failed'), { code: 'ECONNREFUSED' })
export const fail = () => Promise.reject(DOWN)
