/** A second admin on the command line, over a real store and over a real management API: asked, shown, decided and collected. */
import { createServer } from 'node:http'
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { approvals } from 'plan-access-tokens/approvals'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { listen } from '../admin/server.ts'
import { CREATE, INVOICES, migrated, type Project, project, SQLITE } from './project.ts'

/** A project, and how a command says who makes it. */
interface Made {
  readonly run: Project['run']
  readonly as: (actor: string, args: readonly string[]) => ReturnType<Project['run']>
}

const RULES = "{ tier: 'business', admins: ['admin-1', 'admin-2'], rules: { approvals: 'required' }, resources:"

async function overStore(): Promise<Made> {
  const world = SQLITE['world.mjs']!.replace("{ tier: 'business', admins: ['admin-1'], resources:", RULES)
  const { run } = await migrated({ ...SQLITE, 'world.mjs': world })
  return { run, as: (actor, args) => run([...args, '--actor', actor]) }
}

async function overApi(): Promise<Made> {
  const tokens = createPlanTokens({
    ...{ policy: definePolicy(INVOICES), store: memoryStore(), approvals: approvals() },
    directory: testDirectory({
      acme: {
        ...{ tier: 'business', admins: ['admin-1', 'admin-2'], rules: { approvals: 'required' } },
        resources: { 'client:12': {}, 'client:34': {} },
      },
    }),
  })
  const actor = (request: Request) => request.headers.get('x-session') ?? undefined
  const url = await listen(createServer(toNode(adminHandler({ tokens, actor, basePath: '/admin' }))))
  const { run } = project({
    'plan-access-tokens.config.mjs': `
import { defineConfig } from 'plan-access-tokens/config'
export default defineConfig({ adminApi: { url: '${url}/admin', headers: () => ({ 'x-session': process.env.WHO ?? 'admin-1' }) } })
`,
  })
  return { run, as: (who, args) => run(args, { env: { WHO: who } }) }
}

describe.each([
  { over: 'a store in SQLite', make: overStore },
  { over: 'an admin API', make: overApi },
])('over $over', ({ make }) => {
  it('a token is asked for, approved as it was looked at, and collected', async () => {
    const { run, as } = await make()
    const asked = await run(CREATE)
    expect(asked).toMatchObject({ code: 0, stdout: '' })
    expect(asked.stderr).toMatch(
      /waits for another admin, until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\nIt has no secret yet\./,
    )
    const listed = JSON.parse((await run(['list', '--plan', 'acme', '--status', 'pending', '--json'])).stdout)
    const [{ id, status }] = listed.tokens
    expect(status).toBe('pending')
    expect(JSON.parse((await run([...CREATE, '--json'])).stdout)).toEqual({ token: expect.anything() })

    expect(await run(['approve', id, '--yes'])).toMatchObject({ code: 4, stdout: expect.stringContaining('asked for') })
    expect((await run(['approve', id, '--if-version', '1'])).stderr).toContain('Another admin than the one who asked')
    const unasked = await as('admin-2', ['approve', id])
    expect(unasked).toMatchObject({ code: 2 })
    expect(unasked.stderr).toContain('say --yes to do it.')
    expect((await as('admin-2', ['approve', id, '--if-version', '2'])).code).toBe(4)
    const approved = await as('admin-2', ['approve', id, '--if-version', '1'])
    expect(approved.stderr).toContain('Approved. admin-1 may collect its secret.')
    expect(approved.stdout).toMatch(/^approved +\S+ \S+ by admin-2$/m)

    expect((await as('admin-2', ['collect', id])).stderr).toContain('only the admin who asked for it')
    const collected = await run(['collect', id])
    expect(collected.stdout).toMatch(/^inv_live_\w+\n$/)
    expect(collected.stderr).toContain('was collected; it expires')
    expect((await run(['collect', id])).stderr).toContain('Nothing waits here')
    const explained = await run(['rules', '--plan', 'acme'])
    expect(explained.stdout).toMatch(/approvals +required/)
  })

  it('an edit that widens waits, is shown field by field, and is declined with a reason', async () => {
    const { run, as } = await make()
    const id = JSON.parse((await run([...CREATE, '--json'])).stdout).token.id
    await as('admin-2', ['approve', id, '--yes'])
    await run(['collect', id])
    const edited = await run(['edit', id, '--all-resources', '--contact', 'ops@example.com'])
    expect(edited.stdout).toMatch(/^edit waits +\S+ \S+ by admin-1, of version 3$/m)
    expect(edited.stdout).toMatch(/^to resources +all$/m)
    expect(edited.stdout).toMatch(/^resources +https:/m)
    const declined = await as('admin-2', ['decline', id, '--reason', 'Half of it', '--json'])
    expect(JSON.parse(declined.stdout)).not.toHaveProperty('proposal')
    const log = await run(['events', '--plan', 'acme', '--json'])
    const events = log.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({ type: 'declined', actor: 'admin-2', reason: 'Half of it' })
  })
})
