/**
 * The world of the attacks (attack/world.ts) with the management API over it. Whoever calls is named in a header, which stands
 * for a host's session. Every answer, in whatever test, is held against the document that the API serves.
 */
import type { Directory } from 'plan-access-tokens'
import { type AdminOptions, adminHandler } from 'plan-access-tokens/admin'
import { expect } from 'vitest'
import { type WorldOptions, worldWithNpm } from '../attack/world.ts'
import type { Made } from '../support/world.ts'
import { type Contract, contractOf } from './contract.ts'

export const BASE = 'https://api.example'

/** The host's session of these tests. */
export const actor = (request: Request): string | undefined => request.headers.get('x-session') ?? undefined

/** How a request differs from the plain one. */
export interface Sending {
  /** Who is signed in. Default `admin-1`; `null` for nobody. */
  readonly as?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, text and bytes as they are. */
  readonly body?: unknown
}

/** An answer, read. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came.
  readonly body: any
}

/** Builds a request: `'GET /tokens/x'`. */
export function requestOf(line: string, { as = 'admin-1', headers = {}, body }: Sending = {}): Request {
  const [method = '', path = ''] = line.split(' ')
  const isPlain = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
  const json = { 'content-type': 'application/json' }
  return new Request(BASE + path, {
    method,
    headers: { ...(as !== null && { 'x-session': as }), ...(method === 'GET' ? {} : json), ...headers },
    ...(body !== undefined && { body: isPlain ? body : JSON.stringify(body) }),
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit)
}

/** What a world is made of, and how its directory answers once it stands. */
interface AdminWorldOptions extends Partial<AdminOptions> {
  readonly world?: WorldOptions
  readonly directory?: { readonly [method in keyof Directory]?: unknown }
}

/** The API over a world. */
export async function adminWorld(options: AdminWorldOptions = {}) {
  const { world = {}, directory, ...given } = options
  const w = await worldWithNpm(world)
  Object.assign(w.directory.replace, directory)
  const handler = adminHandler({ tokens: w.tokens, actor, ...given })
  const contract = contractIn(await served(handler, given.basePath), given.basePath)
  const send = async (request: Request): Promise<Seen> => {
    const sent = request.method === 'GET' || request.method === 'HEAD' ? undefined : await request.clone().arrayBuffer()
    const response = await handler(request)
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const body = type.includes('json') && text !== '' ? (JSON.parse(text) as unknown) : undefined
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    contract.check(request, sent && new Uint8Array(sent), { status: response.status, type, body })
    return { status: response.status, headers: response.headers, text, body }
  }
  return {
    ...w,
    handler,
    contract,
    send,
    ask: w.ask,
    call: (line: string, sending?: Sending) => send(requestOf(line, sending)),
  }
}

export type AdminWorld = Awaited<ReturnType<typeof adminWorld>>

/** Contracts by the text of their documents: to compile one takes longer than most tests. */
const contracts = new Map<string, Contract>()

function contractIn(document: string, basePath = ''): Contract {
  const known = contracts.get(basePath + document)
  const contract = known ?? contractOf(JSON.parse(document) as object, basePath)
  contracts.set(basePath + document, contract)
  return contract
}

async function served(handler: (request: Request) => Promise<Response>, basePath = ''): Promise<string> {
  const response = await handler(requestOf(`GET ${basePath}/openapi.json`))
  expect(response.status).toBe(200)
  return response.text()
}

/** A body that makes a token. */
export const TOKEN = {
  type: 'rest',
  name: 'From the page',
  lifetimeDays: 30,
  scopes: ['file_content:read'],
  resources: ['https://www.figma.com/files/1001/project/123'],
}

/** Headers with a plan access token in every place where one could stand. */
export function withToken({ secret }: Made): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return {
    'X-Figma-Token': { 'x-figma-token': secret },
    'an empty X-Figma-Token': { 'x-figma-token': '' },
    Bearer: { authorization: `Bearer ${secret}` },
    'bearer, small': { authorization: `bearer  ${secret}` },
    'the secret alone': { authorization: secret },
    'a bearer with our prefix that is no secret': {
      authorization: 'Bearer figpat_nonsense'.replace('figpat', prefixOf(secret)),
    },
    'two schemes': { authorization: `Basic YTpi, Bearer ${secret}` },
    'Basic, as a password': { authorization: `Basic ${btoa(`admin-1:${secret}`)}` },
    'Basic, as a user': { authorization: `Basic ${btoa(`${secret}:`)}` },
    'a header of its own': { 'x-api-key': secret },
    'a cookie': { cookie: `a=b; token=${secret}` },
    'the session': { 'x-session': secret },
  }
}

const prefixOf = (secret: string): string => secret.slice(0, -39)

/** Fails unless an answer is a problem with a code. */
export function refused(seen: Seen, code: string, status?: number): Seen {
  expect(seen.body, seen.text).toMatchObject({
    code,
    type: `urn:plan-access-tokens:error:${code}`,
    status: seen.status,
  })
  expect(seen.headers.get('content-type')).toMatch(/^application\/(problem\+)?json$/)
  expect(Array.isArray(seen.body.issues)).toBe(true)
  if (status !== undefined) expect(seen.status).toBe(status)
  return seen
}
