/**
 * A canary is answered as a secret that does not exist, byte for byte, and each who is asked tells that it was used: the gateways,
 * the registry, the MCP server and introspection. The guards of servers: test/http/support/guard-cases.ts.
 */
import { createServer } from 'node:http'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { authzen, forwardAuth, toNode as gatewayToNode } from 'plan-access-tokens/gateway'
import { type CanaryUse, canaryTokens } from 'plan-access-tokens/leaks'
import { mcpGuard } from 'plan-access-tokens/mcp'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newSecret } from '../../src/core/new-secret.ts'
import { platformRandom } from '../../src/service/platform.ts'
import { serveGuard, servePlugin } from '../http/support/registry.ts'
import { listen } from '../http/support/site.ts'
import { type Reply, send1 } from '../http/support/wire.ts'
import { npmWorld } from '../npm/world.ts'
import { newWorld } from '../support/world.ts'

/** A world with a canary, an unknown secret of the same look, and who was told. */
async function canaryWorld() {
  const uses: CanaryUse[] = []
  const w = newWorld({ canaries: canaryTokens({ onUse: (use) => uses.push(use) }) })
  const canary = await w.make({ canary: true })
  return { w, uses, canary, unknown: unknownLike(canary.secret) }
}

/** A secret that was never given out, with the prefix of another. */
const unknownLike = (secret: string): string =>
  newSecret(secret.slice(0, secret.lastIndexOf('_')), platformRandom).reveal()

/** All that came over the wire but the time. */
const bytesOf = ({ status, headers: { date: _, ...headers }, body }: Reply): string =>
  JSON.stringify({ status, headers, body })

async function listening(listener: Parameters<typeof createServer>[1]): Promise<number> {
  const { port, close } = await listen(createServer(listener as never))
  onTestFinished(close)
  return port
}

/** What each asks with a secret, and gets. */
type Ask = (secret: string) => Promise<string>
type World = Awaited<ReturnType<typeof canaryWorld>>

const overHttp: readonly (readonly [name: string, open: (world: World) => Promise<Ask>])[] = [
  ...(['traefik', 'caddy', 'nginx'] as const).map(
    (gateway) =>
      [
        `forwardAuth for ${gateway}`,
        async ({ w }: World): Promise<Ask> => {
          const handler = forwardAuth(w.tokens, { gateway, trust: { secret: SHARED }, onWarning: () => undefined })
          const port = await listening(gatewayToNode(handler) as never)
          return async (secret) =>
            bytesOf(
              await send1(port, {
                ...{ method: 'GET', target: '/' },
                headers: [
                  ['X-Gateway-Secret', SHARED],
                  ['X-Figma-Token', secret],
                  [gateway === 'nginx' ? 'X-Original-Method' : 'X-Forwarded-Method', 'GET'],
                  [gateway === 'nginx' ? 'X-Original-URI' : 'X-Forwarded-Uri', '/v1/files/FileA'],
                ],
              }),
            )
        },
      ] as const,
  ),
  [
    'AuthZEN',
    async ({ w }) => {
      const port = await listening(gatewayToNode(authzen(w.tokens, { trust: { secret: SHARED } })) as never)
      return async (secret) => {
        const body = JSON.stringify({
          subject: { type: 'plan_access_token', id: secret },
          action: { name: 'GET' },
          resource: { type: 'target', id: '/v1/files/FileA' },
        })
        const headers = [
          ['Authorization', `Bearer ${SHARED}`],
          ['Content-Type', 'application/json'],
        ] as const
        const reply = await send1(port, { method: 'POST', target: '/access/v1/evaluation', headers, body: [body] })
        return bytesOf(reply)
      }
    },
  ],
  [
    'the MCP server',
    async ({ w }) => {
      const guard = mcpGuard(w.tokens, { connection: 'GET /v1/me', tools: { whoami: 'GET /v1/me' } })
      const port = await listening((asked, response) => guard(asked as never, response, () => expect.unreachable()))
      return async (secret) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami' } })
        const headers = [
          ['Authorization', `Bearer ${secret}`],
          ['Content-Type', 'application/json'],
          ['Accept', 'application/json, text/event-stream'],
        ] as const
        return bytesOf(await send1(port, { method: 'POST', target: '/mcp', headers, body: [body] }))
      }
    },
  ],
  [
    'introspection and revocation of the management API',
    async ({ w }) => {
      const introspection = { client: () => true }
      const handler = adminHandler({ tokens: w.tokens, actor: () => undefined, introspection })
      const port = await listening(toNode(handler))
      return async (secret) => {
        const answers: string[] = []
        for (const target of ['/introspect', '/revoke'])
          answers.push(
            bytesOf(
              await send1(port, {
                ...{ method: 'POST', target, body: [`token=${secret}`] },
                headers: [['Content-Type', 'application/x-www-form-urlencoded']],
              }),
            ),
          )
        return answers.join('\n')
      }
    },
  ],
  [
    'the engine itself, in every way in which it is asked',
    async ({ w }) =>
      async (secret) => {
        const asked = requestWith(secret, 'GET /v1/files/FileA')
        const call = { secret, route: 'GET /v1/files/{file_key}', params: { file_key: 'FileA' } } as const
        return JSON.stringify([
          (await w.tokens.authorize(asked)).allowed,
          await w.tokens.authorize(call),
          await w.tokens.inspect({ secret }),
          await w.tokens.explain(asked),
          await w.tokens.explain(requestWith(secret, 'POST /v2/webhooks', { body: '{}' })),
          await w.tokens.revokeSecret({ text: secret }),
        ])
      },
  ],
  [
    'an authorizer in another process, which has nobody to tell',
    async ({ w }) => {
      const { store, directory, clock } = w
      const { policies } = w.tokens
      const authorizer = createAuthorizer({ policy: policies, store, directory, clock, onWarning: () => undefined })
      return async (secret) => JSON.stringify(await authorizer.authorize(requestWith(secret, 'GET /v1/files/FileA')))
    },
  ],
]
const SHARED = 'a-secret-that-the-gateway-knows-0123456789'

describe('a canary', () => {
  it.each(overHttp)('is answered as an unknown secret by %s', async (name, open) => {
    const world = await canaryWorld()
    const ask = await open(world)
    const answer = (await ask(world.unknown)).replaceAll(world.unknown, '…')
    expect(world.uses).toEqual([])
    expect((await ask(world.canary.secret)).replaceAll(world.canary.secret, '…')).toBe(answer)
    // Told once, however often it was asked within the minute.
    if (name.includes('nobody')) expect(world.uses).toEqual([])
    else expect(world.uses).toMatchObject([{ tokenId: world.canary.id, planId: '1001' }])
    await world.w.tokens.close()
    const isSilent = name.includes('nobody')
    expect(await world.w.log()).toEqual(isSilent ? ['created'] : ['created', 'canary_used'])
  })

  it.each([
    ['registryGuard', serveGuard],
    ["verdaccio's plugin", servePlugin],
  ] as const)('is answered as an unknown secret by %s', async (_, serveIt) => {
    const uses: CanaryUse[] = []
    const w = npmWorld({ canaries: canaryTokens({ onUse: (use) => uses.push(use) }) })
    const canary = await w.make({ canary: true })
    const { port } = await serveIt({ tokens: w.tokens, directory: w.directory, ...canary })
    const ask = async (secret: string): Promise<string> => {
      const replies: string[] = []
      for (const [method, target] of [
        ['GET', '/@acme%2fui'],
        ['PUT', '/@acme%2fui'],
        ['GET', '/-/whoami'],
        ['GET', '/-/npm/v1/tokens'],
        ['DELETE', `/-/user/token/${secret}`],
      ] as const)
        replies.push(
          bytesOf(
            await send1(port, { method, target, headers: [['Authorization', `Bearer ${secret}`]], body: ['{}'] }),
          ),
        )
      return replies.join('\n').replaceAll(secret, '…')
    }
    expect(await ask(canary.secret)).toBe(await ask(unknownLike(canary.secret)))
    expect(uses).toMatchObject([{ tokenId: canary.id }])
  })
})
