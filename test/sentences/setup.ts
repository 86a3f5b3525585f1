/** Mistakes in the set-up: the options of the engine, of guards, stores, handlers and of what tests are given. */
import { Kysely, MssqlDialect } from 'kysely'
import { createPlanTokens, memoryStore, type PlanTokens } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { adminHandler, createAdminClient } from 'plan-access-tokens/admin'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardFastify } from 'plan-access-tokens/fastify'
import { guard as guardFetch } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { authzen, forwardAuth, toNode } from 'plan-access-tokens/gateway'
import { guard as guardHono } from 'plan-access-tokens/hono'
import { hubHandler } from 'plan-access-tokens/hub'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { guard as guardNode } from 'plan-access-tokens/node'
import { npmPolicy, registryGuard } from 'plan-access-tokens/npm'
import { diffPolicies, policyMatrix } from 'plan-access-tokens/policy'
import { drizzleStore, pgTables } from 'plan-access-tokens/stores/drizzle'
import { prismaSchema, prismaStore } from 'plan-access-tokens/stores/prisma'
import { redisStore } from 'plan-access-tokens/stores/redis'
import { migrate, pgListener, preparedStatements, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import {
  requestWith,
  storeContract,
  testClock,
  testDirectory,
  testPolicy,
  tokensInEachState,
} from 'plan-access-tokens/testing'
import { verdaccioPlugin } from '../../src/verdaccio/plugin.ts'
import { newDirectory } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const REGISTRY = 'https://npm.acme.example'
const methods = (...names: string[]) => Object.fromEntries(names.map((name) => [name, () => undefined]))
/** What Drizzle's classes are told by. */
const drizzleOf = (kind: string, $client?: object): object =>
  Object.assign(Object.create({ constructor: { [Symbol.for('drizzle:entityKind')]: kind } }), { $client })
const prismaOf = (version: string | undefined, adapterName: string | undefined): object => ({
  ...methods('$queryRawUnsafe', '$executeRawUnsafe', '$transaction'),
  ...{ _clientVersion: version, _engineConfig: { adapter: { adapterName } } },
})
const policy = [figmaPolicy(), npmPolicy({ packageScopes: ['@acme'], registry: REGISTRY })]
const RIGHT = { policy, store: memoryStore(), directory: newDirectory() }
const { bound: _, ...boundless } = RIGHT.store
const tokens = createPlanTokens(RIGHT)

const reviews = [
  ...mistakesOf<object>('addressRanges', (options) => addressRanges(options), {
    'another mode': { mode: 'off' },
    'an unknown option': { required: true },
  }),
  ...mistakesOf<unknown>('policyMatrix', (given) => policyMatrix(given as never), { 'no policy': { data: {} } }),
  ...mistakesOf<readonly unknown[]>('diffPolicies', (given) => diffPolicies(...(given as [never, never, never])), {
    'no policy': [figmaPolicy(), undefined],
    'wrong options': [figmaPolicy(), figmaPolicy(), { tokens: 5, tierOf: 'team', now: 1.5, token: [] }],
  }),
  ...mistakesOf<readonly unknown[]>('testPolicy', (given) => testPolicy(...(given as [never, never])), {
    'no policy': [{}],
    'wrong options': [figmaPolicy(), { expected: {}, directory: {}, skip: 5, expect: 1 }],
    'a case that there is not': [figmaPolicy(), { skip: ['GET /v1/mee'] }],
  }),
]

const engine = mistakesOf<object | null>(
  'createPlanTokens',
  (change) => createPlanTokens((change && { ...RIGHT, ...change }) as never),
  {
    'no options': null,
    'options that do not exist': { polcy: 1, freshness: 5 },
    'no store': { store: undefined },
    'a store that lacks one': { store: { ...RIGHT.store, commit: undefined } },
    'promises that nobody awaited': {
      ...{ policy: Promise.resolve(policy[0]), store: Promise.resolve(RIGHT.store) },
      directory: Promise.resolve(RIGHT.directory),
    },
    'a directory of null': { directory: null },
    'a directory whose rules are no method': { directory: { ...newDirectory(), rules: { idleDays: 30 } as never } },
    'a clock without now': { clock: {} },
    'randomness that is bytes': { random: new Uint8Array(8) },
    'a freshness over 60,000': { freshnessMs: 60_001 },
    'a freshness with a store without a bound': { freshnessMs: 1, store: boundless },
    'an age below 0': { directoryMaxAgeMs: -1 },
    'a time limit of 0': { timeoutMs: 0 },
    'endless time for a body': { bodyTimeoutMs: Number.POSITIVE_INFINITY },
    'a hook that is no function': { onDecision: 'log' },
    'a log that is no function': { onError: console },
    'a warning that is no function': { onWarning: 1 },
    'addresses that nobody made': { addresses: { listOf: 1 } },
    'addresses that are watched by nobody': { addresses: addressRanges({ mode: 'watch' }) },
    'no policy': { policy: undefined },
    'an empty list of policies': { policy: [] },
    'a copy of a policy': { policy: [figmaPolicy(), { ...figmaPolicy() }] },
    'one policy twice': { policy: [figmaPolicy(), figmaPolicy()] },
  },
)

type Guard = (tokens: never, options: never) => unknown
const GUARDS: { readonly [name: string]: Guard } = {
  express: guardExpress,
  fastify: guardFastify,
  hono: guardHono,
  koa: guardKoa,
  node: (engine: never, options: never) => guardNode(engine, () => undefined, options),
  fetch: (engine: never, options: never) => guardFetch(engine, () => new Response(), options),
  registry: (engine: never, options: never) => registryGuard(engine, () => undefined, options),
}
const guards = Object.entries(GUARDS).flatMap(([name, guard]) =>
  mistakesOf<readonly [engine: unknown, options?: unknown]>(
    `guard of ${name}`,
    (given) => guard(...(given as readonly [never, never])),
    {
      'no engine': [undefined],
      'an engine that nobody awaited': [Promise.resolve(tokens)],
      'options of null': [tokens, null],
      'each option': [
        tokens,
        { surfce: 'x', surface: 'x', optional: 'yes', when: '/v1', basePath: '/api/', address: 'x' },
      ],
    },
  ),
)
const ownGuards = [
  ...mistakesOf<object>('guard of registry', (options) => registryGuard(tokens, () => undefined, options as never), {
    'a logout of another word': { logout: 'never' },
  }),
]

const verdaccio = mistakesOf<object>(
  'plugin of verdaccio',
  async (options) => {
    const told = await new Promise<string>((resolve) => {
      const error = ({ reason }: { reason: string }) => resolve(reason)
      verdaccioPlugin(options as never, { config: { configPath: '/' }, logger: { error } } as never)
    })
    throw new TypeError(told)
  },
  {
    'no module': {},
    'an engine and a store': { engine: './a.mjs', store: './b.mjs' },
    'an engine and what it has itself': { engine: './a.mjs', registry: REGISTRY },
  },
)

const other = new Kysely<unknown>({
  dialect: new MssqlDialect({ tarn: { options: {}, Pool: class {} }, tedious: {} } as never),
})
const sql = [
  ...mistakesOf<unknown>('sqlStore', (options) => sqlStore(other, options as never), {
    'a database of another kind': {},
    'an option that there is not': { prefix: 'a' },
    'a list of options': [],
    'another dialect': { dialect: 'mssql' },
    'a schema with a space': { schema: 'my schema' },
    'a listener that is none': { listen: 1 },
    'an alongside that is none': { alongside: 'outbox' },
    'endless time for alongside': { alongside: () => undefined, alongsideTimeoutMs: Number.POSITIVE_INFINITY },
    'time for an alongside that is not there': { alongsideTimeoutMs: 100 },
    'a listener of MySQL': { dialect: 'mysql', listen: () => () => undefined },
    'a table with a quotation mark': { tables: { tokens: 'a"b' } },
    'two tables of one name': { tables: { tokens: 'a', uses: 'a' } },
    'a table that there is not': { tables: { token: 'a' } },
  }),
  ...mistakesOf<unknown>('preparedStatements', (pool) => preparedStatements(pool as never), {
    'a connection string': 'postgres://localhost',
  }),
  ...mistakesOf<readonly unknown[]>('pgListener', (given) => pgListener(...(given as [never])), {
    'a connection string': ['postgres://localhost'],
    'a log that is no function': [() => undefined, { onError: console }],
  }),
  ...mistakesOf<unknown>('sqlStore, its Kysely', (kysely) => sqlStore(kysely as never), {
    none: undefined,
    'a transaction': Object.create(other, { isTransaction: { value: true } }),
  }),
  ...mistakesOf<readonly [db: unknown, options?: unknown]>(
    'drizzleStore',
    (given) => drizzleStore(...(given as [never, never])),
    {
      none: [undefined],
      'a transaction': [drizzleOf('NodePgTransaction')],
      'one with replicas': [{ $primary: {} }],
      'one over better-sqlite3': [drizzleOf('BetterSQLite3Database')],
      'one over another driver': [drizzleOf('NeonHttpDatabase')],
      'everything at once': [
        drizzleOf('MySql2Database', {}),
        { alongside: 1, dialect: 'mysql', listen: () => () => undefined },
      ],
    },
  ),
  ...mistakesOf<unknown>('pgTables', (options) => pgTables(options as never), {
    'a table that there is not': { tables: { token: 'a' } },
  }),
  ...mistakesOf<readonly [prisma: unknown, options?: unknown]>(
    'prismaStore',
    (given) => prismaStore(...(given as [never, never])),
    {
      none: [undefined],
      'a transaction': [{ ...prismaOf('7.10.0', '@prisma/adapter-pg'), $transaction: undefined }],
      'one of Prisma 6': [prismaOf('6.19.3', '@prisma/adapter-pg')],
      'one with another adapter': [prismaOf('7.10.0', '@prisma/adapter-d1')],
      'an alongside that is none': [prismaOf('7.10.0', '@prisma/adapter-pg'), { alongside: 'outbox' }],
    },
  ),
  ...mistakesOf<unknown>('prismaSchema', (provider) => prismaSchema(provider as never), {
    'another database': 'sqlserver',
  }),
  ...mistakesOf<unknown>('migrate', (kysely) => migrate(kysely as never), { 'no Kysely': {} }),
  ...mistakesOf<object>('sqlMigrations', (options) => sqlMigrations(options as never).toSql('mssql' as never), {
    'a listener': { listen: () => () => undefined },
    'SQL for another dialect': {},
  }),
]

const ioredis = methods('eval', 'evalsha', 'duplicate')
const redis = mistakesOf<readonly [client: unknown, options?: unknown]>(
  'redisStore',
  (given) => redisStore(...(given as readonly [never])),
  {
    'an address': ['redis://localhost'],
    'a prefix with a space': [ioredis, { prefix: 'a b' }],
    'an option that there is not': [ioredis, { prefx: 'a' }],
    'options as text': [ioredis, 'tokens'],
  },
)

const HANDLER = { tokens, actor: () => 'admin-1' }
const answer = async () => new Response('<html>', { status: 502 })
const admin = [
  ...mistakesOf<object | undefined>(
    'adminHandler',
    (change) => adminHandler((change && { ...HANDLER, ...change }) as never),
    {
      'no options': undefined,
      'half an engine': { tokens: { ...tokens, inspect: undefined } },
      'an actor as text': { actor: 'admin-1' },
      'a misspelt option': { basepath: '/x' },
      'a path with a slash at its end': { basePath: '/x/' },
      'an origin with a path': { origin: 'https://x.example/' },
      'introspection by anybody': { introspection: true },
      'a log that is no function': { onError: console },
      'a body of no byte': { bodyBytes: 0 },
      'all the time for a body': { bodyTimeoutMs: Number.POSITIVE_INFINITY },
    },
  ),
  ...mistakesOf<string>(
    'createAdminClient',
    (id) => createAdminClient({ baseUrl: 'https://x', fetch: answer }).get({ id }),
    {
      'an id of dots': '..',
      'an answer of something else': 'x',
    },
  ),
]

const PAGE = { tokens, actor: () => 'ada', plans: () => [] }
const hub = mistakesOf<object | undefined>(
  'hubHandler',
  (change) => hubHandler((change && { ...PAGE, ...change }) as never),
  {
    'no options': undefined,
    'a misspelt option': { basepath: '/x' },
    'plans as a list': { plans: [] },
    'half an engine': { tokens: { ...tokens, edit: undefined } },
    'a clock without now': { clock: {} },
    'a path with dot segments': { basePath: '/x/./y' },
    'an origin with a path': { origin: 'https://x.example/' },
    'a product that is no text': { product: 5 },
    'css that is no text': { css: [] },
    'a log that is no function': { onError: console },
    'a language that is none': { lang: 'klingon!' },
    'texts as a list': { texts: ['x'] },
    'a misspelt text': { texts: { tittle: 'x' } },
    'a text that is none': { texts: { title: 5 } },
    'a text that lacks its names': { texts: { expirationDays: { other: '…' } } },
    'a script to sign in': { signIn: 'javascript:alert(1)' },
    'addresses as a list': { addresses: [] },
    'an address of no type': { addresses: { rset: 'https://x.example' } },
    'an address that is a path': { addresses: { rest: '/v1/me' } },
    'a registry without a scope': { addresses: { npm: { registry: REGISTRY } } },
    'a registry that is none': { addresses: { npm: { registry: 'npm', scope: 'ACME' } } },
    'a registry with a secret': { addresses: { npm: { registry: REGISTRY, scope: '@acme', secret: 'npm_x' } } },
  },
)

const directory = testDirectory({ 1: { resources: { 'team:1': { 'file:A': {} } } } })
const testing = [
  ...mistakesOf<unknown>('testClock', (start) => testClock(start as never), { 'no date': 'soon' }),
  ...mistakesOf<() => unknown>('testDirectory', (make) => make(), {
    'a key without a kind': () => testDirectory({ 1: { resources: { A: {} } } }),
    'a resource in two places': () => testDirectory({ 1: { resources: { 'file:A': {}, 'team:1': { 'file:A': {} } } } }),
    'a plan that there is not': () => directory.setPlan('2', {}),
    'rules where there were none': () => directory.setPlan('1', { rules: { idleDays: 3 } }),
    'a move of what there is not': () => directory.move('file:B', 'plan:1'),
    'a move below itself': () => directory.move('team:1', 'file:A'),
    'a move to nowhere': () => directory.move('file:A', 'team:9'),
  }),
  ...mistakesOf<readonly unknown[]>('requestWith', ([secret, line]) => requestWith(secret as never, line as never), {
    'a path alone': ['x', '/v1/me'],
    'no secret': [undefined, 'GET /v1/me'],
  }),
  ...mistakesOf<object>('storeContract', (options) => storeContract(options as never)[0]?.run(), {
    'nothing that makes a store': {},
    'no store': { create: () => ({}) },
  }),
  ...mistakesOf<object>(
    'tokensInEachState',
    (input) => tokensInEachState(tokens as PlanTokens, testClock(), input as never),
    {
      'a lifetime of two days': { lifetimeDays: 2 },
    },
  ),
]

const KNOWN = { secret: 'a'.repeat(32) }
const FORWARD = { gateway: 'traefik', trust: KNOWN, onWarning: () => undefined }
const gateways = [
  ...mistakesOf<object | undefined>(
    'forwardAuth',
    (change) => forwardAuth(tokens as never, (change && { ...FORWARD, ...change }) as never),
    {
      'no options': undefined,
      'a gateway that there is not': { gateway: 'haproxy' },
      'trust in everybody': { trust: true },
      'trust without a secret': { trust: {} },
      'a secret that is short': { trust: { secret: 'a'.repeat(31) } },
      'a header that clients have': { trust: { ...KNOWN, header: 'Authorization' } },
      'a header of the policy': { trust: { ...KNOWN, header: 'X-Figma-Token' } },
      'a misspelt part of trust': { trust: { ...KNOWN, headr: 'X-Key' } },
      'bodies from nginx': { gateway: 'nginx', bodies: true },
      'a prefix from Caddy': { gateway: 'caddy', pathPrefix: '/check' },
      'a prefix with a slash at its end': { gateway: 'envoy', pathPrefix: '/check/' },
      'a length of nothing': { headerLength: 0 },
      'a surface that there is not': { surface: 'npn' },
      'a predicate of guards': { when: () => true },
      'a log that is no function': { onError: console },
      'a warning that is no function': { onWarning: 1 },
      'several mistakes': { gateway: 'x', trust: 'x', surface: 'x', basePath: 'x', bodies: 1 },
    },
  ),
  ...mistakesOf<object | undefined>(
    'authzen',
    (change) => authzen(tokens as never, (change && { trust: KNOWN, ...change }) as never),
    {
      'no options': undefined,
      'an identifier without TLS': { identifier: 'http://pdp.example.com' },
      'questions that are no function': { ask: {} },
      'a body of no byte': { bodyBytes: 0 },
      'more evaluations than there may be': { evaluations: 1_001 },
      'a surface that there is not': { surface: 'npn' },
      'a base path without a slash': { basePath: 'api' },
    },
  ),
  ...mistakesOf<unknown>('toNode', (handler) => toNode(handler as never), { 'a handler of something else': () => 1 }),
]

export const SETUP: readonly Mistake[] = [
  ...[engine, guards, ownGuards, verdaccio, sql, redis, admin, gateways, hub, testing, reviews].flat(),
]
