/** `npx tsx examples/koa/main.ts`: a Koa server with a router that honours plan access tokens. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Router from '@koa/router'
import Koa from 'koa'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { guard, type PlanTokenState } from 'plan-access-tokens/koa'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const router = new Router<PlanTokenState>()
router.get('/v1/files/:key', (ctx) => {
  ctx.body = { name: `File ${ctx.params.key}`, readBy: ctx.state.planToken.token.name }
})

const app = new Koa<PlanTokenState>()
app.use(guard(tokens))
app.use(router.routes())

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/v1/files/LANDING`)
