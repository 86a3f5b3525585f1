/** Traffic with every decision in it, against a real engine, and a search for what no output may hold. */
import type { DecisionInfo, RefusalCode } from 'plan-access-tokens'
import { expect } from 'vitest'
import { everyRefusal, expectNoSecret, expectNothingLikeASecret, FAULT } from '../attack/refusals.ts'
import { A, type World } from '../attack/world.ts'

export type Hook = (info: DecisionInfo) => void

/** What was sent, in this order. */
export interface Traffic {
  readonly w: World
  /** What the hook should have been told of: `undefined` for an allowance. */
  readonly codes: readonly (RefusalCode | undefined)[]
  /** How long the decisions took by what the hook was told, in seconds. */
  readonly seconds: number
  /** The id of the token that was let through. */
  readonly tokenId: string
}

/** The route of the requests that are let through. */
export const ROUTE = 'GET /v1/files/{file_key}'

/** Two requests that are let through, the second with a secret that was replaced, and one for every refusal. */
export async function traffic(hook: Hook): Promise<Traffic> {
  let onDecision: Hook = () => undefined
  const { w, refusals } = await everyRefusal({ onDecision: (info) => onDecision(info) })
  const made = await w.make()
  await w.refresh(made)
  let milliseconds = 0
  onDecision = (info) => {
    milliseconds += info.durationMs
    hook(info)
  }
  for (const allowed of [w.ALL, made]) expect((await w.ask(`GET /v1/files/${A}`, allowed)).allowed).toBe(true)
  for (const { request } of refusals) await w.tokens.authorize(request)
  const codes = [undefined, undefined, ...refusals.map(({ code }) => code)]
  return { w, codes, seconds: milliseconds / 1_000, tokenId: w.ALL.token.id }
}

/** Fails if an output holds a secret or a digest in any spelling, or what a port said when it failed. */
export function expectNothingSecret(output: string, { w }: Traffic): void {
  expect(w.secrets.length).toBeGreaterThan(5)
  expect(output).not.toBe('')
  expectNoSecret(output, w.secrets, 'a secret in the output')
  expectNothingLikeASecret(output, 'the like of a secret in the output')
  expect(output).not.toContain(FAULT)
}
