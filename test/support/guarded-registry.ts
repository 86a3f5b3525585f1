/**
 * A real verdaccio behind the guard, an engine whose clock can be moved, and folders in which real clients use it. Nothing of
 * it leaves this machine: whatever has no npm scope is looked for here too.
 */
import { readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Allowance, createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { npmPolicy, npmrc, registryGuard } from 'plan-access-tokens/npm'
import { testClock, testDirectory } from 'plan-access-tokens/testing'
import { forwardTo, noAdvisories } from '../../examples/npm-registry/forward.ts'
import { startVerdaccio } from '../../examples/npm-registry/verdaccio.ts'
import { newPlace, type Place } from './npm-clients.ts'

/** A request that was let through, as the registry gets it. */
type LetThrough = IncomingMessage & { readonly planToken: Allowance }
/** What answers in the registry's place; `undefined` leaves it to the registry. */
type Before = (request: LetThrough, response: ServerResponse) => unknown

/** Starts it. `ended` ends everything that was started. */
export async function startGuardedRegistry() {
  const clock = testClock(Date.now())
  const directory = testDirectory({ 1001: { admins: ['ada'], resources: { 'npm_scope:@acme': {}, 'file:A': {} } } })
  const npm = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example', publishBytes: 200_000 })
  const tokens = createPlanTokens({ policy: [figmaPolicy(), npm], store: memoryStore(), directory, clock })
  const verdaccio = await startVerdaccio()
  const forward = forwardTo(verdaccio.url)
  const places: Place[] = []
  const secrets: string[] = []
  /** What came and what was answered, in order, as a log would have it: `'PUT 403 /@acme%2fbutton'`. */
  const requests: string[] = []
  let before: Before = () => undefined

  const listener: RequestListener = registryGuard<IncomingMessage, ServerResponse>(
    tokens,
    async (request, response) => {
      if ((await before(request, response)) !== undefined) return
      return request.planToken.endpoint.route.startsWith('POST /-/npm/v1/security/')
        ? noAdvisories(response, request.url)
        : forward(request, response)
    },
  )
  const server = createServer((request, response) => {
    response.once('finish', () => requests.push(`${request.method} ${response.statusCode} ${request.url}`))
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  /** A token, and its secret as text. */
  const newToken = async (
    name: string,
    scopes: readonly ('npm:read' | 'npm:write')[],
    resources: 'all' | readonly string[],
  ) => {
    const input = { actor: 'ada', planId: '1001', type: 'npm', name, lifetimeDays: 90, scopes, resources } as const
    const { token, secret } = await tokens.create(input)
    secrets.push(secret.reveal())
    return { id: token.id, secret: secret.reveal() }
  }

  /** A folder in which clients use the registry with this secret. */
  const place = async (
    secret: string,
    manifest: object,
    more: { readonly [path: string]: string } = {},
  ): Promise<Place> => {
    const { project, user, yarnrc } = npmrc({ registry, scope: '@acme' })
    const made = await newPlace(
      {
        // pnpm takes a token only out of the user's own file.
        '../home/.npmrc': user,
        'package.json': JSON.stringify({ license: 'MIT', ...manifest }),
        'index.js': 'module.exports = 1\n',
        '.npmrc': `${project}registry=${registry}/\n`,
        '.yarnrc.yml': [
          `${yarnrc}nodeLinker: node-modules`,
          `npmRegistryServer: "${registry}"`,
          'npmPreapprovedPackages: ["@acme/*"]',
          // An audit is no question of one npm scope.
          `npmAuditRegistry: "${registry}"`,
          'npmAlwaysAuth: true',
          `npmAuthToken: "$\{NPM_TOKEN:-}"`,
        ].join('\n'),
        'yarn.lock': '',
        ...more,
      },
      secret,
    )
    places.push(made)
    return made
  }

  return {
    ...{ clock, tokens, verdaccio, registry, secrets, requests, newToken, place },
    /** What is called for every request that is let through, before it goes on. */
    answerWith(answer: Before) {
      before = answer
    },
    /** The packages that the registry holds. */
    stored: async (): Promise<readonly string[]> =>
      (await readdir(join(verdaccio.folder, 'storage', '@acme')).catch(() => [] as string[])).toSorted(),
    async ended() {
      server.closeAllConnections()
      server.close()
      for (const made of places) await made.remove()
      await verdaccio.stop()
    },
  }
}

/** What `startGuardedRegistry` gives. */
export type GuardedRegistry = Awaited<ReturnType<typeof startGuardedRegistry>>

export const packageOf = (name: string, version = '1.0.0') => ({ name, version })
export const projectOf = (...names: readonly string[]) => ({
  name: 'project',
  private: true,
  dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
})
