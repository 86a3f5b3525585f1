/** The plugin in a real verdaccio that nothing else guards, used by the real npm. Loaded from the built package, as a host has it. */
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npmrc } from 'plan-access-tokens/npm'
import plugin from 'plan-access-tokens/verdaccio'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { startVerdaccio, type Verdaccio } from '../../examples/npm-registry/verdaccio.ts'
import { buildPackage } from '../support/built-package.ts'
import { newPlace, type Place } from '../support/npm-clients.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The same in two modules, for a configuration whose policy stands in the YAML. */
const STORE = `
import { createServer } from 'node:http'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { npmPolicy } from 'plan-access-tokens/npm'
import directory from './directory.mjs'
const store = memoryStore()
export default store
const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
const tokens = createPlanTokens({ policy, store, directory, addresses: addressRanges() })
const server = createServer(async (request, response) => {
  const { token, secret } = await tokens.create({
    ...{ actor: 'ada', planId: 'p1', type: 'npm', name: 'Robot', lifetimeDays: 1, scopes: ['npm:read'], resources: 'all' },
    ...(request.url !== '/' && { addresses: [request.url.slice(1)] }),
  })
  response.end(JSON.stringify({ id: token.id, secret: secret.reveal() }))
})
await new Promise((resolve) => server.listen(Number(process.env.ADMIN_PORT), '127.0.0.1', resolve))
`
const DIRECTORY = `
import { testDirectory } from 'plan-access-tokens/testing'
export default testDirectory({ p1: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
`

/** The host's module: an engine over a store, and, so that the test can have tokens, what it made and a way to revoke. */
const ENGINE = `
import { createServer } from 'node:http'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { npmPolicy } from 'plan-access-tokens/npm'
import { testDirectory } from 'plan-access-tokens/testing'
const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
const directory = testDirectory({ p1: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
const tokens = createPlanTokens({ policy, store: memoryStore(), directory, addresses: addressRanges() })
export default tokens
const server = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  const { call, input } = JSON.parse(text)
  const done = await tokens[call](input)
  response.end(JSON.stringify({ id: done.id ?? done.token.id, secret: done.secret?.reveal() }))
})
await new Promise((resolve) => server.listen(Number(process.env.ADMIN_PORT), '127.0.0.1', resolve))
`

let folder: string
let verdaccio: Verdaccio
let adminPort: number
const places: Place[] = []
const secrets: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verdaccio-host-'))
  // The package as a host's node_modules has it: its manifest, its build and its dependencies.
  const home = join(folder, 'node_modules', 'plan-access-tokens')
  await buildPackage(home)
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'))
  await mkdir(join(folder, 'plugins'))
  await writeFile(
    join(folder, 'plugins/verdaccio-plan-access-tokens.js'),
    "module.exports = require('plan-access-tokens/verdaccio')\n",
  )
  await writeFile(join(folder, 'tokens.mjs'), ENGINE)
  await writeFile(join(folder, 'store.mjs'), STORE)
  await writeFile(join(folder, 'directory.mjs'), DIRECTORY)
  adminPort = await freePort()
  // As docs/npm-registry.md has it: what stands beside the plugin is for the day when it cannot be loaded (recipe.test.ts).
  const nobody = { access: 'nobody:here', publish: 'nobody:here', unpublish: 'nobody:here' }
  const htpasswd = { file: './htpasswd', max_users: -1 }
  const auth = { 'plan-access-tokens': { engine: join(folder, 'tokens.mjs') }, htpasswd }
  verdaccio = await startVerdaccio(
    { plugins: join(folder, 'plugins'), auth, packages: { '**': nobody } },
    { ADMIN_PORT: String(adminPort) },
  )
})
afterAll(async () => {
  for (const place of places) await place.remove()
  await verdaccio?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function ask(call: string, input: object): Promise<{ readonly id: string; readonly secret: string }> {
  const body = JSON.stringify({ call, input: { actor: 'ada', ...input } })
  const made = (await (await fetch(`http://127.0.0.1:${adminPort}`, { method: 'POST', body })).json()) as {
    id: string
    secret: string
  }
  if (made.secret) secrets.push(made.secret)
  return made
}
const newToken = (name: string, scopes: readonly string[], resources: 'all' | readonly string[]) =>
  ask('create', { planId: 'p1', type: 'npm', name, lifetimeDays: 1, scopes, resources })

async function place(secret: string, manifest: object, { url } = verdaccio): Promise<Place> {
  const { project } = npmrc({ registry: url, scope: '@acme' })
  const files = {
    'package.json': JSON.stringify(manifest),
    'index.js': '',
    '.npmrc': `${project}registry=${url}/\n`,
  }
  const made = await newPlace(files, secret)
  places.push(made)
  return made
}
const stored = async (): Promise<readonly string[]> =>
  (await readdir(join(verdaccio.folder, 'storage', '@acme')).catch(() => [] as string[])).toSorted()

describe('a verdaccio with the plugin', () => {
  it('publishes, finds and installs for a token that may', async () => {
    const { secret } = await newToken('Robot', ['npm:read', 'npm:write'], 'all')
    const one = await place(secret, { name: '@acme/one', version: '1.0.0' })
    expect((await one.run('npm', 'whoami')).text.trim()).toBe('Robot')
    expect(await one.run('npm', 'publish')).toMatchObject({ status: 0 })
    expect((await one.run('npm', 'search', 'one')).text).toContain('@acme/one')
    expect(await one.run('npm', 'dist-tag', 'add', '@acme/one@1.0.0', 'stable')).toMatchObject({ status: 0 })
    const project = await place(secret, { name: 'project', private: true, dependencies: { '@acme/one': '*' } })
    expect(await project.run('npm', 'install')).toMatchObject({ status: 0 })
    expect(await readdir(join(project.folder, 'node_modules/@acme/one'))).toContain('package.json')
    const gone = await place(secret, { name: '@acme/gone', version: '1.0.0' })
    expect(await gone.run('npm', 'publish')).toMatchObject({ status: 0 })
    expect(await gone.run('npm', 'unpublish', '--force', '@acme/gone')).toMatchObject({ status: 0 })
  })

  it('refuses what a token may not, in a sentence, and writes nothing', async () => {
    const { secret } = await newToken('Two only', ['npm:read', 'npm:write'], ['@acme/two'])
    const before = await stored()
    const other = await place(secret, { name: '@acme/three', version: '1.0.0' })
    expect((await other.run('npm', 'publish')).text).toContain('not among those that the token may reach')
    expect((await other.run('npm', 'view', '@acme/one')).text).toContain('not among those that the token may reach')
    const put = (name: string) =>
      fetch(`${verdaccio.url}/@acme%2ftwo`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          _id: name,
          name,
          'dist-tags': { latest: '1.0.0' },
          versions: { '1.0.0': { name, version: '1.0.0' } },
          _attachments: {
            [`${name}-1.0.0.tgz`]: { content_type: 'application/octet-stream', data: 'YQ==', length: 1 },
          },
        }),
      })
    expect((await put('@acme/three')).status).toBe(400)
    expect(await stored()).toEqual(before)
    const reader = await place((await newToken('Reader', ['npm:read'], 'all')).secret, {
      name: '@acme/two',
      version: '1.0.0',
    })
    expect((await reader.run('npm', 'publish')).text).toContain('It takes npm:write.')
    expect(await stored()).toEqual(before)
    expect((await put('@acme/two')).status).toBe(201)
    expect(await stored()).toEqual([...before, 'two'].toSorted())
  })

  it('takes no other way in: nobody, a password, a new user', async () => {
    const status = async (path: string, init?: RequestInit) => (await fetch(verdaccio.url + path, init)).status
    expect(await status('/@acme%2fone')).toBe(401)
    const basic = { authorization: `Basic ${Buffer.from('ada:secret').toString('base64')}` }
    expect(await status('/@acme%2fone', { headers: basic })).toBe(401)
    const login = {
      method: 'PUT',
      body: '{"name":"ada","password":"secret"}',
      headers: { 'content-type': 'application/json' },
    }
    expect(await status('/-/user/org.couchdb.user:ada', login)).toBe(401)
  })

  it('refuses a secret at the first request after it was revoked', async () => {
    const { id, secret } = await newToken('Short life', ['npm:read'], 'all')
    const project = await place(secret, { name: 'project', private: true })
    expect(await project.run('npm', 'view', '@acme/one', 'version')).toMatchObject({ status: 0 })
    await ask('revoke', { id })
    const refused = await project.run('npm', 'view', '@acme/one', 'version', '--prefer-online')
    expect(refused.text).toMatch(/E401/)
    expect(refused.text).toContain('The token has been revoked.')
  })

  it('has left no secret in its log', () => {
    expect(verdaccio.log()).toContain('@acme%2fone')
    for (const secret of secrets) expect(verdaccio.log()).not.toContain(secret)
  })
})

it('keeps a token to its addresses by what verdaccio says of proxies, and believes no header without', async () => {
  const input = { planId: 'p1', type: 'npm', name: 'n', lifetimeDays: 1, scopes: ['npm:read'], resources: 'all' }
  const status = async (addresses: readonly string[]) => {
    const { secret } = await ask('create', { ...input, addresses })
    const headers = { authorization: `Bearer ${secret}`, 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' }
    return (await fetch(`${verdaccio.url}/-/whoami`, { headers })).status
  }
  expect(await status(['127.0.0.1', '::1'])).toBe(200)
  expect(await status(['203.0.113.7'])).toBe(403)
})

describe('a verdaccio whose YAML holds the policy, and names a store and a directory', () => {
  it('takes the tokens of that store, says what it holds, and lets npm forget a secret that no log has', async () => {
    const port = String(await freePort())
    const options = { packageScopes: ['@acme'], registry: 'https://npm.acme.example', freshnessMs: 0 }
    const modules = { store: join(folder, 'store.mjs'), directory: join(folder, 'directory.mjs') }
    const own = await startVerdaccio(
      {
        ...{ plugins: join(folder, 'plugins'), auth: { 'plan-access-tokens': { ...modules, ...options } } },
        log: { type: 'stdout', format: 'json', level: 'warn' },
      },
      { ADMIN_PORT: port },
    )
    onTestFinished(() => own.stop())
    const bearer = async (secret: string, path = '/-/whoami') =>
      fetch(own.url + path, { headers: { authorization: `Bearer ${secret}` } })
    // The modules are loaded at the first request at the latest.
    expect((await bearer('nothing')).status).toBe(401)
    const { secret } = (await (await fetch(`http://127.0.0.1:${port}`)).json()) as { secret: string }
    expect(await (await bearer(secret)).json()).toEqual({ username: 'Robot' })
    expect((await bearer(secret, '/@other%2fpackage')).status).toBe(403)
    const at = async (address: string) =>
      ((await (await fetch(`http://127.0.0.1:${port}/${address}`)).json()) as { secret: string }).secret
    expect((await bearer(await at('127.0.0.1'))).status).toBe(200)
    expect((await bearer(await at('203.0.113.7'))).status).toBe(403)
    const project = await place(secret, { name: 'project', private: true }, own)
    expect((await project.run('npm', 'view', 'lodash')).text).toContain('This registry holds the packages of @acme')
    expect((await project.run('npm', 'login')).text).toContain('npm notice There are no users here')
    expect(await project.run('npm', 'logout')).toMatchObject({ status: 0 })
    // verdaccio logs paths before a plugin sees them, at the levels below this one (docs/npm-registry.md).
    expect(own.log()).not.toContain(secret)
  })
})

describe('the plugin’s options', () => {
  const policy = { packageScopes: ['@acme'], registry: 'https://npm.acme.example' }

  it.each([
    ['nothing', {}, 'must name a module in "engine"'],
    ['an empty path', { engine: '' }, 'must name a module in "engine"'],
    ['a store without a directory', { store: './store.mjs', ...policy }, 'modules in "store" and "directory"'],
    ['both', { engine: './tokens.mjs', store: './store.mjs' }, 'has both'],
    ['no policy', { store: './s.mjs', directory: './d.mjs' }, 'packageScopes'],
    ['a module that is not there', { engine: './gone.mjs' }, 'gone.mjs'],
    ['what verdaccio itself has under a name of ours', { store: { 's3-storage': {} } }, 'must name a module'],
  ])('that cannot be used are told in the log, and every request is refused: %s', async (_, options, reason) => {
    const logged: unknown[] = []
    const logger = { error: (details: object) => logged.push(details) }
    const { apiJWTmiddleware } = plugin(options as never, { config: { configPath: '/etc/config.yaml' }, logger })
    const middleware = apiJWTmiddleware({ createRemoteUser: () => ({}) })
    for (let request = 0; request < 2; request++) {
      const refused = await new Promise((next) => middleware({ pause: () => undefined } as never, {} as never, next))
      expect(refused).toMatchObject({ status: 503 })
    }
    expect(logged).toEqual([{ reason: expect.stringContaining(reason) }])
  })
})
