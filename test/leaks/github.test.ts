/** GitHub's secret scanning partner program over real sockets: what it signs is dealt with and answered, and nothing else is. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { toNode } from 'plan-access-tokens/admin'
import { githubSecretScanning, type LeakActions, type LeakReport, leakHandler } from 'plan-access-tokens/leaks'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, HOUR, MINUTE, newWorld, type World, type WorldOptions } from '../support/world.ts'
import { type KeyServer, newKey, published, type SigningKey, serve, serveKeys, signedBy } from './senders.ts'

const KEY = newKey('key-1')
const OTHER = newKey('key-2')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

interface Site {
  readonly w: World
  readonly keys: KeyServer
  readonly origin: string
  readonly reports: LeakReport[]
  readonly errors: unknown[]
  /** Sends a body with headers, those of GitHub's key unless others are said. */
  send(body: string, headers?: Record<string, string>): Promise<{ readonly status: number; readonly body: unknown }>
}

async function site(action: LeakActions = 'revoke', world: WorldOptions = {}, key: SigningKey = KEY): Promise<Site> {
  const w = newWorld(world)
  const keys = await serveKeys(key)
  const reports: LeakReport[] = []
  const errors: unknown[] = []
  const handler = leakHandler({
    tokens: w.tokens,
    sources: [githubSecretScanning({ action, fetch: keys.fetch })],
    onReport: (report) => reports.push(report),
    onError: (error) => errors.push(error),
  })
  const { origin } = await serve(toNode(handler))
  return {
    ...{ w, keys, origin, reports, errors },
    async send(body, headers = signedBy(KEY, body)) {
      const response = await fetch(origin, { method: 'POST', body, headers })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}

const found = (token: unknown, url: unknown = 'https://github.com/acme/app/blob/1/a.txt') => ({
  token,
  type: 'acme_rest',
  url,
  source: 'content',
})
const problem = (status: number, code: string) => ({ status, body: expect.objectContaining({ status, code }) })

describe('the published sample', () => {
  // docs.github.com, "Secret scanning partner program": a request, and the key that its samples are checked with.
  const BODY =
    '[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]'
  const ID = 'bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c'
  const SIGNATURE = 'MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg=='
  const PEM =
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\nAjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==\n-----END PUBLIC KEY-----\n'
  const HEADERS = { 'Github-Public-Key-Identifier': ID, 'Github-Public-Key-Signature': SIGNATURE }

  it('is genuine, and its token none of ours', async () => {
    const s = await site()
    s.keys.answers((_, response) => response.end(published({ id: ID, pem: PEM })))
    expect(await s.send(BODY, HEADERS)).toEqual({
      status: 200,
      body: [{ token_hash: sha256('some_token'), token_type: 'some_type', label: 'false_positive' }],
    })
    expect(s.reports).toEqual([{ source: 'github', findings: 1, leaks: [] }])
    expect(await s.send(`${BODY} `, HEADERS)).toEqual(problem(401, 'report_forged'))
  })
})

describe('a genuine report', () => {
  it('ends the secret, and answers with its hash and that it is one', async () => {
    const s = await site()
    const { id, secret } = await s.w.make()
    const body = JSON.stringify([found(secret), found('ghp_of_somebody_else')])
    expect(await s.send(body)).toEqual({
      status: 200,
      body: [
        { token_hash: sha256(secret), token_type: 'acme_rest', label: 'true_positive' },
        { token_hash: sha256('ghp_of_somebody_else'), token_type: 'acme_rest', label: 'false_positive' },
      ],
    })
    expect(await s.w.ask(secret)).toBe('token_revoked')
    expect(s.reports).toMatchObject([{ findings: 2, leaks: [{ token: { id }, action: 'revoke', isNew: true }] }])
    expect(s.errors).toEqual([])
  })

  it('answers the same when it is replayed, and writes nothing more', async () => {
    const s = await site('retire')
    const { secret } = await s.w.make()
    const body = JSON.stringify([found(secret)])
    const headers = signedBy(KEY, body)
    const first = await s.send(body, headers)
    expect(await s.send(body, headers)).toEqual(first)
    expect(await s.w.log()).toEqual(['created', 'leak_reported'])
  })

  it('of a thousand secrets is dealt with as a whole', async () => {
    const s = await site()
    const made = await Promise.all(Array.from({ length: 1_000 }, () => s.w.make()))
    const { status, body } = await s.send(JSON.stringify(made.map(({ secret }) => found(secret))))
    expect([status, (body as unknown[]).length]).toEqual([200, 1_000])
    for (const { secret } of made) expect(await s.w.ask(secret)).toBe('token_revoked')
  })

  it('is dealt with by token type', async () => {
    const s = await site({ rest: 'tell' })
    const { secret } = await s.w.make()
    await s.send(JSON.stringify([found(secret)]))
    expect([await s.w.ask(secret), await s.w.log()]).toEqual(['allowed', ['created', 'leak_reported']])
  })

  it('leaves out what is no text, and deals with the rest', async () => {
    const s = await site()
    const { secret } = await s.w.make()
    const body = JSON.stringify([null, 5, [], {}, found(5), found({ secret }), found(secret, { url: 1 })])
    expect(await s.send(body)).toMatchObject({ status: 200, body: [{ label: 'true_positive' }] })
    expect(await s.w.ask(secret)).toBe('token_revoked')
  })

  it('that could not be dealt with is asked for again, and then ends the secret', async () => {
    let isDown = false
    const port: WorldOptions['port'] = (store) => ({
      ...store,
      findByDigest: (digest) => (isDown ? Promise.reject(new Error('down')) : store.findByDigest(digest)),
    })
    const s = await site('revoke', { port })
    const { secret } = await s.w.make()
    isDown = true
    const body = JSON.stringify([found(secret)])
    expect(await s.send(body)).toEqual(problem(503, 'unavailable'))
    expect(s.errors).toHaveLength(1)
    isDown = false
    expect(await s.send(body)).toMatchObject({ status: 200 })
    expect(await s.w.ask(secret)).toBe('token_revoked')
  })
})

describe('a forged report', () => {
  const change = (text: string, at: number): string =>
    text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1)

  it.each<
    [string, (body: string) => readonly [body: string, headers: Record<string, string>], ReturnType<typeof problem>]
  >([
    ['without a signature', (body) => [body, {}], problem(401, 'source_unknown')],
    [
      'with an empty signature',
      (body) => [body, { ...signedBy(KEY, body), 'Github-Public-Key-Signature': '' }],
      problem(401, 'report_forged'),
    ],
    [
      'without the id of a key',
      (body) => [body, { 'Github-Public-Key-Signature': signedBy(KEY, body)['Github-Public-Key-Signature'] ?? '' }],
      problem(401, 'report_forged'),
    ],
    [
      'signed by another key under its id',
      (body) => [body, signedBy({ ...OTHER, id: KEY.id }, body)],
      problem(401, 'report_forged'),
    ],
    ['signed by a key that is not published', (body) => [body, signedBy(OTHER, body)], problem(401, 'report_forged')],
    ['changed in one byte', (body) => [change(body, 12), signedBy(KEY, body)], problem(401, 'report_forged')],
    ['with a byte more', (body) => [`${body}\n`, signedBy(KEY, body)], problem(401, 'report_forged')],
    ['with the signature of another body', (body) => [body, signedBy(KEY, '[]')], problem(401, 'report_forged')],
    [
      'with a signature that is no base64',
      (body) => [body, { ...signedBy(KEY, body), 'Github-Public-Key-Signature': '*' }],
      problem(401, 'report_forged'),
    ],
    [
      'with a signature of zeros',
      (body) => [body, { ...signedBy(KEY, body), 'Github-Public-Key-Signature': 'MAYCAQACAQA=' }],
      problem(401, 'report_forged'),
    ],
    [
      'with a signature of another form, 64 bytes',
      (body) => [body, { ...signedBy(KEY, body), 'Github-Public-Key-Signature': `${'A'.repeat(86)}==` }],
      problem(401, 'report_forged'),
    ],
    ['that is no JSON', () => ['{', signedBy(KEY, '{')], problem(400, 'report_unreadable')],
    ['that is no list', () => ['{}', signedBy(KEY, '{}')], problem(400, 'report_unreadable')],
    [
      'that says a name twice',
      () => ['[{"token":"a","token":"b"}]', signedBy(KEY, '[{"token":"a","token":"b"}]')],
      problem(400, 'report_unreadable'),
    ],
  ])('%s ends nothing', async (_, forge, answer) => {
    const s = await site()
    const { secret } = await s.w.make()
    const [body, headers] = forge(JSON.stringify([found(secret)]))
    expect(await s.send(body, headers)).toEqual(answer)
    expect([await s.w.ask(secret), await s.w.log(), s.reports]).toEqual(['allowed', ['created'], []])
  })

  it('of another deployment ends nothing here', async () => {
    const [s, other] = [await site(), newWorld()]
    const [mine, theirs] = [await s.w.make(), await other.make()]
    expect(await s.send(JSON.stringify([found(theirs.secret)]))).toMatchObject({ body: [{ label: 'false_positive' }] })
    expect([await s.w.ask(mine.secret), await other.ask(theirs.secret)]).toEqual(['allowed', 'allowed'])
  })

  it('that is too long is refused before it is read', async () => {
    const s = await site()
    const body = `[${' '.repeat(1_048_576)}]`
    expect(await s.send(body)).toEqual(problem(413, 'body_too_large'))
    expect(s.keys.asked).toEqual([])
  })

  it('that never ends is given up', async () => {
    const w = newWorld()
    const { fetch } = await serveKeys(KEY)
    const sources = [githubSecretScanning({ action: 'revoke', fetch })]
    const { origin } = await serve(toNode(leakHandler({ tokens: w.tokens, sources, bodyTimeoutMs: 50 })))
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nGithub-Public-Key-Signature: a\r\n\r\n[')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toContain('408')
    socket.destroy()
  })

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('by %s is none', async (method) => {
    const s = await site()
    const response = await fetch(s.origin, { method, headers: signedBy(KEY, '') })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe("GitHub's keys", () => {
  const send = (s: Site, key: SigningKey = KEY) => s.send('[]', signedBy(key, '[]')).then(({ status }) => status)

  it('are fetched once for many reports, with what GitHub asks of callers', async () => {
    const s = await site()
    expect(await Promise.all(Array.from({ length: 20 }, () => send(s)))).toEqual(Array(20).fill(200))
    expect(s.keys.asked).toHaveLength(1)
    expect(s.keys.asked[0]).toMatchObject({ 'user-agent': 'plan-access-tokens' })
  })

  it('are asked for again by their ETag after an hour, and stay where they are the same', async () => {
    const s = await site()
    s.keys.answers((request, response) => {
      if (request.headers['if-none-match'] === '"a"') response.writeHead(304).end()
      else response.setHeader('ETag', '"a"').end(published(KEY))
    })
    expect(await send(s)).toBe(200)
    for (let hour = 1; hour < 50; hour++) {
      s.w.clock.advance(HOUR)
      expect(await send(s)).toBe(200)
    }
    expect(s.keys.asked).toHaveLength(50)
    expect(s.keys.asked.at(-1)).toMatchObject({ 'if-none-match': '"a"' })
  })

  it('are rotated: a new one is taken at its first use, and one that is gone no more', async () => {
    const s = await site()
    expect(await send(s)).toBe(200)
    s.keys.answers((_, response) => response.end(published(OTHER)))
    s.w.clock.advance(MINUTE)
    expect(await send(s, OTHER)).toBe(200)
    s.w.clock.advance(MINUTE)
    expect(await send(s, KEY)).toBe(401)
  })

  it('that are new and cannot be had are asked for again: a report by such a key is not taken for forged', async () => {
    const s = await site()
    expect(await send(s)).toBe(200)
    s.keys.answers((_, response) => response.writeHead(500).end())
    s.w.clock.advance(MINUTE)
    expect([await send(s, OTHER), await send(s)]).toEqual([503, 200])
    s.keys.answers((_, response) => response.end(published(KEY, OTHER)))
    s.w.clock.advance(MINUTE)
    expect(await send(s, OTHER)).toBe(200)
    s.w.clock.advance(MINUTE)
    expect(await send(s, newKey('forged'))).toBe(401)
  })

  it('that come into use within the minute are asked for after it: a report by one is not taken for forged', async () => {
    const s = await site()
    expect(await send(s, newKey('forged'))).toBe(401)
    s.keys.answers((_, response) => response.end(published(KEY, OTHER)))
    s.w.clock.advance(20_000)
    expect([await send(s, OTHER), s.errors]).toEqual([503, []])
    s.w.clock.advance(MINUTE)
    expect(await send(s, OTHER)).toBe(200)
  })

  it('that are forged cause no more than one fetch a minute', async () => {
    const s = await site()
    for (let i = 0; i < 20; i++) expect(await send(s, newKey(`forged-${i}`))).toBe(i === 0 ? 401 : 503)
    expect(s.keys.asked).toHaveLength(1)
    s.w.clock.advance(MINUTE)
    expect(await send(s, newKey('forged'))).toBe(401)
    expect(s.keys.asked).toHaveLength(2)
  })

  it.each<[string, Parameters<KeyServer['answers']>[0]]>([
    ['answers with an error', (_, response) => response.writeHead(500).end(published(KEY))],
    ['leads elsewhere', (_, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end()],
    ['says 304 to who has none', (_, response) => response.writeHead(304).end()],
    ['answers no JSON', (_, response) => response.end('<html>')],
    ['answers no list', (_, response) => response.end('{"public_keys":{}}')],
    ['answers no key', (_, response) => response.end('{"public_keys":[]}')],
    ['answers keys of another curve', (_, response) => response.end(published(newKey(KEY.id, 'P-384')))],
    ['answers without end', (_, response) => response.end(`[${' '.repeat(300_000)}]`)],
    ['breaks off', (_, response) => response.destroy()],
  ])('cannot be had where their server %s, and nothing is genuine then', async (_, listener) => {
    const s = await site()
    const { secret } = await s.w.make()
    s.keys.answers(listener)
    const body = JSON.stringify([found(secret)])
    expect(await s.send(body)).toEqual(problem(503, 'keys_unavailable'))
    expect([await s.w.ask(secret), s.errors.length]).toEqual(['allowed', 1])
    // Back again, after the pause.
    s.keys.answers((__, response) => response.end(published(KEY)))
    s.w.clock.advance(MINUTE)
    expect((await s.send(body)).status).toBe(200)
  })

  it('are used for a day while they cannot be asked for, and then no more', async () => {
    const s = await site()
    expect(await send(s)).toBe(200)
    s.keys.answers((_, response) => response.writeHead(500).end())
    s.w.clock.advance(DAY - 1)
    expect(await send(s)).toBe(200)
    s.w.clock.advance(1)
    expect(await send(s)).toBe(503)
  })
})

it('a secret that was retired by GitHub is told with its end', async () => {
  const s = await site('retire')
  const { id, secret } = await s.w.make()
  await s.send(JSON.stringify([found(secret)]))
  expect((await s.w.tokens.get({ actor: ADMIN, id })).expiresAt).toBe(s.w.clock.now() + DAY)
})
