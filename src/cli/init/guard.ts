/** The file that guards the API, for each framework; without one, a server that can be started. */
import { readsTypeScript } from '../load-config.ts'
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
  readonly [F in Exclude<Framework, 'nest' | 'node' | 'fetch'>]: { readonly from: string; readonly use: string }
} = {
  express: { from: 'express', use: "app.use('/api', planGuard, routes)" },
  fastify: { from: 'fastify', use: 'await app.register(planGuard), in the plugin that has the routes' },
  hono: { from: 'hono', use: 'app.use(planGuard), before the routes' },
  koa: { from: 'koa', use: 'app.use(planGuard), before the router' },
  elysia: { from: 'elysia', use: 'new Elysia().use(planGuard), before other plugins' },
}

/** The guard of a project. @param folder where the other files are, such as `tokens`. */
export function guardFile({ framework, ending, importEnding, isTypeScript }: Found, folder: string): Guarding {
  if (framework === 'node') {
    const next = `${isTypeScript && !readsTypeScript() ? 'npx tsx' : 'node'} server.${ending}`
    return { file: `server.${ending}`, text: serverText(folder, importEnding), next }
  }
  const file = `${folder}/guard.${ending}`
  // The store makes its tables by a top-level await, which an application of CommonJS cannot require.
  const isModule = !ending.startsWith('m')
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
  if (framework === 'nest')
    return {
      file,
      text: `/** The module of the guard. Nothing is guarded that does not say so, by @PlanTokenGuarded() (docs/frameworks.md). */
import { PlanTokensModule } from 'plan-access-tokens/nestjs'
import { tokens } from '${tokens}'

export const planTokens = PlanTokensModule.forRoot({ tokens })
`,
      next: `imports: [${isModule ? 'planTokens' : `import('./${folder}/guard.${importEnding}').then(({ planTokens }) => planTokens)`}] in your AppModule${isModule ? ` (from ${file})` : ''}, and @PlanTokenGuarded() of plan-access-tokens/nestjs before each controller that takes tokens`,
    }
  const { from, use } = GUARDS[framework]
  return {
    file,
    text: `/** Lets a request through only with a token that may. Before the routes and behind CORS: ${use}. */
import { guard } from 'plan-access-tokens/${from}'
import { tokens } from '${tokens}'

export const planGuard = guard(tokens)
`,
    next: `${use} (from ${file}${isModule ? '' : ', by await import(): require() takes no module that waits for its tables'})`,
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
const { PORT = '3000' } = process.env
server.listen(Number(PORT), () => console.log('The API listens.'))
`
}
