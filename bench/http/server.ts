/**
 * One server of the benchmark, in a process of its own: what `bench/http/servers.ts` builds and starts. Says where it listens
 * and what may be asked, then answers with the time that its process has used.
 */
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestsFor, world } from '../engine-world.ts'
import { type Kind, SECRET, SERVERS, type Side } from './sides.ts'

/** A request that every server of the benchmark lets through. */
export interface BenchRequest {
  readonly path: string
  readonly headers: { readonly [name: string]: string }
}

/** What a server says when it listens. */
export interface Hello {
  readonly port: number
  readonly requests: readonly BenchRequest[]
}

/** How many tokens there are, and about how many of them and of the files the requests are. */
const TOKENS = 1_000
const REQUESTS = 100

const [kind, side] = process.argv.slice(2)
const { secrets, ...made } = await world(figmaPolicy(), TOKENS)
const requests = requestsFor(secrets.slice(0, REQUESTS)).map(({ url, headers }) => {
  if (kind !== 'gateway') return { path: url, headers }
  // Both sides get what a gateway sends, so that both read as much.
  const question = { 'X-Gateway-Secret': SECRET, 'X-Original-Method': 'GET', 'X-Original-URI': url }
  return { path: url, headers: { ...(headers as { readonly [name: string]: string }), ...question } }
})
// Once the one who asked has gone, nobody needs this server.
process.on('disconnect', () => process.exit())
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) / 1_000)
})
SERVERS[kind as Kind](made, side as Side, pageOf50kB(), (port) => {
  process.send?.({ port, requests } satisfies Hello)
})

/** An object whose JSON is 50 kB: a page as an API of documents has it. */
function pageOf50kB(): object {
  const nodes: object[] = []
  for (let bytes = 12, i = 0; bytes < 50_000; i++) {
    const node = { id: `${i}:${i}`, name: `Frame ${i}`, type: 'FRAME', visible: i % 2 === 0, x: i / 8 }
    bytes += JSON.stringify(node).length + 1
    nodes.push(node)
  }
  return { nodes }
}
