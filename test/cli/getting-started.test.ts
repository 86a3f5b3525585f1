/**
 * docs/getting-started.md, letter by letter: its commands in an empty folder, with the packed package in place of the one in the
 * registry and a free port in place of 3000. Over SQLite, and over a PostgreSQL that the test starts.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { ROOT, readPage } from '../docs/markdown.ts'
import { startPostgres } from '../support/postgres.ts'
import { PROJECTS } from './project.ts'

const page = readPage('docs/getting-started.md', readFileSync(`${ROOT}docs/getting-started.md`, 'utf8'))
const commands = page.blocks.filter(({ lang }) => lang === 'sh').map(({ code }) => code)
const [
  installAndInit = '',
  start = '',
  create = '',
  curl = '',
  explain = '',
  doctor = '',
  test = '',
  overPostgres = '',
] = commands
const [typed] = page.blocks.filter(({ lang }) => lang === 'js')
const [answers] = page.blocks.filter(({ lang }) => lang === 'text')

/** What the page asks the API with. */
const hasCurl = spawnSync('curl', ['--version']).status === 0
const needs = hasCurl ? '' : ' (skipped without it: apt-get install -y curl)'

let tarball = ''

/** Packs what was built for these tests. */
beforeAll(async () => {
  const folder = join(PROJECTS, 'node_modules/plan-access-tokens')
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', PROJECTS]
  const { stdout } = await promisify(execFile)('npm', args, { cwd: folder })
  tarball = join(PROJECTS, stdout.trim())
})

/** An empty folder, and a shell in it. */
function emptyFolder(env: Readonly<Record<string, string>>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'getting-started-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { PATH = '', HOME = '' } = process.env
  const registry = Object.entries(process.env).filter(([name]) =>
    /^npm_config_(registry|cache|userconfig)$/i.test(name),
  )
  const shellEnv = { PATH, HOME, ...Object.fromEntries(registry), npm_config_update_notifier: 'false', ...env }
  const spawned = (line: string): ChildProcessWithoutNullStreams => {
    // A group of its own, so that what a command has started ends with it.
    const child = spawn('bash', ['-euo', 'pipefail', '-c', line], { cwd: folder, env: shellEnv, detached: true })
    onTestFinished(() => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL')
      } catch {}
    })
    return child
  }
  const run = async (
    line: string,
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }> => {
    const child = spawned(line)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (part) => {
      stdout += part
    })
    child.stderr.on('data', (part) => {
      stderr += part
    })
    child.stdin.end()
    const [code] = (await once(child, 'close')) as [number]
    return { stdout, stderr, code }
  }
  return { folder, spawned, run }
}

describe('the page', () => {
  it('needs three commands and at most 15 typed lines for a guarded API', () => {
    expect(`${installAndInit}\n${start}`.split('\n')).toHaveLength(3)
    const lines = (typed?.code ?? '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'))
    expect(lines.length).toBeLessThanOrEqual(15)
    expect(page.blocks.indexOf(typed as never)).toBeLessThan(page.blocks.findIndex(({ code }) => code === start))
  })

  it.skipIf(!hasCurl).each([
    { over: 'SQLite', first: installAndInit, driver: 'libsql' },
    { over: 'PostgreSQL', first: overPostgres, driver: 'pg' },
  ])(`does what it says over $over${needs}`, { timeout: 240_000 }, async ({ first, driver }) => {
    const port = String(await freePort())
    const env: Record<string, string> = { PORT: port }
    if (driver === 'pg') {
      const server = await startPostgres()
      onTestFinished(() => server.close())
      const { user, password, host, port: at, database } = await server.database()
      env.DATABASE_URL = `postgres://${user}:${password}@${host}:${at}/${database}`
    }
    const { folder, run, spawned } = emptyFolder(env)
    const installed = await run(first.replace('plan-access-tokens', `--prefer-offline --no-audit --no-fund ${tarball}`))
    expect(installed.code, installed.stderr).toBe(0)
    const files = page.tables.flatMap(({ rows }) => rows.map(([file = '']) => file.replaceAll('`', '')))
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.mjs'))
    expect(written.filter((file) => !file.startsWith('node_modules')).sort()).toEqual([...files].sort())

    const [, file = ''] = /^\/\/ (\S+)\n/.exec(typed?.code ?? '') ?? []
    writeFileSync(join(folder, file), typed?.code ?? '')
    const server = spawned(start)
    let said = ''
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (part) => {
        said += part
      })
    await expect.poll(() => said, { timeout: 60_000 }).toContain('The API listens.')

    const atPort = (line: string): string => line.replaceAll(':3000', `:${port}`)
    const used = await run(`${create}\n${atPort(curl)}\n(${explain}) || [ $? = 1 ]`)
    expect(used.code, used.stderr).toBe(0)
    expect(used.stdout).toContain(answers?.code)
    expect(used.stdout).toMatch(/no +allowlist +resource_not_allowed/)
    const healthy = await run(doctor)
    expect(healthy).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok +store[\s\S]*^ok +directory/m) })
    expect(healthy.stdout).not.toContain('problem')
    if (driver === 'pg') expect(healthy.stdout).toMatch(/^ok +clock +the database is \d+ ms/m)
    const tested = await run(test)
    expect(tested.code, tested.stdout).toBe(0)
    expect(tested.stdout).toMatch(/pass 1/)
  })
})
