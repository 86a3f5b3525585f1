/** Malformed requests: targets that can be read in two ways, bodies that are no JSON, too long, too deep, or say too much. */
import type { Issue } from 'plan-access-tokens'
import { adminHandler } from 'plan-access-tokens/admin'
import { describe, expect, it } from 'vitest'
import { changingNothing } from '../attack/verdicts.ts'
import { actor, adminWorld, refused, requestOf, type Sending, TOKEN } from './world.ts'

describe('a target', () => {
  it.each([
    ['/tokens//x', 400],
    ['/tokens/x/', 400],
    ['/policies/', 400],
    ['//policies', 400],
    ['/%70olicies', 400],
    ['/tokens/a%2fb', 400],
    ['/tokens/a%5Cb', 400],
    ['/tokens/%00', 400],
    ['/tokens/%ff', 400],
    ['/tokens/%', 400],
    ['/policies;x=1', 400],
    ['/policies%3Bx=1', 404],
    ['/Policies', 404],
    ['/policies.json', 404],
    ['/', 404],
    ['/tokens', 404],
    ['/tokens/x/refresh/y', 404],
    ['/introspect', 404],
    ['/revoke', 404],
    ['/policies?x=1', 400],
    ['/openapi.json?x=1', 400],
    ['/tokens/x?version=1', 400],
    ['/policies?%zz', 400],
  ])('%s is %i', async (path, status) => {
    const w = await adminWorld()
    const answer = await w.call(`GET ${path}`)
    expect([answer.status, answer.body.issues]).toEqual([status, expect.any(Array)])
    expect(w.store.count('find')).toBe(0)
  })

  it('begins with the base path', async () => {
    const w = await adminWorld({ basePath: '/admin/api' })
    expect((await w.call('GET /admin/api/policies')).status).toBe(200)
    for (const path of [
      '/policies',
      '/admin/apipolicies',
      '/admin/api',
      '/Admin/api/policies',
      '/x/admin/api/policies',
    ]) {
      const answer = await w.call(`GET ${path}`)
      refused(answer, 'not_found', 404)
      expect(answer.body.detail).toMatch(/does not begin with the basePath/)
    }
    const elsewhere = await w.call('GET /admin/api/nothing')
    refused(elsewhere, 'not_found', 404)
    expect(elsewhere.body).not.toHaveProperty('detail')
  })

  it('names a token or a plan as it is, once decoded', async () => {
    const w = await adminWorld()
    for (const id of ['ü', 'a b', '{}', 'a%25b'])
      refused(await w.call(`GET /tokens/${encodeURI(id)}`), 'token_not_found', 404)
    expect(w.store.calls.filter(({ method }) => method === 'find').map(({ args }) => args[0])).toEqual([
      'ü',
      'a b',
      '{}',
      'a%25b',
    ])
  })
})

const json = JSON.stringify(TOKEN)
const deep = (depth: number, inside = '') => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`
const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

describe('a body', () => {
  it.each<[string, string | Uint8Array, string, number]>([
    ['nothing', '', 'invalid_input', 400],
    ['cut off', json.slice(0, -1), 'request_malformed', 400],
    ['two values', `${json}${json}`, 'request_malformed', 400],
    ['a comment', `/* */${json}`, 'request_malformed', 400],
    ['a byte order mark', `\uFEFF${json}`, 'request_malformed', 400],
    ['invalid UTF-8', bytes(json.replace('From', 'Fr\xffm')), 'request_malformed', 400],
    ['a cut character', bytes(json.replace('From', 'Fr\xc3')), 'request_malformed', 400],
    [
      'UTF-16',
      new Uint8Array(new Uint16Array([...json].map((char) => char.charCodeAt(0))).buffer),
      'request_malformed',
      400,
    ],
    ['a name twice', `${json.slice(0, -1)},"name":"x"}`, 'request_malformed', 400],
    ['a name twice, once escaped', `${json.slice(0, -1)},"n\\u0061me":"x"}`, 'request_malformed', 400],
    ['NaN', json.replace('30', 'NaN'), 'request_malformed', 400],
    ['infinity', json.replace('30', '1e999'), 'invalid_input', 400],
    ['null', 'null', 'invalid_input', 400],
    ['a list', '[]', 'invalid_input', 400],
    ['text', '"x"', 'invalid_input', 400],
    ['depth 10,000', deep(10_000), 'invalid_input', 400],
    ['depth 100,000 in a field', `{"name":${deep(100_000)}}`, 'invalid_input', 400],
    ['depth 100,000, broken', '['.repeat(100_000), 'request_malformed', 400],
    ['__proto__', `${json.slice(0, -1)},"__proto__":{"isAdmin":true}}`, 'request_malformed', 400],
    ['constructor', `${json.slice(0, -1)},"constructor":1}`, 'invalid_input', 400],
    ['an actor', `${json.slice(0, -1)},"actor":"admin-2"}`, 'invalid_input', 400],
    ['another plan', `${json.slice(0, -1)},"planId":"2002"}`, 'invalid_input', 400],
    ['a key in the body', `${json.slice(0, -1)},"idempotencyKey":"k"}`, 'invalid_input', 400],
    ['ten thousand fields', `{${Array.from({ length: 10_000 }, (_, i) => `"f${i}":1`).join()}}`, 'invalid_input', 400],
    ['300 kB', `${json}${' '.repeat(300_000)}`, 'body_too_large', 413],
  ])('with %s is refused', async (_, body, code, status) => {
    const w = await adminWorld()
    await changingNothing(w, async () => {
      const answer = refused(await w.call('POST /plans/1001/tokens', { body }), code, status)
      expect(answer.text.length).toBeLessThan(20_000)
    })
  })

  it('names every mistake of its shape at once, and then every mistake of its meaning', async () => {
    const w = await adminWorld()
    const shape = await w.call('POST /plans/1001/tokens', {
      body: { nmae: 'x', type: 7, lifetimeDays: '30', scopes: ['a', 2], resources: 'some' },
    })
    const { issues } = refused(shape, 'invalid_input', 400).body
    expect(issues.map(({ path, message }: Issue) => ({ path, message }))).toEqual([
      { path: 'type', message: 'must be text.' },
      { path: 'name', message: 'is missing.' },
      { path: 'lifetimeDays', message: 'must be a number.' },
      { path: 'scopes[1]', message: 'must be text.' },
      { path: 'resources', message: 'must be "all" or a list of links.' },
      { path: 'nmae', message: 'is not a field here. Did you mean "name"?' },
    ])
    const meaning = await w.call('POST /plans/1001/tokens', {
      body: {
        type: 'rest',
        name: ' ',
        lifetimeDays: 366,
        scopes: ['file_content:reed'],
        resources: ['https://x.example'],
      },
    })
    const paths = refused(meaning, 'invalid_input', 400).body.issues.map((issue: { path: string }) => issue.path)
    expect(paths).toEqual(['name', 'lifetimeDays', 'scopes[0]', 'resources[0]'])
  })

  it('is taken up to the limit and read no further', async () => {
    const w = await adminWorld()
    const handler = adminHandler({ tokens: w.tokens, actor, bodyBytes: json.length })
    const statusOf = async (body: unknown) => (await handler(requestOf('POST /plans/1001/tokens', { body }))).status
    expect(await statusOf(json)).toBe(201)
    expect(await statusOf(`${json} `)).toBe(413)
    let sent = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      sent += 100
      controller.enqueue(new Uint8Array(100).fill(32))
    }
    const endless = new ReadableStream({ pull }, { highWaterMark: 0 })
    expect(await statusOf(endless)).toBe(413)
    expect(sent).toBeLessThan(json.length + 200)
  })

  it.each(['POST /plans/1001/tokens', 'POST /revoke'])('that does not arrive is not waited for: %s', async (line) => {
    let isGivenUp = false
    const slow = new ReadableStream({
      start: (controller) => controller.enqueue(bytes('{')),
      cancel: () => {
        isGivenUp = true
      },
    })
    const w = await adminWorld({ bodyTimeoutMs: 30, introspection: { client: () => true } })
    const type = line.endsWith('/revoke') ? 'application/x-www-form-urlencoded' : 'application/json'
    await changingNothing(w, async () => {
      const seen = await w.send(asRequest(line, { body: slow, headers: { 'content-type': type } }))
      refused(seen, 'body_timeout', 408)
    })
    expect(isGivenUp).toBe(true)
  })

  it('that breaks off, or that somebody has read, is no empty one', async () => {
    const w = await adminWorld()
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
    const path = `POST /tokens/${w.ALL.token.id}/refresh`
    refused(await w.send(asRequest(path, { body: broken })), 'request_malformed', 400)
    const read = requestOf(path, { body: { retirePrevious: 'now' } })
    await read.text()
    expect((await w.handler(read)).status).toBe(500)
    expect((await w.call(`GET /tokens/${w.ALL.token.id}`)).body.version).toBe(1)
  })
})

/** A request whose clone can be read too. */
const asRequest = (line: string, sending: Sending): Request => {
  const request = requestOf(line, sending)
  Object.defineProperty(request, 'clone', { value: () => new Request('https://x', { method: 'POST', body: '' }) })
  return request
}
