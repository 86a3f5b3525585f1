/** The application: the same on every runtime. It knows neither Node nor workerd. */
import { Hono } from 'hono'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { guard } from 'plan-access-tokens/hono'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

export const app = new Hono()
app.use(guard(tokens))
app.get('/v1/files/:key', (c) => c.json({ name: `File ${c.req.param('key')}`, readBy: c.get('planToken').token.name }))

/** A secret to try it with, which is good for a day. */
export async function secretToTry(): Promise<string> {
  const { secret } = await tokens.create({
    ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
    ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
  })
  return secret.reveal()
}
