/** A worker in which a token renews itself: its server and its client, with requests as the platform makes them. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { createRotatingSecret, type RotatingSecretError } from 'plan-access-tokens/rotating-secret'
import { selfRenewal, selfRenewalHandler } from 'plan-access-tokens/self-renewal'
import { requestWith, testClock, testDirectory } from 'plan-access-tokens/testing'
import { RENEWING } from './policy.ts'

const clock = testClock('2027-01-31T12:00:00Z')
const tokens = createPlanTokens({
  ...{ policy: RENEWING, store: memoryStore(), clock, selfRenewal: selfRenewal() },
  directory: testDirectory({ 1001: { admins: ['admin-1'], resources: { 'file:ABC': {} } } }),
})
const handler = selfRenewalHandler({ tokens })

export default {
  async fetch(): Promise<Response> {
    const { secret } = await tokens.create({
      ...{ actor: 'admin-1', planId: '1001', type: 'rest', name: 'A', lifetimeDays: 2, resources: 'all' },
      ...{ scopes: ['file_content:read'], selfRenewal: true },
    })
    clock.advance(24 * 3_600_000)
    const errors: RotatingSecretError['code'][] = []
    let kept = secret.reveal()
    const rotating = createRotatingSecret({
      read: () => kept,
      write(text) {
        kept = text
      },
      url: 'https://api.example.com/self/refresh',
      now: () => clock.now(),
      // As the platform would send it, which refuses what it does not know.
      fetch: (address, init) => handler(new Request(address as string, init)),
      onError: ({ code }) => errors.push(code),
    })
    const newer = await rotating.secret()
    const decision = await tokens.authorize(requestWith(newer, 'GET /v1/files/ABC'))
    return Response.json({ isNew: newer !== secret.reveal(), allowed: decision.allowed, errors })
  },
}
