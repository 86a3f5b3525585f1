/**
 * Every route that npm's own sources name is known to the policy, allowed or closed: those of the npm that is installed, and of
 * the newest. A new npm with a route that nobody has thought of fails here, not at somebody's terminal.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { isInstalled, PLATFORMS_COMMAND, tools, VERSIONS } from '../platforms/platforms.ts'
import { npmHome } from '../support/npm-clients.ts'
import { npmWorld } from './world.ts'

const { tokens, make } = npmWorld()
const { secret } = await make()

/** A route as npm writes it, and its methods: that of the call, or any where it is not said beside the path. */
interface Route {
  readonly file: string
  readonly path: string
  readonly methods: readonly string[]
}

const METHODS = ['GET', 'PUT', 'POST', 'DELETE']
/** A text that begins a path of the protocol. What is put into it holds no quotation mark. */
const PATH = /(['"`])(\/?-\/(?:[a-z_][\w.:-]*|\$\{[^'"`]*?\})(?:\/[^'"`\s]*?)?)\1/g

function routesIn(file: string, text: string): readonly Route[] {
  const found = [...text.matchAll(PATH)]
  return found.map((match, i) => {
    const end = match.index + match[0].length
    const call = text.slice(end, Math.min(end + 300, found[i + 1]?.index ?? text.length))
    const method = /method: '([A-Z]+)'/.exec(call)?.[1]
    const path = (match[2] as string)
      .replace(/\$\{[^}]*escaped[^}]*\}/gi, '@acme%2fbutton')
      .replace(/\$\{[^}]*\}/g, 'x')
      .replace(/^\/?/, '/')
    return { file, path, methods: method === undefined ? METHODS : [method] }
  })
}

/** Every route in the sources of an npm: its own, and those of its libraries that speak to a registry. */
function routesOf(npm: string): readonly Route[] {
  const folders = readdirSync(join(npm, 'node_modules'), { withFileTypes: true }).flatMap(({ name }) =>
    name === '@npmcli'
      ? readdirSync(join(npm, 'node_modules', name)).map((library) => join('node_modules', name, library))
      : /^(libnpm\w+|npm-\w[\w-]*|pacote)$/.test(name)
        ? [join('node_modules', name)]
        : [],
  )
  return ['', ...folders].flatMap((folder) => {
    const lib = join(npm, folder, 'lib')
    if (!existsSync(lib)) return []
    const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
    return files.flatMap((name) => routesIn(join(folder, 'lib', name), readFileSync(join(lib, name), 'utf8')))
  })
}

/** The routes of which no method is known. */
async function unknownIn(routes: readonly Route[]): Promise<readonly Route[]> {
  const unknown: Route[] = []
  for (const route of routes) {
    const codes = await Promise.all(
      route.methods.map(async (method) => {
        const decision = await tokens.authorize(requestWith(secret, `${method} ${route.path}`))
        return decision.allowed ? 'allowed' : decision.code
      }),
    )
    if (codes.every((code) => code === 'endpoint_unknown' || code === 'request_malformed')) unknown.push(route)
  }
  return unknown
}

it('the npm that is installed names no route that is not known', async () => {
  const routes = routesOf(npmHome())
  // That they are found at all: npm 11 has 37 paths.
  expect(new Set(routes.map(({ path }) => path)).size).toBeGreaterThan(20)
  expect(routes.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/-/whoami', '/-/user/token/x', '/-/package/@acme%2fbutton/dist-tags', '/-/v1/login']),
  )
  expect(await unknownIn(routes)).toEqual([])
})

const hasNewest = isInstalled({ packages: ['npm'] })
describe.skipIf(!hasNewest)(
  hasNewest ? 'the newest npm' : `the newest npm (skipped without it: ${PLATFORMS_COMMAND})`,
  () => {
    it(`npm ${VERSIONS.npm} names no route that is not known`, async () => {
      const routes = routesOf(join(tools ?? '', 'node_modules/npm'))
      expect(routes.map(({ path }) => path)).toEqual(
        expect.arrayContaining([
          '/-/stage/package/@acme%2fbutton',
          '/-/package/@acme%2fbutton/trust',
          '/-/npm/v1/oidc/token/exchange/package/@acme%2fbutton',
        ]),
      )
      expect(await unknownIn(routes)).toEqual([])
    })
  },
)

it('a route that nobody knows is noticed', async () => {
  const source = `await npmFetch(\`/-/package/\${spec.escapedName}/hats/\${hat}\`, { ...opts, method: 'POST' })`
  const routes = routesIn('hats.js', source)
  expect(routes).toEqual([{ file: 'hats.js', path: '/-/package/@acme%2fbutton/hats/x', methods: ['POST'] }])
  expect(await unknownIn(routes)).toEqual(routes)
})
