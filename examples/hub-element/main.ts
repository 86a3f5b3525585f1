/**
 * `npx tsx examples/hub-element/main.ts`: the hub's page within an application of the browser's, with sample data. The component
 * needs React: `npm install --no-save react react-dom` first.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNode } from 'plan-access-tokens/admin'
import { acceptLanguage, hubHandler } from 'plan-access-tokens/hub'
import { createSample, PEOPLE } from '../hub/organization.ts'
import { createApp } from './app.ts'

const PATH = '/developers/tokens'
const [{ id: actor }] = PEOPLE
const { tokens, plans: plansOf, names: describeActor } = await createSample({})
const plans = plansOf(actor).map(({ id }) => id)
const said = (request: Request, name: string): string | undefined =>
  new URL(request.url).searchParams.get(name) ?? undefined
const hub = hubHandler({
  ...{ tokens, plans: plansOf, describeActor },
  basePath: PATH,
  actor: () => actor,
  plan: (request) => said(request, 'plan') ?? plans[0],
  lang: (request) => said(request, 'lang') ?? acceptLanguage(request),
})
const app = createApp(hub, { basePath: PATH, plans, languages: ['en', 'de', 'ar'] })
const server = createServer(toNode(app))
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
console.log(`By an element: ${address}/element`)
console.log(`By a component: ${address}/component`)
