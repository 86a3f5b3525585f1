/** What a client sends: the messages of a body, and what each of them asks for. What is answered: mcp/guard.ts. */
import { hasOtherSpelling } from '../core/letter-case.ts'
import { isDictionary } from '../core/objects.ts'
import type { Called, Told } from './options.ts'

/** What a message asks for: an endpoint with its arguments, or nothing beyond the connection. */
export interface EndpointCall {
  readonly called: Called
  readonly given: unknown
}

/** Why messages are refused before anybody is asked: with a status of HTTP, and an error of JSON-RPC. */
export interface Unreadable {
  readonly status: 400 | 403
  readonly code: number
  readonly message: string
}

/** As many messages as one body of protocol 2025-03-26 may have. */
const MOST = 100

/** What needs nothing but the connection: it names no resource and shows none. */
const OF_CONNECTION = new Set([
  'initialize',
  'server/discover',
  'ping',
  'tools/list',
  'logging/setLevel',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])

const invalid = (message: string): Unreadable => ({ status: 400, code: -32600, message })
const OTHER_SPELLING = invalid(
  'A name that the guard reads stands there in another spelling, which some servers take for the same.',
)
const NOT_HERE: Unreadable = {
  status: 403,
  code: -32001,
  message: 'The method or the tool is not open to plan access tokens.',
}

/** What the messages of a body ask for, in turn; or why they cannot be judged, all of them together. */
export function readMessages(body: unknown, told: Told, headers: NamedBy): readonly EndpointCall[] | Unreadable {
  const isBatch = Array.isArray(body)
  const messages: readonly unknown[] = isBatch ? body : [body]
  if (messages.length === 0 || messages.length > MOST) return invalid(`A body has 1 to ${MOST} messages.`)
  const asked: EndpointCall[] = []
  for (const message of messages) {
    const asking = askingOf(message, told)
    if ('status' in asking) return asking
    // What is mirrored in headers is said of one message, and must be what the message says.
    if (!isMirrored(message as Message, headers, isBatch)) return MISMATCH
    asked.push(asking)
  }
  return asked
}

interface Message {
  readonly jsonrpc?: unknown
  readonly method?: unknown
  readonly params?: unknown
}

function askingOf(message: unknown, { connection, tools, methods }: Told): EndpointCall | Unreadable {
  if (!isDictionary(message)) return invalid('A message is an object.')
  if (hasOtherSpelling(message, 'jsonrpc', 'id', 'method', 'params', 'result', 'error')) return OTHER_SPELLING
  const { jsonrpc, method, params = {} } = message as Message
  if (jsonrpc !== '2.0') return invalid('A message is of JSON-RPC 2.0.')
  const nothing = { called: connection, given: undefined }
  // The answer to what the server has asked, on a connection that is judged.
  if (!Object.hasOwn(message, 'method'))
    return 'result' in message || 'error' in message ? nothing : invalid('A message has a method.')
  if (typeof method !== 'string' || !isDictionary(params))
    return invalid('A method is text, and its params are an object.')
  if (hasOtherSpelling(params, 'name', 'uri', 'arguments')) return OTHER_SPELLING
  if (method === 'tools/call') {
    const { name, arguments: given = {} } = params as { readonly name?: unknown; readonly arguments?: unknown }
    const called = typeof name === 'string' ? tools.get(name) : undefined
    if (!called) return NOT_HERE
    if (!isDictionary(given)) return invalid('Arguments are an object.')
    return isSpelt(given, called) ? { called, given } : OTHER_SPELLING
  }
  const named = methods.get(method)
  if (named) return isSpelt(params, named) ? { called: named, given: params } : OTHER_SPELLING
  return OF_CONNECTION.has(method) ? nothing : NOT_HERE
}

/** Whether the arguments that stand in a path or a query have their names in one spelling. Those of a body are asked by the rules. */
function isSpelt(given: object, { params, query }: Called): boolean {
  return !hasOtherSpelling(given, ...[...params, ...query].map(([, argument]) => argument))
}

/** The headers in which a client repeats what a message says (protocol 2026-07-28). */
export interface NamedBy {
  readonly 'mcp-method'?: string | readonly string[] | undefined
  readonly 'mcp-name'?: string | readonly string[] | undefined
}

const MISMATCH: Unreadable = {
  status: 400,
  code: -32020,
  message: 'The headers Mcp-Method and Mcp-Name do not say what the message says.',
}

function isMirrored({ method, params }: Message, headers: NamedBy, isBatch: boolean): boolean {
  const { 'mcp-method': ofMethod, 'mcp-name': ofName } = headers
  if (ofMethod === undefined && ofName === undefined) return true
  if (isBatch) return false
  const { name, uri } = Object(params) as { readonly name?: unknown; readonly uri?: unknown }
  const isNamed = ofName === undefined || decoded(ofName) === (method === 'resources/read' ? uri : name)
  return isNamed && (ofMethod === undefined || ofMethod === method)
}

/** A value that is no plain text of a header is carried in Base64. */
function decoded(value: string | readonly string[]): unknown {
  if (typeof value !== 'string' || !/^=\?base64\?.*\?=$/.test(value)) return value
  try {
    const bytes = Uint8Array.from(atob(value.slice('=?base64?'.length, -'?='.length)), (one) => one.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
