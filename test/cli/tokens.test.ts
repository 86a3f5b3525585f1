/** The commands of plan admins, over a real store and over a real management API: the same answers, and a secret only where it belongs. */
import { createServer } from 'node:http'
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { refuseSecrets } from '../../src/cli/arguments.ts'
import { checksumOf } from '../../src/core/secret.ts'
import { listen } from '../admin/server.ts'
import { CREATE, INVOICES, migrated, type Project, project } from './project.ts'

/** The same world as that of the project in SQLite. */
async function overApi(): Promise<Project> {
  const tokens = createPlanTokens({
    policy: definePolicy(INVOICES),
    store: memoryStore(),
    addresses: addressRanges(),
    selfRenewal: selfRenewal(),
    directory: testDirectory({
      acme: { tier: 'business', admins: ['admin-1'], resources: { 'client:12': {}, 'client:34': {} } },
      other: { tier: 'business', admins: ['admin-2'], resources: { 'client:99': {} } },
    }),
  })
  const handler = adminHandler({
    tokens,
    actor: (request) => request.headers.get('x-session') ?? undefined,
    basePath: '/admin',
  })
  const url = await listen(createServer(toNode(handler)))
  return project({
    'plan-access-tokens.config.mjs': `
import { defineConfig } from 'plan-access-tokens/config'
export default defineConfig({ adminApi: { url: '${url}/admin', headers: () => ({ 'x-session': 'admin-1' }) } })
`,
  })
}

describe.each([
  { over: 'a store in SQLite', make: () => migrated() },
  { over: 'an admin API', make: overApi },
])('over $over', ({ make }) => {
  it('the rules of a plan are shown, also where it has none', async () => {
    const { run } = await make()
    expect(await run(['rules', '--plan', 'acme'])).toMatchObject({
      code: 0,
      stderr: 'The plan has no rules of its own.\n',
    })
    expect(await run(['rules', '--plan', 'acme', '--json'])).toMatchObject({ code: 0, stdout: '{}\n' })
    expect((await run(['rules', '--plan', 'other'])).stderr).toContain('not an admin of this plan')
  })

  it('a token goes through its whole life', async () => {
    const { run } = await make()
    const json = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await run([...args, '--json'])
      expect({ code, stderr: stderr.replace(/^warning: .*\n/, '') }).toEqual({ code: 0, stderr: '' })
      return JSON.parse(stdout)
    }
    const made = await json(...CREATE)
    expect(made).toMatchObject({
      token: { planId: 'acme', name: 'Nightly export', scopes: ['invoice:read'], status: 'active' },
      secret: expect.stringMatching(/^inv_live_\w{38}$/),
    })
    const { id } = made.token
    expect((await json('list', '--plan', 'acme')).tokens.map((token: { id: string }) => token.id)).toEqual([id])
    expect(await json('show', id)).toMatchObject({ id, version: 1 })
    expect(await json('edit', id, '--name', 'Weekly', '--if-version', '1')).toMatchObject({
      name: 'Weekly',
      version: 2,
    })
    expect(await json('refresh', id, '--preview')).toMatchObject({ expiresAt: expect.any(Number) })
    const refreshed = await json('refresh', id, '--retire-previous', 'now')
    expect(refreshed.secret).not.toBe(made.secret)
    expect(await json('revoke', id, '--reason', 'Not needed', '--yes')).toMatchObject({ id, status: 'revoked' })
    const { stdout } = await run(['events', '--plan', 'acme', '--json'])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; actor: string; reason?: string })
    expect(lines.map(({ type }) => type)).toEqual(['created', 'edited', 'refreshed', 'revoked'])
    expect(lines.at(-1)?.reason).toBe('Not needed')
    expect(new Set(lines.map(({ actor }) => actor))).toEqual(new Set(['admin-1']))
  })

  it('people get tables and only the secret as data; no other command prints it', async () => {
    const { run } = await make()
    const made = await run(CREATE)
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^inv_live_\w{38}\n$/)
    expect(made.stderr).toMatch(/Token (\S+) \(Nightly export\) was created; it expires \d{4}-/)
    expect(made.stderr).toContain('warning: The secret is shown this once.')
    const secret = made.stdout.trim()
    expect(made.stderr).not.toContain(secret)
    const id = /^Token (\S+) /.exec(made.stderr)?.[1] ?? ''
    const list = await run(['list', '--plan', 'acme'])
    expect(list.stdout).toMatch(/^ID +NAME +TYPE +STATUS +EXPIRES/)
    expect(list.stdout).toMatch(new RegExp(`${id} +Nightly export +live +active +\\d{4}-`))
    const show = await run(['show', id])
    expect(show.stdout).toMatch(/^resources +https:\/\/app\.invoices\.example\/clients\/12$/m)
    const events = await run(['events', '--plan', 'acme'])
    expect(events.stdout).toMatch(/created +\S+ +admin-1/)
    const revoked = await run(['revoke', id, '--yes'])
    expect(revoked.stderr).toContain('No request with this token is accepted any more.')
    for (const { stdout, stderr } of [list, show, events, revoked]) expect(stdout + stderr).not.toContain(secret)
  })

  it('tokens have words of their own, and those that have one in common end by their number', async () => {
    const { run } = await make()
    const json = async (...args: readonly string[]) => {
      const outcome = await run([...args, '--json'])
      expect(outcome).toMatchObject({ code: 0 })
      return JSON.parse(outcome.stdout)
    }
    const words = ['--metadata', 'team=a=b', '--metadata', 'note="x" %', '--contact', 'ops']
    const { token } = await json(...CREATE, ...words)
    expect(token).toMatchObject({ metadata: { team: 'a=b', note: '"x" %' }, contact: 'ops' })
    const shown = await run(['show', token.id])
    expect(shown.stdout).toMatch(/^metadata +note="x" %\nmetadata +team=a=b\ncontact +ops$/m)
    const { token: other } = await json(...CREATE, '--metadata', 'team=c')
    const ids = async (...args: readonly string[]) =>
      (await json('list', '--plan', 'acme', ...args)).tokens.map(({ id }: { id: string }) => id)
    expect(await ids('--metadata', 'team=a=b', '--metadata', 'note="x" %')).toEqual([token.id])
    expect(await ids('--metadata-key', 'note')).toEqual([token.id])
    const edited = await json('edit', token.id, '--metadata', 'team=c', '--remove-metadata', 'note', '--contact', '')
    expect([edited.metadata, edited.contact]).toEqual([{ team: 'c' }, undefined])

    const many = ['revoke', '--plan', 'acme', '--metadata', 'team=c', '--reason', 'Gone']
    expect(await json(...many, '--dry-run')).toMatchObject({ count: 2, tokens: [{ id: expect.any(String) }, {}] })
    expect(await json(...many, '--canary', '--dry-run')).toMatchObject({ count: 0 })
    for (const [args, code, says] of [
      [[], 2, 'Revoke 2 tokens of plan acme for good? There is no terminal to ask on: say --count 2 to do it.'],
      [['--count', '3'], 4, '--count says 3. Nothing was done'],
      [['--yes'], 2, 'with --count instead of --yes'],
    ] as const) {
      const outcome = await run([...many, ...args])
      expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(says)])
    }
    expect((await run(['revoke', token.id, '--plan', 'acme'])).stderr).toContain('not both')
    expect(await ids('--status', 'active')).toHaveLength(2)
    const done = await json(...many, '--count', '2')
    expect(done).toMatchObject({ count: 2, ended: [], changed: [], failed: [] })
    expect([...done.revoked].sort()).toEqual([token.id, other.id].sort())
    expect((await run([...many, '--count', '2'])).stderr).toContain('No token fits.')
    expect((await run(['events', '--plan', 'acme'])).stdout.match(/revoked .* Gone$/gm)).toHaveLength(2)
  })

  it('a token ends on the day that is said, and a refresh gives the grace that is said', async () => {
    const { run } = await make()
    const json = async (...args: readonly string[]) => JSON.parse((await run([...args, '--json'])).stdout)
    const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
    const without = CREATE.filter((_, i) => !['--days', '30'].includes(CREATE[i] as string))
    const { token } = await json(...without, '--expires', `${day}T18:00+02:00`)
    expect([token.expiresAt, token.lifetimeDays]).toEqual([Date.parse(`${day}T16:00Z`), expect.any(Number)])
    const preview = await json('refresh', token.id, '--grace-hours', '2', '--preview')
    expect(preview.previousWorksUntil - Date.now()).toBeLessThan(3 * 3_600_000)
    const refreshed = await json('refresh', token.id, '--grace-hours', '0')
    expect(refreshed.token.secrets.map((secret: { worksUntil: number }) => secret.worksUntil)).toEqual([0, null])
    expect((await run(['refresh', token.id, '--grace-hours', '25'])).code).toBe(4)
  })

  it('a token is kept to addresses, which show, explain and edit know', async () => {
    const { run } = await make()
    const { token } = JSON.parse(
      (await run([...CREATE, '--address', '203.0.113.0/24', '--address', '::1', '--json'])).stdout,
    )
    expect(token.addresses).toEqual(['203.0.113.0/24', '::1'])
    expect((await run(['show', token.id])).stdout).toMatch(/^addresses +203\.0\.113\.0\/24, ::1$/m)
    const explain = (address: string) =>
      run(['explain', 'GET /clients/12/invoices', '--token', token.id, '--address', address, '--json'])
    const ruleIn = ({ stdout }: { readonly stdout: string }) =>
      JSON.parse(stdout).rules.find(({ rule }: { rule: string }) => rule === 'address')
    expect(ruleIn(await explain('203.0.113.7'))).toMatchObject({ ok: true })
    expect(ruleIn(await explain('198.51.100.7'))).toMatchObject({ ok: false, code: 'address_not_allowed' })
    expect(await run(['edit', token.id, '--address', '::1', '--any-address'])).toMatchObject({ code: 2, stdout: '' })
    expect(await run([...CREATE, '--address', '203.0.113.7/24'])).toMatchObject({ code: 4, stdout: '' })
    expect(JSON.parse((await run(['edit', token.id, '--any-address', '--json'])).stdout)).not.toHaveProperty(
      'addresses',
    )
  })

  it('a token may renew itself, until a moment or by default, until an edit takes that away', async () => {
    const { run } = await make()
    const until = new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10)
    const flags = ['--self-renewal', '--renew-until', until]
    const { token } = JSON.parse((await run([...CREATE, ...flags, '--json'])).stdout)
    expect(token.selfRenewal).toEqual({ until: Date.parse(until), chosen: true })
    const edit = async (...args: string[]) => JSON.parse((await run(['edit', token.id, ...args, '--json'])).stdout)
    expect(await edit('--renew-by-default')).toMatchObject({ selfRenewal: { until: expect.any(Number) } })
    expect((await run(['show', token.id])).stdout).toMatch(/^renews itself +until 20\d\d-\d\d-\d\d /m)
    expect(await run(['edit', token.id, '--renew-by-default', '--renew-until', until])).toMatchObject({ code: 2 })
    expect(await edit('--no-self-renewal')).not.toHaveProperty('selfRenewal')
    expect(await run(['edit', token.id, '--renew-until', until])).toMatchObject({ code: 4, stdout: '' })
  })

  it.each<[string, readonly string[], string]>([
    ['input that is wrong', [...CREATE, '--days', '9999'], 'invalid_input'],
    ['a plan of others', ['list', '--plan', 'other'], 'not_plan_admin'],
    ['a token that is not there', ['show', 'none'], 'token_not_found'],
    ['a token that is not there, before it asks', ['revoke', 'none'], 'token_not_found'],
  ])('%s is refused with its code', async (_, args, code) => {
    const { run } = await make()
    const outcome = await run([...args, '--json'])
    expect(outcome).toMatchObject({ code: 4, stdout: '' })
    expect(JSON.parse(outcome.stderr)).toMatchObject({ error: { code, exit: 4 } })
    expect((await run(args)).stderr).toMatch(/^error: \S/)
  })

  it('revoke asks, and without a terminal says that --yes is needed', async () => {
    const { run } = await make()
    const { token } = JSON.parse((await run([...CREATE, '--json'])).stdout)
    const outcome = await run(['revoke', token.id])
    expect(outcome).toMatchObject({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain('There is no terminal to ask on: say --yes to do it.')
    expect(JSON.parse((await run(['show', token.id, '--json'])).stdout).status).toBe('active')
  })

  it('events --follow prints what was and what comes in, and ends with the reader', async () => {
    const { run, start } = await make()
    const { token } = JSON.parse((await run([...CREATE, '--json'])).stdout)
    const following = start(['events', '--plan', 'acme', '--follow', '--interval', '0.1', '--json'])
    await following.until('"created"')
    await run(['edit', token.id, '--name', 'Weekly'])
    await following.until('"edited"')
    following.child.stdout.destroy()
    await run(['revoke', token.id, '--yes'])
    expect(await following.ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('events --follow that is interrupted says so with its exit code', async () => {
    const { run, start } = await make()
    await run(CREATE)
    const following = start(['events', '--plan', 'acme', '--follow'])
    await following.until('created')
    following.child.kill('SIGINT')
    expect((await following.ended).code).toBe(130)
  })

  it('explain says of a token rule by rule what it may do', async () => {
    const { run } = await make()
    const { token } = JSON.parse((await run([...CREATE, '--json'])).stdout)
    const allowed = await run(['explain', 'GET /v1/clients/12/invoices', '--token', token.id])
    expect(allowed.code).toBe(0)
    expect(allowed.stdout).toMatch(/yes +allowlist/)
    expect(allowed.stdout).toMatch(/allowed\n$/)
    const refused = await run([
      'explain',
      'POST /v1/invoices',
      '--token',
      token.id,
      '--body',
      '{"client":"12"}',
      '--json',
    ])
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stdout).decision).toMatchObject({ allowed: false, code: 'scope_missing', status: 403 })
  })
})

describe('an argument that holds a secret is refused, whatever stands around it', () => {
  const body = `a_b_${'0'.repeat(32)}`
  const secret = body + checksumOf(body)
  const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text))
  it.each([
    ...[secret, `KEY_${secret}`, `x${secret}`, `9_${secret}`, `${'x'.repeat(70)}_${secret}`, `--name=${secret}`],
    ...[`${secret}x`, `${secret}_`, `${secret}9${'0'.repeat(99)}`, `KEY_${secret}_${'0'.repeat(38)}`],
    ...[`https://a.example/?u=${twice(`"${secret}"`)}`, secret.replaceAll('_', '%5F'), `"${secret}"`, `é${secret}`],
  ])('%s', (arg) => {
    expect(() => refuseSecrets(['show', arg])).toThrow('An argument holds the secret of a token')
  })

  it.each([
    ...['', '_', '%', `_${'0'.repeat(38)}`, `a_b_${'0'.repeat(38)}`, secret.slice(0, -1), `a-${secret.slice(1)}`],
    secret.replace('_b', '-b').replace('b_', 'B_'),
  ])('%j is none', (arg) => {
    expect(() => refuseSecrets(['show', arg])).not.toThrow()
  })
})

describe('over a store', () => {
  it('explain takes the secret by stdin, and never as an argument', async () => {
    const { run } = await migrated()
    const { secret } = JSON.parse((await run([...CREATE, '--json'])).stdout)
    const question = ['explain', 'GET /v1/clients/34/invoices']
    const { code, stdout } = await run(question, { input: `${secret}\n` })
    expect(code).toBe(1)
    expect(stdout).toMatch(/no +allowlist +resource_not_allowed/)
    expect(stdout).not.toContain(secret)
    for (const args of [[...question, secret], ['explain', `GET /v1/x?token=${secret}`], [secret], ['show', secret]]) {
      const refused = await run(args)
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain('An argument holds the secret of a token')
      expect(refused.stderr).not.toContain(secret)
    }
    const nothing = await run(question)
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('No secret came in.') })
  })

  it('the directory says what the actor may do, whoever runs the command', async () => {
    const { run } = await migrated()
    const asOther = await run([...CREATE, '--actor', 'admin-2', '--json'])
    expect(asOther.code).toBe(4)
    expect(JSON.parse(asOther.stderr).error.code).toBe('not_plan_admin')
  })

  it('a store that is not migrated is told in words', async () => {
    const { SQLITE } = await import('./project.ts')
    const { code, stderr } = await project(SQLITE).run(['list', '--plan', 'acme'])
    expect(code).toBe(5)
    expect(stderr).toContain('migrate')
  })

  it('control characters from elsewhere do not reach a terminal', async () => {
    const { plain } = await import('../../src/cli/io.ts')
    expect(plain('a\u001b[2Jb\u202ec')).toBe('a\\u{1b}[2Jb\\u{202e}c')
  })
})

describe('over an admin API', () => {
  /** What tries to write lines of its own, to turn them around, and to speak to a terminal. */
  const ODD = 'a\n::error::x\r\u001b[2J\u009b2J\u2028\u202e'
  const odd = async (): Promise<Project> => {
    const token = { id: ODD, name: ODD, type: 'live', planId: ODD, status: 'active', expiresAt: 0, version: 1 }
    const rest = { description: ODD, scopes: [ODD], resources: 'all', secrets: [], warnings: [{ code: ODD }] }
    const event = { seq: 1, at: 0, type: 'revoked', tokenId: ODD, actor: ODD, reason: ODD }
    const answers: Readonly<Record<string, unknown>> = {
      events: { events: [event], next: ODD },
      tokens: { tokens: [token], next: ODD },
    }
    const server = createServer(({ url = '' }, response) => {
      const isNone = url.endsWith('/none')
      const [what = ''] = /events|tokens/.exec(url) ?? []
      const one = url.startsWith('/admin/tokens/') ? { ...token, ...rest } : answers[what]
      const problem = { title: ODD, code: 'token_not_found', issues: [{ path: ODD, message: ODD }] }
      response.writeHead(isNone ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isNone ? problem : one))
    })
    const url = await listen(server)
    return project({ 'plan-access-tokens.config.mjs': `export default { adminApi: { url: '${url}/admin' } }` })
  }

  it.each([
    'events --plan acme',
    'events --plan acme --follow',
    'list --plan acme',
    'show some',
    'show none',
    'revoke some',
  ])('no text from there begins a line or reaches a terminal as it is: %s', async (line) => {
    const args = line.split(' ')
    const it = await odd()
    for (const how of [args, [...args, '--json']]) {
      const running = it.start(how, { input: '' })
      await running.until('::error::x')
      if (how.includes('--follow')) running.child.kill('SIGINT')
      const { stdout, stderr } = await running.ended
      expect(stdout + stderr).not.toMatch(/^::|(?!\n)[\p{Cc}\u2028\u202e]/mu)
    }
  })

  it('an actor is not taken, since the session says who it is', async () => {
    const { run } = await overApi()
    expect(await run(['list', '--plan', 'acme', '--actor', 'admin-2'])).toMatchObject({ code: 2, stdout: '' })
  })

  it('one that does not answer is told by its origin', async () => {
    const { run } = project({
      'plan-access-tokens.config.mjs':
        "export default { adminApi: { url: 'http://127.0.0.1:1/admin', headers: { 'x-session': 'Sesame' } } }",
    })
    const { code, stderr } = await run(['list', '--plan', 'acme'])
    expect(code).toBe(5)
    expect(stderr).toContain('The admin API at http://127.0.0.1:1 did not answer')
    expect(stderr).not.toContain('Sesame')
  })
})
