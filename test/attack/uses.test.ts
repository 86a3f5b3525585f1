/** Writes of last uses that come late, fail or hang: they undo nothing and hold nobody up. */
import type { Decision, SecretUse } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { expect } from 'vitest'
import { deployment, down, never } from '../service/support/processes.ts'
import { stateOf } from '../service/support/steered-clock.ts'
import { ADMIN } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied } from './verdicts.ts'

const attack = attacksOf('store-and-cache')

attack('e24', async () => {
  const throws = () => {
    throw new Error('down')
  }
  for (const freshnessMs of [0, 1_000]) {
    for (const [what, fails] of [
      ['is held up until after the revoke', undefined],
      ['throws', throws],
      ['rejects', down],
      ['never settles', never],
    ] as const) {
      const d = deployment()
      const a = d.start({ without: [], freshnessMs, timeoutMs: 2_000 })
      let held: readonly SecretUse[] = []
      let release: () => void = () => undefined
      a.replace.recordUse = async (uses) => {
        held = uses
        if (fails) return fails()
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return d.store.recordUse(uses)
      }
      const { id, secret } = await a.make()
      const say = (): Promise<Decision> => a.tokens.authorize(requestWith(secret, 'GET /v1/files/FileA'))
      const first = say()
      expect(await stateOf(first), what).toBe('resolved')
      allowed(await first, what)
      await d.clock.pass(10_000)
      expect(held, what).toMatchObject([{ tokenId: id }])
      await d.done(a.tokens.revoke({ actor: ADMIN, id }))
      const before = await d.store.find(id)
      release()
      await d.clock.pass(100)
      denied(await say(), 'token_revoked', what)
      expect(await d.store.find(id), 'the late write touches nothing').toEqual(before)
      const closed = a.tokens.close()
      release()
      await d.clock.pass(2_250)
      expect(await stateOf(closed), what).toBe('resolved')
      denied(await say(), 'token_revoked', what)
    }
  }
})
