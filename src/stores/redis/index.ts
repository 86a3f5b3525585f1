/** A store in Redis or Valkey, over the host's own client of ioredis or node-redis. */
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisSubscriber,
  RedisClient,
  ScriptOptions,
} from './client.ts'
export { type RedisStore, type RedisStoreOptions, redisStore } from './store.ts'
