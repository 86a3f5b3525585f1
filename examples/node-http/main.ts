/** `npx tsx examples/node-http/main.ts`: a server of plain `node:http` that honours plan access tokens. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { guard } from 'plan-access-tokens/node'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

/** One answer for each route of the policy. The guard has matched it already, so there is no second router to disagree. */
const answers: { readonly [route: string]: (params: { readonly [name: string]: string }) => unknown } = {
  'GET /v1/files/{file_key}': ({ file_key }) => ({ name: `File ${file_key}` }),
  'GET /v1/projects/{project_id}/files': ({ project_id }) => ({ name: `Project ${project_id}`, files: [] }),
}

const listener: RequestListener = guard(tokens, (request, response) => {
  const { endpoint, params } = request.planToken
  const answer = answers[endpoint.route]
  response.writeHead(answer ? 200 : 501, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(answer ? answer(params) : { message: 'Not written yet.' }))
})

const server = createServer(listener)
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/v1/files/LANDING`)
