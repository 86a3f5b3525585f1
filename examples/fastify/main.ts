/** `npx tsx examples/fastify/main.ts`: a Fastify server, of which everything below `/api` honours plan access tokens. */
import { fastify } from 'fastify'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/fastify'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const app = fastify()
app.get('/health', async () => ({ ok: true }))

// The guard holds for what is registered in the same place as it, and below.
await app.register(
  async (api) => {
    await api.register(guard(tokens, { basePath: '/api' }))
    api.get<{ Params: { key: string } }>('/v1/files/:key', async ({ params, planToken }) => ({
      name: `File ${params.key}`,
      readBy: planToken.token.name,
    }))
  },
  { prefix: '/api' },
)

const address = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/api/v1/files/LANDING`)
