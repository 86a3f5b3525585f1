/** Ids of plans: whatever `create` takes is carried by the management API and its client, and the rest is refused at once. */

import fc from 'fast-check'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { AdminApiError, adminHandler, createAdminClient, toNode } from 'plan-access-tokens/admin'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, it } from 'vitest'
import { listen } from './server.ts'
import { actor } from './world.ts'

const TOKEN = { type: 'rest', name: 'A', lifetimeDays: 1, scopes: ['file_content:read'], resources: 'all' } as const

const policy = figmaPolicy()

/** A host where everybody is an admin of whatever plan there may be. */
function host() {
  const directory = {
    plan: (id: string) => ({ id, tier: 'organization' }),
    isPlanAdmin: () => true,
    locate: () => undefined,
  }
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  return { tokens, handler: adminHandler({ tokens, actor, basePath: '/admin' }) }
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'no failure',
    (error: unknown) => error,
  )

describe('the id of a plan', () => {
  it.each(['acme/eu', '/', '.', '..', 'a\\b', '\\'])(
    '%j is refused by create, and the client sends it nowhere',
    async (planId) => {
      const { tokens, handler } = host()
      const message = 'must hold no slash, backslash or control character, and be neither "." nor "..".'
      await expect(tokens.create({ actor: 'admin-1', planId, ...TOKEN })).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [{ path: 'planId', message }],
      })
      const sent: string[] = []
      const admin = createAdminClient({
        baseUrl: 'https://api.example/admin',
        fetch: async (url, init) => {
          sent.push(url)
          return handler(new Request(url, init))
        },
      })
      for (const call of [
        () => admin.create({ planId, ...TOKEN }),
        () => admin.list({ planId }),
        () => admin.events({ planId }),
      ]) {
        const error = await failure(call())
        expect(error).toBeInstanceOf(AdminApiError)
        expect(error).toMatchObject({ code: 'invalid_input', issues: [{ message: expect.stringContaining(message) }] })
      }
      for (const call of [admin.get, admin.revoke, admin.refresh, admin.previewRefresh])
        expect(await failure(call({ id: planId }))).toMatchObject({ code: 'invalid_input' })
      expect(sent).toEqual([])
    },
  )

  it('that is taken comes back over the client and a real socket, whatever characters it has', async () => {
    const { tokens, handler } = host()
    const address = await listen(toNode(handler))
    const admin = createAdminClient({ baseUrl: `${address}/admin`, headers: { 'x-session': 'admin-1' } })
    const odd = fc.constantFrom(
      '.',
      '/',
      '\\',
      '%',
      '%2F',
      '%2e',
      '?',
      '#',
      ';',
      '&',
      '+',
      ' ',
      '~',
      ':',
      '@',
      'é',
      '日',
      '😀',
      'a',
      '0',
    )
    const ids = fc.oneof(
      fc.string({ unit: odd, minLength: 1, maxLength: 6 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    )
    await fc.assert(
      fc.asyncProperty(ids, async (planId) => {
        const made = await tokens.create({ actor: 'admin-1', planId, ...TOKEN }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'invalid_input', issues: [{ path: 'planId' }] })
        })
        if (!made) return
        const { tokens: listed } = await admin.list({ planId })
        expect(listed.map(({ id }) => id)).toContain(made.token.id)
        expect((await admin.events({ planId })).events.map(({ tokenId }) => tokenId)).toContain(made.token.id)
        expect((await admin.create({ planId, ...TOKEN })).token.planId).toBe(planId)
      }),
      { numRuns: 60 },
    )
  })
})
