/**
 * Several hundred malformed requests over raw sockets: each is answered with a refusal of ours or a 4xx of the server itself,
 * nothing of the inside is told, nothing hangs, and no handler runs.
 */

import { gzipSync } from 'node:zlib'
import { REFUSALS } from 'plan-access-tokens'
import { beforeAll, describe, expect, it } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { request, serve } from './support/served.ts'
import { exchange, readReply } from './support/wire.ts'

let w: World
let other: string
beforeAll(async () => {
  w = await world()
  other = w.ONE.secret
})

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

/** A request by its lines; nothing is added but the empty line and the body. */
function raw(lines: readonly string[], body: string | Uint8Array = ''): Buffer {
  const rest = typeof body === 'string' ? Buffer.from(body) : body
  return Buffer.concat([latin1(`${lines.join('\r\n')}\r\n\r\n`), rest])
}

const GET = `GET /v1/files/${A} HTTP/1.1`
const POST = 'POST /v2/webhooks HTTP/1.1'
const BASICS = ['Host: api.example', 'Connection: close']
const JSON_TYPE = 'Content-Type: application/json'

/** Credentials that are none, or more than one. */
function credentials(): readonly Buffer[] {
  const good = w.ALL.secret
  const lines: readonly (readonly string[])[] = [
    [],
    [`X-Figma-Token: ${good}`, `X-Figma-Token: ${good}`],
    [`X-Figma-Token: ${good}`, `x-figma-token: ${other}`],
    [`X-Figma-Token: ${good}`, `Authorization: Bearer ${other}`],
    [`Authorization: Bearer ${good}`, `Authorization: Bearer ${other}`],
    [`Authorization: Bearer ${good}`, `authorization: Bearer ${good}`],
    [`Authorization: Basic YTpi`, `Authorization: Bearer ${good}`],
    [`X-Figma-Token: ${good}, ${other}`],
    [`X-Figma-Token: ${good},${good}`],
    [`Authorization: Bearer ${good}, Bearer ${other}`],
    [`Authorization: Bearer ${good},${other}`],
    [`Authorization: Basic YTpi, Bearer ${good}`],
    [`X-Figma-Token: ${good.slice(0, -1)}`, ` ${good.slice(-1)}`],
    ['X-Figma-Token:', ` ${good}`, `\t${other}`],
    [`X-Figma-Token: ${good}\0`],
    [`X-Figma-Token: \0${good}`],
    [`X-Figma-Token: ${good}\x01`],
    [`X-Figma-Token: ${good}\x7f`],
    [`X-Figma-Token: ${good}\xa0`],
    [`X-Figma-Token: ${good}\xff`],
    [`X-Figma-Token: "${good}"`],
    [`X-Figma-Token: Bearer ${good}`],
    [`X-Figma-Token: ${good} ${good}`],
    [`X-Figma-Token : ${good}`],
    [`X-Figma-Token\0: ${good}`],
    [`X Figma Token: ${good}`],
    [`X_Figma_Token: ${good}`],
    [`: ${good}`],
    [`X-Figma-Token ${good}`],
    [`X-Figma-Token: ${'a'.repeat(65_536)}`],
    [`X-Filler: ${'a'.repeat(65_536)}`, `X-Figma-Token: ${good}`],
    [...Array.from({ length: 3_000 }, (_, i) => `X-${i}: 1`), `X-Figma-Token: ${good}`],
    ['X-Figma-Token: __proto__'],
    ['__proto__: x', 'constructor: x'],
    [`Cookie: X-Figma-Token=${good}`],
    [`Proxy-Authorization: Bearer ${good}`],
    [`Authorization: bearer${good}`],
    [`Authorization: Bearer\t${good}`],
    ['Authorization: Bearer'],
    ['Authorization: Bearer '],
    [`Authorization: Token ${good}`],
    [`Authorization: ${good}`],
  ]
  return lines.flatMap((credential) => [
    raw([GET, ...BASICS, ...credential]),
    raw([GET, ...credential, ...BASICS]),
    raw([POST, ...BASICS, JSON_TYPE, ...credential, 'Content-Length: 2'], '{}'),
  ])
}

/** Heads that are no HTTP/1.1. */
function heads(): readonly Buffer[] {
  const token = `X-Figma-Token: ${w.ALL.secret}`
  const first = [
    'GET',
    'GET /v1/me',
    `GET /v1/files/${A} HTTP/1.1 x`,
    `GET /v1/files/${A} HTTP/9.9`,
    `GET /v1/files/${A} http/1.1`,
    `GET /v1/files/${A}\0 HTTP/1.1`,
    `GET /v1/files/ ${A} HTTP/1.1`,
    `GET \t/v1/files/${A} HTTP/1.1`,
    `G\0T /v1/files/${A} HTTP/1.1`,
    `get /v1/files/${A} HTTP/1.1`,
    `FOO /v1/files/${A} HTTP/1.1`,
    `GET /v1/files/${A}/${'a'.repeat(65_536)} HTTP/1.1`,
    `GET /v1/files/${A}?${'a=1&'.repeat(2_000)}x=\x7f HTTP/1.1`,
    `GET /${'a/'.repeat(3_000)} HTTP/1.1`,
    `GET /${'../'.repeat(1_000)} HTTP/1.1`,
    `GET /v1/files/${'%'.repeat(3_000)} HTTP/1.1`,
    'PRI * HTTP/2.0',
    'CONNECT api.example:443 HTTP/1.1',
    'OPTIONS * HTTP/1.1',
    'TRACE / HTTP/1.1',
    '\x16\x03\x01\x02\x00\x01\x00',
  ]
  const framings = [
    ['Content-Length: -1'],
    ['Content-Length: +2'],
    ['Content-Length: 0x2'],
    ['Content-Length: 2, 2'],
    ['Content-Length: 2', 'Content-Length: 3'],
    ['Content-Length: 99999999999999999999'],
    ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: identity'],
    ['Transfer-Encoding:\x0bchunked'],
    ['Expect: 200-ok', 'Content-Length: 2'],
  ]
  return [
    ...first.map((line) => raw([line, ...BASICS, token])),
    raw([GET, 'Connection: close', token]),
    raw([GET, 'Host: a/v1/me?', 'Host: b', 'Connection: close', `${token}x`]),
    latin1(`${GET}\n${BASICS.join('\n')}\n${token}\rX: y\n\n`),
    ...framings.map((framing) => raw([POST, ...BASICS, JSON_TYPE, token, ...framing], '{}')),
  ]
}

/** Chunked bodies that are none. */
function chunks(): readonly Buffer[] {
  const head = [POST, ...BASICS, JSON_TYPE, `X-Figma-Token: ${w.ALL.secret}`, 'Transfer-Encoding: chunked']
  const good = '{"context":"team","context_id":"456"}'
  const size = good.length.toString(16)
  const bodies = [
    'zz\r\n{}\r\n0\r\n\r\n',
    '-2\r\n{}\r\n0\r\n\r\n',
    '0x2\r\n{}\r\n0\r\n\r\n',
    `${size}\r\n${good}X0\r\n\r\n`,
    `1\r\n${good}\r\n0\r\n\r\n`,
    'fffffffffffffffff\r\n{}\r\n0\r\n\r\n',
    `${size} ;\0\r\n${good}\r\n0\r\n\r\n`,
    '\r\n\r\n',
    '0\r\n\r\n',
    '0\r\nX-Figma-Token: x\r\n\r\n',
  ]
  return bodies.map((body) => raw(head, body))
}

/** Bodies that are no plain JSON, name nothing, or say it twice. */
function bodies(): readonly Buffer[] {
  const team = '{"context":"team","context_id":"456"}'
  const utf16 = Buffer.from(team, 'utf16le')
  const texts: readonly (string | Uint8Array)[] = [
    '',
    ' ',
    '{',
    '{"context":"team","context_id":"456"',
    `${team},`,
    `${team}\0`,
    `${team}${team}`,
    `\ufeff${team}`,
    `// x\n${team}`,
    "{'context':'team','context_id':'456'}",
    '{"context":"team","context_id":456.5}',
    '{"context":"team","context_id":4.56e2}',
    '{"context":"team","context_id":456.0}',
    '{"context":"team","context_id":["456"]}',
    '{"context":"team","context_id":{"toString":"456"}}',
    '{"context":"team","context_id":"456","context_id":"956"}',
    '{"context":"team","context_id":"956","context_\\u0069d":"456"}',
    '{"context":"team","context_id":"456","team_id":"956"}',
    '{"__proto__":{"context":"team","context_id":"456"}}',
    '{"constructor":{"prototype":{"context":"team","context_id":"456"}}}',
    '{"context":"__proto__","context_id":"456"}',
    '{"context":"team","context_id":"__proto__"}',
    '{"context":"team","context_id":"456\\u0000"}',
    '{"context":"team","context_id":"\\ud800"}',
    '{"context":"team","context_id":""}',
    '{"context":"TEAM","context_id":"456"}',
    '"team"',
    'null',
    'true',
    'NaN',
    '1e999',
    '[]',
    `[${team}]`,
    '['.repeat(10_000),
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `${'{"context":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    Buffer.concat([Buffer.from('{"context":"team","context_id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    Buffer.concat([Buffer.from('{"context":"team","context_id":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    Buffer.concat([
      Buffer.from('{"context":"team","context_id":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}'),
    ]),
    Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    utf16,
    gzipSync(team),
    '+AHsAIgBjAG8AbgB0AGUAeAB0ACI-',
    'context=team&context_id=456',
  ]
  const types: readonly (readonly string[])[] = [
    [JSON_TYPE],
    ['Content-Type: application/json; charset=utf-8'],
    ['Content-Type: application/vnd.api+json'],
  ]
  const odd: readonly (readonly string[])[] = [
    [],
    ['Content-Type: text/plain'],
    ['Content-Type: application/json; charset=utf-7'],
    ['Content-Type: application/json; charset=utf-16'],
    ['Content-Type: application/json; charset=UTF-16LE'],
    ['Content-Type: application/json, application/json'],
    ['Content-Type: text/plain', JSON_TYPE],
    ['Content-Type: application/x-www-form-urlencoded'],
    ['Content-Type: multipart/form-data; boundary=x'],
    [JSON_TYPE, 'Content-Encoding: gzip'],
    [JSON_TYPE, 'Content-Encoding: identity'],
    [JSON_TYPE, 'Content-Encoding: deflate, gzip'],
    [JSON_TYPE, 'Content-Encoding: nothing'],
  ]
  const head = (headers: readonly string[], body: string | Uint8Array) => {
    const length = `Content-Length: ${Buffer.byteLength(body)}`
    return raw([POST, ...BASICS, `X-Figma-Token: ${w.ALL.secret}`, ...headers, length], body)
  }
  return [
    ...types.flatMap((type) => texts.map((text) => head(type, text))),
    ...odd.flatMap((headers) => [head(headers, team), head(headers, gzipSync(team)), head(headers, utf16)]),
    raw([POST, ...BASICS, `X-Figma-Token: ${w.ALL.secret}`, JSON_TYPE]),
  ]
}

const KINDS = { credentials, heads, chunks, bodies }
const HTTP1 = FRAMEWORKS.filter(({ isHttp2 }) => !isHttp2)

describe.each(HTTP1)('$name', (framework) => {
  it.each(Object.keys(KINDS) as (keyof typeof KINDS)[])('answers malformed %s by the book', async (kind) => {
    const { port, runs, send } = await serve(framework, { tokens: w.tokens })
    const requests = [...KINDS[kind]()]
    const total = requests.length
    let answered = 0
    const ask = async (): Promise<void> => {
      for (let bytes = requests.pop(); bytes; bytes = requests.pop()) {
        // A server that waits for the rest of a message gets the end of the connection, and owes no answer.
        const text = await exchange(port, [bytes], { ends: true })
        const what = JSON.stringify(bytes.subarray(0, 300).toString('latin1'))
        const { status, body, headers } = readReply(text)
        if (text === '') continue
        answered++
        expect(status, what).toBeGreaterThanOrEqual(400)
        expect(status, what).toBeLessThan(500)
        expect(text, what).not.toMatch(/\bat .*:\d+:\d+|node_modules|TypeError|SyntaxError/)
        expect(text.includes(w.ALL.secret) || text.includes(other), what).toBe(false)
        if (headers['content-type'] !== 'application/problem+json' || body === '') continue
        const { code } = JSON.parse(body) as { code: keyof typeof REFUSALS }
        expect(REFUSALS[code].status, what).toBe(status)
      }
    }
    await Promise.all(Array.from({ length: 8 }, ask))
    expect(answered).toBeGreaterThan(total * 0.9)
    expect(runs.map(({ route }) => route)).toEqual([])
    // And it still serves.
    expect((await send(request(`GET /v1/files/${A}`, w.ALL))).status).toBe(200)
  })
})
