/** Rules that ask for a strong session, where others approve: who decides has to have one, and who collects. */
import { expect, it } from 'vitest'
import { codeOf, errorOf, START } from '../support/world.ts'
import { ADA, BEN, newWorld, WISH } from './world.ts'

const MFA = { acr: ['urn:mfa'] }
const strong = (id: string) => ({ id, acr: 'urn:mfa', authTime: START, session: `s-${id}`, address: '203.0.113.7' })

it('approve and decline ask for what the rule "approve" says, collect for what "create" does', async () => {
  const { tokens, ask, edit, lastEvent } = newWorld({
    rules: { approvals: 'required', stepUp: { approve: MFA, create: MFA } },
  })
  expect(await codeOf(tokens.create(WISH))).toBe('insufficient_user_authentication')
  const id = await ask({ actor: strong(ADA) })
  const error = await errorOf(tokens.approve({ actor: BEN, id }))
  expect([error.code, error.stepUp]).toEqual(['insufficient_user_authentication', MFA])
  expect(await codeOf(tokens.decline({ actor: BEN, id }))).toBe('insufficient_user_authentication')
  // Nobody authenticates again for a call that is refused all the same.
  expect(await codeOf(tokens.approve({ actor: ADA, id }))).toBe('own_request')
  expect(await codeOf(tokens.decline({ actor: ADA, id }))).toBe('own_request')
  await tokens.approve({ actor: strong(BEN), id })
  expect(await lastEvent()).toMatchObject({
    ...{ type: 'approved', actor: BEN, session: 's-ben', address: '203.0.113.7' },
    changes: { request: { after: { by: ADA, approvedBy: BEN } } },
  })
  expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('insufficient_user_authentication')
  const collect = { actor: strong(ADA), id, idempotencyKey: 'k' }
  expect((await tokens.collect(collect)).token.createdBy).toBe(ADA)
  expect(await codeOf(tokens.collect({ ...collect, actor: ADA }))).toBe('insufficient_user_authentication')
  expect(await codeOf(tokens.collect({ ...collect, actor: BEN }))).toBe('idempotency_key_reused')
  await edit(id, { scopes: ['files:read'] })
  expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('insufficient_user_authentication')
  expect((await tokens.decline({ actor: strong(BEN), id })).proposal).toBeUndefined()
})

it('what nobody wants is declined although the rules cannot be read', async () => {
  const { tokens, ask, setRules } = newWorld()
  const id = await ask()
  setRules({ approvals: 'nobody' } as never)
  expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('unavailable')
  expect((await tokens.decline({ actor: BEN, id })).status).toBe('revoked')
})
