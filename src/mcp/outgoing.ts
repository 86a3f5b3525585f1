/**
 * What the server sends back, on its way out: each message of a stream goes out only while the token may still be connected, and
 * passes through a function first. Whoever writes finds the response as Node has it.
 */
import { isThenable } from '../core/objects.ts'
import type { NodeResponse } from '../http/node-side.ts'

/** What happens to what goes out. */
export interface Outgoing {
  /** An event of a stream as it goes out instead, or `undefined` where nothing may go out any more. */
  event(text: string): string | undefined | Promise<string | undefined>
  /** The JSON of an answer as it goes out instead. */
  json(text: string): string
  /** Told once, when the head goes out: the header of the response by its name. */
  head(header: (name: string) => string | undefined): void
}

/** The methods of a response through which everything goes out. */
interface Raw {
  writeHead(...given: unknown[]): unknown
  write(...given: unknown[]): unknown
  end(...given: unknown[]): unknown
  flushHeaders?(): unknown
  readonly writableNeedDrain?: boolean
  destroy?(): unknown
  removeHeader?(name: string): unknown
}

type Kind = 'json' | 'events' | 'other'

/** No event and no answer of JSON is longer, in characters: all of it is held until it is whole. */
const LONGEST = 67_108_864

/** Puts a function in front of everything that is written to a response. */
export function watch(response: NodeResponse, { event: passEvent, json, head }: Outgoing): void {
  const raw = response as unknown as Raw
  const own = {
    writeHead: raw.writeHead.bind(raw),
    write: raw.write.bind(raw),
    end: raw.end.bind(raw),
    flushHeaders: raw.flushHeaders?.bind(raw),
  }
  const decoder = new TextDecoder()
  let held: readonly unknown[] | undefined
  let kind: Kind | undefined
  /** What has come of an event or an answer that is not whole yet, and how long it is. */
  let pieces: string[] = []
  let length = 0
  /** The last characters of it, in which its end may have begun: all before them was searched. */
  let tail = ''
  let isEnded = false
  let queue: Promise<unknown> | undefined

  /** Nothing goes out any more, and the client hears it. */
  const cutOff = (): void => {
    isEnded = true
    raw.destroy?.()
  }
  const begin = (given: readonly unknown[] = []): void => {
    if (kind !== undefined) return
    const headerOf = (name: string): string | undefined => headerIn(given, name) ?? textOf(response.getHeader(name))
    const type = (headerOf('content-type') ?? '').toLowerCase()
    kind = type.startsWith('text/event-stream') ? 'events' : type.startsWith('application/json') ? 'json' : 'other'
    // What is packed cannot be looked into. A middleware that packs belongs in front of the guard.
    if (kind !== 'other' && (headerOf('content-encoding') ?? 'identity') !== 'identity') {
      cutOff()
      return
    }
    head(headerOf)
    if (kind === 'json') held = given
    else if (given.length > 0) own.writeHead(...given)
  }
  /** Runs in the order in which it was asked for; at once where nothing waits. */
  const inTurn = (run: () => unknown): void => {
    try {
      const ran = queue ? queue.then(run) : run()
      if (isThenable(ran)) queue = ran.then(undefined, cutOff)
    } catch {
      cutOff()
    }
  }
  const sendEvent = (event: string): unknown => {
    const go = (passed: string | undefined): void => {
      if (isEnded) return
      if (passed === undefined) cutOff()
      else own.write(passed)
    }
    const passed = passEvent(event)
    return isThenable(passed) ? passed.then(go) : go(passed)
  }
  const take = (chunk: unknown): void => {
    if (chunk === undefined || chunk === null || typeof chunk === 'function') return
    let rest = typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true })
    if (kind === 'events') {
      for (let end = endOfEvent(tail + rest); end > 0; end = endOfEvent(rest)) {
        const endInRest = end - tail.length
        hold(rest.slice(0, endInRest))
        const event = whole()
        rest = rest.slice(endInRest)
        inTurn(() => sendEvent(event))
      }
      tail = (tail + rest).slice(-3)
    }
    hold(rest)
    if (length > LONGEST) cutOff()
  }
  const hold = (piece: string): void => {
    if (piece !== '') pieces.push(piece)
    length += piece.length
  }
  const whole = (): string => {
    const text = pieces.join('')
    pieces = []
    length = 0
    tail = ''
    return text
  }

  raw.writeHead = (...given) => {
    // Node asks for the head itself, where nobody has given one.
    if (kind === undefined) begin(given)
    else own.writeHead(...given)
    return response
  }
  raw.flushHeaders = () => {
    begin()
    return kind === 'json' ? undefined : own.flushHeaders?.()
  }
  raw.write = (chunk, encoding, done) => {
    begin()
    if (isEnded) return false
    if (kind === 'other') return own.write(chunk, encoding, done)
    take(chunk)
    for (const then of callbacksIn([encoding, done])) queueMicrotask(then)
    return raw.writableNeedDrain !== true
  }
  raw.end = (chunk, encoding, done) => {
    begin()
    if (isEnded) return response
    if (kind === 'other') return own.end(chunk, encoding, done)
    take(chunk)
    if (isEnded) return response
    const then = callbacksIn([chunk, encoding, done])
    const rest = whole()
    if (kind === 'events') {
      if (rest !== '') inTurn(() => sendEvent(rest))
      inTurn(() => void (isEnded || own.end(...then)))
      return response
    }
    inTurn(() => {
      const answer = json(rest)
      // From here on as it is: that of HTTP/2 writes with `write` what `end` was given.
      kind = 'other'
      // Its length is another one.
      raw.removeHeader?.('content-length')
      if (held && held.length > 0) own.writeHead(...withoutLength(held))
      own.end(answer, ...then)
    })
    return response
  }
}

function callbacksIn(given: readonly unknown[]): readonly (() => void)[] {
  return given.filter((one): one is () => void => typeof one === 'function')
}

/** Where the first event of a stream ends: behind its empty line. */
function endOfEvent(text: string): number {
  const end = /\r\n\r\n|\n\n|\r\r/.exec(text)
  return end ? end.index + end[0].length : 0
}

/** The headers that `writeHead` was given: an object, pairs, or names and values in turn. */
function headersIn(given: readonly unknown[]): readonly (readonly [string, unknown])[] {
  const headers = given.findLast((one) => typeof one === 'object' && one !== null)
  if (headers === undefined) return []
  if (!Array.isArray(headers)) return Object.entries(headers as object)
  if (Array.isArray(headers[0])) return headers as [string, unknown][]
  return headers.flatMap((name, i) => (i % 2 === 0 ? [[String(name), headers[i + 1]] as const] : []))
}

function headerIn(given: readonly unknown[], name: string): string | undefined {
  return textOf(headersIn(given).find(([one]) => one.toLowerCase() === name)?.[1])
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

function withoutLength(given: readonly unknown[]): readonly unknown[] {
  const headers = headersIn(given).filter(([name]) => name.toLowerCase() !== 'content-length')
  return [...given.filter((one) => typeof one !== 'object' || one === null), Object.fromEntries(headers)]
}
