/**
 * The configuration of verdaccio that docs/npm-registry.md gives, where the plugin cannot be loaded: a real verdaccio, and a
 * stranger who signs up, reads and publishes. Read out of the page, so that the page is what is tried.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { parse } from 'yaml'
import { startVerdaccio } from '../../examples/npm-registry/verdaccio.ts'

vi.setConfig({ testTimeout: 180_000 })

interface Recipe {
  readonly auth: { readonly [name: string]: object }
  readonly log: object
  readonly packages: { readonly [pattern: string]: { readonly [right: string]: string } }
}

const PLUGIN = 'verdaccio-plan-access-tokens.js'
const page = await readFile(new URL('../../docs/npm-registry.md', import.meta.url), 'utf8')
const recipe: Recipe = parse(/```yaml\n(plugins: [\s\S]*?)```/.exec(page)?.[1] ?? '')
/** The line that the page puts into the plugin's file. */
const line = new RegExp(`^plugins/${PLUGIN.replace('.', '\\.')} +(.*)$`, 'm').exec(page)?.[1] ?? ''

/** A verdaccio of the recipe, with this folder of plugins and a package that is there already. */
async function start(files: { readonly [name: string]: string }, config: object = recipe) {
  const plugins = await mkdtemp(join(tmpdir(), 'verdaccio-broken-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(plugins, name), text)
  // As JSON it is written at once.
  const verdaccio = await startVerdaccio({ ...config, plugins, log: { ...recipe.log, format: 'json' } })
  onTestFinished(async () => {
    await verdaccio.stop()
    await rm(plugins, { recursive: true, force: true })
  })
  const home = join(verdaccio.folder, 'storage/@acme/one')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'package.json'), JSON.stringify(packument('@acme/one', {})))
  return verdaccio
}

const packument = (name: string, _attachments: object) => ({
  ...{ _id: name, name, 'dist-tags': { latest: '1.0.0' }, _attachments },
  versions: { '1.0.0': { name, version: '1.0.0', dist: { tarball: 'http://a.example/one-1.0.0.tgz', shasum: '' } } },
})

/** What comes to a stranger who asks with these headers. */
async function tries(url: string, headers: { readonly [name: string]: string }) {
  const json = { ...headers, 'content-type': 'application/json' }
  const file = { '@acme/new-1.0.0.tgz': { content_type: 'application/octet-stream', data: 'eA==', length: 1 } }
  const status = async (path: string, init: RequestInit = {}) =>
    (await fetch(url + path, { headers, ...init, redirect: 'manual' })).status
  return {
    reads: await status('/@acme%2fone'),
    publishes: await status('/@acme%2fnew', {
      ...{ method: 'PUT', headers: json, body: JSON.stringify(packument('@acme/new', file)) },
    }),
    removes: await status('/@acme%2fone/-rev/1', { method: 'DELETE' }),
  }
}

/** A stranger signs up, and is given a token if anybody is. */
async function signUp(url: string, name: string) {
  const body = JSON.stringify({ name, password: 'long-enough-1' })
  const path = `${url}/-/user/org.couchdb.user:${encodeURIComponent(name)}`
  const answer = await fetch(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
  const { token } = (await answer.json()) as { token?: string }
  const basic = { authorization: `Basic ${Buffer.from(`${name}:long-enough-1`).toString('base64')}` }
  return { status: answer.status, headers: token === undefined ? basic : { authorization: `Bearer ${token}` } }
}

const BROKEN: { readonly [what: string]: { readonly [name: string]: string } } = {
  'whose folder holds ES modules': { [PLUGIN]: line, 'package.json': '{ "type": "module" }' },
  'whose package is not installed': { [PLUGIN]: line },
  'that has a mistake': { [PLUGIN]: `${line} (` },
  'that is not there': {},
}

describe.each(Object.entries(BROKEN))('a plugin %s', (_, files) => {
  it('lets nobody in: no new user, nobody without one, no user of before', async () => {
    expect(recipe).toMatchObject({ log: { level: 'warn' }, uplinks: {}, web: { enable: false } })
    expect(line).toBe("module.exports = require('plan-access-tokens/verdaccio')")
    const verdaccio = await start(files)
    expect(verdaccio.log()).toMatch(/plan-access-tokens/)
    for (const name of ['mallory', 'nobody:here', 'nobody']) {
      const { status, headers } = await signUp(verdaccio.url, name)
      expect(status, name).toBeGreaterThanOrEqual(400)
      for (const [what, came] of Object.entries(await tries(verdaccio.url, headers)))
        expect([401, 403], `${name} ${what}`).toContain(came)
    }
    for (const [what, came] of Object.entries(await tries(verdaccio.url, {}))) expect([401, 403], what).toContain(came)
    const found = await fetch(`${verdaccio.url}/-/v1/search?text=one`)
    expect(await found.text()).not.toContain('@acme/one')

    // As if somebody had used this verdaccio with passwords once: `{PLAIN}` is a form of htpasswd.
    await writeFile(
      join(verdaccio.folder, 'htpasswd'),
      'ada:{PLAIN}long-enough-1\nnobody:here:{PLAIN}long-enough-1\nnobody:{PLAIN}long-enough-1\n',
    )
    for (const name of ['ada', 'nobody:here', 'nobody']) {
      const authorization = `Basic ${Buffer.from(`${name}:long-enough-1`).toString('base64')}`
      for (const came of Object.values(await tries(verdaccio.url, { authorization })))
        expect([401, 403], name).toContain(came)
    }
  })
})

it('a configuration without these lines would let a stranger in, so that the tests above can fail', async () => {
  const rights = { access: '$authenticated', publish: '$authenticated', unpublish: '$authenticated' }
  const { htpasswd: _, ...auth } = recipe.auth
  const verdaccio = await start({}, { ...recipe, auth, packages: { '**': rights } })
  const { status, headers } = await signUp(verdaccio.url, 'mallory')
  expect(status).toBe(201)
  expect(await tries(verdaccio.url, headers)).toMatchObject({ reads: 200, publishes: 201 })
})
