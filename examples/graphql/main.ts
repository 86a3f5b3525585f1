/** `npx tsx examples/graphql/main.ts`: GraphQL, where each field that names a resource is judged, once for each request. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { buildSchema, GraphQLError, graphql } from 'graphql'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const resources = { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } }
const directory = testDirectory({ 1001: { admins: ['ada'], resources } })
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

/** Asks about a file once, however many fields and aliases name it. */
function asker(secret: string | undefined) {
  const asked = new Map<string, ReturnType<typeof ask>>()
  const ask = async (file_key: string) => {
    const decision = await tokens.authorize({ secret, route: 'GET /v1/files/{file_key}', params: { file_key } })
    if (decision.allowed) return decision
    throw new GraphQLError(decision.message, { extensions: { code: decision.code } })
  }
  return (key: string) => asked.get(key) ?? asked.set(key, ask(key)).get(key)
}

const schema = buildSchema('type Query { file(key: String!): File } type File { name: String readBy: String }')
const file = async ({ key }: { readonly key: string }, ask: ReturnType<typeof asker>) => {
  return { name: `File ${key}`, readBy: (await ask(key))?.token.name }
}

const server = createServer(async (request, response) => {
  const { query, variables } = (await json(request).catch(() => ({}))) as { query?: string; variables?: object }
  const contextValue = asker(request.headers['x-figma-token'] as string | undefined)
  const asked = { source: String(query), variableValues: { ...variables } }
  const result = await graphql({ ...asked, schema, rootValue: { file }, contextValue })
  response.setHeader('Cache-Control', 'no-store').setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(result))
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(
  `Listening. Post {"query":"{ file(key: "LANDING") { name } }"}:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' http://127.0.0.1:${port}/graphql`,
)
