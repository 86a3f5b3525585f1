/** Attacks on resources that stand in a body: several, none, doubled, of the wrong type, too much, or a stream that never ends. */
import { expect } from 'vitest'
import type { Made } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied, shown } from './verdicts.ts'
import { A, B, fetchRequest, type World, world, Z } from './world.ts'

const attack = attacksOf('resources')
const MEGABYTE = 1_048_576

/** The same body as a value, as text, as bytes and in a Fetch request; each must be judged alike. */
async function inEveryForm(w: World, line: string, body: unknown, secret: Made) {
  const text = JSON.stringify(body)
  return Promise.all([
    w.ask(line, secret, { body }),
    w.ask(line, secret, { body: text }),
    w.ask(line, secret, { body: new TextEncoder().encode(text) }),
    w.tokens.authorize(fetchRequest(line, secret, { body: text })),
  ])
}

const files = (...keys: readonly string[]) => ({ dev_resources: keys.map((file_key) => ({ file_key })) })

attack('c21', async () => {
  const w = await world()
  const POST = 'POST /v1/dev_resources'
  for (const [outside, code] of [
    [B, 'resource_not_allowed'],
    [Z, 'resource_not_in_plan'],
  ] as const) {
    const many = Array.from({ length: 1_000 }, (_, i) => (i === 998 ? outside : A))
    for (const body of [files(A, outside), files(outside, A), files(A, A, outside), files(...many)])
      for (const decision of await inEveryForm(w, POST, body, w.ONE)) denied(decision, code)
  }
  for (const decision of await inEveryForm(w, POST, files(A, A), w.ONE))
    expect(allowed(decision).resources).toEqual([{ kind: 'file', id: A }])
})

attack('c22', async () => {
  const w = await world()
  const bodies = [
    ...[undefined, '', 'null', '[]', '{}', '{"dev_resources":[]}', 'not JSON', null, 7, true],
    ...[{ dev_resources: {} }, { dev_resources: [{}] }, { dev_resources: [{ file_key: 7 }] }],
    ...[{ dev_resources: [{ file_key: ['A'] }] }, { dev_resources: [{ file_key: '' }] }, { dev_resources: [null] }],
    ...[
      { dev_resources: [{ file_key: A }, {}] },
      Object.create(files(A)) as object,
      '\ufeff{}',
      new Uint8Array([0xff]),
    ],
  ]
  for (const body of bodies) {
    denied(await w.ask('POST /v1/dev_resources', w.ALL, { body }), 'request_malformed', shown(body))
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) continue
    const sent = fetchRequest('POST /v1/dev_resources', w.ALL, { body: body as BodyInit })
    denied(await w.tokens.authorize(sent), 'request_malformed', `Fetch ${shown(body)}`)
  }
  denied(await w.tokens.authorize(fetchRequest('POST /v1/dev_resources', w.ALL)), 'request_malformed', 'Fetch, none')
})

attack('c23', async () => {
  const w = await world()
  for (const body of [
    { context: 'file', context_id: A, team_id: '457' },
    { team_id: '457', context: 'file', context_id: A },
    { team_id: '457' },
    { context: 'team', context_id: '456' },
  ])
    for (const decision of await inEveryForm(w, 'POST /v2/webhooks', body, w.ONE))
      denied(decision, 'resource_not_allowed', JSON.stringify(body))
  for (const decision of await inEveryForm(w, 'POST /v2/webhooks', { context: 'file', context_id: A }, w.ONE))
    allowed(decision)
})

attack('c24', async () => {
  const w = await world()
  const token = await w.make({ resources: ['https://figma.com/files/1001/team/456'] })
  const named = (context_id: unknown) => ({ context: 'team', context_id })
  // Decided: an id is text, or, of a kind whose ids are numbers, the whole number that every reader reads there.
  for (const context_id of ['456', 456])
    for (const decision of await inEveryForm(w, 'POST /v2/webhooks', named(context_id), token)) allowed(decision)
  for (const decision of await inEveryForm(w, 'POST /v2/webhooks', named(457), token))
    denied(decision, 'resource_not_allowed')
  for (const context_id of [456.0000000001, -456, 2 ** 53, ['456'], [456], null, true, { toString: '456' }])
    for (const decision of await inEveryForm(w, 'POST /v2/webhooks', named(context_id), token))
      denied(decision, 'request_malformed', shown(context_id))
  for (const number of ['4.56e2', '456.0', '456e0', '-456', '456.0000000000000000001', '4560e-1'])
    denied(
      await w.ask('POST /v2/webhooks', token, { body: `{"context":"team","context_id":${number}}` }),
      'request_malformed',
      number,
    )
})

attack('c25', async () => {
  const w = await world()
  for (const text of [
    `{"context":"file","context_id":"${A}","context_id":"${B}"}`,
    `{"context":"file","context_id":"${B}","context_id":"${A}"}`,
    `{"context":"file","context_id":"${A}","context_\\u0069d":"${B}"}`,
    `{"context":"file","context_id" \n:"${A}","x":[{"a":1}],"context_id"\t: "${A}"}`,
  ]) {
    denied(await w.ask('POST /v2/webhooks', w.ONE, { body: text }), 'request_malformed', text)
    const sent = fetchRequest('POST /v2/webhooks', w.ONE, { body: text })
    denied(await w.tokens.authorize(sent), 'request_malformed', text)
  }
})

attack('c26', async () => {
  const w = await world()
  const POST = 'POST /v1/dev_resources'
  const entry = JSON.stringify({ file_key: A, name: 'x'.repeat(10) })
  for (const text of [
    `{"dev_resources":[{"file_key":"${A}"}],"x":"${'x'.repeat(50 * MEGABYTE)}"}`,
    `{"dev_resources":[${`${entry},`.repeat(999_999)}${entry}]}`,
  ]) {
    expect(text.length).toBeGreaterThan(45 * MEGABYTE)
    denied(await w.ask(POST, w.ALL, { body: text }), 'request_malformed', 'text')
    denied(await w.ask(POST, w.ALL, { body: new TextEncoder().encode(text) }), 'request_malformed', 'bytes')
    denied(await w.tokens.authorize(fetchRequest(POST, w.ALL, { body: text })), 'request_malformed', 'Fetch')
  }
  // Of a stream no more is read than the limit, so that memory is bounded too.
  const chunk = new Uint8Array(65_536).fill(0x78)
  let pulled = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += chunk.length
      if (pulled > 50 * MEGABYTE) controller.close()
      else controller.enqueue(chunk)
    },
  })
  denied(
    await w.tokens.authorize(fetchRequest(POST, w.ALL, { body: stream, duplex: 'half' })),
    'request_malformed',
    'stream',
  )
  expect(pulled).toBeLessThan(2 * MEGABYTE)
  const lying = { 'content-length': String(50 * MEGABYTE) }
  const short = fetchRequest(POST, w.ALL, { body: JSON.stringify(files(A)), headers: lying })
  denied(
    await w.tokens.authorize(short),
    'request_malformed',
    'a length that is announced is believed when it is too much',
  )
})

attack('c27', async () => {
  const w = await world({ bodyTimeoutMs: 30 })
  const POST = 'POST /v1/dev_resources'
  const stream = (pull: (controller: ReadableStreamDefaultController<Uint8Array>) => unknown) =>
    fetchRequest(POST, w.ALL, {
      body: new ReadableStream<Uint8Array>({ pull: async (controller) => void (await pull(controller)) }),
      duplex: 'half',
    })
  const read = fetchRequest(POST, w.ALL, { body: JSON.stringify(files(A)) })
  await read.json()
  expect(read.bodyUsed).toBe(true)
  const cases: readonly (readonly [string, Request])[] = [
    ['read already', read],
    ['throws', stream(() => Promise.reject(new Error('cut off')))],
    ['fails half-way', stream((controller) => controller.error(new Error('cut off')))],
    ['never answers', stream(() => new Promise(() => undefined))],
    [
      'never ends',
      stream(async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 2))
        controller.enqueue(new Uint8Array([0x20]))
      }),
    ],
  ]
  for (const [what, request] of cases)
    denied(await w.tokens.authorize(request), ['request_malformed', 'unavailable'], what)
})

attack('c28', async () => {
  const w = await world()
  const body = { context: 'file', context_id: A, endpoint: 'https://example.com', passcode: 'x'.repeat(200_000) }
  const request = fetchRequest('POST /v2/webhooks', w.ONE, { body: JSON.stringify(body) })
  allowed(await w.tokens.authorize(request))
  expect(request.bodyUsed).toBe(false)
  expect(await request.json()).toEqual(body)
})

attack('c29', async () => {
  const w = await world()
  const DELETE = `DELETE /v1/files/${A}/dev_resources/devA`
  for (const body of ['not JSON', 'x'.repeat(2 * MEGABYTE), files(B), { file_key: B, dev_resource_id: 'devB' }, null]) {
    allowed(await w.ask(`GET /v1/files/${A}`, w.ONE, { body }), shown(body))
    expect(allowed(await w.ask(DELETE, w.ONE, { body }), shown(body)).resources).toEqual([
      { kind: 'file', id: A },
      { kind: 'dev_resource', id: 'devA' },
    ])
  }
  const request = fetchRequest(DELETE, w.ONE, { body: JSON.stringify(files(B)) })
  allowed(await w.tokens.authorize(request))
  // A body that no rule needs is not even looked at.
  const guarded = { method: 'GET', url: `/v1/files/${A}`, headers: { 'x-figma-token': w.ONE.secret } }
  Object.defineProperty(guarded, 'body', {
    get: () => {
      throw new Error('The body was read.')
    },
  })
  allowed(await w.tokens.authorize(guarded))
})

attack('c30', async () => {
  const w = await world()
  const ids = (...list: readonly string[]) => ({ dev_resources: list.map((id) => ({ id })) })
  const PUT = 'PUT /v1/dev_resources'
  for (const decision of await inEveryForm(w, PUT, ids('devA', 'devB'), w.ONE)) denied(decision, 'resource_not_allowed')
  for (const decision of await inEveryForm(w, PUT, ids('devZ'), w.ONE)) denied(decision, 'resource_not_in_plan')
  for (const decision of await inEveryForm(w, PUT, ids('devA'), w.ONE)) allowed(decision)
})
