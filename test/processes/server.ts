/**
 * One server of the deployment, a process of its own: started by servers.ts with its settings as JSON. It guards an API, and
 * takes changes under `/manage` as an admin page does. It ends when the process that started it does.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RequestLike } from 'plan-access-tokens'
import { type ManageCall, manage, openTokens, type Settings } from './deployment.ts'

process.on('disconnect', () => process.exit())

const { tokens } = await openTokens(JSON.parse(`${process.argv[2]}`) as Settings)

async function answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
  if (request.url === '/manage') {
    let text = ''
    for await (const chunk of request) text += chunk
    return { status: 200, body: JSON.stringify(await manage(tokens, JSON.parse(text) as ManageCall)) }
  }
  const decision = await tokens.authorize(request as IncomingMessage & RequestLike)
  return decision.allowed ? { status: 200, body: JSON.stringify({ code: 'allowed' }) } : decision.rendered()
}

const server = createServer(async (request, response) => {
  const { status, body } = await answer(request).catch(() => ({ status: 500, body: '{"code":"failed"}' }))
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
