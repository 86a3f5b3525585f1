/** `npx tsx examples/trpc/main.ts`: tRPC procedures, each judged by a route of the policy and by its own input. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { initTRPC, TRPCError } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import * as z from 'zod/mini'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const t = initTRPC.context<{ readonly secret: string | undefined }>().create()
const CODES = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
} as const

const ofFile = t.procedure.input(z.string()).use(async ({ ctx, input, next }) => {
  const params = { file_key: input }
  const decision = await tokens.authorize({ secret: ctx.secret, route: 'GET /v1/files/{file_key}', params })
  if (!decision.allowed) throw new TRPCError({ code: CODES[decision.status], message: decision.message })
  return next({ ctx: { planToken: decision } })
})

const router = t.router({
  file: ofFile.query(({ ctx, input }) => ({ name: `File ${input}`, readBy: ctx.planToken.token.name })),
})

const server = createHTTPServer({
  router,
  // A header that is sent twice comes as one text, which is no secret.
  createContext: ({ req }) => ({ secret: req.headers['x-figma-token'] as string | undefined }),
  responseMeta: () => ({ headers: new Headers({ 'Cache-Control': 'no-store', Vary: 'X-Figma-Token' }) }),
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/file?input=%22LANDING%22`)
