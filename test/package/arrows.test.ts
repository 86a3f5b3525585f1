/**
 * Holds the arrows of the design: who may import whom, what the pure core may not touch, and that every file says what it is
 * for. The check reads the sources with TypeScript's parser, and is itself tried on small wrong files.
 */
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { type Import, importOf, isSpecifier, SOURCES, SRC } from './imports.ts'

/** What each part of src/ may import of ours. */
const ARROWS: { readonly [layer: string]: readonly string[] } = {
  core: ['core'],
  ports: ['core'],
  service: ['core', 'ports', 'service'],
  stores: ['core', 'ports', 'stores'],
  policy: ['core', 'policy'],
  figma: ['core', 'figma'],
  npm: ['core', 'service', 'http', 'npm'],
  http: ['core', 'service', 'http'],
  nestjs: ['core', 'service', 'http', 'nestjs'],
  mcp: ['core', 'service', 'http', 'mcp'],
  verdaccio: ['core', 'ports', 'addresses', 'leaks', 'service', 'http', 'npm', 'verdaccio'],
  admin: ['core', 'ports', 'service', 'admin'],
  hub: ['core', 'ports', 'service', 'admin', 'npm', 'hub'],
  openapi: ['core', 'openapi'],
  gateway: ['core', 'ports', 'service', 'http', 'gateway'],
  testing: ['core', 'ports', 'policy', 'service', 'stores', 'testing', 'index'],
  authorizer: ['service'],
  operator: ['core', 'ports', 'service', 'operator'],
  legacy: ['core', 'ports', 'service', 'legacy'],
  addresses: ['core', 'addresses'],
  approvals: ['core', 'service', 'approvals'],
  audit: ['core', 'ports', 'service', 'audit'],
  'self-renewal': ['core', 'ports', 'service', 'self-renewal'],
  // For whoever uses a token: nothing of the engine.
  'rotating-secret': ['core', 'rotating-secret'],
  usage: ['core', 'ports', 'service', 'usage'],
  limits: ['core', 'ports', 'limits'],
  outbox: ['core', 'ports', 'service', 'outbox'],
  leaks: ['core', 'ports', 'service', 'admin', 'leaks'],
  config: ['core', 'ports', 'service', 'admin', 'gateway', 'outbox', 'config'],
  cli: [
    'core',
    'ports',
    'service',
    'stores',
    'addresses',
    'approvals',
    'self-renewal',
    'admin',
    'audit',
    'config',
    'policy',
    'openapi',
    'gateway',
    'outbox',
    'leaks',
    'cli',
  ],
  index: ['core', 'ports', 'service', 'stores'],
}
/** Files that put parts together, and what each may import beyond its layer: what the rest is given as functions. */
const COMPOSES: { readonly [file: string]: readonly string[] } = {
  'service/create-authorizer.ts': ['http/fetch-body.ts'],
  // How a script is run on the clients of two packages.
  'limits/redis/redis-limiter.ts': ['stores/redis/client.ts', 'stores/redis/errors.ts'],
  'limits/redis/leaky-bucket.ts': ['stores/redis/scripts/begin.ts'],
  // How an address is read.
  'outbox/webhooks/addresses.ts': ['addresses/parse.ts'],
  // The version.
  'cli/program.ts': ['../package.json'],
}
/** Files from which nothing but types is taken, and which import no package. */
const TYPES_ONLY = ['ports']
const NO_PACKAGES = ['ports', 'index']
/**
 * The packages that earn their place: of zod only its small forms, for edge workers; of date-fns only its constants, which are
 * bundled, since its functions count in local time.
 */
const PACKAGES = /^(zod\/mini|zod\/v4\/core|nanoid|@noble\/hashes\/[\w.]+|date-fns\/constants)$/
/** Whole zod, with what makes JSON schemas, where no edge worker pays for it. */
const WHOLE_ZOD = /^admin\//
/** Packages that only a host of one sub-path has: taken as types, or loaded on first use. */
const PEERS: { readonly [folder: string]: RegExp } = {
  'stores/sql/': /^kysely$/,
  'http/elysia.ts': /^elysia$/,
  'stores/drizzle/': /^kysely$/,
  'stores/prisma/': /^kysely$/,
  'http/fastify.ts': /^fastify$/,
  'http/hono.ts': /^hono$/,
  'openapi/': /^(@seriousme\/openapi-schema-validator|openapi-types|yaml)$/,
  // The host's own module, by the path in verdaccio's configuration.
  'verdaccio/': /^\(computed\)$/,
}
/** Packages without which nobody loads a sub-path: it is a part of an application of theirs. */
const HOSTS: { readonly [folder: string]: RegExp } = {
  'nestjs/': /^@nestjs\/(core|common(\/constants\.js)?)$/,
  'stores/d1/': /^kysely$/,
  'limits/memory/': /^limiter$/,
  'limits/redis/': /^rate-limiter-flexible$/,
  'stores/clients/': /^kysely$/,
  'outbox/webhooks/': /^standardwebhooks$/,
  'stores/drizzle/tables.ts': /^drizzle-orm(\/(pg|sqlite)-core)?$/,
}
/** Packages that one part alone needs, which the package brings along. */
const OF_A_PART: { readonly [file: string]: RegExp } = { 'addresses/parse.ts': /^ip-address$/ }
/** What a browser runs, bundled by scripts/build-hub.ts; no host installs it. */
const IN_BROWSER = /^hub\/page\//
const BUNDLED = /^(preact(\/hooks)?|date-fns(\/constants)?|d3-array|d3-scale)$/
/** The command line, which runs on Node, and the libraries that are bundled into it (scripts/build-cli.ts). */
const ON_NODE = /^cli\//
const OF_CLI =
  /^(node:[\w/]+|commander|@clack\/prompts|cli-table3|picocolors|@bomb\.sh\/tab\/commander|kysely|\(computed\))$/
/** What the core gets as an argument instead. */
const IMPURE = new Set(
  'performance setTimeout setInterval setImmediate queueMicrotask crypto fetch console process globalThis'.split(' '),
)
/** The files that ask the platform for something without an import: a synchronous hash, and sockets. */
const REACH_PLATFORM = ['core/digest.ts', 'outbox/webhooks/platform.ts']

/** `core/names.ts` → `core`, `ports.ts` → `ports`. */
const layerOf = (path: string): string => path.split('/')[0]?.replace(/\.ts$/, '') ?? ''

/** Everything in a file that is against the design. `path` is below src/; `exists` tells which other files there are. */
function problemsOf(path: string, text: string, exists: (path: string) => boolean): readonly string[] {
  const problems: string[] = []
  const layer = layerOf(path)
  if (!(layer in ARROWS)) problems.push(`${path} is in no part of the design`)
  if (!text.replace(/^#!.*\n/, '').startsWith('/**'))
    problems.push('does not begin with a comment that says what it is for')
  for (const [named] of text.matchAll(
    new RegExp(`\\b(${Object.keys(ARROWS).join('|')})\\/(page\\/)?[\\w-]+\\.tsx?\\b`, 'g'),
  ))
    if (!exists(named)) problems.push(`names ${named}, which does not exist`)
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const visit = (node: ts.Node): void => {
    const imported = importOf(node)
    if (imported) problems.push(...importProblems(path, imported))
    if (ts.isStringLiteralLike(node) && node.text.startsWith('node:') && !imported && !REACH_PLATFORM.includes(path))
      if (!isSpecifier(node) && !ON_NODE.test(path)) problems.push(`names ${node.text}`)
    if (layer === 'core') problems.push(...impurities(path, node))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return problems
}

function importProblems(path: string, { specifier, typeOnly, isDynamic }: Import): readonly string[] {
  const layer = layerOf(path)
  if (!specifier.startsWith('.')) {
    if (ON_NODE.test(path)) return OF_CLI.test(specifier) ? [] : [`imports ${specifier}`]
    const isPeer = Object.entries(PEERS).some(([folder, peers]) => path.startsWith(folder) && peers.test(specifier))
    if (Object.entries(HOSTS).some(([folder, hosts]) => path.startsWith(folder) && hosts.test(specifier))) return []
    if (isPeer) return typeOnly || isDynamic ? [] : [`imports ${specifier} before it is used`]
    if (OF_A_PART[path]?.test(specifier)) return []
    if (specifier === 'zod' && WHOLE_ZOD.test(path)) return []
    if (IN_BROWSER.test(path)) return BUNDLED.test(specifier) ? [] : [`imports ${specifier}`]
    return PACKAGES.test(specifier) && !NO_PACKAGES.includes(layer) ? [] : [`imports ${specifier}`]
  }
  const target = posix.join(posix.dirname(path), specifier)
  const isAllowed = ARROWS[layer]?.includes(layerOf(target)) || COMPOSES[path]?.includes(target)
  return [
    ...(isAllowed ? [] : [`imports ${target} against the arrows`]),
    ...(IN_BROWSER.test(target) && !IN_BROWSER.test(path) ? [`imports ${target}, which is for a browser`] : []),
    ...(TYPES_ONLY.includes(layer) && !typeOnly ? [`imports ${target} for more than its types`] : []),
  ]
}

/** Clocks, randomness, I/O and globals in the core. */
function impurities(path: string, node: ts.Node): readonly string[] {
  if (ts.isPropertyAccessExpression(node) && ['Date.now', 'Math.random'].includes(node.getText()))
    return [`uses ${node.getText()}`]
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return ['uses the time of new Date()']
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return ['uses the time of Date()']
  if (!ts.isIdentifier(node) || !IMPURE.has(node.text) || isName(node)) return []
  return node.text === 'globalThis' && REACH_PLATFORM.includes(path) ? [] : [`uses ${node.text}`]
}

/** Whether an identifier is the name of a field or of a type, and no use of what has that name globally. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return true
  if (ts.isBindingElement(parent)) return parent.propertyName === node
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent)) &&
    parent.name === node
  )
}

const existsInSrc = (path: string): boolean => existsSync(SRC + path)

describe('the sources', () => {
  it('are all read', () => {
    expect(SOURCES).toEqual(expect.arrayContaining(['index.ts', 'ports.ts', 'core/decide.ts', 'service/authorize.ts']))
  })

  it.each(SOURCES)('%s keeps to the arrows of the design and says what it is for', (path) => {
    expect(problemsOf(path, readFileSync(SRC + path, 'utf8'), existsInSrc)).toEqual([])
  })
})

describe('the check', () => {
  const check = (path: string, code: string) => problemsOf(path, `/** For. */\n${code}`, () => true)

  it.each<[string, string, string]>([
    ['core/a.ts', "import { x } from '../service/b.ts'", 'imports service/b.ts against the arrows'],
    ['core/a.ts', "import type { X } from '../ports.ts'", 'imports ports.ts against the arrows'],
    ['core/a.ts', "export { x } from '../stores/memory.ts'", 'imports stores/memory.ts against the arrows'],
    ['core/a.ts', "export * from '../index.ts'", 'imports index.ts against the arrows'],
    ['core/a.ts', "type X = import('../figma/b.ts').X", 'imports figma/b.ts against the arrows'],
    ['core/a.ts', "const x = await import('../testing/b.ts')", 'imports testing/b.ts against the arrows'],
    ['core/a.ts', "import x = require('../service/b.ts')", 'imports service/b.ts against the arrows'],
    ['core/a.ts', 'const x = await import(name)', 'imports (computed)'],
    ['core/a.ts', "import * as z from 'zod'", 'imports zod'],
    ['core/a.ts', "import { addDays } from 'date-fns'", 'imports date-fns'],
    ['core/a.ts', "import x from 'express'", 'imports express'],
    ['core/deep/a.ts', "import { x } from '../../service/b.ts'", 'imports service/b.ts against the arrows'],
    ['ports.ts', "import { x } from './core/b.ts'", 'imports core/b.ts for more than its types'],
    ['ports.ts', "import { type X } from './core/b.ts'", 'imports core/b.ts for more than its types'],
    ['ports.ts', "import type { X } from './service/b.ts'", 'imports service/b.ts against the arrows'],
    ['ports.ts', "import type { X } from 'nanoid'", 'imports nanoid'],
    ['service/a.ts', "import { x } from '../stores/memory.ts'", 'imports stores/memory.ts against the arrows'],
    ['service/a.ts', "import { x } from '../http/fetch-body.ts'", 'imports http/fetch-body.ts against the arrows'],
    ['service/create-authorizer.ts', "import { x } from '../http/b.ts'", 'imports http/b.ts against the arrows'],
    ['service/a.ts', "import { x } from '../figma/b.ts'", 'imports figma/b.ts against the arrows'],
    ['stores/a.ts', "import { x } from '../service/b.ts'", 'imports service/b.ts against the arrows'],
    ['stores/sql/a.ts', "import { sql } from 'kysely'", 'imports kysely before it is used'],
    ['stores/sql/a.ts', "import { Pool } from 'pg'", 'imports pg'],
    ['stores/redis/a.ts', "import type { Kysely } from 'kysely'", 'imports kysely'],
    ['figma/a.ts', "import type { X } from '../service/b.ts'", 'imports service/b.ts against the arrows'],
    ['figma/a.ts', "import type { X } from '../ports.ts'", 'imports ports.ts against the arrows'],
    ['testing/a.ts', "import { x } from '../figma/b.ts'", 'imports figma/b.ts against the arrows'],
    ['authorizer/a.ts', "export { x } from '../stores/b.ts'", 'imports stores/b.ts against the arrows'],
    ['index.ts', "export { x } from './figma/b.ts'", 'imports figma/b.ts against the arrows'],
    ['index.ts', "export { x } from './testing/b.ts'", 'imports testing/b.ts against the arrows'],
    ['service/a.ts', "import { x } from 'node:crypto'", 'imports node:crypto'],
    ['stores/a.ts', "import { x } from 'fs'", 'imports fs'],
    ['testing/a.ts', "const x = require('node:fs')", 'imports node:fs'],
    ['service/a.ts', "const x = process.getBuiltinModule('node:crypto')", 'names node:crypto'],
    ['core/a.ts', 'const x = Date.now()', 'uses Date.now'],
    ['core/a.ts', 'const x = new Date()', 'uses the time of new Date()'],
    ['core/a.ts', 'const x = new Date', 'uses the time of new Date()'],
    ['core/a.ts', 'const x = Date()', 'uses the time of Date()'],
    ['core/a.ts', 'const x = Math.random()', 'uses Math.random'],
    ['core/a.ts', 'const x = performance.now()', 'uses performance'],
    ['core/a.ts', 'setTimeout(() => 1, 1)', 'uses setTimeout'],
    ['core/a.ts', 'const x = crypto.getRandomValues(bytes)', 'uses crypto'],
    ['core/a.ts', 'const x = globalThis.crypto', 'uses globalThis'],
    ['core/a.ts', 'const x = { fetch }', 'uses fetch'],
    ['core/a.ts', 'console.log(1)', 'uses console'],
    ['core/a.ts', 'const x = process.env', 'uses process'],
    ['core/digest.ts', 'const x = process.env', 'uses process'],
    ['http/a.ts', "import { z } from 'zod'", 'imports zod'],
    ['web/a.ts', 'const x = 1', 'web/a.ts is in no part of the design'],
    ['hub/a.ts', "import { x } from 'preact'", 'imports preact'],
    ['hub/a.ts', "import { x } from './page/b.ts'", 'imports hub/page/b.ts, which is for a browser'],
    ['hub/page/a.ts', "import { z } from 'zod/mini'", 'imports zod/mini'],
    ['http/koa.ts', "import type { Hono } from 'hono'", 'imports hono'],
    ['http/koa.ts', "import { Module } from '@nestjs/common'", 'imports @nestjs/common'],
    ['nestjs/a.ts', "import { ExpressAdapter } from '@nestjs/platform-express'", 'imports @nestjs/platform-express'],
    ['http/hono.ts', "import { Hono } from 'hono'", 'imports hono before it is used'],
    ['config/a.ts', "import { x } from '../cli/b.ts'", 'imports cli/b.ts against the arrows'],
    ['cli/a.ts', "import { x } from 'express'", 'imports express'],
    ['config/a.ts', "import { x } from 'node:fs'", 'imports node:fs'],
  ])('sees that %s must not say: %s', (path, code, problem) => {
    expect(check(path, code)).toEqual([problem])
  })

  it.each<[string, string]>([
    ['hub/page/a.tsx', "import { render } from 'preact'; import { x } from '../texts.ts'; const y = <p>{x}</p>"],
    ['admin/a.ts', "import { z } from 'zod'; import { x } from '../service/b.ts'"],
    [
      'cli/a.ts',
      "import { x } from 'node:fs'; import { Command } from 'commander'; import { y } from '../config/b.ts'",
    ],
    ['http/hono.ts', "import type { Hono } from 'hono'; import { x } from '../service/b.ts'"],
    ['nestjs/a.ts', "import { Module } from '@nestjs/common'; import { x } from '../http/b.ts'"],
    ['stores/sql/a.ts', "import type { Kysely } from 'kysely'; const { sql } = await import('kysely')"],
    ['core/a.ts', "import { x } from './b.ts'; import * as z from 'zod/mini'; import { customRandom } from 'nanoid'"],
    ['core/a.ts', "import { sha256 } from '@noble/hashes/sha2.js'; import { nanoid } from 'nanoid'"],
    [
      'core/a.ts',
      'const x = new Date(ms).toISOString(); const now = options.now; const y = { crypto: 1, fetch() {} }.crypto',
    ],
    ['core/digest.ts', "const x = globalThis as { process?: unknown }; const y = 'node:crypto'"],
    ['ports.ts', "import type { X } from './core/b.ts'"],
    ['service/a.ts', "import { x } from '../core/b.ts'; import type { Y } from '../ports.ts'; const now = Date.now()"],
    ['stores/memory.ts', "import { x } from '../core/b.ts'; import type { Y } from '../ports.ts'"],
    ['figma/a.ts', "import { x } from '../core/b.ts'; import { y } from './c.ts'"],
    [
      'testing/a.ts',
      "import { x } from '../index.ts'; import { y } from '../service/b.ts'; import type { Z } from '../ports.ts'",
    ],
    [
      'index.ts',
      "export { x } from './core/b.ts'; export { y } from './stores/memory.ts'; export type { Z } from './ports.ts'",
    ],
  ])('lets %s say: %s', (path, code) => {
    expect(check(path, code)).toEqual([])
  })

  it('sees that a file has no first comment, or names another one that does not exist', () => {
    expect(problemsOf('core/a.ts', 'const x = 1', () => true)).toEqual([
      'does not begin with a comment that says what it is for',
    ])
    expect(problemsOf('core/a.ts', '/** The rest: service/gone.ts. */', (path) => path !== 'service/gone.ts')).toEqual([
      'names service/gone.ts, which does not exist',
    ])
  })
})
