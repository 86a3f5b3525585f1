/**
 * The real npm, pnpm, yarn 1 and yarn 4 against a real verdaccio behind the guard: what works with a token that may, and
 * what stands on the terminal of somebody whose token may not.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedRegistry, packageOf, projectOf, startGuardedRegistry } from '../support/guarded-registry.ts'

const HOUR = 3_600_000

let guarded: GuardedRegistry
let { newToken, place, stored, tokens, clock, secrets }: GuardedRegistry = {} as GuardedRegistry

beforeAll(async () => {
  guarded = await startGuardedRegistry()
  ;({ newToken, place, stored, tokens, clock, secrets } = guarded)
  const { secret } = await newToken('First release', ['npm:read', 'npm:write'], 'all')
  expect(await (await place(secret, packageOf('@acme/base'))).run('npm', 'publish')).toMatchObject({ status: 0 })
})
afterAll(() => guarded?.ended())

describe('npm', () => {
  it('publishes, finds, tags, deprecates, installs and unpublishes with a token for everything', async () => {
    const { secret } = await newToken('Release robot', ['npm:read', 'npm:write'], 'all')
    const button = await place(secret, packageOf('@acme/button'))
    expect(await button.run('npm', 'ping')).toMatchObject({ status: 0 })
    expect((await button.run('npm', 'whoami')).text.trim()).toBe('Release robot')
    expect(await button.run('npm', 'publish')).toMatchObject({ status: 0 })
    expect(await stored()).toEqual(['base', 'button'])
    expect((await button.run('npm', 'view', '@acme/button', 'version')).text.trim()).toBe('1.0.0')
    expect((await button.run('npm', 'dist-tag', 'add', '@acme/button@1.0.0', 'stable')).text).toContain('+stable')
    expect((await button.run('npm', 'dist-tag', 'ls', '@acme/button')).text).toMatch(
      /latest: 1\.0\.0\s+stable: 1\.0\.0/,
    )
    expect((await button.run('npm', 'search', 'button')).text).toContain('@acme/button')
    expect(await button.run('npm', 'deprecate', '@acme/button@1.0.0', 'Use another one.')).toMatchObject({ status: 0 })

    const project = await place(secret, projectOf('@acme/button'))
    const installed = await project.run('npm', 'install')
    expect(installed.text).toContain('Use another one.')
    expect(installed.status).toBe(0)
    expect(await readdir(join(project.folder, 'node_modules/@acme/button'))).toContain('index.js')
    expect(await project.run('npm', 'audit')).toMatchObject({ status: 0 })

    const next = await place(secret, packageOf('@acme/button', '1.1.0'))
    expect(await next.run('npm', 'publish')).toMatchObject({ status: 0 })
    expect(await next.run('npm', 'unpublish', '@acme/button@1.1.0')).toMatchObject({ status: 0 })
    expect((await next.run('npm', 'view', '@acme/button', 'versions', '--json')).text).not.toContain('1.1.0')
  })

  it('is told in a sentence what a token for one package may not, and nothing is written', async () => {
    const { secret } = await newToken('Base only', ['npm:read', 'npm:write'], ['@acme/base'])
    const other = await place(secret, packageOf('@acme/secret'))
    const before = await stored()
    const refused = await other.run('npm', 'publish')
    expect(refused.status).not.toBe(0)
    expect(refused.text).toContain('A resource of the request is not among those that the token may reach.')
    expect(refused.text).toContain('403')
    expect((await other.run('npm', 'search', 'base')).text).toContain('not among those that the token may reach')
    expect((await other.run('npm', 'view', '@acme/secret')).text).toContain('not among those that the token may reach')
    expect(await stored()).toEqual(before)
  })

  it('is told which scope is missing', async () => {
    const { secret } = await newToken('Reader', ['npm:read'], 'all')
    const base = await place(secret, packageOf('@acme/base', '2.0.0'))
    for (const args of [
      ['publish'],
      ['dist-tag', 'add', '@acme/base@1.0.0', 'next'],
      ['deprecate', '@acme/base', 'no'],
      ['unpublish', '--force', '@acme/base'],
    ]) {
      const { status, text } = await base.run('npm', ...args)
      expect(status, args[0]).not.toBe(0)
      expect(text, args[0]).toContain('It takes npm:write.')
    }
    expect((await base.run('npm', 'view', '@acme/base', 'version')).text.trim()).toBe('1.0.0')
  })

  it('is refused a package that is larger than a publish may be', async () => {
    const { secret } = await newToken('Too much', ['npm:read', 'npm:write'], 'all')
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(64_000))).toString('base64')
    const more = { 'a.txt': noise, 'b.txt': noise.toUpperCase(), 'c.txt': noise.toLowerCase(), 'd.txt': noise }
    const large = await place(secret, packageOf('@acme/large'), more)
    const before = await stored()
    const refused = await large.run('npm', 'publish')
    expect(refused.status).not.toBe(0)
    expect(refused.text).toContain('E400')
    expect(await stored()).toEqual(before)
  })

  it('stars with a token that may write, and is refused people', async () => {
    const { secret } = await newToken('Fan', ['npm:read', 'npm:write'], 'all')
    const base = await place(secret, packageOf('@acme/base'))
    expect(await base.run('npm', 'star', '@acme/base')).toMatchObject({ status: 0, text: '(*) @acme/base\n' })
    expect(await base.run('npm', 'owner', 'ls', '@acme/base')).toMatchObject({ status: 0, text: 'no admin found\n' })
    const add = await base.run('npm', 'owner', 'add', 'ada', '@acme/base')
    expect(add.status).not.toBe(0)
    expect(add.text).toContain('There are no users here: ask a plan admin for a token of type npm')
    const reader = await newToken('Quiet fan', ['npm:read'], 'all')
    const refused = await (await place(reader.secret, packageOf('@acme/base'))).run('npm', 'star', '@acme/base')
    expect(refused.text).toContain('It takes npm:write.')
  })

  it('cannot log in, make tokens or list people', async () => {
    const { secret } = await newToken('Curious', ['npm:read', 'npm:write'], 'all')
    const project = await place(secret, projectOf())
    expect((await project.run('npm', 'token', 'list')).text).toContain(
      'Tokens are made and ended by plan admins, and never by a token.',
    )
    expect((await project.run('npm', 'access', 'list', 'collaborators', '@acme/base')).text).toContain(
      'Who may reach a package is said by plan admins, who put it into tokens.',
    )
  })
})

describe('a secret', () => {
  it('that was refreshed in the middle of an install finishes it, says so for 24 hours, and then ends', async () => {
    const { id, secret } = await newToken('Nightly build', ['npm:read'], ['@acme/base'])
    const project = await place(secret, projectOf('@acme/base'))
    let newest = ''
    guarded.answerWith(async ({ url }) => {
      if (newest !== '' || !url?.endsWith('.tgz')) return
      newest = (await tokens.refresh({ actor: 'ada', id })).secret.reveal()
      secrets.push(newest)
    })
    expect(await project.run('npm', 'install')).toMatchObject({ status: 0 })
    guarded.answerWith(() => undefined)
    expect(newest).not.toBe('')
    const view = ['view', '@acme/base', 'version', '--prefer-online'] as const
    const during = await project.run('npm', ...view)
    expect(during.status).toBe(0)
    expect(during.text).toContain('This token was refreshed.')
    expect(await (await place(newest, projectOf())).run('npm', ...view)).toMatchObject({ status: 0, text: '1.0.0\n' })
    clock.advance(24 * HOUR)
    const after = await project.run('npm', ...view)
    expect(after.status).not.toBe(0)
    expect(after.text).toMatch(/E401[\s\S]*Unable to authenticate/)
    expect(after.text).toContain('The secret has been replaced and no longer works.')
    clock.set(Date.now())
  })

  it('that was revoked between two installs fails the second one', async () => {
    const { id, secret } = await newToken('Short life', ['npm:read'], 'all')
    const [first, second] = [await place(secret, projectOf('@acme/base')), await place(secret, projectOf('@acme/base'))]
    expect(await first.run('npm', 'install')).toMatchObject({ status: 0 })
    await tokens.revoke({ actor: 'ada', id })
    const refused = await second.run('npm', 'install')
    expect(refused.status).not.toBe(0)
    expect(refused.text).toContain('notice The token has been revoked. Ask a plan admin for a new one.')
    expect(refused.text).toMatch(/E401[\s\S]*Unable to authenticate/)
  })

  it('of the REST API opens no registry', async () => {
    const input = {
      actor: 'ada',
      planId: '1001',
      type: 'rest',
      name: 'REST',
      lifetimeDays: 1,
      resources: 'all',
    } as const
    const { secret } = await tokens.create({ ...input, scopes: ['file_content:read'] })
    secrets.push(secret.reveal())
    const project = await place(secret.reveal(), projectOf())
    expect((await project.run('npm', 'whoami')).text).toContain('The token is of another type than this API takes.')
  })
})

/** How each looks at a package. yarn 1 asks one public registry about vulnerabilities, whatever is configured. */
const LOOKS: {
  readonly [client in 'pnpm' | 'yarn1' | 'yarn']: {
    readonly info: readonly string[]
    readonly tags: readonly string[]
    readonly audit?: readonly string[]
  }
} = {
  pnpm: { info: ['info'], tags: ['dist-tag', 'ls'], audit: ['audit'] },
  yarn1: { info: ['info'], tags: ['tag', 'list'] },
  yarn: { info: ['npm', 'info'], tags: ['npm', 'tag', 'list'], audit: ['npm', 'audit'] },
}

describe.each(['pnpm', 'yarn1', 'yarn'] as const)('%s', (client) => {
  it('publishes and installs, and shows why it may not', async () => {
    const name = `@acme/by-${client}`
    const { secret } = await newToken(client, ['npm:read', 'npm:write'], [name])
    const publish = {
      pnpm: ['publish', '--no-git-checks'],
      yarn1: ['publish', '--non-interactive'],
      yarn: ['npm', 'publish'],
    }[client]
    const made = await place(secret, packageOf(name))
    if (client === 'yarn') await made.run('yarn', 'install')
    expect(await made.run(client, ...publish)).toMatchObject({ status: 0 })
    expect(await stored()).toContain(`by-${client}`)
    const project = await place(secret, projectOf(name))
    const installed = await project.run(client, 'install')
    expect(installed.text).not.toMatch(/error/i)
    expect(installed.status).toBe(0)
    expect(await readdir(join(project.folder, 'node_modules', name))).toContain('index.js')

    const { info, tags, audit } = LOOKS[client]
    expect((await project.run(client, ...info, name)).text).toContain('1.0.0')
    expect((await project.run(client, ...tags, name)).text).toMatch(/latest.*1\.0\.0/)
    if (audit) expect(await project.run(client, ...audit)).toMatchObject({ status: 0 })

    const reader = await newToken(`${client} elsewhere`, ['npm:read'], ['@acme/base'])
    const refused = await (await place(reader.secret, projectOf(name))).run(client, 'install')
    expect(refused.status).not.toBe(0)
    expect(refused.text).toMatch(client === 'yarn1' ? /not among those that the token may reach/ : /403/)
  })
})

describe('what no client of today sends', () => {
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(guarded.registry + path, init)
  const basic = (text: string): HeadersInit => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

  it('is answered with one sentence, and nothing is written', async () => {
    const { secret } = await newToken('Old habits', ['npm:read', 'npm:write'], 'all')
    const bearer = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const body = (name: string, file: string, size = 3) =>
      JSON.stringify({
        _id: name,
        name,
        versions: { '1.0.0': { name, version: '1.0.0' } },
        _attachments: { [file]: { content_type: 'application/octet-stream', data: 'a'.repeat(size), length: size } },
      })
    const put = (text: string): RequestInit => ({ method: 'PUT', headers: bearer, body: text })
    const before = await stored()
    const cases: readonly (readonly [status: number, path: string, init: RequestInit])[] = [
      [401, '/@acme%2fbase', {}],
      [401, '/@acme%2fbase', { headers: basic(`ada:${secret}`) }],
      [401, `/@acme%2fbase?_authToken=${secret}`, {}],
      [401, '/-/user/org.couchdb.user:ada', { method: 'PUT', body: JSON.stringify({ name: 'ada', password: 'x' }) }],
      [403, '/-/user/org.couchdb.user:ada', put(JSON.stringify({ name: 'ada', password: 'x' }))],
      [400, '/@acme%2fnew', put(body('@acme/other', '@acme/other-1.0.0.tgz'))],
      [400, '/@acme%2fnew', put(body('@acme/new', '@acme/new-2.0.0.tgz'))],
      [400, '/@acme%2fnew', put(body('@acme/new', '@acme/new-1.0.0.tgz', 200_001))],
      [400, '/@acme%2fnew', put('{"name":"@acme/new","name":"@acme/other"}')],
      [403, '/@acme-evil%2fnew', put(body('@acme-evil/new', '@acme-evil/new-1.0.0.tgz'))],
    ]
    for (const [status, path, init] of cases) {
      const answer = await ask(path, init)
      expect([answer.status, path]).toEqual([status, path])
      const { error } = (await answer.json()) as { error: string }
      expect(error).toMatch(/^[A-Z][^{}<>]+\.$/)
      expect(error).not.toContain(secret)
      if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="npm"/)
    }
    expect(await stored()).toEqual(before)
    for (const accept of ['application/vnd.npm.install-v1+json; q=1.0, */*', 'text/html', 'nonsense'])
      expect((await ask('/@acme%2fbase', { headers: { ...bearer, accept } })).status).toBe(200)
  })

  it('has left no secret in the registry’s log', () => {
    expect(guarded.verdaccio.log()).toContain('/@acme%2fbase')
    for (const secret of secrets) expect(guarded.verdaccio.log()).not.toContain(secret)
  })
})
