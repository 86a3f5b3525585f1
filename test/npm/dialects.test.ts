/**
 * How registries write the address of a tarball and the name of a package: each form of docs/npm-registry.md, taken as the one
 * package that it names or refused, and its neighbours that could be read in two ways. Without a server.
 */
import { readFileSync } from 'node:fs'
import { npmPolicy } from 'plan-access-tokens/npm'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { npmDirectory, npmWorld, REGISTRY } from './world.ts'

const policy = npmPolicy({ packageScopes: ['@acme', '@other'], registry: REGISTRY })
const { tokens, make } = npmWorld({ policy, directory: npmDirectory({ 'npm_scope:@other': {} }) })
const secretFor = async (resources: 'all' | readonly string[], scopes = ['npm:read', 'npm:write']) =>
  (await make({ resources, scopes })).secret
const [all, button, reader] = await Promise.all([
  secretFor('all'),
  secretFor(['@acme/button']),
  secretFor(['@acme/button'], ['npm:read']),
])

/** The package that a request is let through for, or why it is not. */
async function ask(line: string, secret = all, body?: unknown): Promise<unknown> {
  const decision = await tokens.authorize(requestWith(secret, line, { body }))
  return decision.allowed ? decision.resources.map(({ id }) => id).join() : decision.code
}

const page = readFileSync(new URL('../../docs/npm-registry.md', import.meta.url), 'utf8')
const rows = page
  .slice(page.indexOf('| registry | tarball | taken |'))
  .split('\n\n')[0]
  ?.split('\n')
  .slice(2)
  .map((row) => row.split('|').map((cell) => cell.trim()))

describe('the table of dialects', () => {
  it('has its rows', () => expect(rows).toHaveLength(8))

  it.each(rows?.map(([, name, path, taken]) => [name, path?.slice(1, -1), taken] as const) ?? [])(
    '%s: %s is taken: %s',
    async (_, path, taken) => {
      const isTaken = taken === 'yes'
      const expected = isTaken ? '@acme/button' : expect.stringMatching(/^(request_malformed|endpoint_unknown)$/)
      for (const secret of [all, button]) {
        expect(await ask(`GET ${path}`, secret)).toEqual(expected)
        expect(await ask(`HEAD ${path}`, secret)).toEqual(expected)
      }
      // Of another package, the same form is no way in.
      expect(await ask(`GET ${path?.replaceAll('button', 'secret')}`, button)).not.toContain('@')
      // GitHub Packages removes versions by another API.
      const isRemoved = isTaken && !path?.startsWith('/download/')
      expect(await ask(`DELETE ${path}/-rev/1-a`, button)).toEqual(
        isRemoved ? '@acme/button' : expect.stringMatching(/^(request_malformed|endpoint_unknown)$/),
      )
      if (isRemoved) expect(await ask(`DELETE ${path}/-rev/1-a`, reader)).toBe('scope_missing')
    },
  )
})

describe('a name', () => {
  const SPELT = ['@acme/button', '@acme%2fbutton', '@acme%2Fbutton', '%40acme%2fbutton', '%40acme%2Fbutton']
  const ROUTES: readonly (readonly [before: string, after: string])[] = [
    ...(['', '/1.0.0', '/-/button-1.0.0.tgz', '/-/@acme/button-1.0.0.tgz', '/-/1.0.0/button-1.0.0.tgz'] as const).map(
      (after) => ['', after] as const,
    ),
    ...['/dist-tags', '/dist-tags/latest'].map((after) => ['/-/package', after] as const),
    ['/-/npm/v1/attestations', '@1.0.0'],
    ['/-/npm/v1/attestations', '%401.0.0'],
  ]

  it.each(ROUTES)('behind "%s" and before "%s" is one package in each of its spellings', async (before, after) => {
    for (const name of SPELT) {
      for (const origin of ['', 'https://npm.acme.example']) {
        const url = `${origin}${before}/${name}${after}`
        const headers = { authorization: `Bearer ${button}` }
        const question = origin === '' ? { method: 'GET', url, headers } : new Request(url, { headers })
        const decision = await tokens.authorize(question)
        expect(decision, url).toMatchObject({ allowed: true, resources: [{ kind: 'package', id: '@acme/button' }] })
        const other = await ask(
          `GET ${before}/${name.replace('button', 'secret')}${after.replace('button', 'secret')}`,
          button,
        )
        expect(other, url).toBe('resource_not_allowed')
      }
    }
  })

  it.each([
    '/%40acme/button',
    '/%2540acme%2fbutton',
    '/@acme%252fbutton',
    '/%40%40acme%2fbutton',
    '/@acme%2fbutton%2f1.0.0',
    '/@acme%2f%2fbutton',
    '/x/%40acme%2fbutton',
    '/%40acme%2f..%2fother',
    '/%40acme%5cbutton',
    '/-/package/x/%40acme%2fbutton/dist-tags',
    '/-/npm/v1/attestations/@acme%2fbutton',
    '/-/npm/v1/attestations/@acme%2fbutton@1.0.0@2.0.0',
    '/-/npm/v1/attestations/@acme%2fbutton@1.0.0/x',
    '/@acme/button/-/@acme%2fbutton-1.0.0.tgz',
    '/@acme/button/-/@ACME/button-1.0.0.tgz',
    '/@acme/button/-/@acme/button-1.0.0.tgz/x',
    '/@acme/button/-/@acme/-/button-1.0.0.tgz',
    '/@acme/button/-/@acme/other-1.0.0.tgz',
    '/@acme/button/-/latest/button-1.0.0.tgz',
    '/@acme/button/-/1.0.0/other-1.0.0.tgz',
    '/download/%40acme%2fbutton/1.0.0/0e2c',
    '/download/@acme/button/1.0.0',
    '/download/@acme/button/1.0.0/0e2c/x',
    '/download/@acme/button/../other/1.0.0/0e2c',
  ])('in %s is nobody’s', async (path) => {
    expect(await ask(`GET ${path}`)).toMatch(/^(request_malformed|endpoint_unknown)$/)
  })
})

describe('the attachments of a publish', () => {
  const body = (...files: readonly string[]) => ({
    name: '@acme/button',
    versions: { '1.0.0': { name: '@acme/button', version: '1.0.0' } },
    _attachments: Object.fromEntries(files.map((file) => [file, { data: '' }])),
  })

  it.each<readonly string[]>([
    ['@acme/button-1.0.0.tgz'],
    ['button-1.0.0.tgz'],
    ['@acme/button-1.0.0.tgz', '@acme/button-1.0.0.sigstore'],
    ['@acme/button-1.0.0.sigstore', '@acme/button-1.0.0.tgz'],
    ['button-1.0.0.tgz', 'button-1.0.0.sigstore'],
  ])('may be %s', async (...files) => {
    expect(await ask('PUT /@acme%2fbutton', button, body(...files))).toBe('@acme/button')
  })

  it.each<readonly string[]>([
    ['@acme/button-1.0.0.sigstore'],
    ['@acme/button-1.0.0.tgz', '@acme/button-2.0.0.sigstore'],
    ['@acme/button-1.0.0.tgz', '@acme/other-1.0.0.sigstore'],
    ['@acme/button-1.0.0.tgz', '@other/button-1.0.0.sigstore'],
    ['@acme/button-1.0.0.tgz', 'button-1.0.0.sigstore'],
    ['@acme/button-1.0.0.tgz', '../other/other-1.0.0.sigstore'],
    ['@acme/button-1.0.0.tgz', '@acme/button-1.0.0.sigstore/x'],
    ['@acme/button-1.0.0.tgz', '@acme/button-1.0.0.tgz.sigstore'],
    ['@acme/button-1.0.0.tgz', '@acme/button-constructor.sigstore'],
    ['@acme/button-1.0.0.tgz', '@acme/button-1.0.0.sig'],
  ])('may not be %s', async (...files) => {
    expect(await ask('PUT /@acme%2fbutton', button, body(...files))).toBe('request_malformed')
  })
})

it('a registry of several plans names none of their npm scopes, one of a single scope does', async () => {
  const one = npmWorld()
  const { secret } = await one.make({ scopes: ['npm:read'] })
  const said = async (engine: typeof tokens, by: string): Promise<string> => {
    const decision = await engine.authorize(requestWith(by, 'GET /lodash'))
    return decision.allowed ? 'allowed' : JSON.parse(decision.rendered().body).error
  }
  expect(await said(one.tokens, secret)).toContain('holds the packages of @acme and nothing else')
  const several = await said(tokens, all)
  expect(several).toContain('holds the packages of some npm scopes and nothing else')
  expect(several).not.toMatch(/@acme|@other/)
})
