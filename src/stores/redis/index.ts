/** A store in Redis or Valkey, over the host's own client of ioredis or node-redis. */
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisSubscriber,
  RedisClient,
  ScriptOptions,
} from './client.ts'
export type { RedisStoreOptions } from './options.ts'
export { type RedisStore, redisStore } from './store.ts'
