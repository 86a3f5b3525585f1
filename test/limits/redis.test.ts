/** The limiter over a real Redis, with every client: one bucket for all processes, in one step, as the one in memory has it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { SetupError } from 'plan-access-tokens'
import { requestLimits, type Take, type Taken } from 'plan-access-tokens/limits'
import { redisLimiter } from 'plan-access-tokens/limits/redis'
import { requestWith } from 'plan-access-tokens/testing'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { RESP_TYPES } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENTS, type Opened, openIoredis, openNodeRedis, type Servers } from '../stores/redis/clients.ts'
import { ask, hasRedis, NEEDS_REDIS } from '../support/redis.ts'
import { newWorld } from '../support/world.ts'
import { ALL, FILE } from './world.ts'

const DAY = 86_400
let keys = 0
/** Of a bucket of its own, which hardly leaks while a test runs. */
const takeOf = (other: Partial<Take> = {}): Take => {
  keys += 1
  return { key: `test:token:${keys}`, requests: 100, perSeconds: DAY, cost: 1, ...other }
}

describe.skipIf(!hasRedis).each(CLIENTS)(`over $name (${NEEDS_REDIS})`, ({ start, open }) => {
  let servers: Servers
  const clients: Opened[] = []
  const openClient = async () => {
    const opened = await open(servers)
    clients.push(opened)
    return opened.client
  }
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(async () => {
    for (const { close } of clients) await close()
    await servers?.stop()
  })

  it('holds what was said, refuses the rest and says when the next is there', async () => {
    const limiter = redisLimiter(await openClient())
    const take = takeOf({ requests: 3 })
    const left: number[] = []
    for (let i = 0; i < 3; i++) left.push((await limiter.take(take)).remaining)
    expect(left).toEqual([2, 1, 0])
    for (const answer of [await limiter.take(take), await limiter.look?.(take)]) {
      expect(answer).toMatchObject({ allowed: false, remaining: 0 })
      expect(answer?.retryMs).toBeGreaterThan((DAY / 3) * 1_000 - 60_000)
      expect(answer?.retryMs).toBeLessThanOrEqual((DAY / 3) * 1_000)
      expect(answer?.fullMs).toBeGreaterThan(DAY * 1_000 - 60_000)
    }
  })

  it('lets exactly as many of a thousand at once through, by several clients', async () => {
    const limiters = await Promise.all([1, 2, 3].map(async () => redisLimiter(await openClient())))
    const take = takeOf()
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, i) => limiters[i % 3]!.take(take)))
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(100)
  })

  it('is looked at without being taken from, and leaves no key of it', async () => {
    const limiter = redisLimiter(await openClient(), { prefix: 'looked' })
    const take = takeOf({ key: 'never' })
    for (let i = 0; i < 5; i++)
      expect(await limiter.look?.(take)).toEqual({ allowed: true, remaining: 100, retryMs: 0, fullMs: 0 })
    const found = await Promise.all(servers.nodes.map((node) => ask(node, (client) => client.keys('looked*'))))
    expect(found.flat()).toEqual([])
  })

  it('keeps its keys below its prefix, each only until its bucket is full', async () => {
    const limiter = redisLimiter(await openClient(), { prefix: 'mine' })
    await limiter.take(takeOf({ key: 'all:plan:1', perSeconds: 60 }))
    const found = await Promise.all(
      servers.nodes.map((node) =>
        ask(node, async (client) => {
          const names = await client.keys('mine*')
          return Promise.all(names.map(async (name) => [name, await client.pttl(name)] as const))
        }),
      ),
    )
    expect(found.flat()).toEqual([['mine:all:plan:1', expect.any(Number)]])
    // One of a hundred is there again in 0.6 s.
    expect(found.flat()[0]?.[1]).toBeLessThanOrEqual(600)
  })

  it('goes on after the server has forgotten its scripts', async () => {
    const limiter = redisLimiter(await openClient())
    const take = takeOf()
    for (const remaining of [99, 98]) {
      expect(await limiter.take(take)).toMatchObject({ allowed: true, remaining })
      await Promise.all(servers.nodes.map((node) => ask(node, (client) => client.script('FLUSH'))))
    }
  })
})

describe.skipIf(!hasRedis)(`over one server (${NEEDS_REDIS})`, () => {
  let servers: Servers
  const clients: Opened[] = []
  const opened = async (one: Promise<Opened>) => {
    const client = await one
    clients.push(client)
    return client.client
  }
  beforeAll(async () => {
    servers = await CLIENTS[0]!.start()
  })
  afterAll(async () => {
    for (const { close } of clients) await close()
    await servers?.stop()
  })
  /** Writes into a bucket what a process took so many milliseconds ago, or will have taken by its clock. */
  const write = (key: string, level: number, msAgo: number) =>
    ask(servers.nodes[0]!, async (client) => {
      const [seconds, micros] = (await client.time()) as [number, number]
      const at = Number(seconds) * 1_000_000 + Number(micros) - msAgo * 1_000
      await client.set(`plan-limits:${key}`, `${level} ${at.toFixed(0)}`, 'EX', 9_999)
    })

  it('is refilled evenly, by the clock of the server', async () => {
    const limiter = redisLimiter(await opened(openIoredis(servers)))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 60, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1.5, noNaN: true }),
        async (requests, perSeconds, filled, passed) => {
          const take = takeOf({ requests, perSeconds })
          await write(take.key, filled * requests, passed * perSeconds * 1_000)
          const left = requests - Math.max(0, filled - passed) * requests
          const looked = (await limiter.look?.(take)) as Taken
          const slack = requests / perSeconds + 1
          expect(looked.remaining).toBeGreaterThanOrEqual(Math.floor(left - 1e-6))
          expect(looked.remaining).toBeLessThanOrEqual(Math.floor(left + slack))
          expect((await limiter.take(take)).allowed).toBe(looked.allowed)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('makes nobody wait for a clock that was set back to come again to where it was', async () => {
    const limiter = redisLimiter(await opened(openIoredis(servers)))
    const take = takeOf({ requests: 1_000, perSeconds: 1 })
    await write(take.key, 1_000, -3_600_000)
    const refused = await limiter.take({ ...take, cost: 1_000 })
    expect(refused).toMatchObject({ allowed: false })
    expect(refused.retryMs).toBeLessThanOrEqual(1_000)
    await expect.poll(async () => (await limiter.take(take)).allowed).toBe(true)
  })

  it('shares a bucket among processes', async () => {
    const { secret, id, store, directory } = await (async () => {
      const world = newWorld()
      return { ...world, ...(await world.make()) }
    })()
    const limits = requestLimits({
      limiter: redisLimiter(await opened(openNodeRedis(servers))),
      ...{ whenUnavailable: 'deny', rules: [{ ...ALL, requests: 10, perSeconds: DAY }] },
    })
    const { tokens } = newWorld({ store, directory, limits })
    const worker = fork(fileURLToPath(new URL('redis-worker.ts', import.meta.url)), [servers.nodes[0]!.url, id], {
      execArgv: ['--import', 'tsx'],
    })
    const ended = once(worker, 'exit')
    const [others] = (await once(worker, 'message')) as [number]
    expect(others).toBe(6)
    const said = []
    for (let i = 0; i < 8; i++) said.push((await tokens.authorize(requestWith(secret, FILE))).allowed)
    expect(said.filter(Boolean)).toHaveLength(4)
    await ended
  })

  it.each(['ioredis', 'redis'] as const)(
    'leaves another limiter of the host over the same client alone: %s',
    async (kind) => {
      const client = await opened(kind === 'ioredis' ? openIoredis(servers) : openNodeRedis(servers))
      const ours = redisLimiter(client)
      const own = new RateLimiterRedis({
        ...{
          storeClient: client,
          useRedisPackage: kind === 'redis',
          keyPrefix: `own-${kind}`,
          points: 5,
          duration: 60,
        },
      })
      const take = takeOf()
      for (const left of [1, 2, 3]) {
        expect((await own.consume('x')).consumedPoints).toBe(left)
        expect((await ours.take(take)).remaining).toBe(100 - left)
      }
    },
  )

  it('understands clients that give bytes', async () => {
    const bytes = { commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String } } }
    const limiter = redisLimiter(await opened(openNodeRedis(servers, bytes)))
    expect(await limiter.take(takeOf())).toMatchObject({ allowed: true, remaining: 99 })
  })

  it('fails where a key of its own holds something else, and tells nothing of it', async () => {
    const limiter = redisLimiter(await opened(openIoredis(servers)))
    const take = takeOf({ key: 'all:token:secret-id' })
    await ask(servers.nodes[0]!, (client) => client.set(`plan-limits:${take.key}`, 'nonsense'))
    for (const call of [limiter.take(take), limiter.look?.(take)])
      await expect(call).rejects.toThrow(/^Redis (refused a script of|did not answer) the limiter/)
    await ask(servers.nodes[0]!, (client) => client.lpush('plan-limits:list', 'x'))
    await expect(limiter.take({ ...take, key: 'list' })).rejects.toThrow(/^Redis/)
  })

  it('fails while the server is gone, as the engine was told to take it', async () => {
    const own = await CLIENTS[0]!.start()
    const { client, close } = await openIoredis(own, { maxRetriesPerRequest: 0, retryStrategy: () => null })
    await own.stop()
    const told: string[] = []
    for (const whenUnavailable of ['allow', 'deny'] as const) {
      const limits = requestLimits({ limiter: redisLimiter(client), whenUnavailable, rules: [ALL] })
      const { make, ask } = newWorld({ limits, timeoutMs: 2_000, onError: (_, { method }) => told.push(method) })
      expect(await ask((await make()).secret)).toBe(whenUnavailable === 'allow' ? 'allowed' : 'unavailable')
    }
    expect(told).toEqual(['limiter.take', 'limiter.take'])
    await close()
  })
})

it.each<[string, () => unknown]>([
  ['no client', () => redisLimiter({} as never)],
  [
    'a prefix with a brace',
    () => redisLimiter({ eval() {}, evalsha() {}, duplicate() {} } as never, { prefix: '{a}' }),
  ],
  [
    'an option that there is not',
    () => redisLimiter({ eval() {}, evalsha() {}, duplicate() {} } as never, { ttl: 5 } as never),
  ],
])('is told at start of %s', (_, make) => {
  expect(make).toThrow(SetupError)
})
