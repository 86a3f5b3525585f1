/**
 * Holds the promise of package.json, "Node 20.19 and later", against what every installed package asks for, those of the
 * tools too: a newcomer with that Node must get through `npm install`, `npm test` and `npm run check`.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

type Installed = { readonly version?: string; readonly dev?: boolean; readonly engines?: { readonly node?: string } }
type Version = readonly [major: number, minor: number, patch: number]

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const manifest = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string }
  readonly dependencies: Readonly<Record<string, string>>
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Installed>> }

/** The least version that our own range takes. */
const promised = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node)
const least: Version = [Number(promised?.[1]), Number(promised?.[2]), 0]

const COMPARATOR = /^(>=|<=|>|<|=|\^|~)?v?(\d+|[x*])(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?$/

/** Whether a range takes a version. Knows what ranges of engines are written with; throws for whatever else. */
function accepts(range: string, version: Version): boolean {
  const alternatives = range.split('||').map((alternative) => {
    const comparators = alternative.trim().replaceAll(/([<>=^~])\s+/g, '$1')
    return comparators === '' ? [] : comparators.split(/\s+/).map((comparator) => satisfies(comparator, version))
  })
  return alternatives.some((answers) => answers.every(Boolean))
}

function satisfies(comparator: string, version: Version): boolean {
  const [, operator = '', ...written] = COMPARATOR.exec(comparator) ?? unknown(comparator)
  const parts = written.filter((part) => part !== undefined && /^\d+$/.test(part)).map(Number)
  const [major = 0, minor = 0, patch = 0] = parts
  const from = compare(version, [major, minor, patch])
  /** How many leading parts have to be equal. */
  const alike = (count: number): boolean => parts.slice(0, count).every((part, i) => part === version[i])
  switch (operator) {
    case '>=':
      return from >= 0
    case '<':
      return from < 0
    case '>':
      return from > 0 && !alike(parts.length)
    case '<=':
      return from <= 0 || alike(parts.length)
    case '^':
      return from >= 0 && alike(major > 0 ? 1 : 2)
    case '~':
      return from >= 0 && alike(2)
    default:
      return alike(parts.length)
  }
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

function unknown(comparator: string): never {
  throw new TypeError(`"${comparator}" is no comparator that this test reads. Teach it, or take another version.`)
}

/** Packages whose range leaves the version out. */
function refusing(version: Version, isMeant: (path: string, installed: Installed) => boolean): string[] {
  return Object.entries(packages)
    .filter(([path, installed]) => path !== '' && isMeant(path, installed))
    .filter(([, { engines }]) => engines?.node !== undefined && !accepts(engines.node, version))
    .map(([path, { version: at, engines }]) => `${path}@${at} wants node ${engines?.node}`)
}

describe('the least Node', () => {
  it('is said in a form that this test reads', () => {
    expect(least.every(Number.isSafeInteger)).toBe(true)
  })

  it('is taken by every run-time dependency', () => {
    const names = new Set(Object.keys(manifest.dependencies).map((name) => `node_modules/${name}`))
    expect([...names].filter((path) => !(path in packages))).toEqual([])
    expect(refusing(least, (path, { dev }) => names.has(path) || !dev)).toEqual([])
  })

  it('is taken by every tool, and by whatever the tools bring along', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100)
    expect(refusing(least, () => true)).toEqual([])
  })

  it('runs these tests, or a later one does', () => {
    const [major, minor, patch] = process.versions.node.split('.').map(Number)
    expect(compare([major ?? 0, minor ?? 0, patch ?? 0], least)).toBeGreaterThanOrEqual(0)
  })
})

describe('a range', () => {
  it.each([
    ['>=20.19', true],
    ['>= 20.19.1', false],
    ['^20.19.0 || >=22.12.0', true],
    ['^20.19.1 || >=22.12.0', false],
    ['18 || 20 || >=22', true],
    ['20.18', false],
    ['10.* || >= 12.*', true],
    ['20.x', true],
    ['6.x', false],
    ['*', true],
    ['', true],
    ['>=16 <20', false],
    ['>=16 <=20', true],
    ['>20', false],
    ['>20.18', true],
    ['~20.18.0', false],
    ['>=16 || 14 >=14.17', true],
    ['^22.13.0 || >=24', false],
  ])('%j takes 20.19.0: %s', (range, expected) => {
    expect(accepts(range, [20, 19, 0])).toBe(expected)
  })

  it('of another form is not guessed at', () => {
    expect(() => accepts('lts/iron', least)).toThrow(TypeError)
    expect(() => accepts('14 - 18', least)).toThrow(TypeError)
  })
})
