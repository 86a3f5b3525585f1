/** Mistakes in limits of requests: in the options, in the rules, and in what an engine has no policy for. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { redisLimiter } from 'plan-access-tokens/limits/redis'
import { newDirectory, POLICY } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const FILES = 'GET /v1/files/{file_key}'
const ALL = { name: 'all', requests: 2, perSeconds: 60 }
const RIGHT = { limiter: memoryLimiter(), whenUnavailable: 'deny', rules: [ALL] }

const options = mistakesOf<object>('requestLimits', (change) => requestLimits({ ...RIGHT, ...change } as never), {
  'a limiter that takes nothing': { limiter: {} },
  'nothing for when it fails': { whenUnavailable: undefined },
  'a misspelt option': { rule: [ALL] },
  'no rule': { rules: [] },
  'rules that are no list': { rules: ALL },
  'a rule that is none': { rules: [5] },
  'a rule without a name': { rules: [{ requests: 2, perSeconds: 60 }] },
  'a name with a space': { rules: [{ ...ALL, name: 'a b' }] },
  'a misspelt condition': { rules: [{ ...ALL, endpoint: FILES }] },
  'no size': { rules: [{ name: 'a' }] },
  'half a size': { rules: [{ name: 'a', requests: 5 }] },
  'no request': { rules: [{ ...ALL, requests: 0 }] },
  'half a second': { rules: [{ ...ALL, perSeconds: 0.5 }] },
  'a cost that is never there': { rules: [{ ...ALL, cost: 3 }] },
  'a cost of nothing': { rules: [{ ...ALL, cost: 0 }] },
  'a bucket of nobody': { rules: [{ ...ALL, per: 'user' }] },
  'no tier in a list': { rules: [{ ...ALL, tier: [] }] },
  'a limited rule without a limit': { rules: [{ ...ALL, unlimited: true }] },
  'a function beside no limit': { rules: [{ name: 'a', limit: () => undefined, unlimited: true }] },
  'a function that is none': { rules: [{ name: 'a', limit: 5 }] },
  'limited by false': { rules: [{ name: 'a', unlimited: false }] },
  'a group that there is not': { rules: [{ ...ALL, endpoints: ['slow'] }], groups: { slaw: [FILES] } },
  'a group of nothing': { groups: { slow: [] } },
  'a group that looks like a route': { groups: { 'GET /x': [FILES] } },
  'a rule behind one for everything': { rules: [ALL, { ...ALL, tier: 'enterprise' }] },
  'a rule for what a group before it has': {
    rules: [
      { ...ALL, name: 'c', token: 'x' },
      { ...ALL, endpoints: ['slow'] },
      { ...ALL, endpoints: FILES, name: 'b', tier: 'enterprise' },
    ],
    groups: { slow: [FILES, 'GET /v1/images/{file_key}'] },
  },
  'one name for two buckets': {
    rules: [
      { ...ALL, tier: 'enterprise' },
      { ...ALL, requests: 3 },
    ],
  },
})

const engine = mistakesOf<unknown>(
  'createPlanTokens',
  (limits) =>
    createPlanTokens({ policy: POLICY, store: memoryStore(), directory: newDirectory(), limits: limits as never }),
  {
    'limits that nobody made': { rules: [ALL] },
    'limits of what no policy has': requestLimits({
      ...{ limiter: memoryLimiter(), whenUnavailable: 'deny', groups: { slow: ['GET /v1/file/{file_key}'] } },
      rules: [
        { name: 'a', requests: 2, perSeconds: 60, surface: 'fgma', tier: 'enterprse', type: 'rset' },
        { name: 'b', requests: 2, perSeconds: 60, endpoints: ['slow', 'GET /v1/nothing'] },
      ],
    }),
  },
)

const client = { eval() {}, evalsha() {}, duplicate() {} }
const limiters = [
  ...mistakesOf<object>('memoryLimiter', (given) => memoryLimiter(given), {
    'one key': { keys: 1 },
    'a misspelt option': { key: 5 },
  }),
  ...mistakesOf<readonly [object, object?]>('redisLimiter', ([one, two]) => redisLimiter(one as never, two), {
    'no client': [{}],
    'a prefix with a brace': [client, { prefix: '{a}' }],
  }),
]

export const LIMITS: readonly Mistake[] = [...options, ...engine, ...limiters]
