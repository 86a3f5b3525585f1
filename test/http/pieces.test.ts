/** Bodies in pieces of a byte: none is kept for itself, since that takes hundreds of times its length. */
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { gatherBytes } from '../../src/core/bytes.ts'
import { bodyOf } from '../../src/http/body.ts'

/** A request whose stream gives one piece at a time, always in the same few bytes of memory. */
class Pieces extends EventEmitter {
  readonly headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
  readonly back: Uint8Array[] = []
  complete = false
  readonly #text: string
  readonly #piece: Buffer
  #at = 0
  #isReady = false

  constructor(text: string, size: number) {
    super()
    this.#text = text
    this.#piece = Buffer.alloc(size)
  }

  /** Says that something is there until all of it is. */
  run(): void {
    while (this.#at < this.#text.length && this.listenerCount('readable') > 0) {
      this.#isReady = true
      this.complete = this.#at + this.#piece.length >= this.#text.length
      this.emit('readable')
    }
  }

  read(): unknown {
    if (!this.#isReady) return null
    this.#isReady = false
    const text = this.#text.slice(this.#at, this.#at + this.#piece.length)
    this.#at += text.length
    return this.#piece.subarray(0, this.#piece.write(text))
  }

  unshift(bytes: Uint8Array): void {
    this.back.push(bytes.slice())
  }

  resume(): void {}
}

const TEXT = JSON.stringify({ text: 'abcdefghij'.repeat(5_000) })

it.each([1, 9, 16_384, 60_000])('pieces of %i bytes are judged and put back as they came', async (size) => {
  const request = new Pieces(TEXT, size)
  const reading = bodyOf(request, TEXT.length)
  request.run()
  const bytes = (await reading) as Uint8Array
  expect(Buffer.from(bytes).toString()).toBe(TEXT)
  expect(request.back.map((one) => Buffer.from(one).toString())).toEqual([TEXT])
  const longer = new Pieces(TEXT, size)
  const refused = bodyOf(longer, TEXT.length - 1)
  longer.run()
  expect(await refused).toMatchObject({ malformed: { reason: 'body_too_long' } })
  expect(longer.back).toEqual([])
})

describe('gathering', () => {
  it('holds no more than the limit, and nothing more once that was passed', () => {
    const gathered = gatherBytes(5)
    expect([gathered.add(Buffer.from('abc')), gathered.add(Buffer.from('de'))]).toEqual([true, true])
    expect([gathered.add(Buffer.from('f')), gathered.add(Buffer.alloc(0))]).toEqual([false, false])
    expect(Buffer.from(gathered.all()).toString()).toBe('abcde')
  })

  it('of nothing is empty, whatever the limit', () => {
    for (const limit of [0, 1, 1_000_000]) expect(gatherBytes(limit).all()).toHaveLength(0)
    expect(gatherBytes(0).add(Buffer.from('x'))).toBe(false)
  })
})
