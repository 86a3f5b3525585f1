/**
 * `npx tsx examples/npm-registry/main.ts`: plan access tokens in front of an npm registry. The registry is the one at
 * REGISTRY (default http://127.0.0.1:4873, where `npx verdaccio` listens); it should be reachable from this server alone.
 */
import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { npmPolicy, npmrc, registryGuard } from 'plan-access-tokens/npm'
import { testDirectory } from 'plan-access-tokens/testing'
import { forwardTo, noAdvisories } from './forward.ts'

// What your application knows: its plans, their admins, and whose npm scope it is. In a real server, your database.
const directory = testDirectory({ 1001: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
const tokens = createPlanTokens({ policy, store: memoryStore(), directory })

const forward = forwardTo(process.env.REGISTRY ?? 'http://127.0.0.1:4873')
const listener: RequestListener = registryGuard(tokens, (request, response: ServerResponse) =>
  request.planToken.endpoint.route.startsWith('POST /-/npm/v1/security/')
    ? noAdvisories(response, request.url)
    : forward(request, response),
)
const server = createServer(listener)
server.listen(Number(process.env.PORT ?? 4874), '127.0.0.1')
await once(server, 'listening')
const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'npm', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['npm:read', 'npm:write'], resources: ['@acme'] },
})
console.log(`Listening. Put these lines into the .npmrc of a project:\n${npmrc({ registry, scope: '@acme' }).project}`)
console.log(`and then try:\n  NPM_TOKEN=${secret.reveal()} npm whoami --registry ${registry}`)
