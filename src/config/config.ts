/**
 * `defineConfig`: what the command line is told of a project, checked. How the file is found and loaded, and what is done with
 * it: the command line itself, which no host imports.
 */
import * as z from 'zod/mini'
import type { AdminClientOptions } from '../admin/client-types.ts'
import type { AdminEngine } from '../admin/route.ts'
import type { Actor } from '../core/actor.ts'
import { basePathSchema } from '../core/base-path.ts'
import type { Canaries } from '../core/canary.ts'
import type { LegacyKeys } from '../core/legacy.ts'
import type { RequestLimits } from '../core/limits.ts'
import type { Policy } from '../core/policy.ts'
import { readOptions, type Tell } from '../core/setup.ts'
import { callable, judged, matching, type Output, whole } from '../core/shape.ts'
import type { UsageGathering } from '../core/usage.ts'
import type { AuthzenOptions } from '../gateway/authzen.ts'
import type { ForwardAuthOptions } from '../gateway/forward-auth.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Awaitable, Directory, TokenStore } from '../ports.ts'
import { actor } from '../service/input.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import type { ReadyInput } from '../service/ready.ts'

/** The engine as far as the command line needs it; whatever its policies are. */
export type ConfiguredEngine = AdminEngine & Pick<PlanTokens<Policy>, 'decide' | 'ready' | 'close'>

/** What `serve` runs: `forwardAuth` or `authzen`, or both. */
export interface GatewayConfig {
  /** What `forwardAuth` takes. It is at `/forward-auth`; with Envoy that is its `path_prefix`. */
  readonly forwardAuth?: Omit<ForwardAuthOptions, 'pathPrefix'>
  /** What `authzen` takes. It is at `/access/v1`, and below the path of its `identifier`. */
  readonly authzen?: AuthzenOptions
  /** The address that it listens on; `--host` replaces it. Default `127.0.0.1`. */
  readonly host?: string
  /** The port that it listens on, 0 for a free one; `--port` replaces it. Default 4180. */
  readonly port?: number
  /** How long the end waits for requests that run, in milliseconds, 0 to 600,000. Default 10,000. */
  readonly endTimeoutMs?: number
}

/** What every project can say. */
interface Common {
  /** Who makes the calls, by the id that the directory knows; `--actor` replaces it. Rules of a plan may ask how and when you have
   * authenticated: `{ id, acr, authTime }`. The directory still says what the actor may do. */
  readonly actor?: string | Actor
  /** The Kysely under the store, for `migrate` and `doctor`. */
  readonly database?: object
  /** Where the store's tables are, as `sqlStore` was told: `tables`, `schema`, `dialect`. */
  readonly sql?: object
  /** Where the guarded API begins, such as `/api`, as the guard was told. */
  readonly basePath?: string
  /** Gives the application for `doctor`, which looks at its routes and starts nothing: an app of Express, Fastify, Hono, Koa or Nest. */
  readonly app?: () => Awaitable<unknown>
  /** A plan and a resource that exist, which `doctor` asks the directory about. */
  readonly exists?: ReadyInput
  /** What `serve` runs. */
  readonly gateway?: GatewayConfig
  /** What `createOutbox` returned, for `outbox`. */
  readonly outboxes?: readonly Outbox[]
  /** Closes what the file has opened, once the command is done. */
  readonly close?: () => unknown
}

/** A project whose engine is made already. */
export interface EngineConfig extends Common {
  /** What `createPlanTokens` returned. */
  readonly tokens: ConfiguredEngine
}

/** A project of which an engine is made. */
export interface StoreConfig extends Common {
  readonly policy: Policy | readonly Policy[]
  readonly store: TokenStore
  readonly directory: Directory
  /** Keys from before, as `legacyKeys` made them for the servers. */
  readonly legacy?: LegacyKeys
  /** Limits of requests, as `requestLimits` made them for the servers: for `serve`, and `explain` looks at them. */
  readonly limits?: RequestLimits
  /** Whom the use of canary tokens is told, as `canaryTokens` made it: without it the command line makes none. */
  readonly canaries?: Canaries
  /** What gathers how tokens are used, as `usage` made it: for `serve`, and for the commands `usage`, `advice` and `unused`. */
  readonly usage?: UsageGathering
  /** What the servers run with, in milliseconds; `doctor` compares it with what the store knows. */
  readonly freshnessMs?: number
}

/** A project that is reached over its management API. Its own session says who the actor is. */
export interface AdminApiConfig {
  readonly adminApi: Pick<AdminClientOptions, 'headers'> & {
    /** Where the API is mounted, such as `https://example.com/admin`. */
    readonly url: string
  }
}

/** What `plan-access-tokens.config.ts` (or `.mjs`, `.js`) exports by default. */
export type Config = EngineConfig | StoreConfig | AdminApiConfig

const some = matching(/\S/, 'must be text.')
const anObject = (message: string) => judged((value) => (Object(value) === value ? undefined : message))
/** Of the text nothing is told, which may hold a password. */
const httpUrl = judged((value) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  return isPlain
    ? undefined
    : 'must be a URL such as "https://example.com/admin", without a user, a password or a query: what the API asks for belongs into headers.'
})
const headers = judged((value) =>
  typeof value === 'function' || (Object(value) === value && Object.values(value as object).every(isText))
    ? undefined
    : 'must be an object of texts, or a function that gives one.',
)
const isText = (value: unknown): boolean => typeof value === 'string'

const gatewaySchema = z.strictObject({
  forwardAuth: z.optional(anObject('must be an object: what forwardAuth() takes.')),
  authzen: z.optional(anObject('must be an object: what authzen() takes.')),
  host: z.optional(some),
  port: z.optional(whole(0, 65_535)),
  endTimeoutMs: z.optional(whole(0, 600_000)),
})
const configSchema = z.strictObject({
  tokens: z.optional(anObject('must be what createPlanTokens() returns.')),
  policy: z.optional(anObject('must be made by definePolicy, or a list of such policies.')),
  store: z.optional(anObject('must be a store, such as sqlStore() gives.')),
  directory: z.optional(anObject('must be a directory: plan(), isPlanAdmin() and locate().')),
  legacy: z.optional(anObject('must be what legacyKeys() returns.')),
  limits: z.optional(anObject('must be what requestLimits() returns.')),
  canaries: z.optional(anObject('must be what canaryTokens() returns.')),
  usage: z.optional(anObject('must be what usage() returns.')),
  adminApi: z.optional(z.strictObject({ url: httpUrl, headers: z.optional(headers) })),
  actor: z.optional(actor),
  database: z.optional(anObject('must be a Kysely of your database.')),
  sql: z.optional(anObject('must be an object, such as { schema: "tokens" }.')),
  basePath: z.optional(basePathSchema()),
  app: z.optional(callable('must be a function that gives the application.')),
  exists: z.optional(anObject('must be an object: { planId, resource }.')),
  freshnessMs: z.optional(z.number('must be a number of milliseconds.')),
  gateway: z.optional(gatewaySchema),
  outboxes: z.optional(
    judged((value) =>
      Array.isArray(value) && value.every((one) => typeof Object(one).runOnce === 'function')
        ? undefined
        : 'must be a list of what createOutbox() returned.',
    ),
  ),
  close: z.optional(callable()),
})
type Fields = { readonly [F in keyof Output<typeof configSchema>]?: unknown }

/** What goes with which source of tokens. */
const OF_ENGINE = ['policy', 'store', 'directory', 'legacy', 'limits', 'canaries', 'usage', 'freshnessMs'] as const
const OF_STORE = [
  ...OF_ENGINE,
  'actor',
  'database',
  'sql',
  'basePath',
  'app',
  'exists',
  'gateway',
  'outboxes',
  'close',
] as const

/**
 * Checks the configuration of the command line. The file's default export is what it returns; a plain object will do too.
 *
 * @throws SetupError with every mistake at once.
 * @example
 * // plan-access-tokens.config.ts
 * export default defineConfig({ policy, store: sqlStore(db), directory, database: db, close: () => db.destroy() })
 * @example
 * export default defineConfig({
 *   adminApi: { url: 'https://example.com/admin', headers: () => ({ Authorization: `Bearer ${process.env.SESSION}` }) },
 * })
 */
export function defineConfig<const C extends Config>(config: C): C {
  return readOptions<C>('defineConfig', configSchema, config, {}, (given, tell) => checkSource(given as Fields, tell))
}

/** One source of tokens, whole, and nothing that belongs to another. */
function checkSource(given: Fields, tell: Tell): void {
  const has = (field: keyof Fields): boolean => given[field] !== undefined
  const refuse = (fields: readonly (keyof Fields)[], why: string): void => {
    for (const field of fields.filter(has)) tell([field], why)
  }
  if (has('adminApi')) refuse(['tokens', ...OF_STORE], 'is not needed beside adminApi.')
  else if (has('tokens')) refuse(OF_ENGINE, 'is not needed beside tokens.')
  else if (!OF_ENGINE.some(has)) tell([], 'must have tokens, or policy, store and directory, or adminApi.')
  else for (const field of ['policy', 'store', 'directory'] as const) if (!has(field)) tell([field], 'is missing.')
  const { forwardAuth, authzen } = Object(given.gateway) as GatewayConfig
  if (has('gateway') && forwardAuth === undefined && authzen === undefined)
    tell(['gateway'], 'must have forwardAuth, authzen or both.')
}
