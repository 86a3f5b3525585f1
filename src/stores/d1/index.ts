/** Tokens in Cloudflare D1, and in the SQLite of a Durable Object. */
export {
  type D1Answer,
  type D1Database,
  type D1Statement,
  type DurableObjectStorage,
  durableObjectDatabase,
} from './database.ts'
export { migrateD1 } from './migrate.ts'
export type { D1Tables } from './options.ts'
export { d1Store } from './store.ts'
