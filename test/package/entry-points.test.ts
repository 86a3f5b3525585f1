/** Holds package.json, the API pages, the lock file and the commands that the documents name together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

type Manifest = {
  readonly type: string
  readonly sideEffects: boolean
  readonly engines: { readonly node: string }
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest

const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  typeof target === 'string' ? [] : [{ subpath, target }],
)
const sourceOf = (built: string): string => built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')

describe('the entry points', () => {
  it('are the engine, Figma’s rules, the testing helpers and the manifest', () => {
    expect(Object.keys(manifest.exports)).toEqual(['.', './figma', './testing', './package.json'])
    expect(manifest.exports['./package.json']).toBe('./package.json')
  })

  it.each(entries)('$subpath names its types first, then one module, both in dist', ({ target }) => {
    expect(Object.keys(target)).toEqual(['types', 'default'])
    expect(target.default).toMatch(/^\.\/dist\/(\w+\/)?index\.js$/)
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

describe('the package', () => {
  it('is ESM without side effects for Node 20.19 and later', () => {
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, engines: { node: '>=20.19' } })
  })

  it('has the four run-time dependencies that earn their place', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['@noble/hashes', 'date-fns', 'nanoid', 'zod'])
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
