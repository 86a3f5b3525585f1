/**
 * HTTP/2 written by hand, for what no client library sends: header fields repeated, out of order or not allowed. Fields are
 * literals without an index, so no table is needed; of an answer the frames are read, and not its compressed header fields.
 */
import { connect } from 'node:net'

/** A header field as it goes over the wire; text is taken as Latin-1. */
export type Field = readonly [name: string, value: string]

/** A message: fields, a body that ends it, and fields behind the body. */
export interface Message {
  readonly fields: readonly Field[]
  readonly body?: string
  readonly trailers?: readonly Field[]
}

/** What came of a message: an answer with its body, a stream or connection that was ended, or nothing at all. */
export interface Outcome {
  readonly what: 'answer' | 'reset' | 'goaway' | 'closed' | 'nothing'
  readonly body: string
}

const [DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY] = [0, 1, 3, 4, 7]
const [END_STREAM, END_HEADERS, ACK] = [1, 4, 1]

/** Sends one message on a connection of its own, and resolves as soon as the server has done something about it. */
export function sendFrames(port: number, { fields, body, trailers }: Message): Promise<Outcome> {
  const ends = (isLast: boolean): number => (isLast ? END_STREAM : 0)
  const bytes = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(SETTINGS, 0, 0),
    frame(HEADERS, END_HEADERS | ends(body === undefined && !trailers), 1, block(fields)),
    ...(body === undefined ? [] : [frame(DATA, ends(!trailers), 1, Buffer.from(body, 'latin1'))]),
    ...(trailers ? [frame(HEADERS, END_HEADERS | END_STREAM, 1, block(trailers))] : []),
  ])
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let unread = Buffer.alloc(0)
    let text = ''
    const finish = (what: Outcome['what']): void => {
      socket.destroy()
      resolve({ what, body: text })
    }
    socket.setTimeout(10_000, () => finish('nothing'))
    socket.on('error', () => undefined)
    socket.on('close', () => finish('closed'))
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk])
      while (unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
        const length = unread.readUIntBE(0, 3)
        const [type = 0, flags = 0] = unread.subarray(3, 5)
        const payload = unread.subarray(9, 9 + length)
        unread = unread.subarray(9 + length)
        if (type === SETTINGS && flags !== ACK) socket.write(frame(SETTINGS, ACK, 0))
        else if (type === DATA) text += payload.toString()
        else if (type === RST_STREAM) return finish('reset')
        else if (type === GOAWAY) return finish('goaway')
        if ((type === DATA || type === HEADERS) && flags & END_STREAM) return finish('answer')
      }
    })
    socket.write(bytes)
  })
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** RFC 7541, section 6.2.3, with a name that is new, and nothing in Huffman's code. */
function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0x10), string(name), string(value)]))
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  const length: number[] = [Math.min(bytes.length, 127)]
  if (bytes.length >= 127) {
    let rest = bytes.length - 127
    for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128)
    length.push(rest)
  }
  return Buffer.concat([Buffer.from(length), bytes])
}
