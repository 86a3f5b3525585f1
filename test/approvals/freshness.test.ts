/** Approvals where processes answer from memory: what was decided counts everywhere once the call has resolved. */
import { createPlanTokens, type MemoryStore } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'
import { POLICY } from '../support/world.ts'
import { ADA, BEN, newWorld } from './world.ts'

/** A process beside the one that manages, which answers from memory and is told of no news. */
function beside({ store, directory, clock }: ReturnType<typeof newWorld>) {
  const { watch: _, peekByDigest: _peek, ...plain }: MemoryStore = store
  const other = createPlanTokens({ policy: POLICY, store: plain, directory, clock, freshnessMs: 200 })
  return {
    async asks(secret: string, line: string) {
      const decision = await other.authorize(requestWith(secret, line))
      return decision.allowed ? 'allowed' : decision.code
    },
    close: () => other.close(),
  }
}

it('an edit that was approved, and a secret that was collected', async () => {
  const world = newWorld()
  const { tokens, edit, ask, make } = world
  const other = beside(world)
  const { id, secret } = await make()
  const line = 'GET /v1/projects/123/files'
  for (let i = 0; i < 3; i++) expect(await other.asks(secret, line)).toBe('scope_missing')
  await edit(id, { scopes: ['file_content:read', 'projects:read'] })
  expect(await other.asks(secret, line)).toBe('scope_missing')
  await tokens.approve({ actor: BEN, id })
  expect(await other.asks(secret, line)).toBe('allowed')
  const asked = await ask()
  await tokens.approve({ actor: BEN, id: asked })
  const collected = await tokens.collect({ actor: ADA, id: asked })
  expect(await other.asks(collected.secret.reveal(), 'GET /v1/files/FileA')).toBe('allowed')
  await other.close()
})
