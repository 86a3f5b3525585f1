/**
 * Keys as Unkey makes and keeps them: base58 behind a prefix, and SHA-256 over all of it in base64. Pairs of keys and digests from the
 * tests of its own sources (github.com/unkeyed/unkey, internal/hash/src/sha256.test.ts).
 */
import { legacyKeys } from 'plan-access-tokens/legacy'
import { expect, it } from 'vitest'
import { DAY, newWorld, START, TOKEN } from '../support/world.ts'

const PAIRS = [
  ['3ZFeSzZi4bAHLaADiPyJy7BN', 'Af0t8Qg3G7oLwGHlkgMYIeloGL2dNBfcLxOLp3IDROY='],
  ['3ZG2fq6wALyJywNrL8Ao21FV', '8HrP1yRXT/iMQSdAXuvx1eDvt8wYOAonBBBHLeW59eo='],
  ['3ZGgtK9yv8ek3BxfzzbwR34M', 'B3G/5O1sq0D5ymQaPBuP01JJ/ZE96rAAz6m/kGSGycg='],
] as const

it('are adopted by their digests, and go on working', async () => {
  const { lifetimeDays: _, ...fields } = TOKEN
  const legacy = legacyKeys({
    rest: [{ name: 'unkey', match: /^[1-9A-HJ-NP-Za-km-z]{16,25}$/, scheme: { hash: 'sha256', encoding: 'base64' } }],
  })
  const { tokens, ask } = newWorld({ legacy })
  for (const [, digest] of PAIRS)
    await tokens.adopt({ ...fields, scheme: 'unkey', digest, expiresAt: START + 90 * DAY })
  for (const [key] of PAIRS) {
    expect(await ask(key)).toBe('allowed')
    expect(await ask(`${key.slice(0, -1)}1`)).toBe('token_unknown')
  }
})
