/** What is wrong before a command begins: the command line, the configuration, the Node; each with its exit code and what to do. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECTS, project, SQLITE } from './project.ts'

const CONFIG = 'plan-access-tokens.config.mjs'

describe('the command line', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['a misspelt command', ['lst'], /unknown command 'lst'\n\(Did you mean list\?\)/],
    ['a misspelt flag', ['list', '--pln', 'acme'], /unknown option '--pln'\n\(Did you mean --plan\?\)/],
    ['a flag without its value', ['list', '--plan'], /option '-p, --plan <id>' argument missing/],
    ['flags that are missing, all at once', ['create', '--plan', 'a'], /Missing: --type <type>, --name <name>\./],
    [
      'a value that is none of a few',
      ['list', '--plan', 'a', '--status', 'dead'],
      /Allowed choices are active, pending, expired, revoked/,
    ],
    ['a number that is none', ['list', '--plan', 'a', '--limit', 'x'], /must be a whole number/],
    ['one argument too many', ['show', 'a', 'b'], /too many arguments/],
    ['an argument that is missing', ['show'], /missing required argument 'id'/],
    [
      'how long it lives, not said',
      ['create', '-p', 'a', '-t', 'live', '-n', 'x'],
      /Say --days DAYS or --expires DATE/,
    ],
    [
      'how long it lives, said twice',
      ['create', '-p', 'a', '-t', 'live', '-n', 'x', '-d', '1', '--expires', '2027-12-31'],
      /Say --days DAYS or --expires DATE/,
    ],
    ['a day that there is not', ['create', '-p', 'a', '--expires', '2027-02-30'], /It must be a date, such as/],
    ['a date in words', ['create', '-p', 'a', '--expires', 'tomorrow'], /It must be a date, such as/],
    ['a time without a zone', ['create', '-p', 'a', '--expires', '2027-02-03T10:00'], /It must be a date, such as/],
    ['a word without a key', ['list', '-p', 'a', '--metadata', '=x'], /It must be KEY=VALUE/],
    ['a word twice', ['list', '-p', 'a', '--metadata', 'a=1', '--metadata', 'a=2'], /This key is there twice/],
    ['what is to end, not said', ['revoke'], /Which token\? Say its id/],
    [
      'a life and resources that are not said, both at once',
      ['create', '-p', 'a', '-t', 'live', '-n', 'x'],
      /How long does it live\?.* Which resources\?/,
    ],
    ['resources that are not said', ['create', '-p', 'a', '-t', 'live', '-n', 'x', '-d', '1'], /Which resources\?/],
    ['a request that is none', ['explain', 'files', '--token', 'a'], /explain 'GET \/v1\/files\/ABC'/],
  ])('%s is told, with exit code 2', async (_, args, says) => {
    const { code, stdout, stderr } = await project(SQLITE).run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).toMatch(/^error: /)
  })

  it('prints its help and its version to stdout, and the help to stderr where a command is missing', async () => {
    const { run } = project()
    const version = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes:'), stderr: '' })
    expect(await run([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Commands:') })
  })

  it.each<[string, Readonly<Record<string, string>>, readonly string[], boolean]>([
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], true],
    ['NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    ['--no-color', { FORCE_COLOR: '1' }, ['--no-color'], false],
    ['no terminal', {}, [], false],
  ])('has colours by %s', async (_, env, args, isColored) => {
    const { stderr } = await project().run(['list', '--plan', 'a', ...args], { env })
    expect(stderr.includes('\u001b[')).toBe(isColored)
  })

  it.each(['bash', 'zsh', 'fish', 'powershell'])('completes in %s', async (shell) => {
    const { code, stdout } = await project().run(['completion', shell])
    expect(code).toBe(0)
    expect(stdout).toMatch(/plan-access-tokens complete '?--|complete --/)
  })

  it('completes commands, flags and values', async () => {
    const { run } = project()
    expect((await run(['complete', '--', 're'])).stdout).toMatch(/^refresh\t.*\nrevoke\t/)
    expect((await run(['complete', '--', 'list', '--sta'])).stdout).toMatch(/^--status\t/)
    expect((await run(['complete', '--', 'list', '--status', ''])).stdout).toMatch(
      /^active\t\npending\t\nexpired\t\nrevoked\t/,
    )
  })

  it('lets the copy of the package run that the project has', async () => {
    const { start } = project({
      'node_modules/plan-access-tokens/package.json': '{ "name": "plan-access-tokens", "type": "module" }',
      'node_modules/plan-access-tokens/dist/cli/bin.js': "console.log('own', ...process.argv.slice(2))",
    })
    const { ended } = start(['list', '--json'])
    expect(await ended).toEqual({ code: 0, stdout: 'own list --json\n', stderr: '' })
  })

  it('says which Node is needed, in words that an old one can read', async () => {
    // As Node 18 would start it, but for its own syntax, which tests on Node 20 cannot have.
    const preload = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.8'})"
    const { code, stdout, stderr } = await project().start(['--version'], { node: ['--import', preload] }).ended
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toBe('error: plan-access-tokens needs Node 20.19 or later, and this is 18.20.8.\n')
    const bin = readFileSync(join(PROJECTS, 'node_modules/plan-access-tokens/dist/cli/bin.js'), 'utf8')
    expect(bin.match(/^import .*$/gm)?.filter((line) => !/from ['"]node:\w+['"]/.test(line))).toEqual([])
  })
})

describe('the configuration', () => {
  it.each<[string, string, RegExp]>([
    ['throws', "throw new Error('No DATABASE_URL.')", /cannot be loaded\. Error: No DATABASE_URL\./],
    ['is no JavaScript', 'export default {', /cannot be loaded\. SyntaxError/],
    ['exports nothing', 'export const config = {}', /has no default export/],
    ['names nothing', 'export default {}', /must have tokens, or policy, store and directory, or adminApi\./],
    [
      'has several mistakes',
      'export default { policy: 1, acter: "a" }',
      /policy: must be made by definePolicy[\s\S]*acter: is not a field here\. Did you mean "actor"\?[\s\S]*store: is missing\.[\s\S]*directory: is missing\./,
    ],
    [
      'names an API and a store',
      "export default { adminApi: { url: 'http://a' }, store: {} }",
      /store: is not needed beside adminApi\./,
    ],
    ['has a wrong URL', "export default { adminApi: { url: 'http://me:Sesame@a' } }", /adminApi\.url: must be a URL/],
    [
      'has a policy of its own making',
      'export default { policy: {}, store: {}, directory: {} }',
      /must be made by definePolicy/,
    ],
  ])('that %s is told, with exit code 3', async (_, text, says) => {
    const { run } = project({ [CONFIG]: text })
    const { code, stdout, stderr } = await run(['list', '--plan', 'acme', '--actor', 'a'])
    const overApi = stderr.includes('Over an admin API')
    expect({ code, stdout, overApi }).toEqual({ code: 3, stdout: '', overApi: false })
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('Sesame')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('that is missing is told, and what to do', async () => {
    const { run } = project()
    const nowhere = await run(['list', '--plan', 'acme', '--config', 'none.mjs'])
    expect(nowhere).toMatchObject({ code: 3, stderr: expect.stringContaining('none.mjs does not exist.') })
    const nothing = await run(['list', '--plan', 'acme'])
    expect(nothing).toMatchObject({ code: 3, stderr: expect.stringContaining('plan-access-tokens init') })
  })

  it('is found in a folder above, and may be named', async () => {
    const above = project({
      [CONFIG]: "throw new Error('above')",
      'a/b/c.txt': '',
      'other.mjs': "throw new Error('other')",
    })
    const cwd = join(above.folder, 'a/b')
    expect((await above.run(['list', '--plan', 'a'], { cwd })).stderr).toContain('Error: above')
    expect((await above.run(['list', '--plan', 'a', '--config', '../../other.mjs'], { cwd })).stderr).toContain(
      'Error: other',
    )
  })

  it('may be TypeScript: loaded by Node, or by jiti', async () => {
    const text = "const what: string = 'typed'\nthrow new Error(what)\nexport default {}"
    const { run } = project({ 'plan-access-tokens.config.ts': text })
    expect((await run(['list', '--plan', 'acme'])).stderr).toContain('cannot be loaded. Error: typed')
  })

  it('without an actor, who does it is asked for', async () => {
    const { run } = project({ ...SQLITE, [CONFIG]: (SQLITE[CONFIG] ?? '').replace(", actor: 'admin-1'", '') })
    expect(await run(['list', '--plan', 'acme'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--actor ID'),
    })
  })

  it('takes an engine that is made already, and closes what it has opened', async () => {
    const { run } = project({
      ...SQLITE,
      [CONFIG]: `
import { createPlanTokens } from 'plan-access-tokens'
import { migrate } from 'plan-access-tokens/stores/sql'
import { database, directory, policy, store } from './world.mjs'
await migrate(database)
export default {
  tokens: createPlanTokens({ policy, store, directory }),
  actor: 'admin-1',
  async close() { await database.destroy(); console.error('closed') },
}`,
    })
    expect(await run(['list', '--plan', 'acme', '--json'])).toEqual({
      code: 0,
      stdout: '{"tokens":[]}\n',
      stderr: 'closed\n',
    })
    expect(await run(['show', 'none'])).toMatchObject({ code: 4, stderr: expect.stringContaining('closed') })
  })
})
