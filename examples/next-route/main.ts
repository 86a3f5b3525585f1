/**
 * `npx tsx examples/next-route/main.ts`: a route handler of Next.js behind the guard. In an application `next dev` takes the
 * place of this file, which calls the handler as Next.js does; what matters is `app/v1/files/[file_key]/route.ts`.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { GET } from './app/v1/files/[file_key]/route.ts'
import { tokens } from './tokens.ts'

/** Routes by folders, as Next.js does: one here, and only for the methods that the file exports. */
async function route(request: Request): Promise<Response> {
  const segment = /^\/v1\/files\/([^/]+)$/.exec(new URL(request.url).pathname)?.[1]
  if (segment === undefined) return new Response(null, { status: 404 })
  if (request.method !== 'GET') return new Response(null, { status: 405 })
  const file_key = decoded(segment)
  if (file_key === undefined) return new Response(null, { status: 400 })
  return GET(request, { params: Promise.resolve({ file_key }) })
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

const server = createAdaptorServer({ fetch: route })
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const { secret } = await tokens.create({
  ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
  ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
})
console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${secret.reveal()}' ${address}/v1/files/LANDING`)
