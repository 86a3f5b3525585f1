/** A worker with a handler of reports, whose keys of GitHub are what was sent to it, and an engine in its memory. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { canaryTokens, gitguardian, githubSecretScanning, leakHandler } from 'plan-access-tokens/leaks'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'

const tokens = createPlanTokens({
  ...{ policy: figmaPolicy(), store: memoryStore(), canaries: canaryTokens() },
  directory: testDirectory({ 1001: { admins: ['admin-1'], resources: { 'file:ABC': {} } } }),
})
let keys = ''
const handler = leakHandler({
  tokens,
  sources: [
    githubSecretScanning({
      action: 'revoke',
      // As the platform would send it, which refuses what it does not know.
      fetch: async (address, init) => new Response(new Request(address as string, init).method === 'GET' ? keys : ''),
    }),
    gitguardian({ action: 'revoke', secret: 'the signature token' }),
  ],
})

async function make(canary: boolean): Promise<string> {
  const { secret } = await tokens.create({
    ...{ actor: 'admin-1', planId: '1001', type: 'rest', name: 'A', lifetimeDays: 1, resources: 'all' },
    scopes: ['file_content:read'],
    ...(canary && { canary }),
  })
  return secret.reveal()
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/leaks') return handler(request)
    const body = request.method === 'POST' ? await request.text() : ''
    if (pathname === '/keys') keys = body
    if (pathname === '/make') return new Response(await make(body === 'canary'))
    if (pathname !== '/ask') return new Response('up')
    const decision = await tokens.authorize(requestWith(body, 'GET /v1/files/ABC'))
    return new Response(decision.allowed ? 'allowed' : decision.code)
  },
}
