/** `npx tsx examples/ws/main.ts`: WebSockets (ws): the upgrade is judged, and each message that asks for something anew. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { WebSocketServer } from 'ws'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const server = createServer((_, response) => response.writeHead(426).end())
const sockets = new WebSocketServer({ noServer: true, maxPayload: 65_536 })

server.on('upgrade', async (request, socket, head) => {
  const { method = '', url = '', headers, rawHeaders } = request
  socket.on('error', () => socket.destroy())
  const decision = await tokens.authorize({ method, url, headers, rawHeaders })
  if (!decision.allowed) {
    socket.end(`HTTP/1.1 ${decision.status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    return
  }
  // Good for this address alone. What a message names is judged by itself, so that a revoke ends an open socket too.
  const secret = headers['x-figma-token'] as string | undefined
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('error', () => ws.terminate())
    ws.on('message', async (message) => {
      const params = { file_key: String(message) }
      const answer = await tokens.authorize({ secret, route: 'GET /v1/files/{file_key}', params })
      if (answer.allowed) ws.send(JSON.stringify({ name: `File ${params.file_key}`, readBy: answer.token.name }))
      else if (answer.status === 401) ws.close(4401, answer.code)
      else ws.send(JSON.stringify({ code: answer.code }))
    })
  })
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(
  `Listening. Try, and type LANDING:\n  npx wscat -H 'X-Figma-Token: ${secret.reveal()}' -c ${address}/v1/files/LANDING`,
)
