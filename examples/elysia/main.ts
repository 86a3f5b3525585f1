/** `npx tsx examples/elysia/main.ts`: an Elysia server on Node that honours plan access tokens. On Bun, leave the adapter out. */
import { node } from '@elysiajs/node'
import { Elysia } from 'elysia'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/elysia'
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

const app = new Elysia({ adapter: node() })
  .use(guard(tokens))
  .get('/v1/files/:key', ({ params, planToken }) => ({ name: `File ${params.key}`, readBy: planToken.token.name }))

const port = Number(process.env.PORT ?? 3000)
app.listen({ port, hostname: '127.0.0.1' })

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(
  `Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' http://127.0.0.1:${port}/v1/files/LANDING`,
)
