/** `scan`: secrets in files and in the history of git, told by their place and never printed, and ended with --revoke. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { checksumOf } from '../../src/core/secret.ts'
import { listen } from '../admin/server.ts'
import { CREATE, migrated, type Project, project } from './project.ts'

async function secretOf({ run }: Project): Promise<{ readonly id: string; readonly secret: string }> {
  const { token, secret } = JSON.parse((await run([...CREATE, '--json'])).stdout)
  return { id: token.id, secret }
}

/** A secret with one character changed: it has the shape and a wrong checksum. */
const falseAlarm = (secret: string): string =>
  secret.replace(/.(.{6})$/, (end) => (end[0] === 'a' ? 'b' : 'a') + end.slice(1))

/** One that no store knows, for `--prefix`. */
const BODY = `inv_live_${'0'.repeat(32)}`
const MADE_UP = BODY + checksumOf(BODY)

function git(folder: string, ...args: readonly string[]): string {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_SYSTEM: '/dev/null', GIT_CONFIG_GLOBAL: '/dev/null' }
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main']
  return execFileSync('git', [...author, ...args], { cwd: folder, env, stdio: 'pipe', encoding: 'utf8' }).trim()
}

/** A clone that lacks objects, and says where they are to be fetched. */
const PARTIAL = {
  'core.repositoryFormatVersion': '1',
  'extensions.partialClone': 'far',
  'remote.far.promisor': 'true',
}

describe('scan', () => {
  it('finds secrets by their checksum, tells the place and whose they are, and prints none', async () => {
    const it = await migrated()
    const { id, secret } = await secretOf(it)
    it.write('app/.env', `A=1\nB=2\nKEY=${secret}\n`)
    it.write('app/url.txt', `https://example.com/?key=${encodeURIComponent(encodeURIComponent(`"${secret}"`))}`)
    it.write('app/big.bin', `${'\0x_'.repeat(700_000)}\n${secret}${'\0'.repeat(2_000_000)}`)
    it.write('app/false.txt', falseAlarm(secret))
    it.write('app/node_modules/x/a.txt', secret)
    const { code, stdout, stderr } = await it.run(['scan', 'app', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).found).toEqual([
      { file: 'app/.env', line: 3, prefix: 'inv_live', state: 'works', token: id },
      { file: 'app/big.bin', line: 2, prefix: 'inv_live', state: 'works', token: id },
      { file: 'app/url.txt', line: 1, prefix: 'inv_live', state: 'works', token: id },
    ])
    const table = await it.run(['scan', 'app'])
    expect(table.stdout).toMatch(/^app\/\.env:3 +inv_live +works/m)
    for (const text of [stdout, stderr, table.stdout, table.stderr]) expect(text).not.toContain(secret.slice(-20))
  })

  it('that finds nothing ends with 0', async () => {
    const it = await migrated()
    const outcome = await it.run(['scan'])
    expect(outcome).toMatchObject({ code: 0, stdout: '' })
    expect(outcome.stderr).toMatch(/0 places with a secret\.\nNo secrets\.\n$/)
  })

  it('looks at every branch, tag, stash and message of git, with the commit that brought it', async () => {
    const it = await migrated()
    const { secret } = await secretOf(it)
    const repo = join(it.folder, 'repo')
    it.write('repo/a.txt', 'one')
    git(repo, 'init', '-q')
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'first')
    git(repo, 'checkout', '-qb', 'side')
    it.write('repo/deep/key.txt', `\n\nkey: ${secret}`)
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'a key')
    git(repo, 'rm', '-q', 'deep/key.txt')
    git(repo, 'commit', '-qm', `without ${secret}`)
    git(repo, 'tag', '-a', 'v1', '-m', `tagged ${secret}`)
    git(repo, 'checkout', '-q', 'main')
    const now = await it.run(['scan', 'repo', '--json'])
    expect(now).toMatchObject({ code: 0, stdout: '{"found":[]}\n' })
    const { code, stdout } = await it.run(['scan', 'repo', '--history', '--json'])
    expect(code).toBe(1)
    const found = JSON.parse(stdout).found as { file: string; line: number; commit: string }[]
    expect(found.map(({ file }) => file).sort()).toEqual(['(commit message)', '(tag message)', 'deep/key.txt'])
    const commit = execFileSync('git', ['log', '-1', '--format=%H', 'side~1'], { cwd: repo, encoding: 'utf8' })
    expect(found.find(({ file }) => file === 'deep/key.txt')).toMatchObject({ line: 3, commit: commit.slice(0, 10) })
  })

  it.each<[string, (repo: string) => unknown]>([
    [
      'a file by git replace',
      (repo) =>
        git(repo, 'replace', git(repo, 'rev-parse', 'HEAD~1:key.txt'), git(repo, 'rev-parse', 'HEAD:clean.txt')),
    ],
    ['its commits by git replace', (repo) => git(repo, 'replace', '--graft', 'HEAD')],
    [
      'its commits by a graft',
      (repo) => writeFileSync(join(repo, '.git/info/grafts'), `${git(repo, 'rev-parse', 'HEAD')}\n`),
    ],
  ])('looks at what was committed where the repository shows something else in its place: %s', async (_, hide) => {
    const it = project()
    const repo = join(it.folder, 'repo')
    it.write('repo/key.txt', MADE_UP)
    git(repo, 'init', '-q')
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'a key')
    rmSync(join(repo, 'key.txt'))
    it.write('repo/clean.txt', 'clean')
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'none')
    git(repo, 'reflog', 'expire', '--expire=all', '--all')
    hide(repo)
    const { code, stdout } = await it.run(['scan', 'repo', '--history', '--prefix', 'inv_live', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).found).toMatchObject([{ file: 'key.txt', line: 1 }])
  })

  it.each<[string, (program: string) => Readonly<Record<string, string>>]>([
    ['checks signatures', (program) => ({ 'log.showSignature': 'true', 'gpg.program': program })],
    ['watches files', (program) => ({ 'core.fsmonitor': program })],
    ['pages', (program) => ({ 'core.pager': program, 'pager.log': program })],
    [
      'compares',
      (program) => ({ 'diff.external': program, 'diff.own.command': program, 'diff.own.textconv': program }),
    ],
    [
      'fetches what is missing',
      (program) => ({ 'remote.far.url': '/nowhere', 'remote.far.uploadpack': program, ...PARTIAL }),
    ],
    [
      'fetches by a protocol of its own',
      (program) => ({ 'remote.far.url': `ext::${program}`, 'protocol.allow': 'always', ...PARTIAL }),
    ],
  ])('starts no program of the repository: one that %s', async (_, configure) => {
    const it = project()
    const repo = join(it.folder, 'repo')
    const program = it.write('evil.sh', `#!/bin/sh\necho ran >> ${JSON.stringify(join(it.folder, 'ran'))}\n`)
    chmodSync(program, 0o755)
    it.write('repo/.gitattributes', '* diff=own')
    it.write('repo/key.txt', MADE_UP)
    it.write('repo/other.txt', 'other')
    git(repo, 'init', '-q')
    git(repo, 'add', '.')
    git(repo, 'commit', '-qm', 'a key')
    // A commit that says of itself that it is signed.
    const [head = '', ...message] = git(repo, 'cat-file', 'commit', 'HEAD').split('\n\n')
    const begin = '-----BEGIN PGP SIGNATURE-----'
    const signed = `${head}\ngpgsig ${begin}\n \n x\n -----END PGP SIGNATURE-----\n\n${message.join('\n\n')}\n`
    it.write('repo/.git/signed', signed)
    git(repo, 'reset', '-q', '--hard', git(repo, 'hash-object', '-t', 'commit', '-w', '.git/signed'))
    git(repo, 'reflog', 'expire', '--expire=all', '--all')
    const settings = configure(program)
    for (const [name, value] of Object.entries(settings)) git(repo, 'config', name, value)
    const isPartial = 'extensions.partialClone' in settings
    if (isPartial) {
      const id = git(repo, 'rev-parse', 'HEAD:other.txt')
      rmSync(join(repo, '.git/objects', id.slice(0, 2), id.slice(2)))
    }
    const { code, stdout, stderr } = await it.run(['scan', 'repo', '--history', '--prefix', 'inv_live', '--json'])
    expect(existsSync(join(it.folder, 'ran')) && readFileSync(join(it.folder, 'ran'), 'utf8')).toBe(false)
    if (isPartial) expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('git says: ') })
    else {
      const commit = git(repo, 'rev-parse', 'HEAD').slice(0, 10)
      expect(JSON.parse(stdout).found).toContainEqual(expect.objectContaining({ file: 'key.txt', commit }))
    }
  })

  it('--revoke asks, and with --yes ends what it finds', async () => {
    const it = await migrated()
    const { id, secret } = await secretOf(it)
    it.write('leak.txt', secret)
    expect(await it.run(['scan', 'leak.txt', '--revoke'])).toMatchObject({ code: 2 })
    expect(JSON.parse((await it.run(['show', id, '--json'])).stdout).status).toBe('active')
    const { code, stdout } = await it.run(['scan', 'leak.txt', '--revoke', '--yes', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).found).toMatchObject([{ file: 'leak.txt', state: 'works', token: id, revoked: true }])
    expect(JSON.parse((await it.run(['show', id, '--json'])).stdout).status).toBe('revoked')
    expect(JSON.parse((await it.run(['scan', 'leak.txt', '--json'])).stdout).found[0].state).toBe('ended')
  })

  it('over an admin API it ends secrets where the API takes reports, and says so where not', async () => {
    const tokens = createPlanTokens({
      policy: figmaPolicy(),
      store: memoryStore(),
      directory: testDirectory({ 1001: { admins: ['admin-1'] } }),
    })
    const { token, secret } = await tokens.create({
      ...{ actor: 'admin-1', planId: '1001', type: 'rest', name: 'a', lifetimeDays: 1 },
      ...{ scopes: ['file_content:read'] as const, resources: 'all' as const },
    })
    const actor = () => 'admin-1'
    const client = (request: Request) => request.headers.get('x-client') === 'scanner'
    const plain = await listen(createServer(toNode(adminHandler({ tokens, actor }))))
    const taking = await listen(createServer(toNode(adminHandler({ tokens, actor, introspection: { client } }))))
    const config = (url: string) => `export default { adminApi: { url: '${url}', headers: { 'x-client': 'scanner' } } }`
    const it = project({ 'a.mjs': config(plain), 'b.mjs': config(taking), 'leak.txt': secret.reveal() })
    const look = await it.run(['scan', 'leak.txt', '--config', 'a.mjs', '--json'])
    expect(JSON.parse(look.stdout).found).toEqual(
      [{ file: 'leak.txt', line: 1, prefix: 'figp', state: 'unknown' }].map((one) => ({
        ...one,
        prefix: expect.any(String),
      })),
    )
    const revoke = ['scan', 'leak.txt', '--revoke', '--yes', '--config']
    expect(await it.run([...revoke, 'a.mjs'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('introspection'),
    })
    expect((await it.run([...revoke, 'b.mjs'])).code).toBe(1)
    expect((await tokens.get({ actor: 'admin-1', id: token.id })).status).toBe('revoked')
  })

  it.each(['LE', 'BE'])('finds a secret in UTF-16%s, as PowerShell writes it', async (order) => {
    const it = project()
    const bytes = Buffer.from(`\ufeffone\n${'é\n'.repeat(700_000)}KEY=${MADE_UP}\n`, 'utf16le')
    writeFileSync(join(it.folder, 'a.txt'), order === 'LE' ? bytes : bytes.swap16())
    const { code, stdout } = await it.run(['scan', '--prefix', 'inv_live', '--json'])
    expect({ code, found: JSON.parse(stdout).found }).toMatchObject({
      code: 1,
      found: [{ file: 'a.txt', line: 700_002 }],
    })
  })

  it('names what could not be read, in one line, and a secret that was found counts more', async () => {
    const it = project()
    // A link to a folder can be opened and not read, whoever runs the test.
    const link = 'b\n::x\u001b'
    symlinkSync('.', join(it.folder, link))
    it.write('key.txt', MADE_UP)
    const alone = await it.run(['scan', link, '--prefix', 'inv_live'])
    expect(alone).toMatchObject({ code: 6, stderr: expect.stringContaining('warning: b ::x\\u{1b}: ') })
    const both = await it.run(['scan', link, 'key.txt', '--prefix', 'inv_live'])
    expect(both).toMatchObject({ code: 1, stdout: expect.stringContaining('key.txt:1') })
    expect(both.stderr).toContain('1 files or folders could not be read')
  })

  it('says which secrets were ended where --revoke fails half-way', async () => {
    const tokens = createPlanTokens({
      policy: figmaPolicy(),
      store: memoryStore(),
      directory: testDirectory({ 1001: { admins: ['admin-1'] } }),
    })
    const fresh = async (name: string): Promise<string> => {
      const { secret } = await tokens.create({
        ...{ actor: 'admin-1', planId: '1001', type: 'rest', name, lifetimeDays: 1 },
        ...{ scopes: ['file_content:read'] as const, resources: 'all' as const },
      })
      return secret.reveal()
    }
    const handler = toNode(adminHandler({ tokens, actor: () => 'admin-1', introspection: { client: () => true } }))
    let calls = 0
    const url = await listen(
      createServer((request, response) => {
        if (request.url?.endsWith('/revoke') && ++calls % 2 === 0) response.writeHead(500).end()
        else handler(request, response)
      }),
    )
    const it = project({ 'plan-access-tokens.config.mjs': `export default { adminApi: { url: '${url}' } }` })
    for (const file of ['a', 'b', 'c', 'd']) it.write(file, await fresh(file))
    const text = await it.run(['scan', 'a', 'b', '--revoke', '--yes'])
    expect(text).toMatchObject({ code: 4, stderr: expect.stringContaining('1 of 2 secrets were ended. Ended: a:1.\n') })
    const json = await it.run(['scan', 'c', 'd', '--revoke', '--yes', '--json'])
    expect(json.code).toBe(4)
    const found = JSON.parse(json.stdout).found as { file: string; revoked?: boolean }[]
    expect(found.map(({ file, revoked }) => [file, revoked])).toEqual([
      ['c', true],
      ['d', undefined],
    ])
  })

  it('needs no configuration where the prefix is said', async () => {
    const it = project({ 'a.txt': 'inv_live_nothing' })
    expect((await it.run(['scan', '--prefix', 'inv_live'])).code).toBe(0)
    expect((await it.run(['scan', '--prefix', 'not a prefix'])).code).toBe(2)
    expect((await it.run(['scan', '--prefix', 'inv_live', '--revoke'])).code).toBe(2)
  })

  it('says what it could not look at', async () => {
    const it = project()
    const missing = await it.run(['scan', 'none.txt', '--prefix', 'inv_live'])
    expect(missing).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('none.txt cannot be used: it does not exist.'),
    })
    it.write('a.txt', 'nothing')
    const withoutGit = ['scan', 'a.txt', '--history', '--prefix', 'inv_live']
    expect(await it.run(withoutGit, { env: { PATH: '/nowhere' } })).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('git is not installed'),
    })
  })
})
