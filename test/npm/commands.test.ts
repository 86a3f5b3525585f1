/**
 * Commands of the real npm beside install and publish, and the real bun, deno and changeset, against a real verdaccio behind the
 * guard: what happens, and what the person at the terminal reads.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { isInstalled, PLATFORMS_COMMAND } from '../platforms/platforms.ts'
import { type GuardedRegistry, packageOf, projectOf, startGuardedRegistry } from '../support/guarded-registry.ts'
import { npmHome, type Place } from '../support/npm-clients.ts'

const NO_USERS = 'There are no users here: ask a plan admin for a token of type npm, and put it into .npmrc.'
const NOTHING_STAGED =
  'A staged package waits for a user to approve it, and there are no users here: use npm publish, with a token of type npm in .npmrc.'
const NO_TRUST =
  'This registry trusts no publisher but a token: ask a plan admin for one of type npm, and put it into .npmrc.'
const NOT_REACHED = 'A resource of the request is not among those that the token may reach. Ask a plan admin to add it.'

// Each starts npm several times, on a machine that may have other work.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let guarded: GuardedRegistry
/** May do everything, and may nothing but read and write `@acme/one`. */
let all: string
let one: string

beforeAll(async () => {
  guarded = await startGuardedRegistry()
  all = (await guarded.newToken('All', ['npm:read', 'npm:write'], 'all')).secret
  one = (await guarded.newToken('One', ['npm:read', 'npm:write'], ['@acme/one'])).secret
  const base = await guarded.place(all, packageOf('@acme/base'))
  expect(await base.run('npm', 'publish')).toMatchObject({ status: 0 })
  guarded.requests.length = 0
})
afterAll(() => guarded?.ended())
afterEach(() => {
  guarded.answerWith(() => undefined)
  guarded.requests.length = 0
})

/** A place whose own `.npmrc`, that of a person, holds the secret. */
const ownPlace = (secret: string): Promise<Place> =>
  guarded.place(secret, projectOf(), {
    '.npmrc': `registry=${guarded.registry}/\n`,
    '../home/.npmrc': `${guarded.registry.slice('http:'.length)}/:_authToken=${secret}\n`,
  })
const ownNpmrc = ({ folder }: Place): Promise<string> =>
  readFile(join(folder, '../home/.npmrc'), 'utf8').catch(() => 'none')

describe.each(['npm', 'pnpm'] as const)('%s logout', (client) => {
  it('forgets the secret, and the token goes on; neither the log of the registry nor that of the server has it', async () => {
    const { id, secret } = await guarded.newToken('Leaving', ['npm:read'], 'all')
    const place = await ownPlace(secret)
    const done = await place.run(client, 'logout')
    expect(done).toMatchObject({ status: 0, text: expect.not.stringContaining(secret) })
    expect(guarded.requests).toEqual(['DELETE 200 /-/user/token/[secret]'])
    expect(await ownNpmrc(place)).not.toContain(secret)
    expect(guarded.verdaccio.log()).not.toContain(secret)
    expect(await guarded.tokens.get({ actor: 'ada', id })).toMatchObject({ status: 'active' })
  })

  it('of a token that was revoked is refused, and the terminal shows why and no secret', async () => {
    const { id, secret } = await guarded.newToken('Gone', ['npm:read'], 'all')
    await guarded.tokens.revoke({ actor: 'ada', id })
    const place = await ownPlace(secret)
    const { status, text } = await place.run(client, 'logout', '--loglevel=silly')
    expect(status).not.toBe(0)
    expect(text).toContain('The token has been revoked.')
    expect(text).toContain('/-/user/token/npm_***')
    expect(text).not.toContain(secret)
  })
})

describe('npm', () => {
  it('publishes with a sigstore bundle, which goes to the registry beside the tarball, and only for its package', async () => {
    const bodies: Record<string, { content_type: string; data: string }>[] = []
    guarded.answerWith(async (request, response) => {
      if (request.method !== 'PUT') return undefined
      let text = ''
      for await (const chunk of request) text += chunk
      bodies.push(JSON.parse(text)._attachments)
      return response.writeHead(201, { 'Content-Type': 'application/json' }).end('{"ok":true}')
    })
    const place = await guarded.place(all, packageOf('@acme/signed'))
    expect(await place.run('npm', 'pack')).toMatchObject({ status: 0 })
    const tarball = await readFile(join(place.folder, 'acme-signed-1.0.0.tgz'))
    const subject = {
      name: 'pkg:npm/%40acme/signed@1.0.0',
      digest: { sha512: createHash('sha512').update(tarball).digest('hex') },
    }
    const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json'
    const payload = Buffer.from(JSON.stringify({ subject: [subject] })).toString('base64')
    const bundle = { mediaType, dsseEnvelope: { payload } }
    const signed = async (secret: string): Promise<{ status: number; text: string }> => {
      const made = await guarded.place(secret, packageOf('@acme/signed'), { '../bundle.json': JSON.stringify(bundle) })
      made.env.NODE_OPTIONS = `--require=${new URL('../support/any-bundle.cjs', import.meta.url).pathname}`
      return made.run('npm', 'publish', '--provenance-file', '../bundle.json')
    }
    const published = await signed(all)
    expect(published.text).toContain('+ @acme/signed@1.0.0')
    expect(published.status).toBe(0)
    expect(Object.keys(bodies[0] ?? {})).toEqual(['@acme/signed-1.0.0.tgz', '@acme/signed-1.0.0.sigstore'])
    expect(bodies[0]?.['@acme/signed-1.0.0.sigstore']).toMatchObject({ content_type: mediaType })

    const refused = await signed(one)
    expect(refused).toMatchObject({ status: 1, text: expect.stringContaining(NOT_REACHED) })
    expect(bodies).toHaveLength(1)
  })

  it('publishes in a CI system that offers an identity, and says nothing of the exchange that was refused', async () => {
    const publish = async (secret: string, name: string) => {
      const place = await guarded.place(secret, packageOf(name))
      Object.assign(place.env, { GITLAB_CI: 'true', NPM_ID_TOKEN: 'eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl' })
      return place.run('npm', 'publish', '--loglevel=verbose')
    }
    const published = await publish(all, '@acme/by-ci')
    expect(guarded.requests).toContain('POST 401 /-/npm/v1/oidc/token/exchange/package/@acme%2fby-ci')
    expect(published.status).toBe(0)
    expect(published.text).not.toContain('npm notice The credential')
    expect(published.text).toMatch(
      /oidc Failed token exchange request with body message: The credential is not a token/,
    )
    expect(await guarded.stored()).toContain('by-ci')

    const refused = await publish(one, '@acme/by-ci-too')
    expect(refused.text).toContain(NOT_REACHED)
    expect(refused.status).not.toBe(0)
  })

  it('tells whoever installs another package from here which ones there are', async () => {
    const project = await guarded.place(all, projectOf())
    const { status, text } = await project.run('npm', 'install', 'lodash')
    expect(status).not.toBe(0)
    expect(text).toContain(
      'This registry holds the packages of @acme and nothing else: in .npmrc, write @acme:registry= in place of registry=.',
    )
  })

  it.each([
    ['login', 'with a token', true],
    ['login', 'with nothing', false],
    ['adduser', 'with nothing', false],
  ] as const)('%s %s says, before it asks for a name, that there are no users', async (command, _, hasToken) => {
    const place = hasToken ? await ownPlace(all) : await ownPlace('')
    const { status, text } = await place.run('npm', command)
    expect(text).toContain(`npm notice ${NO_USERS}`)
    expect(status).not.toBe(0)
    expect(guarded.requests).toEqual([`POST ${hasToken ? 403 : 401} /-/v1/login`])
  })
})

const hasStage = existsSync(join(npmHome(), 'lib/commands/stage'))
const STAGE_COMMAND = 'npm install --global npm@11.19.1'
describe.skipIf(!hasStage)(
  hasStage ? 'what is closed' : `what is closed (skipped without it: ${STAGE_COMMAND})`,
  () => {
    it.each([
      ['stage publish', NOTHING_STAGED, /^POST 403 \/-\/stage\/package\/@acme%2fnext$/],
      ['stage list', NOTHING_STAGED, /^GET 403 \/-\/stage\?/],
      ['stage approve 6f1e1c3e-0000-4000-8000-000000000000', NOTHING_STAGED, /^POST 403 .*\/approve$/],
      ['trust list @acme/base', NO_TRUST, /^GET 403 \/-\/package\/@acme%2fbase\/trust$/],
      ['trust revoke @acme/base --id=x', NO_TRUST, /^DELETE 403 .*\/trust\/x$/],
      ['trust github @acme/base --file=ci.yml --repo=a/b --allow-publish --yes', NO_TRUST, /^POST 403 .*\/trust$/],
      ['profile get', NO_USERS, /^GET 403 \/-\/npm\/v1\/user$/],
    ])('npm %s is told: %s', async (command, sentence, route) => {
      const { status, text } = await (await guarded.place(all, packageOf('@acme/next'))).run(
        'npm',
        ...command.split(' '),
      )
      expect(text).toContain(sentence)
      expect(status).not.toBe(0)
      expect(guarded.requests.at(-1)).toMatch(route)
    })
  },
)

describe('yarn', () => {
  it('works without NPM_TOKEN where no private package is needed, and says what is missing where one is', async () => {
    const idle = await guarded.place('', projectOf())
    idle.env.NPM_TOKEN = undefined
    expect(await idle.run('yarn', 'config', 'get', 'nodeLinker')).toMatchObject({ status: 0, text: 'node-modules\n' })
    const project = await guarded.place('', projectOf('@acme/base'))
    project.env.NPM_TOKEN = undefined
    const { status, text } = await project.run('yarn', 'install')
    expect(text).toContain('@acme/base@npm:*: Invalid authentication')
    expect(status).not.toBe(0)
  })
})

describe('changeset publish', () => {
  it('publishes what is new, and shows why it may not', async () => {
    const config = { changelog: false, commit: false, access: 'restricted', baseBranch: 'main' }
    const changed = (secret: string): Promise<Place> =>
      guarded.place(secret, packageOf('@acme/changed'), {
        '.changeset/config.json': JSON.stringify(config),
        'package-lock.json': '{}',
      })
    const place = await changed(all)
    await place.run('git', 'init', '-q', '-b', 'main')
    await place.run('git', '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'x')
    const published = await place.run('changeset', 'publish')
    expect(published.text).toContain('@acme/changed@1.0.0')
    expect(published.status).toBe(0)
    expect(await guarded.stored()).toContain('changed')

    const refused = await (await changed(one)).run('changeset', 'publish')
    expect(refused.text).toContain(NOT_REACHED)
    expect(refused.status).not.toBe(0)
  })
})

const hasBun = isInstalled({ packages: ['bun'] })
describe.skipIf(!hasBun)(hasBun ? 'bun' : `bun (skipped without it: ${PLATFORMS_COMMAND})`, () => {
  it('publishes, installs, audits and is told who it is, and shows what it may not', async () => {
    const bare = { '.yarnrc.yml': '', 'bun.lock': '{ "lockfileVersion": 1, "workspaces": { "": {} }, "packages": {} }' }
    const made = await guarded.place(all, packageOf('@acme/by-bun'), bare)
    expect(await made.run('bun', 'publish')).toMatchObject({ status: 0 })
    expect(await guarded.stored()).toContain('by-bun')
    const project = await guarded.place(all, projectOf('@acme/by-bun'), bare)
    expect(await project.run('bun', 'install')).toMatchObject({ status: 0 })
    expect(await readdir(join(project.folder, 'node_modules/@acme/by-bun'))).toContain('index.js')
    expect((await project.run('bun', 'audit')).text).toContain('No vulnerabilities found')
    expect((await project.run('bun', 'pm', 'whoami')).text.trim()).toBe('All')

    const install = await (await guarded.place(one, projectOf('@acme/by-bun'), bare)).run('bun', 'install')
    expect(install).toMatchObject({ status: 1, text: expect.stringMatching(/@acme%2fby-bun - 403/) })
    const publish = await (await guarded.place(one, packageOf('@acme/by-bun', '2.0.0'), bare)).run('bun', 'publish')
    expect(publish).toMatchObject({ status: 1, text: expect.stringContaining(NOT_REACHED) })
  })
})

const hasDeno = isInstalled({ packages: ['deno'] })
describe.skipIf(!hasDeno)(hasDeno ? 'deno' : `deno (skipped without it: ${PLATFORMS_COMMAND})`, () => {
  it('installs, and shows what it may not', async () => {
    const now = '--minimum-dependency-age=0'
    const project = await guarded.place(all, projectOf('@acme/base'))
    expect(await project.run('deno', 'install', now)).toMatchObject({ status: 0 })
    expect(await readdir(join(project.folder, 'node_modules/@acme/base'))).toContain('index.js')
    const refused = await (await guarded.place(one, projectOf('@acme/base'))).run('deno', 'install', now)
    expect(refused.text).toContain(NOT_REACHED)
    expect(refused.status).not.toBe(0)
  })
})
