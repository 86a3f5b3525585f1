/** The file that guards the API, for each framework; without one, a server that can be started. */
import type { Found, Framework } from './detect.ts'

/** What the guard file does, and the line that the host adds, if any. */
interface Guarding {
  readonly file: string
  readonly text: string
  /** What is said to the person afterwards. */
  readonly next: string
}

/** The subpath of the guard of each framework, and where its line goes. */
const GUARDS: {
  readonly [F in Exclude<Framework, 'node' | 'fetch'>]: { readonly from: string; readonly use: string }
} = {
  express: { from: 'express', use: "app.use('/api', planGuard, routes)" },
  nest: { from: 'express', use: "app.use('/api', planGuard), in main, before app.listen()" },
  fastify: { from: 'fastify', use: 'await app.register(planGuard), in the plugin that has the routes' },
  hono: { from: 'hono', use: "app.use('/api/*', planGuard)" },
  koa: { from: 'koa', use: 'app.use(planGuard), before the router' },
}

/** The guard of a project. @param folder where the other files are, such as `tokens`. */
export function guardFile({ framework, ending, importEnding }: Found, folder: string): Guarding {
  if (framework === 'node')
    return { file: `server.${ending}`, text: serverText(folder, importEnding), next: `node server.${ending}` }
  const file = `${folder}/guard.${ending}`
  const tokens = `./tokens.${importEnding}`
  if (framework === 'fetch')
    return {
      file,
      text: `/** Lets a request through only with a token that may. Wrap the handlers of the routes with it (docs/frameworks.md). */
import { guard } from 'plan-access-tokens/fetch'
import { tokens } from '${tokens}'

export const handler = guard(tokens, (_request, { token, params }) => Response.json({ token: token.name, params }))
`,
      next: `wrap your handlers as ${file} does`,
    }
  const { from, use } = GUARDS[framework]
  return {
    file,
    text: `/** Lets a request through only with a token that may. Before the routes and behind CORS: ${use}. */
import { guard } from 'plan-access-tokens/${from}'
import { tokens } from '${tokens}'

export const planGuard = guard(tokens)
`,
    next: `${use} (from ${file})`,
  }
}

function serverText(folder: string, importEnding: string): string {
  return `/** A server in which each request needs a token that may. Behind the guard, write your own answers. */
import { createServer } from 'node:http'
import { guard } from 'plan-access-tokens/node'
import { tokens } from './${folder}/tokens.${importEnding}'

await tokens.ready()
const server = createServer(
  guard(tokens, ({ planToken }, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ token: planToken.token.name, params: planToken.params }) + '\\n')
  }),
)
server.listen(Number(process.env.PORT ?? 3000), () => console.log('The API listens.'))
`
}
