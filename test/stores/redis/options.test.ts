/** What `redisStore` takes and refuses when it is made. */
import { redisStore } from 'plan-access-tokens/stores/redis'
import { describe, expect, it } from 'vitest'

const methods = (...names: string[]) => Object.fromEntries(names.map((name) => [name, () => undefined]))
const ioredis = methods('eval', 'evalsha', 'duplicate') as never
const nodeRedis = methods('eval', 'evalSha', 'duplicate') as never

describe('redisStore', () => {
  it.each([
    ['nothing', undefined],
    ['a URL', 'redis://localhost'],
    ['options of a client', { url: 'redis://localhost' }],
    ['a client of another database', methods('query', 'connect', 'end')],
    ['an old client without scripts by hash', methods('eval', 'duplicate')],
  ])('refuses %s as a client, and names the two that it takes', (_, client) => {
    expect(() => redisStore(client as never)).toThrow(TypeError)
    expect(() => redisStore(client as never)).toThrow(/ioredis \(new Redis.*createClient/)
  })

  it.each(['', ' ', 'a b', 'a{b', 'a}', 'ä', 'a\n', 'x'.repeat(101), 1, null])('refuses the prefix %j', (prefix) => {
    expect(() => redisStore(ioredis, { prefix: prefix as never })).toThrow(/prefix: must have 1 to 100 printable/)
  })

  it.each(['a', 'tokens:eu-1', '!~|[]()*?', 'x'.repeat(100)])('takes the prefix %j', (prefix) => {
    expect(() => [redisStore(ioredis, { prefix }), redisStore(nodeRedis, { prefix })]).not.toThrow()
  })

  it.each([-1, 0.5, 17, '1', true, null, Number.NaN])('refuses %j replicas', (replicas) => {
    expect(() => redisStore(ioredis, { replicas: replicas as never })).toThrow(
      /replicas: must be a whole number from 0 to 16/,
    )
  })

  it('refuses options that there are not, and tells everything that is wrong at once', () => {
    expect(() => redisStore(null as never, { prefx: 'a', prefix: '{}' } as never)).toThrow(
      /client: must be one.*\n.*prefix: must.*\n.*prefx: is not a field/,
    )
    expect(() => redisStore(ioredis, 'tokens' as never)).toThrow(/options: must be an object/)
    expect(() => redisStore(ioredis, undefined)).not.toThrow()
  })
})
