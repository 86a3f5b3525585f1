/** Bodies that name resources: as JSON gave them, as text, as bytes, of a Fetch `Request`; read once, bounded, and left to the handler. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { newDirectory, newWorld, TOKEN, type World } from '../support/world.ts'
import { settled } from './support/lossy-store.ts'
import { packagesPolicy } from './support/small-policy.ts'
import { steeredClock } from './support/steered-clock.ts'

const LINE = 'POST /v1/dev_resources'
const BODY = { dev_resources: [{ file_key: 'FileA', name: 'a' }, { file_key: 'FileB' }, { file_key: 'FileA' }] }
const TEXT = JSON.stringify(BODY)
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const JSON_TYPE = { 'content-type': 'application/json' }
const WRITE = { scopes: ['file_dev_resources:write'] } as const

function fetchRequest(secret: string, body: BodyInit | null, headers: Record<string, string> = {}): Request {
  const init = { method: 'POST', headers: { ...JSON_TYPE, 'x-figma-token': secret, ...headers }, body, duplex: 'half' }
  return new Request('https://api.example/v1/dev_resources', init)
}

async function said({ tokens }: World, request: Request): Promise<string> {
  const decision = await tokens.authorize(request)
  return decision.allowed ? 'allowed' : decision.code
}

/** A body that comes in these pieces, and then ends or not. */
function streamOf(chunks: readonly Uint8Array[], isEndless = false): ReadableStream<Uint8Array> {
  let i = 0
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[i++]
      if (chunk) controller.enqueue(chunk)
      else if (!isEndless) controller.close()
      else return new Promise<void>(() => undefined)
    },
  })
}

describe('a body', () => {
  it.each<[string, unknown]>([
    ['as JSON gave it', BODY],
    ['as text', TEXT],
    ['as bytes', bytes(TEXT)],
    ['as a Buffer', Buffer.from(TEXT)],
    ['as an ArrayBuffer', bytes(TEXT).buffer],
  ])('%s names every resource in it, each once', async (_, body) => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    const { resources } = expectAllowed(await world.tokens.authorize(requestWith(secret, LINE, { body })))
    expect(resources).toEqual([
      { kind: 'file', id: 'FileA' },
      { kind: 'file', id: 'FileB' },
    ])
    const { secret: limited } = await world.make({ ...WRITE, resources: ['https://figma.com/design/FileA'] })
    expect(await world.ask(limited, LINE, { body })).toBe('resource_not_allowed')
  })

  it.each<[string, unknown]>([
    ['absent', undefined],
    ['null', null],
    ['empty text', ''],
    ['no bytes', new Uint8Array()],
    ['no JSON', '{"dev_resources":'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a list', '[]'],
    ['without the field', {}],
    ['without an entry', { dev_resources: [] }],
    ['with the field as text', { dev_resources: 'FileA' }],
    ['with an entry that names nothing', { dev_resources: [{ file_key: 'FileA' }, {}] }],
    ['with an id that is a number', { dev_resources: [{ file_key: 5 }] }],
    ['with an empty id', { dev_resources: [{ file_key: '' }] }],
    ['with a name said twice', '{"dev_resources":[{"file_key":"FileA"}],"dev_resources":[{"file_key":"FileZ"}]}'],
    ['with the name in a prototype', Object.create(BODY)],
    ['a view of another kind', new DataView(bytes(TEXT).buffer)],
  ])('that is %s is request_malformed', async (_, body) => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    expect(await world.ask(secret, LINE, { body })).toBe('request_malformed')
  })

  it('is not looked at where the endpoint names nothing in it', async () => {
    const world = newWorld()
    const { secret } = await world.make()
    const request = requestWith(secret, 'GET /v1/files/FileA')
    const trap = Object.defineProperty(request, 'body', {
      get() {
        throw new Error('read')
      },
    })
    expectAllowed(await world.tokens.authorize(trap))
  })

  it('of a Fetch request may come in many pieces, up to so many that to keep them would fill the memory', async () => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    const inPieces = (count: number) => {
      const all = bytes(TEXT.padEnd(count))
      return fetchRequest(secret, streamOf(Array.from(all, (byte) => Uint8Array.of(byte))) as BodyInit)
    }
    expect(await said(world, inPieces(50_000))).toBe('allowed')
    expect(await said(world, inPieces(50_001))).toBe('request_malformed')
  })

  /** A world whose policy reads 200 bytes and lets a request name three resources. */
  async function smallWorld() {
    const directory = newDirectory()
    directory.locate = () => ({ planId: '1001', ancestors: [] })
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const { secret } = await tokens.create({ ...TOKEN, type: 'npm', scopes: ['npm:write'] })
    const send = (body: unknown, line = 'POST /tags') => tokens.authorize(requestWith(secret, line, { body }))
    const overFetch = (body: string) => {
      const headers = { ...JSON_TYPE, authorization: `Bearer ${secret.reveal()}` }
      return tokens.authorize(new Request('https://x.example/tags', { method: 'POST', headers, body }))
    }
    return { send, overFetch }
  }
  /** JSON of so many bytes. */
  const long = (length: number, letter = 'a'): string => {
    const width = bytes(letter).length
    const rest = length - '{"package":""}'.length
    return JSON.stringify({ package: letter.repeat(Math.floor(rest / width)) + 'b'.repeat(rest % width) })
  }

  it('of as many bytes as the policy reads is read, and a longer one is request_malformed', async () => {
    const { send, overFetch } = await smallWorld()
    for (const by of [(text: string) => send(text), (text: string) => send(bytes(text)), overFetch]) {
      expectAllowed(await by(long(200)))
      expectDenied(await by(long(201)), 'request_malformed')
      expectAllowed(await by(long(200, 'ä')))
    }
    expectDenied(await send(bytes(long(201, 'ä'))), 'request_malformed')
    expectDenied(await overFetch(long(201, 'ä')), 'request_malformed')
  })

  it('as text is counted in bytes too, and not in characters', async () => {
    const { send } = await smallWorld()
    expectDenied(await send(long(201, 'ä')), 'request_malformed')
    expectDenied(await send(long(1_000, String.fromCodePoint(0x4e00))), 'request_malformed')
  })

  it('that names more resources than the policy lets a request name is request_malformed', async () => {
    const { send } = await smallWorld()
    const naming = (...packages: string[]) => send({ packages }, 'POST /bulk')
    expectAllowed(await naming('a', 'b', 'c'))
    expectAllowed(await naming('a', 'b', 'c', 'a'))
    expectDenied(await naming('a', 'b', 'c', 'd'), 'request_malformed')
  })
})

describe('the body of a Fetch request', () => {
  it('is read from a clone, so that the handler can still read its own', async () => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    for (const body of [TEXT, bytes(TEXT), streamOf([bytes(TEXT.slice(0, 9)), bytes(TEXT.slice(9))])]) {
      const request = fetchRequest(secret, body)
      expect(await said(world, request)).toBe('allowed')
      expect(request.bodyUsed).toBe(false)
      expect(await request.json()).toEqual(BODY)
    }
  })

  it('is left alone where the endpoint names nothing in it, and after a refusal before it', async () => {
    const world = newWorld()
    const { secret } = await world.make()
    const request = fetchRequest(secret, TEXT)
    expect(await said(world, request)).toBe('scope_missing')
    expect(await request.text()).toBe(TEXT)
  })

  it('that is absent, broken or already read is request_malformed', async () => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    expect(await said(world, fetchRequest(secret, null))).toBe('request_malformed')
    const used = fetchRequest(secret, TEXT)
    await used.text()
    expect(await said(world, used)).toBe('request_malformed')
    const failing = new ReadableStream({
      pull() {
        throw new Error('reset')
      },
    })
    expect(await said(world, fetchRequest(secret, failing))).toBe('request_malformed')
  })

  it('that says it is too long is not read at all', async () => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    const request = fetchRequest(secret, TEXT, { 'content-length': '50000000' })
    expect(await said(world, request)).toBe('request_malformed')
    expect(await request.text()).toBe(TEXT)
    expect(await said(world, fetchRequest(secret, TEXT, { 'content-length': 'many' }))).toBe('allowed')
  })

  it('that is too long without saying so is read no further than the limit', async () => {
    const world = newWorld()
    const { secret } = await world.make(WRITE)
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    expect(await said(world, fetchRequest(secret, endless))).toBe('request_malformed')
    expect(pulled).toBeLessThan(40)
  })

  it('that never ends is refused when its time is over', async () => {
    const clock = steeredClock()
    const world = newWorld({ clock })
    const { secret } = await world.make(WRITE)
    const call = said(world, fetchRequest(secret, streamOf([bytes('{')], true)))
    expect(['request_malformed', 'unavailable']).toContain(await settled(clock, call))
  })
})

describe('a Fetch request', () => {
  it('is read by its path alone, wherever its host is', async () => {
    const world = newWorld()
    const { secret } = await world.make()
    const get = (url: string): Request => new Request(url, { headers: { authorization: `Bearer ${secret}` } })
    expect(await said(world, get('https://api.example/v1/files/FileA?depth=1'))).toBe('allowed')
    expect(await said(world, get('http://127.0.0.1:8080/v1/files/FileA'))).toBe('allowed')
    expect(await said(world, get('https://api.example/v1/files/FileA/'))).toBe('request_malformed')
    expect(await said(world, get('https://api.example'))).toBe('endpoint_unknown')
  })
})
