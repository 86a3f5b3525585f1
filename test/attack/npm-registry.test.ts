/** Tokens of one type on the surface of the other, and requests that a registry of packages gets. */
import type { RefusalCode } from 'plan-access-tokens'
import { expect } from 'vitest'
import type { Made } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, changingNothing, denied, invalidAt } from './verdicts.ts'
import { A, input, JSON_TYPE, rawRequest, type World, worldWithNpm } from './world.ts'

const attack = attacksOf('npm-registry')

/** Sends `'GET /@acme%2fui'` to the registry. */
const asking =
  (w: World, { secret }: Made) =>
  (line: string, body?: unknown) => {
    const [method, url] = line.split(' ')
    const headers = { Authorization: `Bearer ${secret}`, ...JSON_TYPE }
    return w.tokens.authorize(rawRequest({ method, url, headers, body }), { surface: 'npm' })
  }

/** A registry, and a token with some scopes, for all packages or for those of the links. */
async function registry(scopes: readonly string[], resources: 'all' | readonly string[] = ['@acme/ui']) {
  const w = await worldWithNpm()
  return { w, ask: asking(w, await w.make({ type: 'npm', name: 'Packages', scopes, resources })) }
}
const READER = ['npm:read']
const WRITER = ['npm:read', 'npm:write']

/** Asserts what comes of each request: a refusal's code, or the id of the package that it names. */
async function come(
  ask: ReturnType<typeof asking>,
  cases: { readonly [line: string]: RefusalCode | `@${string}` | readonly RefusalCode[] },
): Promise<void> {
  for (const [line, expected] of Object.entries(cases)) {
    const decision = await ask(line)
    if (typeof expected === 'string' && expected.startsWith('@'))
      expect(allowed(decision).resources, line).toEqual([{ kind: 'package', id: expected }])
    else if (typeof expected === 'string') denied(decision, expected as RefusalCode, line)
    else {
      expect(decision.allowed, line).toBe(false)
      expect(expected, line).toContain(decision.allowed ? '' : decision.code)
    }
  }
}

attack('i01', async () => {
  const w = await worldWithNpm()
  for (const url of ['/@acme/ui', '/@acme%2fui']) {
    denied(await asking(w, w.ALL)(`GET ${url}`), 'token_wrong_type')
    denied(await asking(w, w.ONE)(`GET ${url}`), 'token_wrong_type')
    expect(allowed(await asking(w, w.NPM)(`GET ${url}`)).resources).toEqual([{ kind: 'package', id: '@acme/ui' }])
  }
})

attack('i02', async () => {
  const w = await worldWithNpm()
  expect(w.NPM.token.scopes).toEqual(['npm:read', 'npm:write'])
  denied(await w.ask(`GET /v1/files/${A}`, w.NPM), 'token_wrong_type')
  const asked = rawRequest({ headers: { Authorization: `Bearer ${w.NPM.secret}` } })
  denied(await w.tokens.authorize(asked, { surface: 'figma' }), 'token_wrong_type')
})

attack('i03', async () => {
  const w = await worldWithNpm()
  await changingNothing(w, async () => {
    await invalidAt('scopes[0]', w.tokens.create(input({ scopes: ['npm:read'] })))
    await invalidAt('scopes[0]', w.tokens.create(input({ type: 'npm', scopes: ['file_content:read'] })))
    const edit = { actor: 'admin-1', id: w.NPM.token.id, scopes: ['npm:read', 'file_content:read'] }
    await invalidAt('scopes[1]', w.tokens.edit(edit))
  })
})

attack('i04', async () => {
  const { ask } = await registry(READER, 'all')
  await come(ask, {
    'PUT /@acme%2fui': 'scope_missing',
    'PUT /-/package/@acme%2fui/dist-tags/latest': 'scope_missing',
    'DELETE /-/package/@acme%2fui/dist-tags/latest': 'scope_missing',
    'DELETE /@acme%2fui/-rev/1': 'scope_missing',
    'PUT /@acme%2fui/-rev/1': 'scope_missing',
  })
})

attack('i05', async () => {
  const { ask } = await registry(READER)
  await come(ask, { 'GET /@acme%2fui': '@acme/ui', 'GET /@acme%2Fui': '@acme/ui', 'GET /@acme/ui': '@acme/ui' })
})

attack('i06', async () => {
  const { ask } = await registry(READER)
  await come(ask, {
    'GET /@acme%252fui': ['request_malformed', 'endpoint_unknown'],
    'GET /%40acme%2fui': '@acme/ui',
    'GET /%40acme%2fsecret': 'resource_not_allowed',
    'GET /%2540acme%2fui': 'request_malformed',
    'GET /@acme%2f%75i': 'request_malformed',
    'GET /@acme%2f..%2fother': 'request_malformed',
    'GET /@acme%2fui%2f..%2fsecret': 'request_malformed',
    'GET /-/package/@acme%2fui%2fdist-tags': 'request_malformed',
    'GET /@acme/ui%2f1.0.0': 'request_malformed',
    'GET /x/@acme%2fui': 'request_malformed',
  })
})

attack('i07', async () => {
  const { ask } = await registry(READER, 'all')
  await come(ask, {
    'GET /@acme-evil%2fui': 'endpoint_unknown',
    'GET /@acmee%2fui': 'endpoint_unknown',
    'GET /@ACME%2fui': 'endpoint_unknown',
    'GET /acme%2fui': 'request_malformed',
    'GET /@acme.%2fui': 'endpoint_unknown',
    'GET /@\u0430cme%2fui': 'request_malformed',
    'GET /ui': 'endpoint_unknown',
    'GET /@%2fui': 'request_malformed',
    'GET /@acme%2f': 'request_malformed',
    'GET /@acme/../other': 'request_malformed',
  })
})

attack('i08', async () => {
  const { ask } = await registry(READER)
  await come(ask, {
    'GET /@acme%2fui-kit': 'resource_not_allowed',
    'GET /@acme%2fUI': 'resource_not_allowed',
    'GET /@acme%2fui.': 'resource_not_allowed',
    'GET /@acme%2fu': 'resource_not_allowed',
  })
})

attack('i09', async () => {
  const { ask } = await registry(READER)
  await come(ask, {
    'GET /@acme/ui/-/ui-1.0.0.tgz': '@acme/ui',
    'GET /@acme%2fui/-/ui-1.0.0.tgz': '@acme/ui',
    'GET /@acme/ui/-/ui-1.0.0-beta.1.tgz': '@acme/ui',
    'GET /@acme/secret/-/secret-1.0.0.tgz': 'resource_not_allowed',
    'GET /@acme/ui/-/../../secret/-/secret-1.0.0.tgz': 'request_malformed',
    'GET /@acme/ui/-/secret-1.0.0.tgz': 'request_malformed',
    'GET /@acme/ui/-/ui-kit-1.0.0.tgz': 'request_malformed',
    'GET /@acme/ui/-/ui-2-1.0.0.tgz': 'request_malformed',
  })
})

attack('i10', async () => {
  const reader = await registry(READER)
  await come(reader.ask, {
    'GET /-/package/@acme%2fui/dist-tags': '@acme/ui',
    'GET /-/package/@acme%2fother/dist-tags': 'resource_not_allowed',
    'PUT /-/package/@acme%2fui/dist-tags/latest': 'scope_missing',
  })
  const writer = await registry(WRITER)
  await come(writer.ask, { 'PUT /-/package/@acme%2fui/dist-tags/latest': '@acme/ui' })
})

attack('i11', async () => {
  const { ask } = await registry(READER)
  await come(ask, {
    'DELETE /@acme%2fui/-rev/1-abc': 'scope_missing',
    'DELETE /@acme/ui/-/ui-1.0.0.tgz/-rev/1-abc': 'scope_missing',
  })
})

attack('i12', async () => {
  const { ask } = await registry(WRITER)
  const manifest = { name: '@acme/ui', version: '1.0.0' }
  const body = {
    _id: '@acme/ui',
    name: '@acme/ui',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': manifest },
    _attachments: { '@acme/ui-1.0.0.tgz': { data: '' } },
  }
  const put = (other: object) => ask('PUT /@acme%2fui', { ...body, ...other })
  expect(allowed(await put({})).resources).toEqual([{ kind: 'package', id: '@acme/ui' }])
  expect((await put({ _attachments: { 'ui-1.0.0.tgz': { data: '' } } })).allowed).toBe(true)
  expect(
    (await put({ _attachments: undefined, versions: { '1.0.0': { ...manifest, deprecated: 'no' } } })).allowed,
  ).toBe(true)
  // Names that nobody here reads may differ by letter case alone: both are packages.
  const dependencies = { JSONStream: '1.0.0', jsonstream: '1.0.0' }
  const both = await put({
    Readme: '',
    readme: '',
    versions: { '1.0.0': { ...manifest, dependencies, Author: '', author: '' } },
  })
  expect(both.allowed).toBe(true)
  const other = '@acme/secret'
  for (const wrong of [
    { _id: other, name: other, _attachments: { '@acme/secret-1.0.0.tgz': {} } },
    { _id: other },
    { name: other },
    { name: undefined, _id: undefined },
    { versions: { '1.0.0': { ...manifest, name: other } } },
    { versions: { '2.0.0': manifest } },
    { versions: [manifest] },
    { _attachments: { '@acme/secret-1.0.0.tgz': {} } },
    { _attachments: { '@acme/ui-2.0.0.tgz': {} } },
    { _attachments: { '../secret/secret-1.0.0.tgz': {} } },
    { _attachments: { 'ui-1.0.0.tgz/': {} } },
    { versions: { '1.0.0': { ...manifest, Name: other } } },
    { versions: { '1.0.0': { ...manifest, VERSION: '2.0.0' } } },
    { Versions: { '1.0.0': { ...manifest, name: other } } },
    { _Attachments: { 'secret-1.0.0.tgz': { data: '' } } },
    { _attachmentſ: { 'secret-1.0.0.tgz': { data: '' } } },
    { NAME: other },
    { _ID: other },
  ])
    denied(await put(wrong), 'request_malformed', JSON.stringify(wrong))
  for (const none of [undefined, null, 'text', [], 7]) denied(await ask('PUT /@acme%2fui', none), 'request_malformed')
  denied(await ask('PUT /@acme%2fsecret', { _id: other, name: other }), 'resource_not_allowed')
})

attack('i13', async () => {
  const { ask } = await registry(READER)
  expect(allowed(await ask('GET /-/whoami')).resources).toEqual([])
  expect(allowed(await ask('GET /-/ping')).resources).toEqual([])
  await come(ask, {
    'GET /-/v1/search?text=x': 'resource_not_allowed',
    'GET /-/npm/v1/tokens': 'endpoint_not_supported',
    'POST /-/npm/v1/tokens': 'endpoint_not_supported',
    'DELETE /-/npm/v1/tokens/token/x': 'endpoint_not_supported',
    'PUT /-/user/org.couchdb.user:x': 'endpoint_not_supported',
    'POST /-/v1/login': 'endpoint_not_supported',
    'GET /-/all': 'endpoint_not_supported',
    'GET /-/org/acme/package': 'endpoint_not_supported',
    'POST /-/package/@acme%2fui/access': 'endpoint_not_supported',
    'GET /': 'endpoint_unknown',
    'GET /-/anything': 'endpoint_unknown',
  })
})

attack('i14', async () => {
  const limited = await registry(READER)
  await come(limited.ask, { 'GET /-/v1/search?text=acme': 'resource_not_allowed' })
  const wide = await registry(READER, 'all')
  expect((await wide.ask('GET /-/v1/search?text=acme')).allowed).toBe(true)
})

attack('i15', async () => {
  const { ask } = await registry(READER)
  await come(ask, {
    'HEAD /@acme%2fui': '@acme/ui',
    'HEAD /@acme/ui/-/ui-1.0.0.tgz': '@acme/ui',
    'get /@acme%2fui': 'endpoint_unknown',
  })
})
