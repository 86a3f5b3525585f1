/** A witness is judged as the engine judges its request: random policies and requests, asked of both. */
import fc from 'fast-check'
import { judgeWitness } from 'plan-access-tokens/policy'
import { describe, expect, it } from 'vitest'
import { judgeOf } from '../../src/policy/judge.ts'
import { decisionOn, directoryOf } from '../../src/testing/policy-engine.ts'
import { randomOf } from '../processes/random.ts'
import { changedPolicy, randomPolicy } from './support/random-policy.ts'
import { randomWitness } from './support/random-witness.ts'

describe('a witness', () => {
  it('is judged as the engine judges its request', async () => {
    let allowed = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 31), async (seed) => {
        const random = randomOf(seed)
        const policy = randomPolicy(random)
        const other = changedPolicy(policy, random)
        const judges = [judgeOf('test', 'a', policy), judgeOf('test', 'b', other)] as const
        for (let i = 0; i < 15; i++) {
          const witness = { ...randomWitness([policy, other], judges, random), failing: [] }
          const decision = await decisionOn(policy, witness, directoryOf(witness))
          const { code = 'allowed' } = judgeWitness(policy, witness)
          expect([decision.allowed ? 'allowed' : decision.code, witness]).toEqual([code, witness])
          if (decision.allowed) allowed += 1
        }
      }),
      { numRuns: 60, seed: 20_271_130 },
    )
    expect(allowed).toBeGreaterThan(50)
  })
})
