/** Holds package.json, the API pages, the lock file and the commands that the documents name together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import tsupConfig from '../../tsup.config.ts'
import { PUBLIC_VALUES } from '../support/public-values.ts'

type Manifest = {
  readonly type: string
  readonly sideEffects: boolean
  readonly engines: { readonly node: string }
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest

const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === 'string' ? [] : [{ subpath, target }],
)
const sourceOf = (built: string): string => built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')

describe('the entry points', () => {
  it('are the engine and the sub-paths beside it', () => {
    expect(Object.keys(manifest.exports)).toEqual([
      '.',
      './authorizer',
      './policy',
      './figma',
      './stores/sql',
      './stores/drizzle',
      './stores/prisma',
      './stores/redis',
      './stores/d1',
      './express',
      './fastify',
      './hono',
      './koa',
      './elysia',
      './node',
      './fetch',
      './nestjs',
      './mcp',
      './operator',
      './outbox',
      './outbox/webhooks',
      './legacy',
      './limits',
      './limits/memory',
      './limits/redis',
      './leaks',
      './addresses',
      './approvals',
      './audit',
      './self-renewal',
      './rotating-secret',
      './usage',
      './admin',
      './npm',
      './verdaccio',
      './hub',
      './openapi',
      './gateway',
      './testing',
      './config',
      './package.json',
    ])
    expect(manifest.exports['./package.json']).toBe('./package.json')
  })

  it.each(entries)('$subpath names its types first, then one module, both in dist', ({ target }) => {
    expect(Object.keys(target)).toEqual(['types', 'default'])
    expect(target.default).toMatch(/^\.\/dist\/([\w-]+\/){0,2}\w+\.js$/)
    expect(target.types).toBe(target.default?.replace(/\.js$/, '.d.ts'))
  })

  it.each(entries)('$subpath has a source file of the same place', ({ target }) => {
    expect(existsSync(`${root}${sourceOf(target.default ?? '')}`)).toBe(true)
  })

  it('are all described by the API pages', () => {
    const { entryPoints } = JSON.parse(read('typedoc.json')) as { entryPoints: string[] }
    expect(entryPoints).toEqual(entries.map(({ target }) => sourceOf(target.default ?? '')))
  })
})

describe('what the entry points give', () => {
  it('is built module by module from all sources but those of the page and of the command line, which are bundled', async () => {
    const config = typeof tsupConfig === 'function' ? await tsupConfig({}) : tsupConfig
    expect(config).toMatchObject({
      entry: ['src/**/*.ts', '!src/hub/page/**', '!src/hub/languages/**', '!src/cli/**'],
      outDir: 'dist',
    })
  })

  const faces = entries.filter(({ target }) => target.default?.endsWith('/index.js'))
  it.each(faces)('$subpath says by name what it gives, and has no code of its own', ({ target }) => {
    const source = read(sourceOf(target.default ?? '')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    const reexports = /export (type )?\{[^{}*]+\} from '\.{1,2}\/[\w./-]+\.ts'\n/g
    expect(source.replaceAll(reexports, '').trim()).toBe('')
  })

  it('stand in the one list of public values, all of them', () => {
    expect(Object.values(PUBLIC_VALUES).map(({ source }) => source)).toEqual(
      entries.map(({ target }) => sourceOf(target.default ?? '')),
    )
  })

  it.each(Object.entries(PUBLIC_VALUES))('are, of %s, these names at run time', async (entry, { values }) => {
    expect(Object.keys(await import(entry)).sort()).toEqual(values)
  })

  it('has its size measured where a browser or an edge worker would load it', () => {
    const measured = JSON.parse(read('.size-limit.json')) as { import: Readonly<Record<string, string>> }[]
    const built = entries.map(({ target }) => target.default?.replace('./', ''))
    expect(measured.length).toBeGreaterThan(0)
    for (const { import: loaded } of measured) expect(built).toEqual(expect.arrayContaining(Object.keys(loaded)))
  })
})

describe('the package', () => {
  it('is ESM without side effects for Node 20.19 and later', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.19' } })
  })

  it('has the four run-time dependencies that earn their place', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['@noble/hashes', 'ip-address', 'nanoid', 'zod'])
  })

  it('asks a host for no peer that it can do without, and says of each which version', () => {
    expect(manifest.peerDependencies).toEqual({
      '@nestjs/common': '^11.0.0 || ^12.0.0',
      '@nestjs/core': '^11.0.0 || ^12.0.0',
      '@seriousme/openapi-schema-validator': '^2.11.0',
      'drizzle-orm': '>=0.44.0 <1.0.0',
      elysia: '^1.4.0',
      fastify: '^5.0.0',
      hono: '^4.0.0',
      kysely: '^0.28.0 || ^0.29.0',
      limiter: '^4.0.0',
      'openapi-types': '^12.1.3',
      'rate-limiter-flexible': '^11.0.0',
      standardwebhooks: '^1.1.1',
      yaml: '^2.9.0',
    })
    expect(manifest.peerDependenciesMeta).toEqual(
      Object.fromEntries(Object.keys(manifest.peerDependencies).map((peer) => [peer, { optional: true }])),
    )
  })

  it('runs nothing when it is installed', () => {
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts).not.toHaveProperty(hook)
  })

  it('has a lock file that names no host to download from', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"')
  })
})

describe('the documents', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(`${root}docs`).flatMap((f) => (f.endsWith('.md') ? [`docs/${f}`] : [])),
  ]

  it.each(pages)('%s names only scripts that exist', (page) => {
    const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script)
    expect(named.filter((script) => !(script !== undefined && script in manifest.scripts))).toEqual([])
  })

  it('shows the two commands that a newcomer types, each on a line of its own', () => {
    const lines = read('README.md')
      .split('\n')
      .map((line) => line.trim())
    expect(lines).toEqual(expect.arrayContaining(['npm install && npm run demo', 'npm install && npm test']))
  })
})
