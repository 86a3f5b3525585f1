/**
 * Ways around the plugin, against a real verdaccio that nothing else guards: requests as no client writes them, by nobody, by a
 * token of one package, and by one that may write it. Whatever comes back, another package is neither read nor changed.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../examples/npm-registry/free-port.ts'
import { startVerdaccio, type Verdaccio } from '../../examples/npm-registry/verdaccio.ts'
import { exchange, readReply } from '../http/support/wire.ts'

const src = fileURLToPath(new URL('../../src/', import.meta.url))
/** What stands in every file and field of the other package. */
const MARK = 'classified'

/** An engine with three tokens that it gives away by name, at a port of its own. */
const ENGINE = `
import { createServer } from 'node:http'
import { createPlanTokens, memoryStore } from '${src}index.ts'
import { npmPolicy } from '${src}npm/index.ts'
import { testDirectory } from '${src}testing/index.ts'
const directory = testDirectory({ p1: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example', publishBytes: 100_000 })
const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
export default tokens
const make = async (scopes, resources) => (await tokens.create({
  ...{ actor: 'ada', planId: 'p1', type: 'npm', name: 'x', lifetimeDays: 1, scopes, resources },
})).secret.reveal()
const made = {
  owner: await make(['npm:read', 'npm:write'], 'all'),
  reader: await make(['npm:read'], ['@acme/ui']),
  writer: await make(['npm:read', 'npm:write'], ['@acme/ui']),
}
const server = createServer((request, response) => response.end(JSON.stringify(made)))
await new Promise((resolve) => server.listen(Number(process.env.ADMIN_PORT), '127.0.0.1', resolve))
`

let folder: string
let verdaccio: Verdaccio
let secrets: { readonly owner: string; readonly reader: string; readonly writer: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verdaccio-attacked-'))
  await writeFile(join(folder, 'package.json'), '{}')
  await writeFile(
    join(folder, 'verdaccio-plan-access-tokens.js'),
    `module.exports = require('${src}verdaccio/index.ts')\n`,
  )
  await writeFile(join(folder, 'tokens.mjs'), ENGINE)
  const port = String(await freePort())
  const everybody = { access: '$all', publish: '$all', unpublish: '$all' }
  verdaccio = await startVerdaccio(
    {
      plugins: folder,
      auth: { 'plan-access-tokens': { engine: './tokens.mjs'.replace('.', folder) } },
      // As careless as can be: the plugin must not ask these, and the page is on.
      packages: { '**': everybody },
      web: { enable: true },
    },
    { ADMIN_PORT: port, NODE_OPTIONS: `--import=${import.meta.resolve('tsx')}` },
  )
  await fetch(`${verdaccio.url}/-/whoami`)
  secrets = (await (await fetch(`http://127.0.0.1:${port}`)).json()) as typeof secrets
  for (const [name, text] of [
    ['@acme/secret', MARK],
    ['@acme/ui', 'public'],
  ] as const) {
    const { status, body } = await send(
      'PUT',
      `/${name}`,
      secrets.owner,
      JSON.stringify(packument(name, '1.0.0', text)),
    )
    expect(status, body).toBe(201)
  }
})
afterAll(async () => {
  await verdaccio?.stop()
  await rm(folder, { recursive: true, force: true })
})

const packument = (name: string, version = '1.0.0', text = 'x', file = `${name}-${version}.tgz`) => ({
  _id: name,
  name,
  description: text,
  'dist-tags': { latest: version },
  versions: { [version]: { name, version, description: text } },
  _attachments: {
    [file]: {
      content_type: 'application/octet-stream',
      data: Buffer.from(text).toString('base64'),
      length: text.length,
    },
  },
})

/** One request, its target and headers as they stand here. */
async function send(
  method: string,
  target: string,
  secret?: string,
  body?: string | Uint8Array,
  headers: readonly string[] = ['Content-Type: application/json'],
) {
  const bytes = Buffer.from(body ?? '')
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...['Host: x', 'Connection: close', ...(secret === undefined ? [] : [`Authorization: Bearer ${secret}`])],
    ...(body === undefined ? [] : [...headers, `Content-Length: ${bytes.length}`]),
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return readReply(await exchange(verdaccio.port, [Buffer.concat([head, bytes])]))
}

/** Every file of the other package, and which packages there are. */
async function stored(): Promise<string> {
  const home = join(verdaccio.folder, 'storage', '@acme')
  const files = (await readdir(join(home, 'secret'))).toSorted()
  const texts = await Promise.all(files.map((file) => readFile(join(home, 'secret', file), 'latin1')))
  return JSON.stringify([(await readdir(home)).toSorted(), files, texts])
}

/** Routes of verdaccio that a token of `@acme/ui` has no business at, and spellings of those of the other package. */
const READS = [
  ...['/', '/-/all', '/-/all/since', '/-/v1/search', '/-/v1/search?text=secret', '/-/v1/search?text=&size=1e9&from=-1'],
  ...['/-/v1/search?text[]=secret&text=', '/-/v1/search/?text=secret', '/-/V1/search?text=', '//-/v1/search?text='],
  ...['/-/verdaccio/data/packages', '/-/verdaccio/data/sidebar/@acme/secret', '/-/verdaccio/data/search/secret'],
  ...['/-/verdaccio/data/package/readme/@acme/secret', '/-/verdaccio/data/sidebar/@acme%2fsecret?v=1.0.0'],
  ...['/-/verdaccio/sec/login', '/-/web/detail/@acme/secret', '/-/static/main.js', '/-/static/../../config.yaml'],
  ...[
    '/-/static/%2e%2e/%2e%2e/config.yaml',
    '/-/_debug',
    '/-/npm/v1/user',
    '/-/npm/v1/tokens',
    '/-/_view/starredByUser',
  ],
  ...[
    '/-/package/@acme/secret/dist-tags',
    '/-/package/@acme%2fsecret/dist-tags',
    '/-/package/%40acme%2fsecret/dist-tags',
  ],
  ...['/-/package/@acme%2Fui%2F..%2Fsecret/dist-tags', '/-/package/@acme/ui/../secret/dist-tags', '/-/user/x'],
  ...[
    '/@acme/secret',
    '/@acme%2fsecret',
    '/@acme%2Fsecret',
    '/%40acme%2fsecret',
    '/%40acme/secret',
    '/%40acme%2Fsecret',
    '/%40acme%2Fsecret/1.0.0',
    '/@acme/secret/-/@acme/secret-1.0.0.tgz',
    '/%40acme%2Fsecret/-/1.0.0/secret-1.0.0.tgz',
    '/@acme/ui/-/@acme/secret-1.0.0.tgz',
    '/@acme/ui/-/1.0.0/secret-1.0.0.tgz',
    '/@acme/ui/-/@acme%2f..%2fsecret/secret-1.0.0.tgz',
    '/download/@acme/secret/1.0.0/0e2c',
    '/-/npm/v1/attestations/@acme%2fsecret@1.0.0',
    '/-/npm/v1/attestations/@acme%2fui@1.0.0/../../@acme%2fsecret',
    '/-/package/%40acme%2Fsecret/dist-tags',
    '/-/user/token/secret',
    '/-/user/token/../../@acme/secret',
    '/-/stage/package/@acme%2fsecret',
    '/@acme%252fsecret',
  ],
  ...['/@acme//secret', '//@acme/secret', '/./@acme/secret', '/x/../@acme/secret', '/@acme/secret/', '/@ACME/secret'],
  ...[
    '/@acme/SECRET',
    '/@acme/secret%20',
    '/@acme/secret%00',
    '/@acme/secret;x',
    '/@acme\\secret',
    '/@acme/ui/../secret',
  ],
  ...['/@acme/ui%2f..%2fsecret', '/@acme/ui%5c..%5csecret', '/@acme%2fui%2f..%2fsecret', '/@acme/%73ecret', '/secret'],
  ...[
    '/@acme/secret?write=true',
    '/@acme/secret/1.0.0',
    '/@acme/secret/latest',
    '/@acme/secret#x',
    '/@acme/ui#/../secret',
  ],
  ...['/@acme/secret/-/secret-1.0.0.tgz', '/@acme%2fsecret/-/secret-1.0.0.tgz', '/@acme/ui/-/secret-1.0.0.tgz'],
  ...['/@acme/ui/-/ui-1.0.0.tgz/../../../secret/-/secret-1.0.0.tgz', '/@acme/ui/-/..%2f..%2fsecret%2fsecret-1.0.0.tgz'],
  ...['/@acme/secret/-/@acme/secret-1.0.0.tgz', '/@acme/ui/-/@acme/secret-1.0.0.tgz', '/@acme/-/secret-1.0.0.tgz'],
  ...['http://x/@acme/secret', 'http://x/@acme%2fsecret', 'https://x:80/@acme/secret', '@acme/secret', '*', 'x'],
  ...['/@acme/ui?package=@acme/secret', '/@acme/ui@acme/secret', '/@acme/ui/@acme/secret', '/@acme%2f@acme%2fsecret'],
]
/** What a client may do with a package that it may reach, pointed at the one that it may not. */
const WRITES = [
  ...[
    'PUT /@acme/secret',
    'PUT /@acme%2fsecret',
    'PUT /%40acme/secret',
    'PUT /%40acme%2Fsecret',
    'POST /-/stage/package/@acme%2fsecret',
    'DELETE /@acme/secret/-/@acme/secret-1.0.0.tgz/-rev/1',
    'DELETE /@acme/ui/-/@acme/secret-1.0.0.tgz/-rev/1',
    'DELETE /@acme/ui/-/1.0.0/secret-1.0.0.tgz/-rev/1',
    'DELETE /-/user/token/../../@acme/secret/-rev/1',
    'PUT /@acme/secret/-rev/1',
    'PUT /@acme/secret/x/y',
  ],
  ...[
    'DELETE /@acme/secret/-rev/1',
    'DELETE /@acme%2fsecret/-rev/1',
    'DELETE /@acme/secret/-rev/1/2',
    'DELETE /@acme/secret',
  ],
  ...['DELETE /@acme/secret/-/secret-1.0.0.tgz/-rev/1', 'DELETE /@acme/ui/-/secret-1.0.0.tgz/-rev/1'],
  ...['DELETE /@acme/ui/-rev/../../secret/-rev/1', 'DELETE /@acme/ui/-rev/1%2f..%2f..%2fsecret'],
  ...['PUT /@acme/ui/-rev/1/../../../secret', 'PUT /@acme/ui/../secret', 'PUT /@acme//secret', 'PUT /@acme/secret/'],
  ...[
    'PUT /@acme/secret/-/secret-1.0.0.tgz/x',
    'PUT /@acme/ui/-/ui-1.0.0.tgz/x',
    'PUT /@acme/secret/1.0.0/-tag/latest',
  ],
  ...['PUT /-/package/@acme/secret/dist-tags/latest', 'DELETE /-/package/@acme%2fsecret/dist-tags/latest'],
  ...['POST /-/package/@acme/secret/dist-tags', 'PUT /-/package/@acme%2Fsecret/dist-tags', 'POST /@acme/secret'],
  ...['PATCH /@acme/secret', 'put /@acme/secret', 'PUT /-/user/org.couchdb.user:ada', 'POST /-/npm/v1/tokens'],
  ...[
    'POST /-/v1/login',
    'PUT /-/verdaccio/sec/login',
    'POST /-/verdaccio/sec/login',
    'PUT /-/verdaccio/sec/reset_password',
  ],
]

describe.each(['nobody', 'reader', 'writer'] as const)('%s', (who) => {
  const secretOf = (): string | undefined => (who === 'nobody' ? undefined : secrets[who])

  it.each(['GET', 'HEAD', 'POST', 'OPTIONS'])('reads nothing of another package by %s', async (method) => {
    for (const target of READS) {
      const { status, body, headers } = await send(method, target, secretOf())
      const text = body + JSON.stringify(headers)
      // CORS answers every preflight alike, without looking at what is asked.
      if (method === 'OPTIONS') expect([204, 400], target).toContain(status)
      else if (!target.startsWith('/@acme/ui?')) expect(status, target).toBeGreaterThanOrEqual(400)
      expect(status, target).toBeLessThan(500)
      expect(text, target).not.toContain(MARK)
    }
  })

  it('changes nothing of it, with a method in a header neither', async () => {
    const before = await stored()
    const body = JSON.stringify(packument('@acme/secret', '6.6.6'))
    const override = ['Content-Type: application/json', 'X-HTTP-Method-Override: PUT', 'X-HTTP-Method: DELETE']
    for (const line of WRITES) {
      const [method = '', target = ''] = line.split(' ')
      const { status } = await send(method, target, secretOf(), body)
      expect(status, line).toBeGreaterThanOrEqual(400)
      expect(status, line).toBeLessThan(500)
      await send('POST', `${target}?_method=PUT`, secretOf(), body, override)
    }
    await send('POST', '/@acme/ui', secretOf(), body, override)
    await send('GET', '/@acme/ui', secretOf(), body, override)
    expect(await stored()).toBe(before)
  })
})

describe('a body that is put into the own package', () => {
  const own = packument('@acme/ui', '2.0.0')
  const json = JSON.stringify(own)
  const other = JSON.stringify(packument('@acme/secret', '6.6.6'))
  const plain = ['Content-Type: application/json']

  it.each<[string, string | Uint8Array, (readonly string[])?]>([
    ['of the other package', other],
    ['of both, by a name twice', json.replace('"name"', '"name":"@acme/secret","name"')],
    ['of both, by a name twice in another spelling', json.replace('"name"', '"n\\u0061me":"@acme/secret","name"')],
    ['compressed', gzipSync(json), [...plain, 'Content-Encoding: gzip']],
    ['compressed, and no word of it', gzipSync(json)],
    ['in an encoding of no change', json, [...plain, 'Content-Encoding: identity']],
    ['of another type', json, ['Content-Type: text/plain']],
    ['of two types', json, ['Content-Type: text/plain; charset=utf-16', ...plain]],
    ['in UTF-16', Buffer.from(json, 'utf16le')],
    ['behind a mark of UTF-8', `\ufeff${json}`],
    ['with something behind it', `${json}${other}`],
    ['longer than is taken', json.replace('"x"', JSON.stringify('x'.repeat(100_000)))],
    ['of nothing', ''],
    ['with a file of the other package', JSON.stringify(packument('@acme/ui', '2.0.0', 'x', 'secret-1.0.0.tgz'))],
    ['with a path', JSON.stringify(packument('@acme/ui', '2.0.0', 'x', '../secret/secret-1.0.0.tgz'))],
    ['with a path as a version', JSON.stringify(packument('@acme/ui', '2/../../secret/secret-1.0.0'))],
    ['with a file of no version', JSON.stringify(packument('@acme/ui', 'latest'))],
    [
      'with a file of a version of the prototype',
      JSON.stringify(packument('@acme/ui', '2.0.0', 'x', 'ui-constructor.tgz')),
    ],
  ])('%s is refused, and nothing is written', async (_, body, headers = plain) => {
    const before = await stored()
    const { status, body: said } = await send('PUT', '/@acme/ui', secrets.writer, body, headers)
    expect([status, JSON.parse(said).code]).toEqual([400, 'request_malformed'])
    expect(await stored()).toBe(before)
    expect((await send('GET', '/@acme/ui', secrets.reader)).body).not.toContain('2.0.0')
  })
})
