/**
 * `init`: what it finds in a project, what it writes and what it leaves alone. That all of it works: getting-started.test.ts. That it
 * is right TypeScript: test/docs/code-blocks.test.ts.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { DATABASES, FRAMEWORKS } from '../../src/cli/init/detect.ts'
import { draftsOf, wordOf } from '../../src/cli/init/files.ts'
import { found } from './init-programs.ts'
import { project } from './project.ts'

const manifest = (fields: object): string => JSON.stringify({ name: 'my-app', ...fields })
const dependencies = (...names: readonly string[]) => ({
  dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
})

describe('init', () => {
  it.each<[string, Readonly<Record<string, string>>, object]>([
    ['an empty folder', {}, { framework: 'node', ids: 'integer', isTypeScript: false, runner: 'node' }],
    [
      'Express, pg, vitest and TypeScript',
      { 'package.json': manifest(dependencies('express', 'pg', 'vitest')), 'tsconfig.json': '{}' },
      { framework: 'express', database: 'pg', isTypeScript: true, runner: 'vitest' },
    ],
    [
      'Nest over Express',
      { 'package.json': manifest(dependencies('@nestjs/core', 'express', 'jest')) },
      { framework: 'nest', runner: 'jest' },
    ],
    ['Elysia', { 'package.json': manifest(dependencies('elysia')) }, { framework: 'elysia' }],
    ['Next', { 'package.json': manifest(dependencies('next', 'mysql2')) }, { framework: 'fetch', database: 'mysql2' }],
    [
      'Prisma with UUIDs in PostgreSQL',
      {
        'package.json': manifest(dependencies('hono', '@prisma/client')),
        'prisma/schema.prisma': 'datasource db { provider = "postgresql" }\nmodel A { id String @id @default(uuid()) }',
      },
      { framework: 'hono', database: 'pg', ids: 'uuid' },
    ],
    [
      'migrations with bigserial',
      {
        'package.json': manifest(dependencies('koa')),
        'migrations/1.sql': 'create table a (id bigserial primary key);',
      },
      { framework: 'koa', database: 'pg', ids: 'bigint' },
    ],
    [
      'Drizzle in MySQL',
      {
        'package.json': manifest(dependencies('fastify')),
        'src/db/schema.ts': "export const a = mysqlTable('a', { id: serial('id') })",
      },
      { framework: 'fastify', database: 'mysql2', ids: 'integer' },
    ],
    [
      'an OpenAPI document, and a file that only is called so',
      { 'api.json': '{}', 'docs/openapi.yaml': 'openapi: 3.1.0\ninfo: {}' },
      { openapi: 'docs/openapi.yaml' },
    ],
  ])('finds %s', async (_, files, found) => {
    const it = project({ 'package.json': manifest({}), ...files })
    const { code, stdout } = await it.run(['init', '--dry-run', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).found).toMatchObject({ name: 'my-app', ...found })
    expect(existsSync(join(it.folder, 'tokens'))).toBe(false)
  })

  it('shows the files, asks, and without a terminal says that --yes is needed', async () => {
    const it = project({ 'package.json': manifest({}) })
    const { code, stdout, stderr } = await it.run(['init', '--database', 'libsql'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('export const policy = definePolicy({')
    expect(stderr).toContain('Write 7 files? There is no terminal to ask on')
    expect(readdirSync(it.folder)).toEqual(['package.json'])
  })

  it('overwrites nothing, writes what is missing, and says what to do next', async () => {
    const it = project({ 'package.json': manifest(dependencies('express')), 'tokens/policy.mjs': '// mine' })
    const first = await it.run(['init', '--database', 'libsql', '--yes'])
    expect(first.code).toBe(0)
    expect(first.stderr).toMatch(/kept +tokens\/policy\.mjs/)
    expect(first.stderr).toMatch(/1\. npm install plan-access-tokens kysely(@0\.28)? libsql\n/)
    expect(first.stderr).toContain("app.use('/api', planGuard, routes)")
    expect(readFileSync(join(it.folder, 'tokens/policy.mjs'), 'utf8')).toBe('// mine')
    const again = await it.run(['init', '--database', 'libsql', '--yes'])
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing was written') })
  })

  it('says how TypeScript is run where Node reads none', async () => {
    const readsTypeScript = Boolean((process.features as { readonly typescript?: unknown }).typescript)
    const it = project({ 'package.json': manifest({ type: 'module' }), 'tsconfig.json': '{}' })
    const { stderr } = await it.run(['init', '--database', 'libsql', '--yes'])
    const [install, run] = readsTypeScript ? ['', 'node'] : ['npm install -D tsx jiti (Node ', 'npx tsx']
    expect(stderr).toContain(install)
    expect(stderr).toContain(`. ${run} server.ts`)
  })

  it('puts the module of Nest into a Nest application, and no middleware before a path', async () => {
    const it = project({ 'package.json': manifest(dependencies('@nestjs/core', 'express')) })
    const { stderr } = await it.run(['init', '--database', 'libsql', '--yes'])
    expect(stderr).toContain('@PlanTokenGuarded() of plan-access-tokens/nestjs before each controller')
    expect(readFileSync(join(it.folder, 'tokens/guard.mjs'), 'utf8')).toContain('PlanTokensModule.forRoot({ tokens })')
    // An application of CommonJS cannot require what makes its tables by a top-level await.
    expect(stderr).toContain("imports: [import('./tokens/guard.mjs').then(({ planTokens }) => planTokens)]")
  })

  it('names no path before the guard of Hono, which judges the whole target', async () => {
    const it = project({ 'package.json': manifest(dependencies('hono')) })
    const { stderr } = await it.run(['init', '--database', 'libsql', '--yes'])
    expect(stderr).toContain('app.use(planGuard), before the routes')
    expect(stderr).not.toContain('/api')
  })

  it('writes what an OpenAPI document is to a token, and that file runs', async () => {
    const document = `openapi: 3.1.0
info: { title: Projects, version: '1' }
paths:
  /v1/projects/{project}: { get: { operationId: getProject, responses: { '200': { description: OK } } } }
  /v1/me: { get: { operationId: getMe, responses: { '200': { description: OK } } } }
`
    const it = project({ 'package.json': manifest({}), 'docs/openapi.yaml': document })
    const { code, stderr } = await it.run(['init', '--database', 'libsql', '--yes'])
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /1\. npm install plan-access-tokens .*libsql @seriousme\/openapi-schema-validator openapi-types yaml\n/,
    )
    const run = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['tokens/openapi.mjs', ...args], { cwd: it.folder })).stdout
    const report = await run()
    expect(report).toContain('2 operations: 0 mapped')
    expect(report).toContain('GET /v1/projects/{project} (getProject)')
    expect(report).toMatch(/GET \/v1\/me\n/)
    const endpoints = JSON.parse(await run('--endpoints')) as Record<string, { closed?: string }>
    expect(Object.values(endpoints).map(({ closed }) => closed)).toEqual(['not reviewed', 'not reviewed'])
  })

  it('writes all or nothing', async () => {
    // A file where a folder has to be; on a read-only folder it is the same, but tests may run as root.
    const it = project({ 'package.json': manifest({}), tokens: 'a file' })
    const { code, stderr } = await it.run(['init', '--database', 'libsql', '--yes'])
    expect(code).toBe(6)
    expect(stderr).toMatch(/^error: .* cannot be used: /m)
    expect(readdirSync(it.folder).sort()).toEqual(['package.json', 'tokens'])
  })

  it.each([
    ['a folder', 'tokens', '../elsewhere'],
    ['a folder that is not there', 'tokens', '../nowhere'],
    ['a file that is not there', 'tokens/policy.mjs', '../../nowhere.mjs'],
    ['a file at the top', 'plan-access-tokens.config.mjs', '../nowhere.mjs'],
  ])('writes nothing through a link to %s', async (_, link, to) => {
    const it = project({ 'app/package.json': manifest({}), 'elsewhere/a.txt': '' })
    const app = join(it.folder, 'app')
    if (link.startsWith('tokens/')) mkdirSync(join(app, 'tokens'))
    symlinkSync(to, join(app, link))
    const { code, stderr } = await it.run(['init', '--database', 'libsql', '--yes'], { cwd: app })
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(`error: ${link} is a symbolic link`) })
    expect(readdirSync(it.folder).sort()).toEqual(['app', 'elsewhere'])
    expect(readdirSync(join(it.folder, 'elsewhere'))).toEqual(['a.txt'])
    expect(readdirSync(app).sort()).toEqual([link.split('/')[0], 'package.json'].sort())
  })

  it('takes back what it has written when a later file cannot be', async () => {
    const { writeAll } = await import('../../src/cli/init/write.ts')
    const it = project({ 'b/c.txt': 'a file' })
    const draft = (file: string) => ({ file, what: '', text: file })
    expect(() => writeAll(it.folder, [draft('a/one.txt'), draft('two.txt'), draft('b/c.txt')])).toThrow('EEXIST')
    expect(readdirSync(it.folder)).toEqual(['b'])
    expect(readFileSync(join(it.folder, 'b/c.txt'), 'utf8')).toBe('a file')
  })

  it('tells of a package.json that is none', async () => {
    const it = project({ 'package.json': '{' })
    expect(await it.run(['init', '--yes'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('package.json is no JSON'),
    })
  })
})

/** What is no JavaScript, by file and text: most files are the same for many projects. */
const known = new Map<string, readonly ts.Diagnostic[]>()

function mistakesIn(fileName: string, text: string): readonly unknown[] {
  const key = `${fileName}\n${text}`
  const compilerOptions = { allowJs: true }
  const found =
    known.get(key) ?? ts.transpileModule(text, { fileName, reportDiagnostics: true, compilerOptions }).diagnostics ?? []
  known.set(key, found)
  return found.map(({ messageText }) => messageText)
}

describe('the files', () => {
  it.each(['@scope/My App.2', '2024', '___', 'x'.repeat(90), 'é'])(
    'have a name that a prefix can be, of %j',
    (name) => {
      expect(wordOf(name)).toMatch(/^[a-z][a-z0-9]{0,23}$/)
    },
  )

  it.each(DATABASES.flatMap((database) => FRAMEWORKS.map((framework) => ({ database, framework }))))(
    'are right JavaScript for $framework over $database',
    (chosen) => {
      for (const { file, text } of draftsOf(
        found({ ...chosen, isTypeScript: false, ending: 'mjs', importEnding: 'mjs' }),
      )) {
        expect(mistakesIn(file, text)).toEqual([])
        expect(text.startsWith('/**')).toBe(true)
      }
    },
  )
})
