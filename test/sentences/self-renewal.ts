/** Mistakes around tokens that renew themselves: of the host, of an admin, of a job, and of whoever keeps its secret. */
import { createPlanTokens, memoryStore, type TokenStore } from 'plan-access-tokens'
import { createRotatingSecret } from 'plan-access-tokens/rotating-secret'
import { selfRenewal, selfRenewalHandler } from 'plan-access-tokens/self-renewal'
import { RENEWING, renewing } from '../self-renewal/policy.ts'
import { type RenewingWorld, renewingWorld } from '../self-renewal/world.ts'
import { ADMIN, DAY, newDirectory, newWorld, START } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const option = mistakesOf<object>('selfRenewal', (given) => selfRenewal(given as never), {
  'a measure that there is not': { onSuperseded: 'end' },
  'a misspelt option': { onSuperceded: 'tell' },
})

const engine = mistakesOf<object>(
  'createPlanTokens',
  (change) =>
    createPlanTokens({ policy: RENEWING, store: memoryStore(), directory: newDirectory(), ...change } as never),
  {
    'self-renewal that nobody made': { selfRenewal: { renew: 1 } },
    'self-renewal over a store without uses': {
      selfRenewal: selfRenewal(),
      store: { ...memoryStore(), lastUse: undefined } as unknown as TokenStore,
    },
  },
)

const policy = mistakesOf<object>('definePolicy', (rule) => renewing(rule), {
  'a renewal after the whole life': { afterPart: 1 },
  'a term of no day': { longestDays: 0 },
})

const handler = mistakesOf<object>(
  'selfRenewalHandler',
  (change) => selfRenewalHandler({ tokens: renewingWorld().tokens, ...change } as never),
  {
    'an engine without self-renewal': { tokens: newWorld().tokens },
    'a base path with a slash at its end': { basePath: '/api/' },
    'a surface that there is not': { surface: 'other' },
    'an origin with a path': { origin: 'https://example.com/x' },
  },
)

const create = mistakesOf<object>('create', (change) => renewingWorld().make(change), {
  'an end of renewals without renewals': { renewUntil: START + DAY },
  'an end of renewals that has come': { selfRenewal: true, renewUntil: START },
  'renewals as text': { selfRenewal: 'yes' },
  'a canary that renews itself': { selfRenewal: true, canary: true },
})
const without = mistakesOf<object>('create', (change) => newWorld().make(change as never), {
  'renewals without the option': { selfRenewal: true },
})
const ofType = mistakesOf<object>(
  'create',
  (change) => renewingWorld({ policy: newWorld().tokens.policies[0]! as never }).make(change),
  { 'renewals of a type that has none': { selfRenewal: true } },
)
const edit = mistakesOf<object>(
  'edit',
  async (change) => {
    const { tokens, make } = renewingWorld()
    return tokens.edit({ actor: ADMIN, id: (await make()).id, ...change })
  },
  { 'an end of renewals of a token that has none': { renewUntil: START + DAY } },
)

/** What a job may send wrong: a world with a token that is due, and what is done with it. */
type Job = (world: RenewingWorld, id: string, secret: string) => Promise<Response>

const answered = async (world: RenewingWorld, secret: string, idempotencyKey?: string): Promise<Response> =>
  (await world.tokens.renew({ secret }, { idempotencyKey })).response()

const job = mistakesOf<Job>(
  'renew',
  async (what) => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY)
    return what(world, id, secret)
  },
  {
    'no key': (world, _, secret) => answered(world, secret),
    'a key of two words': (world, _, secret) => answered(world, secret, 'a b'),
    'too early': async (world, _, secret) => answered(world, await world.renewed(secret), 'x'),
    'a secret that was replaced': async (world, _, secret) => {
      await world.renewed(secret)
      return answered(world, secret, 'x')
    },
    'a key of another secret': async (world, _, secret) => {
      const newer = await world.renewed(secret, 'x')
      world.clock.advance(15 * DAY)
      return answered(world, newer, 'x')
    },
    'a token that may not': async (world, id, secret) => {
      await world.tokens.edit({ actor: ADMIN, id, selfRenewal: false })
      return answered(world, secret, 'x')
    },
    'a term that is over': async (world, id, secret) => {
      await world.tokens.edit({ actor: ADMIN, id, renewUntil: START + 16 * DAY })
      world.clock.advance(DAY)
      return answered(world, secret, 'x')
    },
    'a secret that has leaked': async (world, _, secret) => {
      const { reportLeak } = await import('plan-access-tokens/leaks')
      await reportLeak(world.tokens, { text: secret, source: 'github', action: 'tell' })
      return answered(world, secret, 'x')
    },
  },
)

const endpoint = mistakesOf<readonly [path: string, init: RequestInit]>(
  'POST /self/refresh',
  ([path, init]) => selfRenewalHandler({ tokens: renewingWorld().tokens })(new Request(`http://x${path}`, init)),
  {
    'another path': ['/self', { method: 'POST' }],
    'another method': ['/self/refresh', {}],
    'a query': ['/self/refresh?a=b', { method: 'POST' }],
    'a page of another site': ['/self/refresh', { method: 'POST', headers: { Origin: 'https://evil.example' } }],
  },
)

const keep = { read: () => 'x', write: () => undefined }
const rotating = mistakesOf<object>('createRotatingSecret', (change) => createRotatingSecret({ ...keep, ...change }), {
  'nothing that writes': { write: undefined },
  'an address that is none': { url: '/self/refresh' },
  'a header of two words': { header: 'X Token' },
  'a time below 0': { timeoutMs: -1 },
  'a misspelt option': { onEror: () => undefined },
})
const kept = mistakesOf<string>('secret', (text) => createRotatingSecret({ ...keep, read: () => text }).secret(), {
  'nothing that was kept': '',
  'JSON without the secret': '{}',
})

export const SELF_RENEWAL: readonly Mistake[] = [
  ...[option, engine, policy, handler, create, without, ofType, edit, job, endpoint, rotating, kept].flat(),
]
