/** `npx tsx examples/hub-element/main.ts`: the hub's page within an application of the browser's, with sample data. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNode } from 'plan-access-tokens/admin'
import { hubHandler } from 'plan-access-tokens/hub'
import { createSample, PEOPLE } from '../hub/organization.ts'
import { createApp } from './app.ts'

const PATH = '/developers/tokens'
const hub = hubHandler({ ...(await createSample({})), basePath: PATH, actor: () => PEOPLE[0].id })
const server = createServer(toNode(await createApp(hub, PATH)))
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
console.log(`By an element: ${address}/element`)
console.log(`By a component: ${address}/component`)
