/** `npx tsx examples/grpc/main.ts`: a gRPC method that is judged by a route of the policy and by the message itself. */
import { promisify } from 'node:util'
import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js'
import { type Allowance, createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { type File, type FileRequest, files } from './service.ts'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

const CODES = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
} as const

/** Runs a method for what a token may do, with the decision beside the message that was judged. */
function guarded(run: (request: FileRequest, planToken: Allowance) => File): handleUnaryCall<FileRequest, File> {
  return async ({ metadata, request }, reply) => {
    try {
      // A key may be there twice: two secrets joined are none.
      const secret = metadata.get('x-figma-token').join()
      const params = { file_key: request.key }
      const decision = await tokens.authorize({ secret, route: 'GET /v1/files/{file_key}', params })
      if (decision.allowed) reply(null, run(request, decision))
      else reply({ code: status[CODES[decision.status]], details: decision.message })
    } catch {
      reply({ code: status.INTERNAL })
    }
  }
}

const server = new Server()
server.addService(files, { get: guarded(({ key }, { token }) => ({ name: `File ${key}`, readBy: token.name })) })
const bind = promisify(server.bindAsync.bind(server))
const port = await bind(`127.0.0.1:${process.env.PORT ?? 3000}`, ServerCredentials.createInsecure())

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Call Files/Get with key LANDING:\n  'X-Figma-Token: ${secret.reveal()}' 127.0.0.1:${port}`)
