/**
 * The package as a stranger gets it: packed, installed with npm beside the example project, which has none of the tools of
 * this repository, and used there. It packs a copy, so that builds of the repository at the same moment do not meet.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { homedir, hostname, tmpdir } from 'node:os'
import { basename, dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { brokenLinks } from '../docs/links.ts'
import { readPage } from '../docs/markdown.ts'
import { IN_CI, rounds } from '../support/rounds.ts'

type Manifest = {
  readonly version: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const manifest = readManifest(root)
const tarball = `plan-access-tokens-${manifest.version}.tgz`
const subpaths = Object.keys(manifest.exports).map((subpath) => subpath.replace('.', 'plan-access-tokens'))
const modules = subpaths.filter((subpath) => !subpath.endsWith('.json'))

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'own-policy-')))
const copy = join(folder, 'repository')
const project = join(folder, 'examples/own-policy')
const installed = join(project, 'node_modules/plan-access-tokens')

/** Variables that a test run adds, or the npm that started it: a person's shell has none of them. */
const added = [
  /^(COUNT_FILE|FORCE_COLOR|INIT_CWD|NODE_ENV|NODE_OPTIONS|NODE_TEST_CONTEXT|NODE_V8_COVERAGE)$/,
  /^(VITEST|VITE_|TINYPOOL)|^(TEST|DEV|PROD|MODE|SSR|BASE_URL)$/,
  /^npm_(package|lifecycle)_|^npm_(command|execpath|node_execpath)$/,
  /^npm_config_(local_prefix|loglevel|ignore_scripts|foreground_scripts|json|dry_run)$/,
]

function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !added.some((pattern) => pattern.test(name)))
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}

const execute = promisify(execFile)

/** Runs a command to its end; one that fails says all that it printed. */
async function run(cwd: string, command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return talk(cwd, command, ...args).ended
}

/** The same for a program that one talks to: its standard input is the caller's to end. */
function talk(cwd: string, command: string, ...args: string[]) {
  const running = execute(command, args, { cwd, env: plainEnvironment(), maxBuffer: 16 * 1_048_576 })
  const ended = running.catch(({ stdout, stderr, message }) => {
    throw new Error(`${message}\n${stdout}\n${stderr}`)
  })
  return { ended, child: running.child }
}

/** Runs a module in the project, by Node alone if it is no TypeScript, and reads the JSON that it prints. */
async function printed<T>(name: string, source: string): Promise<T> {
  await writeFile(join(project, name), source)
  const { stdout } = await run(project, process.execPath, ...(name.endsWith('.mts') ? ['--import', 'tsx'] : []), name)
  return JSON.parse(stdout) as T
}

/** Checking the sources takes most of a build, and the type tests do it too (test/types): outside of CI once is enough. */
async function leaveTypesUnchecked(config: string): Promise<void> {
  const text = readFileSync(config, 'utf8')
  const changed = text.replace('"noEmit": false,', '"noEmit": false, "noCheck": true,')
  expect(changed).not.toBe(text)
  await writeFile(config, changed)
}

let packed: { readonly stdout: string }

beforeAll(async () => {
  // What tools make, some of it while this runs.
  const made = /^(node_modules|\.git|dist|coverage|\.vite|\.vitest|tsconfig\.vitest-temp.*)$|\.(tgz|log|tsbuildinfo)$/
  cpSync(root, copy, { recursive: true, filter: (path) => path === root || !made.test(basename(path)) })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir')
  if (!IN_CI) await leaveTypesUnchecked(join(copy, 'tsconfig.build.json'))
  packed = await run(copy, 'npm', 'pack')
  await rename(join(copy, tarball), join(folder, tarball))
  mkdirSync(join(folder, 'examples'))
  cpSync(join(copy, 'examples/own-policy'), project, { recursive: true })
  await run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund')
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball', () => {
  const files = (): string[] =>
    readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
      .map((path) => path.replaceAll(sep, '/'))
  const text = (file: string): string => readFileSync(join(installed, file), 'utf8')

  it('is packed without a word on standard output but its own name', async () => {
    expect(packed.stdout).toBe(`${tarball}\n`)
    const silent = await run(copy, 'npm', 'pack', '--silent', '--ignore-scripts')
    expect(silent).toMatchObject({ stdout: `${tarball}\n`, stderr: '' })
  })

  it('holds what was built and the pages that belong to it, and nothing else', () => {
    const pages = ['LICENSE', 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'package.json']
    expect(files()).toEqual(expect.arrayContaining(pages))
    const others = files().filter(
      (file) =>
        ![...pages, 'CHANGELOG.md'].includes(file) &&
        !/^(docs\/([\w-]+\.md|images\/[\w-]+\.png)|examples\/.+)$/.test(file),
    )
    const sources = others.filter((file) => file.startsWith('src/')).sort()
    expect(sources).toEqual(
      readdirSync(join(copy, 'src'), { recursive: true, encoding: 'utf8' })
        .map((path) => `src/${path.replaceAll(sep, '/')}`)
        .filter((path) => path.endsWith('.ts') && !/^src\/(hub\/(page|languages)|cli)\//.test(path))
        .sort(),
    )
    const built = sources.flatMap((file) => {
      const module = file.replace(/^src\/(.+)\.ts$/, 'dist/$1')
      return [`${module}.js`, `${module}.js.map`, `${module}.d.ts`, `${module}.d.ts.map`]
    })
    const cli = ['dist/cli/bin.js', 'dist/cli/licenses.txt', 'dist/cli/main.js']
    // What a command loads when it runs, and what several of them do.
    const parts = others.filter((file) => /^dist\/cli\/[a-z-]+-[0-9A-Z]{8}\.js$/.test(file))
    expect(parts.length).toBeGreaterThan(10)
    expect(others.filter((file) => !file.startsWith('src/')).sort()).toEqual([...built, ...cli, ...parts].sort())
  })

  it('has modules that name each other as they are called, no package that is bundled, and maps that lead to sources in it', () => {
    for (const file of files().filter((path) => path.startsWith('dist/') && !path.startsWith('dist/cli/'))) {
      if (file.endsWith('.map')) {
        const { sources } = JSON.parse(text(file)) as { sources: string[] }
        // A module of types alone has nothing to be mapped.
        const wanted = file.replace(/^dist\/(.+?)(\.d\.ts|\.js)\.map$/, 'src/$1.ts')
        expect([[], [wanted]]).toContainEqual(sources.map((source) => posix.join(posix.dirname(file), source)))
        continue
      }
      // The page's files stand in theirs as text, with imports of their own.
      if (file === 'dist/hub/assets.gen.js') continue
      const named = [...text(file).matchAll(/\b(?:from|import) ?\(?['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, name]) => name)
      expect(text(file)).not.toContain('date-fns')
      expect(named.filter((name) => !existsSync(join(installed, posix.dirname(file), name ?? '')))).toEqual([])
      expect(text(file).match(/sourceMappingURL=(.*)/)?.[1]).toBe(posix.basename(`${file}.map`))
    }
  })

  it('has a command line that names modules of the package, Node’s and its dependencies, and no other package', async () => {
    const { dependencies } = manifest
    const parts = files().filter((file) => /^dist\/cli\/.+\.js$/.test(file))
    // What it writes into projects stands in it as text, with imports of its own.
    const named = parts.flatMap((file) =>
      [...text(file).matchAll(/^import (?:[^'"`;]+ from )?"([^"]+)";$/gm)].map(([, name = '']) => name),
    )
    expect(named.length).toBeGreaterThan(20)
    const isOwn = (name: string): boolean => existsSync(join(installed, 'dist/cli', name))
    const isInstalled = (name: string): boolean => Object.keys(dependencies).some((one) => name.startsWith(one))
    expect(named.filter((name) => !name.startsWith('node:') && !isOwn(name) && !isInstalled(name))).toEqual([])
    const { stdout } = await run(project, process.execPath, join(installed, 'dist/cli/bin.js'), '--version')
    expect(stdout).toBe(`${manifest.version}\n`)
    for (const name of ['commander', '@clack/prompts', 'cli-table3'])
      expect(text('dist/cli/licenses.txt')).toContain(`${name} `)
  })

  it('has pages whose links lead to files and headings in it, and begins with the command that installs it', () => {
    const pages = files().filter((file) => file.endsWith('.md'))
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/concepts.md', 'examples/own-policy/README.md']))
    expect(pages.flatMap((file) => brokenLinks(readPage(file, text(file)), `${installed}/`))).toEqual([])
    expect(text('README.md')).toMatch(/^# plan-access-tokens\n\n```sh\nnpm install plan-access-tokens\n```\n/)
  })

  it('names no path and no host of the machine that packed it', async () => {
    const { stdout: registry } = await run(project, 'npm', 'config', 'get', 'registry')
    const { host } = new URL(registry.trim())
    const words = [root, folder, host, `${homedir()}/`, 'file:///', '"resolved"']
    // A name such as "vm" is an ordinary word.
    if (/[\d.-]/.test(hostname())) words.push(hostname())
    for (const file of files()) expect(words.filter((word) => text(file).includes(word))).toEqual([])
  })

  it('names in its code only the hosts of Figma, of standards, of whoever signs reports, and of examples', () => {
    // The licenses of what is bundled into the command line name where that is from.
    const code = files().filter(
      (file) => (file.startsWith('dist/') && file !== 'dist/cli/licenses.txt') || file === 'package.json',
    )
    // What the hub's page makes elements with: names of XML, which nothing is loaded from.
    const names = /http:\/\/www\.w3\.org\/(2000\/svg|1998\/Math\/MathML|1999\/xhtml)(?![\w/])/g
    const hosts = code.flatMap((file) =>
      [
        ...text(file)
          .replaceAll(names, '')
          .matchAll(/https?:\/\/([\w-]+(?:\.[\w-]+)+)/g),
      ].map(([, h]) => h),
    )
    // A comment in the scripts that complete commands in a shell names github.com. GitHub's keys sign its reports of leaks.
    const known =
      /^((www|developers|help|api)\.)?figma\.com$|(^|\.)example\.(com|org|net)$|\.(test|example)$|^www\.rfc-editor\.org$|^(www\.standardwebhooks\.com|schema\.ocsf\.io)$|^(api\.)?github\.com$/
    expect(hosts.filter((host) => !known.test(host ?? ''))).toEqual([])
  })
})

describe('the example project', () => {
  it('takes the tarball of this version, by the two commands of its page', () => {
    expect(readManifest(project).dependencies).toEqual({ 'plan-access-tokens': `file:../../${tarball}` })
    const page = readFileSync(join(project, 'README.md'), 'utf8')
    expect(page).toContain(tarball)
    expect(page).toMatch(/^npm pack {2,}# in the root[\s\S]*^npm install && npm test {2,}# here/m)
  })

  it('has no lock file, which would name a tarball that changes', () => {
    expect(readdirSync(project).filter((file) => file.includes('lock'))).toEqual([])
  })

  it('has none of the optional peers', () => {
    const peers = Object.keys(manifest.peerDependencies ?? {})
    expect(peers.filter((peer) => existsSync(join(project, 'node_modules', peer)))).toEqual([])
  })

  it('passes its own type check and tests, and the tests do run', { timeout: 180_000 }, async () => {
    const { stdout } = await run(project, 'npm', 'test')
    const count = (what: string): number => Number(new RegExp(`^(?:#|ℹ) ${what} (\\d+)$`, 'm').exec(stdout)?.[1])
    expect(count('pass')).toBeGreaterThanOrEqual(25)
    expect(count('pass')).toBe(count('tests'))
    expect(stdout).toMatch(/a misspelt scope is an error in the editor/)
  })
})

/** What a sub-path loads at once, in the order in which it is missed: nobody can use it without. */
const NEEDED: { readonly [path: string]: readonly string[] } = {
  'stores/drizzle': ['drizzle-orm', 'kysely'],
  'stores/prisma': ['kysely'],
  'stores/d1': ['kysely'],
  nestjs: ['@nestjs/common', '@nestjs/core'],
  'outbox/webhooks': ['standardwebhooks'],
  'limits/memory': ['limiter'],
  'limits/redis': ['rate-limiter-flexible'],
}

/** The types of the optional peers, which a project has once it uses those of the sub-paths that need them. */
const PEER_TYPES = {
  kysely: [join(root, 'node_modules/kysely/dist/esm/index.d.ts')],
  hono: [join(root, 'node_modules/hono/dist/types/index.d.ts')],
  fastify: [join(root, 'node_modules/fastify/fastify.d.ts')],
  'openapi-types': [join(root, 'node_modules/openapi-types/dist/index.d.ts')],
  elysia: [join(root, 'node_modules/elysia/dist/index.d.ts')],
  '@nestjs/common': [join(root, 'node_modules/@nestjs/common/index.d.ts')],
  '@nestjs/core': [join(root, 'node_modules/@nestjs/core/index.d.ts')],
  'drizzle-orm/pg-core': [join(root, 'node_modules/drizzle-orm/pg-core/index.d.ts')],
  'drizzle-orm/sqlite-core': [join(root, 'node_modules/drizzle-orm/sqlite-core/index.d.ts')],
}

describe('in a project that installed it', () => {
  it('every sub-path can be imported, those of other packages once these are there', { timeout: 120_000 }, async () => {
    const outcomes = () =>
      printed<Record<string, string[] | string>>(
        'imports.mjs',
        `const outcomes = {}
       for (const path of ${JSON.stringify(modules)})
         outcomes[path] = await import(path).then((module) => Object.keys(module), (error) => error.message)
       const { default: manifest } = await import('plan-access-tokens/package.json', { with: { type: 'json' } })
       console.log(JSON.stringify({ ...outcomes, 'plan-access-tokens/package.json': [manifest.version] }))`,
      )
    const failures = (found: Record<string, string[] | string>) =>
      Object.entries(found).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    const alone = failures(await outcomes())
    expect(alone.map(([path]) => path)).toEqual(Object.keys(NEEDED).map((path) => `plan-access-tokens/${path}`))
    for (const [path, message] of alone)
      expect(message).toContain(`Cannot find package '${NEEDED[path.slice('plan-access-tokens/'.length)]?.[0]}'`)

    const peers = [...new Set(Object.values(NEEDED).flat())]
    const linked = (peer: string) => join(project, 'node_modules', peer)
    onTestFinished(() => {
      for (const peer of peers) rmSync(linked(peer))
    })
    for (const peer of peers) {
      mkdirSync(dirname(linked(peer)), { recursive: true })
      symlinkSync(join(root, 'node_modules', peer), linked(peer))
    }
    const names = await outcomes()
    expect(failures(names)).toEqual([])
    expect(Object.keys(names)).toEqual(subpaths)
    expect(Object.values(names).filter((list) => list.length === 0)).toEqual([])
    expect(names['plan-access-tokens/package.json']).toEqual([manifest.version])
  })

  it('nothing else of it can be imported', { timeout: 120_000 }, async () => {
    const inner = [
      ...readdirSync(join(installed, 'dist'))
        .filter((file) => file.endsWith('.js'))
        .map((file) => `dist/${file}`),
      ...['dist/index.js', 'dist/figma/index.js', 'src/index.ts', 'core/secret', 'figma/index.js', 'testing/clock'],
      ...['dist', 'README.md', 'stores/memory', 'index.js'],
    ].map((path) => `plan-access-tokens/${path}`)
    const codes = await printed<string[]>(
      'deep.mjs',
      `const codes = []
       for (const path of ${JSON.stringify(inner)})
         codes.push(await import(path).then(() => path + ' was imported', (error) => error.code))
       console.log(JSON.stringify(codes))`,
    )
    expect(codes).toEqual(inner.map(() => 'ERR_PACKAGE_PATH_NOT_EXPORTED'))
  })

  it('a stack trace leads to the sources', { timeout: 120_000 }, async () => {
    await writeFile(
      join(project, 'trace.mjs'),
      `import { definePolicy } from 'plan-access-tokens'
       try { definePolicy({}) } catch ({ stack }) { console.log(stack) }`,
    )
    const { stdout } = await run(project, process.execPath, '--enable-source-maps', 'trace.mjs')
    const [, file = '', line] = /plan-access-tokens\/(src\/[\w/-]+\.ts):(\d+):\d+/.exec(stdout) ?? []
    expect(readFileSync(join(installed, file), 'utf8').split('\n')[Number(line) - 1]).toContain('new SetupError(')
  })

  it('an editor goes from a name to its source', { timeout: 120_000 }, async () => {
    const file = join(project, 'editor.mts')
    await writeFile(file, "import { memoryStore } from 'plan-access-tokens'\nmemoryStore()\n")
    const requests = [
      { seq: 1, type: 'request', command: 'open', arguments: { file } },
      { seq: 2, type: 'request', command: 'definition', arguments: { file, line: 2, offset: 3 } },
    ]
    const { child, ended } = talk(project, process.execPath, join(project, 'node_modules/typescript/lib/tsserver.js'))
    child.stdin?.write(`${requests.map((request) => JSON.stringify(request)).join('\n')}\n`)
    // Its end is the end of what it reads, answered or not.
    child.stdout?.on('data', (part: string) => part.includes('"command":"definition"') && child.stdin?.end())
    const { stdout } = await ended
    const answer = stdout.split('\n').find((line) => line.includes('"command":"definition"')) ?? '{}'
    const { body } = JSON.parse(answer) as { body: { file: string; start: { line: number } }[] }
    const source = join(installed, 'src/stores/memory.ts')
    expect(body).toMatchObject([{ file: source.replaceAll(sep, '/') }])
    const line = readFileSync(source, 'utf8').split('\n')[(body[0]?.start.line ?? 0) - 1]
    expect(line).toContain('export function memoryStore()')
  })

  /** Those who resolve modules in one way or the other. Their types take longest of all here: outside of CI one is enough. */
  const readers = [
    { reader: 'nodenext', options: { module: 'nodenext', lib: ['es2023'], types: ['node'] } },
    { reader: 'bundler', options: { module: 'esnext', lib: ['es2023', 'dom', 'dom.iterable'], types: [] } },
  ].slice(0, rounds({ ci: 2, here: 1 }))
  /** Whose own declarations do not compile, so that nobody who uses them has them checked. */
  const loose = ['plan-access-tokens/elysia', 'plan-access-tokens/stores/drizzle']
  const strict = modules.filter((path) => !loose.includes(path))
  const rows = readers.flatMap((row) => [
    { ...row, name: row.reader, paths: strict, skipLibCheck: false },
    { ...row, name: `${row.reader}-loose`, paths: ['plan-access-tokens', ...loose], skipLibCheck: true },
  ])
  it('has types that hold up for every moduleResolution', { timeout: 240_000 }, async () => {
    for (const { reader, name, options, paths, skipLibCheck } of rows) {
      const parts = paths.map(
        (path, i) => `import * as m${i} from '${path}'\nexport const typed${i}: AnyOf<typeof m${i}> = false\n`,
      )
      await writeFile(
        join(project, `typed-${name}.mts`),
        `${parts.join('')}
         type AnyOf<M> = { [K in keyof M]: 0 extends 1 & M[K] ? true : false }[keyof M]
         // @ts-expect-error a policy needs more than a name
         m0.definePolicy({ surface: 'x' })\n`,
      )
      const compilerOptions = {
        ...options,
        moduleResolution: reader,
        target: 'es2023',
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck,
        paths: PEER_TYPES,
      }
      const config = { compilerOptions, files: [`typed-${name}.mts`] }
      await writeFile(join(project, `tsconfig.${name}.json`), JSON.stringify(config))
    }
    // One compiler for all of them reads the declarations that they share once.
    const configs = rows.map(({ name }) => `tsconfig.${name}.json`)
    const tsc = join(project, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(project, process.execPath, tsc, '-b', ...configs)
    expect(stdout).toBe('')
  })

  it('a wrong policy is told all of its mistakes at once', { timeout: 120_000 }, async () => {
    const { name, isTypeError, issues, message } = await printed<{
      name: string
      isTypeError: boolean
      issues: { path: string; message: string }[]
      message: string
    }>(
      'wrong.mts',
      `import { definePolicy, SetupError } from 'plan-access-tokens'
       import { invoicesPolicy } from './policy.ts'
       const data = JSON.parse(JSON.stringify(invoicesPolicy.data))
       data.scopes['invoice:void'] = {}
       data.types.ci.scopes = ['invoice:raed']
       data.kinds.invoice.parents = ['projects']
       data.links.shapes.push('/c/{client}')
       data.endpoints['GET /projects/{project}'].tiers = ['busines']
       data.endpoints['GET /invoices/{id}'] = { scopes: ['invoice:read'], names: [{ kind: 'invioce', at: 'path:id' }] }
       data.endpoints['GET /clients/{client}'] = { scopes: ['client:read'], names: 'nothing' }
       try {
         definePolicy(data)
       } catch (error) {
         const { name, issues, message } = error as SetupError
         console.log(JSON.stringify({ name, isTypeError: error instanceof TypeError, issues, message }))
       }`,
    )
    expect({ name, isTypeError }).toEqual({ name: 'SetupError', isTypeError: true })
    const expected: readonly [path: string, says: RegExp][] = [
      ['types.ci.scopes[0]', /"invoice:read"/],
      ['kinds.invoice.parents[0]', /"project"/],
      ['endpoints["GET /projects/{project}"].tiers[0]', /"business"/],
      ['endpoints["GET /invoices/{id}"].names', /"invoice"/],
      ['endpoints["GET /invoices/{id}"]', /"GET \/invoices\/{invoice}"/],
      ['endpoints["GET /clients/{client}"].scopes[0]', /"client:read", which the policy lacks/],
      ['endpoints["GET /clients/{client}"]', /"client"/],
      ['scopes["invoice:void"]', /no endpoint/],
      ['links.shapes[2]', /"client"/],
    ]
    for (const [path, says] of expected)
      expect(issues.filter((problem) => problem.path.startsWith(path)).map((problem) => problem.message)).toEqual(
        expect.arrayContaining([expect.stringMatching(says)]),
      )
    for (const problem of issues) expect(message).toContain(`\n  ${problem.path}: ${problem.message}`)
  })
})
