/** The plugin fails closed: YAML that is wrong or that nobody would look at, and an engine that is broken. */
import { EventEmitter } from 'node:events'
import { canaryTokens } from 'plan-access-tokens/leaks'
import plugin from 'plan-access-tokens/verdaccio'
import { describe, expect, it } from 'vitest'
import type { BodyReading } from '../../src/core/body-reading.ts'
import { READ_BODY } from '../../src/http/body.ts'
import { holdBack } from '../../src/verdaccio/body.ts'
import { npmWorld } from './world.ts'

const POLICY = { packageScopes: ['@acme'], registry: 'https://npm.acme.example' }
const module = (text: string): string => `data:text/javascript,${encodeURIComponent(`export default ${text}`)}`
const DIRECTORY = module('{ plan() {}, isPlanAdmin() {}, locate() {} }')
const STORE = module('{ findByDigest() {}, find() {}, list() {}, commit() {}, events() {} }')
const NPM = '{ surface: "npm", limits: { bodyBytes: 1 } }'
const engineOf = (decide: string, policies = NPM): string => module(`{ policies: [${policies}], decide: ${decide} }`)

/** What a request comes to under these options, and what the log says. */
async function ask(options: object) {
  const logged: unknown[] = []
  const logger = { error: (details: { readonly reason?: unknown }) => void logged.push(details.reason) }
  const { apiJWTmiddleware } = plugin(options as never, { config: { configPath: '/etc/config.yaml' }, logger })
  const middleware = apiJWTmiddleware({ createRemoteUser: () => ({}) })
  const request = { method: 'GET', url: '/@acme/ui', rawHeaders: [], headers: {}, pause: () => undefined }
  const refused = await new Promise((next) => middleware(request as never, {} as never, next))
  return { refused, logged }
}

describe('YAML is told in the log, and every request is refused', () => {
  it.each<[string, object, string]>([
    ['an engine and a search that would not be closed', { engine: engineOf('0'), search: 'closed' }, '"search"'],
    ['an engine and npm scopes', { engine: engineOf('0'), packageScopes: ['@acme'] }, '"packageScopes"'],
    ['an engine and a limit', { engine: engineOf('0'), publishBytes: 5 }, '"publishBytes"'],
    ['an engine and a freshness', { engine: engineOf('0'), freshnessMs: 5 }, '"freshnessMs"'],
    ['an engine without npmPolicy', { engine: engineOf('() => 0', '') }, 'no npmPolicy()'],
    ['an engine of another surface', { engine: engineOf('() => 0', '{ surface: "figma" }') }, 'no npmPolicy()'],
    [
      'an engine without policies',
      { engine: module('{ decide() {} }') },
      'not what createPlanTokens() or createAuthorizer() returns',
    ],
    ['an engine of nothing', { engine: module('null') }, 'not what createPlanTokens() or createAuthorizer() returns'],
    ['an engine that cannot be loaded', { engine: module('(() => { throw Error("no") })()') }, 'no'],
    ['search: false', { store: STORE, directory: DIRECTORY, ...POLICY, search: false }, 'search'],
    ['search: null', { store: STORE, directory: DIRECTORY, ...POLICY, search: null }, 'search'],
    ['search: close', { store: STORE, directory: DIRECTORY, ...POLICY, search: 'close' }, 'search'],
    ['a limit in words', { store: STORE, directory: DIRECTORY, ...POLICY, publishBytes: '5mb' }, 'publishBytes'],
    ['a freshness in words', { store: STORE, directory: DIRECTORY, ...POLICY, freshnessMs: '1s' }, 'freshnessMs'],
    [
      'npm scopes that are text',
      { store: STORE, directory: DIRECTORY, ...POLICY, packageScopes: '@acme' },
      'packageScopes',
    ],
  ])('%s', async (_, options, reason) => {
    const { refused, logged } = await ask(options)
    expect(refused).toMatchObject({ status: 503 })
    expect(logged).toEqual([expect.stringContaining(reason)])
  })
})

it('what verdaccio has under a name of ours is not taken for an option', async () => {
  const { apiJWTmiddleware } = plugin(
    { store: STORE, directory: DIRECTORY, ...POLICY, search: { enable: false } } as never,
    {
      config: { configPath: '/etc/config.yaml' },
      logger: { error: (details) => expect.unreachable(JSON.stringify(details)) },
    },
  )
  const request = { method: 'GET', url: '/@acme/ui', rawHeaders: [], headers: {}, pause: () => undefined }
  const answer = { headersSent: false, statusCode: 0, setHeader: () => undefined, getHeader: () => undefined }
  const ended = new Promise((end) => {
    apiJWTmiddleware({ createRemoteUser: () => ({}) })(request as never, { ...answer, end } as never, (error) =>
      expect.unreachable(String(error)),
    )
  })
  expect(await ended).toContain('token_missing')
})

it('a canary that is used is told in the log of the registry, and in that of the plan', async () => {
  const w = npmWorld({ canaries: canaryTokens() })
  const { id, secret } = await w.make({ canary: true })
  Object.assign(globalThis, { storeOfYaml: w.store, directoryOfYaml: w.directory })
  const logged: unknown[] = []
  const { apiJWTmiddleware } = plugin(
    { store: module('globalThis.storeOfYaml'), directory: module('globalThis.directoryOfYaml'), ...POLICY } as never,
    {
      config: { configPath: '/etc/config.yaml' },
      logger: { error: (details, message) => void logged.push([details, message]) },
    },
  )
  const headers = { authorization: `Bearer ${secret}` }
  const rawHeaders = Object.entries(headers).flat()
  const request = { method: 'GET', url: '/@acme/ui', rawHeaders, headers, pause: () => undefined }
  const answer = { headersSent: false, statusCode: 0, setHeader: () => undefined, getHeader: () => undefined }
  const ended = new Promise((end) => {
    apiJWTmiddleware({ createRemoteUser: () => ({}) })(request as never, { ...answer, end } as never, end)
  })
  expect(await ended).toContain('token_unknown')
  expect(logged).toEqual([[{ tokenId: id, planId: '1001' }, expect.stringContaining('@{tokenId}')]])
  await expect.poll(w.log).toEqual(['created', 'canary_used'])
})

it.each([
  ['throws', '() => { throw new Error("secret detail") }'],
  ['rejects', '() => Promise.reject(new Error("secret detail"))'],
  ['rejects with nothing', '() => Promise.reject()'],
  ['says nothing', 'async () => undefined'],
  ['says yes and no more', 'async () => ({ allowed: true })'],
])('an engine that %s is no way in', async (_, authorize) => {
  const { refused } = await ask({ engine: engineOf(authorize) })
  expect(refused).toMatchObject({ status: 503 })
  expect(String(refused)).not.toContain('secret detail')
})

it.each([1, 3, 20_000])(
  'a body in pieces of %i bytes is put together, though each piece is used again',
  async (size) => {
    const text = JSON.stringify({ text: 'x'.repeat(50_000) })
    const bodyOf = async (limit: number): Promise<unknown> => {
      const request = Object.assign(new EventEmitter(), {
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
        resume: () => undefined,
        body: undefined as unknown,
        [READ_BODY]: (): unknown => undefined,
      })
      const go = holdBack(request as never, limit, () => undefined)
      const reading = request[READ_BODY]() as Promise<BodyReading>
      const piece = Buffer.alloc(size)
      for (let at = 0; at < text.length; at += size)
        request.emit('data', piece.subarray(0, piece.write(text.slice(at, at + size))))
      request.emit('end')
      await go()
      expect(request.body).toBe((await reading).value)
      return request.body
    }
    expect(await bodyOf(text.length)).toEqual(JSON.parse(text))
    expect(await bodyOf(text.length - 1)).toBeUndefined()
  },
)
