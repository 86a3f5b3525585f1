/** What each entry point gives at run time: the one list, held against the sources and against what is imported. */
export const PUBLIC_VALUES: {
  readonly [entry: string]: { readonly source: string; readonly values: readonly string[] }
} = {
  'plan-access-tokens': {
    source: 'src/index.ts',
    values: [
      'DirectoryError',
      'MANAGEMENT_ERRORS',
      'NotWrittenError',
      'PlanTokenError',
      'REFUSALS',
      'SetupError',
      'StoreError',
      'createPlanTokens',
      'definePolicy',
      'memoryStore',
      'readEvent',
      'readRecord',
    ],
  },
  'plan-access-tokens/authorizer': { source: 'src/authorizer/index.ts', values: ['createAuthorizer'] },
  'plan-access-tokens/policy': {
    source: 'src/policy/index.ts',
    values: ['diffPolicies', 'judgeWitness', 'lintPolicy', 'policyMatrix', 'tokensAffectedBy', 'witnessLine'],
  },
  'plan-access-tokens/figma': {
    source: 'src/figma/index.ts',
    values: ['figmaErrors', 'figmaLimits', 'figmaPolicy', 'parseFigmaLink', 'parseFigmaLinks'],
  },
  'plan-access-tokens/stores/sql': {
    source: 'src/stores/sql/index.ts',
    values: ['migrate', 'nodeSqlite', 'pgListener', 'preparedStatements', 'sqlMigrations', 'sqlStore'],
  },
  'plan-access-tokens/stores/drizzle': {
    source: 'src/stores/drizzle/index.ts',
    values: ['drizzleStore', 'migrate', 'pgTables', 'sqliteTables'],
  },
  'plan-access-tokens/stores/prisma': {
    source: 'src/stores/prisma/index.ts',
    values: ['migrate', 'prismaSchema', 'prismaStore'],
  },
  'plan-access-tokens/stores/redis': { source: 'src/stores/redis/index.ts', values: ['redisStore'] },
  'plan-access-tokens/stores/d1': {
    source: 'src/stores/d1/index.ts',
    values: ['d1Store', 'durableObjectDatabase', 'migrateD1'],
  },
  'plan-access-tokens/express': { source: 'src/http/express.ts', values: ['guard'] },
  'plan-access-tokens/fastify': { source: 'src/http/fastify.ts', values: ['guard'] },
  'plan-access-tokens/hono': { source: 'src/http/hono.ts', values: ['guard'] },
  'plan-access-tokens/koa': { source: 'src/http/koa.ts', values: ['guard'] },
  'plan-access-tokens/elysia': { source: 'src/http/elysia.ts', values: ['guard'] },
  'plan-access-tokens/node': { source: 'src/http/node.ts', values: ['guard'] },
  'plan-access-tokens/fetch': {
    source: 'src/http/fetch.ts',
    values: ['guard', 'headersOf', 'judge', 'withHeaders'],
  },
  'plan-access-tokens/nestjs': {
    source: 'src/nestjs/index.ts',
    values: [
      'PlanToken',
      'PlanTokenExempt',
      'PlanTokenFilter',
      'PlanTokenGuard',
      'PlanTokenGuarded',
      'PlanTokenRefused',
      'PlanTokensModule',
    ],
  },
  'plan-access-tokens/mcp': { source: 'src/mcp/index.ts', values: ['mcpGuard'] },
  'plan-access-tokens/operator': { source: 'src/operator/index.ts', values: ['operator'] },
  'plan-access-tokens/outbox': {
    source: 'src/outbox/index.ts',
    values: ['DeliveryError', 'cloudEvent', 'cloudEvents', 'createOutbox', 'mail', 'ocsf'],
  },
  'plan-access-tokens/outbox/webhooks': { source: 'src/outbox/webhooks/index.ts', values: ['standardWebhooks'] },
  'plan-access-tokens/legacy': { source: 'src/legacy/index.ts', values: ['legacyKeys', 'shadow'] },
  'plan-access-tokens/limits': { source: 'src/limits/index.ts', values: ['requestLimits'] },
  'plan-access-tokens/limits/memory': { source: 'src/limits/memory/index.ts', values: ['memoryLimiter'] },
  'plan-access-tokens/limits/redis': { source: 'src/limits/redis/index.ts', values: ['redisLimiter'] },
  'plan-access-tokens/leaks': {
    source: 'src/leaks/index.ts',
    values: [
      'canaryTokens',
      'gitguardian',
      'githubSecretScanning',
      'leakHandler',
      'leakPatterns',
      'leakRules',
      'reportLeak',
    ],
  },
  'plan-access-tokens/addresses': { source: 'src/addresses/index.ts', values: ['addressRanges'] },
  'plan-access-tokens/approvals': { source: 'src/approvals/index.ts', values: ['approvals'] },
  'plan-access-tokens/audit': {
    source: 'src/audit/index.ts',
    values: ['createCheckpoint', 'exportEvents', 'readExport', 'signReceipt', 'verifyLog', 'verifyReceipt'],
  },
  'plan-access-tokens/self-renewal': {
    source: 'src/self-renewal/index.ts',
    values: ['selfRenewal', 'selfRenewalHandler'],
  },
  'plan-access-tokens/rotating-secret': {
    source: 'src/rotating-secret/index.ts',
    values: ['RotatingSecretError', 'createRotatingSecret'],
  },
  'plan-access-tokens/usage': { source: 'src/usage/index.ts', values: ['usage'] },
  'plan-access-tokens/admin': {
    source: 'src/admin/index.ts',
    values: ['AdminApiError', 'adminHandler', 'createAdminClient', 'toNode'],
  },
  'plan-access-tokens/npm': {
    source: 'src/npm/index.ts',
    values: ['npmErrors', 'npmPolicy', 'npmrc', 'registryGuard'],
  },
  'plan-access-tokens/verdaccio': { source: 'src/verdaccio/index.ts', values: ['default'] },
  'plan-access-tokens/hub': {
    source: 'src/hub/index.ts',
    values: ['HUB_LANGUAGES', 'HUB_TEXTS', 'acceptLanguage', 'hubHandler'],
  },
  'plan-access-tokens/openapi': { source: 'src/openapi/index.ts', values: ['policyDrift', 'policyFromOpenApi'] },
  'plan-access-tokens/gateway': {
    source: 'src/gateway/index.ts',
    values: ['GatewayError', 'authzen', 'forwardAuth', 'toNode'],
  },
  'plan-access-tokens/testing': {
    source: 'src/testing/index.ts',
    values: [
      'expectAllowed',
      'expectDenied',
      'policyMatchers',
      'requestWith',
      'storeContract',
      'testClock',
      'testDirectory',
      'testPolicy',
      'tokensInEachState',
      'withReach',
    ],
  },
  'plan-access-tokens/config': { source: 'src/config/index.ts', values: ['defineConfig'] },
}
