/**
 * The guard of `/node` over HTTP/2, asked by hand-written frames: pseudo-header fields twice, out of order, odd or missing, two
 * credentials, bodies that lie. Each gets a refusal of ours, a 4xx of Node itself or the end of its stream; never a 5xx, and no
 * handler runs for what the policy did not allow.
 */
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { REFUSALS, type RefusalCode } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/node'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, B, type World, world, Z } from '../attack/world.ts'
import { type Field, type Message, sendFrames } from './support/frames.ts'
import { listen, textOf } from './support/site.ts'
import { send2 } from './support/wire.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const SITE: readonly Field[] = [
  [':scheme', 'http'],
  [':authority', 'api.example'],
]
const path = (target: string): Field => [':path', target]
const method = (name: string): Field => [':method', name]
const MINE = path(`/v1/files/${A}`)
const TOKEN: Field = ['x-figma-token', '<secret>']
const GET = [method('GET'), ...SITE]
const TEAM = '{"context":"team","context_id":"456"}'
const POST: readonly Field[] = [
  method('POST'),
  ...SITE,
  path('/v2/webhooks'),
  TOKEN,
  ['content-type', 'application/json'],
]

/** A server whose handler would give away whatever it is asked for. */
async function served() {
  const runs: { readonly url: string; readonly body: string; readonly resources: readonly string[] }[] = []
  const statuses: number[] = []
  const guarded = guard<Http2ServerRequest, Http2ServerResponse>(w.tokens, async (request, response) => {
    const resources = request.planToken.resources.map(({ id }) => id)
    runs.push({ url: request.url, body: await textOf(request), resources })
    response.end(JSON.stringify({ here: request.url }))
  })
  const thrown: unknown[] = []
  const server = createServer((request, response) => {
    response.on('close', () => response.headersSent && statuses.push(response.statusCode))
    const answered = async () => guarded(request, response)
    answered().catch((error: unknown) => thrown.push(error))
  })
  const { port, close } = await listen(server)
  onTestFinished(close)
  /** `<secret>` stands for that of a token for the files of one project, and `<other>` for one of all. */
  const filled = (fields: readonly Field[]): readonly Field[] =>
    fields.map(([name, value]) => [name, value.replace('<secret>', w.ONE.secret).replace('<other>', w.ALL.secret)])
  const send = ({ fields, trailers, ...rest }: Message) =>
    sendFrames(port, { ...rest, fields: filled(fields), ...(trailers && { trailers: filled(trailers) }) })
  return { port, runs, statuses, thrown, send }
}

const plain = (...fields: readonly Field[]): Message => ({ fields })
const get = (target: string, ...more: readonly Field[]): Message => plain(...GET, path(target), TOKEN, ...more)
const post = (body: string, ...more: readonly Field[]): Message => ({ fields: [...POST, ...more], body })

const PSEUDO: { readonly [name: string]: Message } = {
  'two paths, the right one first': plain(...GET, MINE, path(`/v1/files/${B}`), TOKEN),
  'two paths, the right one last': plain(...GET, path(`/v1/files/${B}`), MINE, TOKEN),
  'the same path twice': plain(...GET, MINE, MINE, TOKEN),
  'two methods': plain(...GET, method('POST'), MINE, TOKEN),
  'two schemes': plain(...GET, [':scheme', 'https'], MINE, TOKEN),
  'two authorities': plain(...GET, [':authority', 'other.example'], MINE, TOKEN),
  'a path behind a field': plain(...GET, TOKEN, MINE),
  'a second path behind a field': plain(...GET, MINE, TOKEN, path(`/v1/files/${B}`)),
  'no path': plain(...GET, TOKEN),
  'no method': plain(...SITE, MINE, TOKEN),
  'no scheme': plain(method('GET'), [':authority', 'x'], MINE, TOKEN),
  'nothing at all': plain(),
  'a token alone': plain(TOKEN),
  'a status': plain(...GET, MINE, [':status', '200'], TOKEN),
  'an unknown pseudo-header': plain(...GET, MINE, [':token', '<secret>']),
  'a protocol': plain(...GET, MINE, [':protocol', 'websocket'], TOKEN),
  'a pseudo-header behind the body': { ...post(TEAM), trailers: [MINE] },
  CONNECT: plain(method('CONNECT'), [':authority', 'api.example'], TOKEN),
  'CONNECT with a path': plain(method('CONNECT'), ...SITE, MINE, TOKEN),
  'CONNECT to a websocket': plain(method('CONNECT'), ...SITE, MINE, [':protocol', 'websocket'], TOKEN),
  'OPTIONS *': plain(method('OPTIONS'), ...SITE, path('*'), TOKEN),
}
const METHODS = ['', 'get', 'GET ', ' GET', 'GET\t', 'G\0T', 'GET,POST', 'GET /x', 'TRACE', 'DELETE', '__proto__', 'é']
const PATHS = [
  ...[
    '',
    '*',
    '?',
    '#',
    'x',
    ' ',
    `v1/files/${A}`,
    `//v1/files/${A}`,
    `/v1//files/${A}`,
    `/v1/files/${A}/`,
    `/v1/files/${A}//`,
  ],
  ...[`http://api.example/v1/files/${A}`, `//api.example/v1/files/${A}`, `/v1/files/${A}#`, `/v1/files/${A}#/../${B}`],
  ...[`/v1/files/${A}/../${B}`, `/v1/files/./${A}`, `/v1/files/%2e%2e/files/${A}`, `/v1/files/${A}%2f..%2f${B}`],
  ...[
    `/v1/files/${A}%00`,
    `/v1/files/${A}\0`,
    `/v1/files/${A} `,
    ` /v1/files/${A}`,
    `/v1/files/${A}\t`,
    `/v1/files/${A}%`,
  ],
  ...[
    `/v1/files\\${A}`,
    `/v1\\files\\${A}`,
    `/v1/files/${A}\r\nx-figma-token: x`,
    `/v1/files/${A}\n`,
    `/v1/files/${A} HTTP/1.1`,
  ],
  ...[
    `/V1/files/${A}`,
    `/v1/Files/${A}`,
    `/%761/files/${A}`,
    `/v1/files/%46ileA0000000000000000aa`,
    `/v1/files/${A};x`,
  ],
  ...[
    `/v1/files/${A}\xff`,
    `/v1/files/${A}\xc3\xa9`,
    `/v1/files/${A}?\x7f`,
    `/v1/files/${A}?x=\0`,
    `/v1/files/${A}?a b`,
  ],
  ...[
    `/v1/files/${B}`,
    `/v1/files/${Z}`,
    '/v1/files/',
    '/v1/files',
    '/',
    `/${'a/'.repeat(5_000)}`,
    '/__proto__',
    '/constructor',
  ],
]
const CREDENTIALS: readonly (readonly Field[])[] = [
  [],
  [TOKEN, TOKEN],
  [TOKEN, ['x-figma-token', '<other>']],
  [TOKEN, ['x-figma-token', '']],
  [TOKEN, ['authorization', 'Bearer <other>']],
  [
    ['authorization', 'Bearer <secret>'],
    ['authorization', 'Bearer <other>'],
  ],
  [
    ['authorization', 'Bearer <secret>'],
    ['authorization', 'Basic YTpi'],
  ],
  [
    ['authorization', 'Basic YTpi'],
    ['authorization', 'Bearer <secret>'],
  ],
  [['x-figma-token', '<secret>,<other>']],
  [['x-figma-token', '<secret>\0']],
  [['x-figma-token', '<secret>\r\nx: y']],
  [['x-figma-token', '<secret>\xa0']],
  [['X-Figma-Token', '<secret>']],
  [['X-FIGMA-TOKEN', '<secret>'], TOKEN],
  [['x-figma-token ', '<secret>']],
  [['x_figma_token', '<secret>']],
  [['', '<secret>']],
  [['cookie', 'x-figma-token=<secret>']],
  [['proxy-authorization', 'Bearer <secret>']],
  [['x-figma-token', 'a'.repeat(60_000)]],
]
const CONNECTION: readonly Field[] = [
  ['connection', 'close, x-figma-token'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['keep-alive', 'x'],
  ['proxy-connection', 'x'],
  ['te', 'gzip'],
  ['http2-settings', 'AAMAAABkAAQCAAAAAAIAAAAA'],
]
const BODIES: { readonly [name: string]: Message } = {
  'no body': { fields: POST },
  'an empty body': post(''),
  'half a body': post(TEAM.slice(0, -1)),
  'two bodies': post(TEAM + TEAM),
  'a longer length': post(TEAM, ['content-length', '100']),
  'a shorter length': post(TEAM, ['content-length', '2']),
  'no length': post(TEAM, ['content-length', '0']),
  'two lengths': post(TEAM, ['content-length', String(TEAM.length)], ['content-length', '2']),
  'a length that is none': post(TEAM, ['content-length', '-1']),
  'two types': post(TEAM, ['content-type', 'text/plain']),
  'a name twice': post('{"context":"team","context_id":"456","context_id":"457"}'),
  'a team of another plan': post('{"context":"team","context_id":"956"}'),
  'an encoding': post(TEAM, ['content-encoding', 'gzip']),
  'more than is taken': post(`${TEAM}${' '.repeat(16_000)}`.slice(0, 16_000).concat('x')),
  'a token behind it': { fields: POST.filter((field) => field !== TOKEN), body: TEAM, trailers: [TOKEN] },
  'a second token behind it': { ...post('{}'), trailers: [['x-figma-token', '<other>']] },
}

const TABLES: { readonly [name: string]: { readonly [name: string]: Message } } = {
  'pseudo-headers': PSEUDO,
  methods: Object.fromEntries(METHODS.map((name) => [JSON.stringify(name), plain(method(name), ...SITE, MINE, TOKEN)])),
  paths: Object.fromEntries(PATHS.map((target) => [JSON.stringify(target).slice(0, 80), get(target)])),
  credentials: Object.fromEntries(
    CREDENTIALS.map((fields) => [JSON.stringify(fields).slice(0, 120), plain(...GET, MINE, ...fields)]),
  ),
  bodies: BODIES,
}

describe.each(Object.keys(TABLES))('malformed %s', (table) => {
  const cases = TABLES[table] as (typeof TABLES)[string]

  it('are refused, and no handler runs', async () => {
    const { port, runs, statuses, thrown, send } = await served()
    for (const [name, message] of Object.entries(cases)) {
      const { what, body } = await send(message)
      expect(what, name).not.toBe('nothing')
      expect(body.includes(w.ONE.secret) || body.includes(w.ALL.secret), name).toBe(false)
      expect(runs, name).toEqual([])
      if (what !== 'answer' || body === '') continue
      const { code, status } = JSON.parse(body) as { code: RefusalCode; status: number }
      expect(REFUSALS[code]?.status, name).toBe(status)
    }
    expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([])
    expect(thrown).toEqual([])
    // And it still serves.
    const headers = [['x-figma-token', w.ONE.secret]] as const
    expect((await send2(port, { method: 'GET', target: `/v1/files/${A}`, headers })).status).toBe(200)
    expect(runs).toEqual([{ url: `/v1/files/${A}`, body: '', resources: [A] }])
  })
})

it('fields of a connection end the stream, or are as if they were not there', async () => {
  const { runs, statuses, thrown, send } = await served()
  for (const field of CONNECTION) {
    const before = runs.length
    const { what, body } = await send(get(`/v1/files/${A}`, field))
    expect(['answer', 'reset', 'goaway'], field[0]).toContain(what)
    if (what === 'answer') expect(JSON.parse(body), field[0]).toEqual({ here: `/v1/files/${A}` })
    else expect(runs.length, field[0]).toBe(before)
  }
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(thrown).toEqual([])
})

describe('what no guard goes by changes nothing', () => {
  const authorities = [
    '',
    'other.example',
    'user:pass@api.example',
    'api.example:99999',
    '[::1]',
    'a b',
    '../..',
    '%00',
  ]

  it.each(authorities)('an authority of %j', async (authority) => {
    const { runs, send } = await served()
    for (const target of [`/v1/files/${A}`, `/v1/files/${B}`, `/v1/files/${Z}`])
      await send(
        plain(method('GET'), [':scheme', 'x'], [':authority', authority], path(target), TOKEN, [
          'host',
          'evil.example',
        ]),
      )
    for (const { url, resources } of runs) expect([url, resources]).toEqual([`/v1/files/${A}`, [A]])
  })

  it.each<[string, readonly Field[]]>([
    [
      'a target in another header',
      [
        ['x-original-url', `/v1/files/${B}`],
        ['x-rewrite-url', `/v1/files/${B}`],
      ],
    ],
    ['a method in another header', [['x-http-method-override', 'DELETE']]],
    [
      'cookies in crumbs',
      [
        ['cookie', 'a=1'],
        ['cookie', 'b=2'],
      ],
    ],
    [
      'a header of the prototype',
      [
        ['__proto__', 'x'],
        ['constructor', 'x'],
      ],
    ],
    ['many headers', Array.from({ length: 60 }, (_, i): Field => [`x-${i}`, '1'])],
  ])('%s', async (_, fields) => {
    const { runs, send } = await served()
    expect(JSON.parse((await send(get(`/v1/files/${A}`, ...fields))).body)).toEqual({ here: `/v1/files/${A}` })
    expect(runs).toEqual([{ url: `/v1/files/${A}`, body: '', resources: [A] }])
  })
})

it('the body that is judged is the one that the handler reads', async () => {
  const { runs, send } = await served()
  const all: Message = {
    ...post(TEAM),
    fields: [...POST.filter((field) => field !== TOKEN), ['x-figma-token', '<other>']],
  }
  await send(all)
  await send({
    ...all,
    trailers: [
      ['x-figma-token', 'behind'],
      ['content-type', 'text/plain'],
    ],
  })
  expect(runs.map(({ body, resources }) => [body, resources])).toEqual(Array(2).fill([TEAM, ['456']]))
})
