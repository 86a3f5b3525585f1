/** `npx tsx examples/hono/main.ts`: the application on Node. On workerd: worker.ts. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { app, secretToTry } from './app.ts'

const server = createAdaptorServer({ fetch: app.fetch })
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

console.log(`Listening. Try:\n  curl -i -H 'X-Figma-Token: ${await secretToTry()}' ${address}/v1/files/LANDING`)
