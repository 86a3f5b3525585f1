/**
 * `npm run hub`: the page where plan admins manage tokens, on loopback with sample data. There is no login: `/as/bob` makes the
 * browser Bob, and the page at `/` is the switch. In a real server, `actor` asks your session.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNode } from 'plan-access-tokens/admin'
import { hubHandler } from 'plan-access-tokens/hub'
import { createSample, PEOPLE, REGISTRY } from './organization.ts'

const PATH = '/developers/tokens'
const { tokens, plans, names } = await createSample({ extra: Number(process.env.EXTRA ?? 0) })

const hub = hubHandler({
  ...{ tokens, plans, basePath: PATH, product: 'Acme Design' },
  actor: (request) => ({ id: personOf(request.headers.get('cookie') ?? ''), address: '198.51.100.7' }),
  describeActor: names,
  signIn: '/',
  addresses: { rest: 'https://api.figma.com/v1/files/ABCDEFG123', npm: { registry: REGISTRY, scope: '@acme' } },
})

/** Who is signed in, by the switch's cookie; Ada before anybody has used it. */
function personOf(cookies: string): string {
  const chosen = /(?:^|;\s*)person=(\w+)/.exec(cookies)?.[1]
  return PEOPLE.find(({ id }) => id === chosen)?.id ?? PEOPLE[0].id
}

const page = toNode(hub)
const server = createServer((request, response) => {
  const path = request.url ?? '/'
  const person = PEOPLE.find(({ id }) => path === `/as/${id}`)
  if (path.startsWith(PATH)) return void page(request, response)
  if (person) response.setHeader('Set-Cookie', `person=${person.id}; Path=/; HttpOnly; SameSite=Strict`)
  response.writeHead(person ? 303 : 200, {
    'Content-Type': 'text/html; charset=utf-8',
    ...(person && { Location: PATH }),
  })
  const links = PEOPLE.map(({ id, name, about }) => `<li><a href="/as/${id}">${name}</a>, ${about}</li>`)
  response.end(
    `<!doctype html><html lang="en"><title>Who are you?</title><h1>Who are you?</h1><ul>${links.join('')}</ul>`,
  )
})

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
console.log(`The hub: ${address}${PATH}`)
console.log(`To be somebody else: ${address}/`)
