/** The contract of every store, on real servers and with each kind of client. What is Redis's own: the files beside this one. */
import { redisStore } from 'plan-access-tokens/stores/redis'
import { storeContract } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { hasRedis, NEEDS_REDIS } from '../../support/redis.ts'
import { CLIENTS, type Opened, type Servers } from './clients.ts'

/** One cluster is enough here: what depends on the client is in clients.test.ts. */
const KINDS = CLIENTS.slice(0, 3)

describe.skipIf(!hasRedis).each(KINDS)(`redisStore over $name (${NEEDS_REDIS})`, ({ start, open }) => {
  let servers: Servers
  const clients: Opened[] = []
  beforeAll(async () => {
    servers = await start()
    clients.push(await open(servers), await open(servers))
  })
  afterAll(async () => {
    for (const { close } of clients) await close()
    await servers?.stop()
  })

  let made = 0
  const prefixes = new WeakMap<object, string>()
  const openStore = (prefix: string, connection: number) => {
    const store = redisStore(clients[connection]!.client, { prefix })
    prefixes.set(store, prefix)
    return store
  }
  const cases = storeContract({
    create: () => openStore(`store-${++made}`, 0),
    another: (store) => openStore(prefixes.get(store)!, 1),
  })

  for (const { name, run } of cases) it(name, run)
})
