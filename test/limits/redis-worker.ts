/** Another process: six requests of the same token against the same limit, over a client of another package. */
import { Redis } from 'ioredis'
import { redisLimiter } from '../../src/limits/redis/redis-limiter.ts'

const [url = '', tokenId = ''] = process.argv.slice(2)
const client = new Redis(url)
const limiter = redisLimiter(client)
let allowed = 0
for (let i = 0; i < 6; i++) {
  const taken = await limiter.take({ key: `all:token:${tokenId}`, requests: 10, perSeconds: 86_400, cost: 1 })
  if (taken.allowed) allowed += 1
}
client.disconnect()
process.send?.(allowed)
process.disconnect()
