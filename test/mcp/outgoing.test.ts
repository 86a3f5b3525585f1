/** What goes out of an MCP server, by a response that counts: long events, in many pieces. With real servers: guard.test.ts. */
import { expect, it } from 'vitest'
import { watch } from '../../src/mcp/outgoing.ts'

/** A response that notes what is written to it. */
function response(type: string) {
  const written: string[] = []
  let isDestroyed = false
  const raw = {
    getHeader: (name: string) => (name === 'content-type' ? type : undefined),
    setHeader: () => undefined,
    writeHead: () => raw,
    write: (text: string) => written.push(text) > 0,
    end: (text?: unknown) => {
      if (typeof text === 'string') written.push(text)
      return raw
    },
    destroy: () => {
      isDestroyed = true
    },
  }
  watch(raw as never, { head() {}, json: (text) => text, event: (text) => text })
  return { raw, written, isDestroyed: () => isDestroyed }
}

/** Were all that has come searched anew with each piece, this would take hours. */
it.each(['text/event-stream', 'application/json'])('%s of 16 MiB in small pieces goes out whole', (type) => {
  const { raw, written } = response(type)
  const piece = 'x'.repeat(64)
  for (let i = 0; i < 262_144; i++) raw.write(piece)
  raw.write('\n')
  raw.write('\ndata: 2\n\n')
  raw.end()
  const expected = [`${piece.repeat(262_144)}\n\n`, 'data: 2\n\n']
  expect(written.map(({ length }) => length)).toEqual(
    type === 'application/json' ? [expected.join('').length] : expected.map(({ length }) => length),
  )
  expect(written.join('') === expected.join('')).toBe(true)
})

it.each(['text/event-stream', 'application/json'])('%s that never ends is cut off', (type) => {
  const { raw, written, isDestroyed } = response(type)
  const piece = 'x'.repeat(1_048_576)
  for (let i = 0; i < 64; i++) raw.write(piece)
  expect(isDestroyed()).toBe(false)
  raw.write('x')
  expect([isDestroyed(), raw.write('more')]).toEqual([true, false])
  raw.end()
  expect(written).toEqual([])
})
