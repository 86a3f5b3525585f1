/** What `create` gives: with the option `approvals` perhaps a token without a secret, without it what it ever gave. */
import { createPlanTokens, type Issued, memoryStore, type Requested, type Secret } from 'plan-access-tokens'
import { adminHandler, createAdminClient, type IssuedText, type RequestedText } from 'plan-access-tokens/admin'
import { approvals } from 'plan-access-tokens/approvals'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { operator } from 'plan-access-tokens/operator'
import { createOutbox } from 'plan-access-tokens/outbox'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expectTypeOf, it } from 'vitest'

const options = { policy: figmaPolicy(), store: memoryStore(), directory: testDirectory({}) }
const plain = createPlanTokens(options)
const asking = createPlanTokens({ ...options, approvals: approvals() })

describe('what create gives', () => {
  it('is as ever without the option', () => {
    expectTypeOf(plain.create).returns.resolves.toEqualTypeOf<Issued>()
    expectTypeOf(plain.collect).returns.resolves.toEqualTypeOf<Issued>()
  })

  it('is told apart by its secret with it', () => {
    expectTypeOf(asking.create).returns.resolves.toEqualTypeOf<Issued | Requested>()
    const told = ({ secret }: Issued | Requested) => {
      if (secret) expectTypeOf(secret).toEqualTypeOf<Secret>()
      else expectTypeOf(secret).toEqualTypeOf<undefined>()
    }
    expectTypeOf(told).toBeFunction()
  })

  it('is taken either way by whatever takes an engine', () => {
    for (const tokens of [plain, asking]) {
      adminHandler({ tokens, actor: () => undefined })
      operator(tokens)
      createOutbox({ tokens, deliver() {} })
    }
    const admin = createAdminClient<IssuedText | RequestedText>({ baseUrl: '/admin' })
    expectTypeOf(admin.create).returns.resolves.toEqualTypeOf<IssuedText | RequestedText>()
    expectTypeOf(createAdminClient({ baseUrl: '/admin' }).create).returns.resolves.toEqualTypeOf<IssuedText>()
  })
})
