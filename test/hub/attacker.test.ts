/**
 * The hub against whoever wants to be sent elsewhere, be taken for somebody else, or learn of another plan: raw targets over
 * HTTP/1.1 and HTTP/2, options out of JSON, and questions about what lies in another plan.
 */
import { createServer as createServer2 } from 'node:http2'
import { type ResourceRef, SetupError } from 'plan-access-tokens'
import { toNode } from 'plan-access-tokens/admin'
import { hubHandler } from 'plan-access-tokens/hub'
import { describe, expect, it } from 'vitest'
import { listen, sendRaw } from '../admin/server.ts'
import { type Field, sendFrames } from '../http/support/frames.ts'
import { listen as listen2 } from '../http/support/site.ts'
import { readReply } from '../http/support/wire.ts'
import { hubWorld, PATH, PLAN } from './world.ts'

const SAFE = {
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
}

/** A target, and where the answer leads; `undefined` is no redirect. */
const TARGETS: readonly (readonly [target: string, status: number, location?: string])[] = [
  [`${PATH}/`, 308, PATH],
  [`${PATH}//`, 400],
  [`/${PATH}/`, 400],
  [`${PATH}/?`, 400],
  [`${PATH}/?next=//evil.example/`, 400],
  [`${PATH}?next=//evil.example/`, 200],
  [`${PATH}/#/`, 400],
  [`${PATH}/./`, 400],
  [`${PATH}/../`, 400],
  [`${PATH}/..//evil.example/`, 400],
  [`${PATH}/%2e%2e/`, 400],
  [`${PATH}%2f/`, 400],
  [`${PATH}/%0d%0aLocation:%20x/`, 400],
  [`${PATH};/`, 400],
  [`${PATH.toUpperCase()}/`, 400],
  [`${PATH}/@evil.example/`, 400],
  [`${PATH}/hub.js/`, 400],
  [`${PATH}/api`, 404],
  [`${PATH}/api/`, 400],
  [`${PATH}/api/policies/`, 400],
  [`${PATH}/api//policies`, 400],
  [`${PATH}/api/../api/policies`, 400],
  ['//evil.example/', 400],
  ['//evil.example//', 400],
  ['///evil.example/', 400],
  ['/\\evil.example/', 400],
  ['/', 404],
  ['//', 400],
  [`http://evil.example${PATH}/`, 400],
  ['http://evil.example//', 400],
  [`evil.example${PATH}/`, 400],
]

describe('a target', () => {
  it.each(TARGETS)('%s', async (target, status, location) => {
    const { hub } = await hubWorld()
    const address = await listen(toNode(hub))
    for (const host of ['acme.example', 'evil.example', 'evil.example:99999', 'user@evil.example', '']) {
      const lines = [`Host: ${host}`, 'X-Forwarded-Host: evil.example', `X-Original-URL: ${PATH}`, 'Connection: close']
      const text = await sendRaw(address, [`GET ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
      // Node itself refuses what is no target at all.
      if (!text.includes('content-security-policy')) {
        expect(text).toMatch(/^HTTP\/1\.1 400 /)
        continue
      }
      const reply = readReply(text)
      expect([reply.status, reply.headers.location]).toEqual([status, location])
      expect(reply.headers).toMatchObject(SAFE)
      expect(text).not.toContain('evil.example')
    }
  })
})

describe('over HTTP/2', () => {
  /** The hub whose session is one cookie of several, and a way to send header fields as they stand here. */
  async function served() {
    const seen: (string | null)[] = []
    const actor = (request: Request): string | undefined => {
      const cookie = request.headers.get('cookie')
      seen.push(cookie)
      return cookie?.split('; ').includes('session=ada') ? 'ada' : undefined
    }
    const { hub } = await hubWorld({ actor })
    const { port } = await listen2(createServer2(toNode(hub)))
    const send = (method: string, path: string, fields: readonly Field[], body?: string) =>
      sendFrames(port, {
        fields: [[':method', method], [':scheme', 'http'], [':authority', 'acme.example'], [':path', path], ...fields],
        ...(body !== undefined && { body }),
      })
    return { seen, send }
  }

  it('cookies in crumbs, as browsers send them, are one session', async () => {
    const { seen, send } = await served()
    const { body } = await send('GET', PATH, [
      ['cookie', 'theme=dark'],
      ['cookie', 'session=ada'],
    ])
    expect(seen).toEqual(['theme=dark; session=ada'])
    expect(body).toContain('id="boot"')
  })

  it.each<[string, readonly Field[]]>([
    ['of another site', [['origin', 'http://evil.example']]],
    [
      'of the own and another site',
      [
        ['origin', 'http://acme.example'],
        ['origin', 'http://evil.example'],
      ],
    ],
    ['of no site', [['origin', 'null']]],
    ['from the same site', [['sec-fetch-site', 'same-site']]],
    [
      'from two sites',
      [
        ['sec-fetch-site', 'same-origin'],
        ['sec-fetch-site', 'cross-site'],
      ],
    ],
    [
      'whose host is another',
      [
        ['host', 'evil.example'],
        ['origin', 'http://evil.example'],
      ],
    ],
    ['that is no JSON by its type', [['content-type', 'text/plain']]],
    [
      'of two types',
      [
        ['content-type', 'text/plain'],
        ['content-type', 'application/json'],
      ],
    ],
  ])('a request %s changes nothing', async (_, fields) => {
    const { send } = await served()
    const type: readonly Field[] = fields.some(([name]) => name === 'content-type')
      ? []
      : [['content-type', 'application/json']]
    const { body } = await send(
      'POST',
      `${PATH}/api/links`,
      [['cookie', 'session=ada'], ...type, ...fields],
      '{"text":""}',
    )
    expect(['cross_site', 'media_type_unsupported']).toContain(JSON.parse(body).code)
  })
})

describe('options out of JSON', () => {
  it.each([
    ['texts', '{"__proto__":{"title":"x"}}'],
    ['texts', '{"constructor":"x"}'],
    ['texts', '{"toString":"x"}'],
    ['addresses', '{"__proto__":"https://x.example"}'],
    ['addresses', '{"constructor":"https://x.example"}'],
    ['addresses', '{"rest":"https://x.example/\\r\\nx"}'],
    ['addresses', '{"rest":"javascript:alert(1)"}'],
    ['addresses', '{"rest":"https://x.example/\\"; touch x; \\""}'],
    ['origin', '"https://acme.example\\r\\nx: y"'],
    ['origin', '"https://acme.example/"'],
    ['origin', '"null"'],
    ['basePath', '"/x\\r\\nLocation: //evil.example"'],
    ['basePath', '"//evil.example"'],
    ['basePath', '"/\\\\evil.example"'],
    ['basePath', '"/x\\"><script>"'],
    ['signIn', '"//evil.example"'],
    ['signIn', '"/\\t/evil.example"'],
    ['signIn', '"/\\\\evil.example"'],
    ['signIn', '"\\u0001javascript:alert(1)"'],
    ['signIn', '"JAVASCRIPT:alert(1)"'],
    ['lang', '"en\\"><script>"'],
    ['__proto__', '{"basePath":"/x"}'],
  ])('%s %s is refused when the server starts', async (name, json) => {
    const { tokens } = await hubWorld()
    const own = Object.defineProperty({}, name, { value: JSON.parse(json), enumerable: true })
    const make = (): unknown => hubHandler(Object.assign(own, { tokens, actor: () => 'ada', plans: () => [] }) as never)
    expect(make).toThrow(SetupError)
    expect(Object.hasOwn(Object.prototype, 'basePath') || Object.hasOwn(Object.prototype, 'title')).toBe(false)
  })
})

describe('an admin of one plan asks about what lies in another', () => {
  const FOREIGN = 'GLOBEX2026'
  const ABSENT = 'NOWHERE026'

  it.each([
    ['a link', '/links', { text: `https://www.figma.com/design/${FOREIGN}`, planId: PLAN }],
    ['many links', '/links', { text: `https://www.figma.com/file/${FOREIGN}\n`.repeat(20), planId: PLAN }],
    ['a branch of it', '/links', { text: `https://www.figma.com/design/${FOREIGN}/branch/${FOREIGN}`, planId: PLAN }],
    ['a token for it', `/plans/${PLAN}/tokens`, { resources: [`https://www.figma.com/design/${FOREIGN}`] }],
    ['what a token may do there', '/explain', { method: 'GET', url: `/v1/files/${FOREIGN}` }],
    ['the same by a route', '/explain', { route: 'GET /v1/files/{file_key}', params: { file_key: FOREIGN } }],
  ])(
    '%s: the answer is that about what does not exist, and nobody is asked for its name',
    async (_, path, question) => {
      const described: string[] = []
      const describe = (refs: readonly ResourceRef[]): readonly string[] => {
        described.push(...refs.map(({ id }) => id))
        return []
      }
      const w = await hubWorld({ directory: { describe } })
      const hub = hubHandler({ tokens: w.tokens, actor: () => 'bob', plans: () => [] })
      const { token } = await w.make('Of the whole plan')
      const ask = async (id: string): Promise<string> => {
        const more = path === '/explain' ? { id: token.id } : path === '/links' ? {} : TOKEN
        const body = JSON.stringify({ ...more, ...question }).replaceAll(FOREIGN, id)
        const headers = { 'content-type': 'application/json' }
        const answer = await hub(new Request(`https://acme.example/api${path}`, { method: 'POST', headers, body }))
        return `${answer.status} ${await answer.text()}`
      }
      const foreign = await ask(FOREIGN)
      expect((await ask(ABSENT)).replaceAll(ABSENT, FOREIGN)).toBe(foreign)
      expect(described).toEqual([])
      // What lies in the plan reads otherwise, so that the question was one.
      expect((await ask('ABCDEFG123')).replaceAll('ABCDEFG123', FOREIGN)).not.toBe(foreign)
    },
  )
})

const TOKEN = { type: 'rest', name: 'x', lifetimeDays: 1, scopes: ['file_content:read'] }
