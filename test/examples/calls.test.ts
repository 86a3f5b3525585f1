/**
 * The examples of what is no plain request: each runs as a program, and real clients ask it. What a message names is judged as
 * the message comes, so that another spelling, another type and a token that has ended get nothing.
 */
import { once } from 'node:events'
import { type CallOptions, Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { linesOf, type Program, startExample } from './program.ts'

const STARTS = 60_000
const FILE = { name: 'File LANDING', readBy: 'To try' }
/** What no file of the token is called, the first two of which exist or could. */
const NOT_ITS = ['ROADMAP', 'GLOBEX', 'landing', '../LANDING', 'LANDING/..', '%4CANDING', '', 'LANDING\u0000']

/** Starts an example for the tests of a block. */
function program(path: string, lines = 60): () => Program {
  let running: Program
  beforeAll(async () => {
    running = await startExample(path)
  }, STARTS)
  afterAll(() => running?.end())
  it('has fewer than 60 lines, prints its secret once and complains of nothing', () => {
    expect(linesOf(path)).toBeLessThan(lines)
    expect(running.output().split('\n')).toHaveLength(3)
  })
  return () => running
}

describe('examples/trpc', () => {
  const running = program('trpc/main.ts')
  const ask = async (path: string, secret: string | undefined) => {
    const url = new URL(path, running().url)
    const response = await fetch(url, { headers: secret === undefined ? {} : { 'X-Figma-Token': secret } })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const inputOf = (...keys: readonly unknown[]): string => {
    const input = keys.length === 1 ? keys[0] : { ...keys }
    return `/${keys.map(() => 'file').join()}?${keys.length === 1 ? '' : 'batch=1&'}input=${encodeURIComponent(JSON.stringify(input))}`
  }

  it('answers for the file that the input names, and keeps caches away', async () => {
    const { status, headers, body } = await ask(inputOf('LANDING'), running().secret)
    expect([status, body.result.data]).toEqual([200, FILE])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('vary')).toContain('X-Figma-Token')
  })

  it('refuses every other input, and every other secret', async () => {
    for (const key of [...NOT_ITS, 7, null, ['LANDING'], { key: 'LANDING' }])
      expect([400, 403], String(key)).toContain((await ask(inputOf(key), running().secret)).status)
    for (const secret of [undefined, `${running().secret}x`])
      expect((await ask(inputOf('LANDING'), secret)).status).toBe(401)
    const twice = new Headers([...Array<[string, string]>(2).fill(['X-Figma-Token', running().secret])])
    expect((await fetch(running().url, { headers: twice })).status).toBe(401)
  })

  it('judges each call of a batch by its own input', async () => {
    const { body } = await ask(inputOf('LANDING', 'ROADMAP'), running().secret)
    expect(
      body.map(
        (one: { result?: { data: unknown }; error?: { data: { code: string } } }) =>
          one.result?.data ?? one.error?.data.code,
      ),
    ).toEqual([FILE, 'FORBIDDEN'])
  })
})

describe('examples/graphql', () => {
  const running = program('graphql/main.ts')
  const ask = async (query: string, variables: object = {}, secret: string | undefined = running().secret) => {
    const headers = { 'Content-Type': 'application/json', ...(secret !== '' && { 'X-Figma-Token': secret }) }
    const response = await fetch(running().url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = await response.json()
    return { data, codes: errors?.map(({ extensions }: { extensions: { code?: string } }) => extensions?.code) }
  }

  it('answers each field for itself, aliases too', async () => {
    const query =
      '{ a: file(key: "LANDING") { name readBy } b: file(key: "ROADMAP") { name } c: file(key: "LANDING") { name } }'
    const { data, codes } = await ask(query)
    expect(data).toEqual({ a: FILE, b: null, c: { name: FILE.name } })
    expect(codes).toEqual(['resource_not_allowed'])
  })

  it('answers for no other key, by variables as little, and for no other secret', async () => {
    const query = 'query ($key: String!) { file(key: $key) { name } }'
    expect((await ask(query, { key: 'LANDING' })).data).toEqual({ file: { name: FILE.name } })
    for (const key of NOT_ITS) expect((await ask(query, { key })).data, key).toEqual({ file: null })
    expect((await ask(query, { key: 'LANDING' }, '')).codes).toEqual(['token_missing'])
    expect((await ask(query, { key: 'LANDING' }, 'figpat_x')).codes).toEqual(['token_malformed'])
  })
})

describe('examples/ws', () => {
  const running = program('ws/main.ts')
  const open = (url: string, secret?: string) =>
    new Promise<WebSocket | number>((resolve) => {
      const socket = new WebSocket(url, { headers: secret === undefined ? {} : { 'X-Figma-Token': secret } })
      socket.on('unexpected-response', (_, { statusCode }) => {
        resolve(statusCode ?? 0)
        socket.terminate()
      })
      socket.on('error', () => undefined)
      socket.on('open', () => resolve(socket))
    })

  it('judges the upgrade by its target and its token', async () => {
    const { url, secret } = running()
    expect(await open(url)).toBe(401)
    expect(await open(url, 'figpat_x')).toBe(401)
    expect(await open(url.replace('LANDING', 'ROADMAP'), secret)).toBe(403)
    expect(await open(url.replace('/v1', '//v1'), secret)).toBe(400)
  })

  it('judges each message by what it names', async () => {
    const socket = (await open(running().url, running().secret)) as WebSocket
    const ask = async (message: string) => {
      socket.send(message)
      return JSON.parse(String((await once(socket, 'message'))[0]))
    }
    expect(await ask('LANDING')).toEqual(FILE)
    for (const key of NOT_ITS) expect(await ask(key)).toEqual({ code: expect.any(String) })
    expect(await ask('LANDING')).toEqual(FILE)
    socket.terminate()
  })
})

describe('examples/socket-io', () => {
  const running = program('socket-io/main.ts')
  const connect = (auth: object) =>
    new Promise<Socket | string>((resolve) => {
      const socket = io(running().url, { auth, reconnection: false, forceNew: true, transports: ['websocket'] })
      socket.on('connect', () => resolve(socket))
      socket.on('connect_error', (error) =>
        resolve((error as Error & { data?: { code: string } }).data?.code ?? error.message),
      )
    })

  it('judges who connects', async () => {
    const { secret: token } = running()
    expect(await connect({ file: 'LANDING' })).toBe('token_missing')
    expect(await connect({ token: 'figpat_x', file: 'LANDING' })).toBe('token_malformed')
    expect(await connect({ token: [token], file: 'LANDING' })).toBe('request_malformed')
    expect(await connect({ token, file: 'ROADMAP' })).toBe('resource_not_allowed')
    expect(await connect({ token, file: ['LANDING'] })).toBe('request_malformed')
    expect(await connect({ token })).toEqual(expect.any(String))
  })

  it('judges each event by what it names', async () => {
    const socket = (await connect({ token: running().secret, file: 'LANDING' })) as Socket
    expect(await socket.emitWithAck('file', 'LANDING')).toEqual(FILE)
    for (const key of [...NOT_ITS, 7, null, ['LANDING'], { toString: 'LANDING' }])
      expect(await socket.emitWithAck('file', key), JSON.stringify(key)).toEqual({ code: expect.any(String) })
    socket.emit('file', 'LANDING')
    expect(await socket.emitWithAck('file', 'LANDING')).toEqual(FILE)
    socket.disconnect()
  })
})

describe('examples/grpc', () => {
  const running = program('grpc/main.ts')
  const call = (key: unknown, ...secrets: readonly string[]) =>
    new Promise<unknown>((resolve) => {
      const client = new Client(running().url, credentials.createInsecure())
      const metadata = new Metadata()
      for (const secret of secrets) metadata.add('x-figma-token', secret)
      const done = (error: ServiceError | null, value?: unknown): void => {
        client.close()
        resolve(error ? error.code : value)
      }
      const write = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
      const read = (bytes: Buffer): unknown => JSON.parse(String(bytes))
      client.makeUnaryRequest('/Files/Get', write, read, { key }, metadata, {} satisfies CallOptions, done)
    })

  it('answers for the file that the message names, and no other', async () => {
    const { secret } = running()
    expect(await call('LANDING', secret)).toEqual(FILE)
    for (const key of [...NOT_ITS, 7, null, ['LANDING']]) expect([3, 7], String(key)).toContain(await call(key, secret))
    expect(await call('LANDING')).toBe(16)
    expect(await call('LANDING', 'figpat_x')).toBe(16)
    expect(await call('LANDING', secret, secret)).toBe(16)
  })
})
