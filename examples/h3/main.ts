/** `npx tsx examples/h3/main.ts`: h3 2 with a middleware that honours plan access tokens. */
import { H3, serve } from 'h3'
import { type Allowance, createPlanTokens, memoryStore } from 'plan-access-tokens'
import { headersOf, judge } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

declare module 'h3' {
  interface H3EventContext {
    planToken: Allowance
  }
}

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const judged = judge(tokens)
const app = new H3()
// For every request, and before anything reads a body. Take what was judged, since h3 leaves its own parameters encoded.
app.use(async (event, next) => {
  const found = await judged(event.req)
  if (found instanceof Response) return found
  event.context.planToken = found
  for (const [name, value] of Object.entries(headersOf(found))) event.res.headers.append(name, value)
  return next()
})
app.get('/v1/files/:file_key', ({ context: { planToken } }) => {
  return { name: `File ${planToken.params.file_key}`, readBy: planToken.token.name }
})

const server = serve(app, { port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1', silent: true })
await server.ready()

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${server.url}v1/files/LANDING`)
