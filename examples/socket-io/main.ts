/** `npx tsx examples/socket-io/main.ts`: Socket.IO: who connects is judged, and each event that names something anew. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { Server } from 'socket.io'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const server = createServer()
const io = new Server(server, { serveClient: false })

/** Of what a client sends anything may be of any type: what is no text is refused. */
const decide = (secret: unknown, file: unknown) =>
  tokens.authorize({
    secret: secret as string,
    route: 'GET /v1/files/{file_key}',
    params: { file_key: file as string },
  })

io.use(async ({ handshake: { auth } }, next) => {
  const decision = await decide(auth.token, auth.file)
  next(decision.allowed ? undefined : Object.assign(new Error(decision.message), { data: { code: decision.code } }))
})
io.on('connection', (socket) => {
  socket.on('file', async (file: unknown, reply: unknown) => {
    const decision = await decide(socket.handshake.auth.token, file)
    if (typeof reply === 'function')
      reply(decision.allowed ? { name: `File ${file}`, readBy: decision.token.name } : { code: decision.code })
    // A token that has ended ends the connection.
    if (!decision.allowed && decision.status === 401) socket.disconnect(true)
  })
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(
  `Listening. Connect with auth { token, file: 'LANDING' }:\n  'X-Figma-Token: ${secret.reveal()}' http://127.0.0.1:${port}`,
)
