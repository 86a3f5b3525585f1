/** A revoke that is under way, and who asks for the same meanwhile. */
import { requestWith } from 'plan-access-tokens/testing'
import { expect } from 'vitest'
import { deployment, UNWATCHED, WAIT, warmToken } from '../service/support/processes.ts'
import { stateOf } from '../service/support/steered-clock.ts'
import { ADMIN } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied } from './verdicts.ts'

const attack = attacksOf('lifecycle')

attack('d12', async () => {
  const d = deployment()
  const [a, b, c] = [d.start(), d.start(), d.start(UNWATCHED)]
  const { id, secret } = await warmToken(d, c)
  const say = () => c.tokens.authorize(requestWith(secret, 'GET /v1/files/FileA'))
  const first = a.tokens.revoke({ actor: ADMIN, id })
  await d.clock.pass(500)
  allowed(await say())
  const second = b.tokens.revoke({ actor: ADMIN, id })
  const after = second.then(() => say())
  await d.clock.pass(WAIT - 500)
  expect([await stateOf(first), await stateOf(second)]).toEqual(['resolved', 'waiting'])
  denied(await d.done(after), 'token_revoked')
})
