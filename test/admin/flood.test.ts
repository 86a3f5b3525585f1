/**
 * Bodies that are within their length and would still keep the process busy: hundreds of thousands of links, entries or pieces.
 * What is asserted is how much is said and done, never how long it takes.
 */
import { adminHandler } from 'plan-access-tokens/admin'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { changingNothing } from '../attack/verdicts.ts'
import { actor, adminWorld, refused, requestOf, TOKEN } from './world.ts'

const BYTES = 4_194_304
/** The limit of Figma's policy, and 10,000 more. */
const MOST = 11_000
const list = (one: string, count: number): string => Array(count).fill(one).join(',')
const fields = (count: number): string => Array.from({ length: count }, (_, i) => `"f${i}":1`).join()
const token = (field: string, json: string): string =>
  JSON.stringify({ ...TOKEN, [field]: 0 }).replace(/0(?=[,}])/, json)

/** The API with a directory that says when it is asked. */
async function world() {
  const asked: string[] = []
  const tree = testDirectory({ 1001: { admins: ['admin-1'], resources: {} } })
  const directory = {
    ...tree,
    isPlanAdmin: (who: string, planId: string) => {
      asked.push('isPlanAdmin')
      return tree.isPlanAdmin(who, planId)
    },
  }
  return { ...(await adminWorld({ bodyBytes: BYTES, directory })), asked }
}

describe('links', () => {
  it.each([
    ['letters', 'x'],
    ['links', 'https://www.figma.com/file/ABC'],
    ['links to another plan', 'https://www.figma.com/files/2002/project/1'],
  ])('far too many %s are one mistake and no question to the directory, with and without a plan', async (_, link) => {
    const { call, asked } = await world()
    const text = list(link, 50_000)
    for (const planId of [undefined, '1001', '2002']) {
      const seen = refused(await call('POST /links', { body: { text, planId } }), 'invalid_input', 400)
      expect(seen.body.issues).toEqual([
        {
          path: 'text',
          at: ['text'],
          message: `must hold at most ${MOST} links.`,
          code: 'links_too_many',
          params: { most: MOST },
        },
      ])
      expect(seen.text.length).toBeLessThan(1_000)
    }
    expect(asked).toEqual([])
  })

  it('as many as are taken are judged, and one more is not', async () => {
    const { call } = await world()
    expect((await call('POST /links', { body: { text: list('x', MOST) } })).body.mistakes).toHaveLength(MOST)
    refused(await call('POST /links', { body: { text: list('x', MOST + 1) } }), 'invalid_input', 400)
  })

  it('commas and spaces alone are none', async () => {
    const { call } = await world()
    const seen = await call('POST /links', { body: { text: ' ,\n'.repeat(1_000_000) } })
    expect(seen.body).toEqual({ resources: [], mistakes: [] })
  })
})

describe('entries', () => {
  it.each([
    ['scopes that are numbers', '/plans/1001/tokens', token('scopes', `[${list('1', 500_000)}]`)],
    ['resources that are numbers', '/plans/1001/tokens', token('resources', `[${list('1', 500_000)}]`)],
    ['unknown fields', '/plans/1001/tokens', `{${fields(200_000)}}`],
    ['parameters of a route', '/explain', `{"id":"x","route":"GET /v1/me","params":{${fields(200_000)}}}`],
    ['lists in a body', '/explain', `{"id":"x","method":"GET","url":"/","body":[${list('[]', 500_000)}]}`],
    ['entries behind a text with quotes', '/links', `{"text":"\\"\\\\","x":[${list('1', 500_000)}]}`],
  ])('far too many %s are not read', async (_, path, body) => {
    const w = await world()
    await changingNothing(w, async () => {
      const seen = refused(await w.call(`POST ${path}`, { body }), 'body_too_large', 413)
      expect(seen.body.detail).toBe(`At most ${MOST} entries of lists and objects are taken.`)
    })
  })

  it('commas in a text are none, whatever is escaped in it', async () => {
    const { call } = await world()
    const text = `\\",",${','.repeat(100_000)}`
    expect((await call('POST /links', { body: { text } })).status).toBe(200)
  })
})

describe('pieces', () => {
  const text = JSON.stringify({ text: `x${' '.repeat(100_000)}` })

  it('are not kept each for itself: a piece can be used again at once', async () => {
    const { tokens } = await adminWorld()
    const piece = new Uint8Array(1)
    let at = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      piece[0] = text.charCodeAt(at++)
      if (at > text.length) controller.close()
      else controller.enqueue(piece)
    }
    const body = new ReadableStream({ pull }, { highWaterMark: 0 })
    const answer = await adminHandler({ tokens, actor })(requestOf('POST /links', { body }))
    expect((await answer.json()).mistakes).toMatchObject([{ link: 'x' }])
  })

  it.each([1, 7, 16_384, 16_385, 40_000])(
    'of %i bytes are put together up to the limit and no further',
    async (size) => {
      const { tokens } = await adminWorld()
      const statusOf = async (bodyBytes: number): Promise<number> => {
        const pieces = text.match(new RegExp(`.{1,${size}}`, 'g'))?.values()
        const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
          const piece = pieces?.next()
          if (piece?.value === undefined) controller.close()
          else controller.enqueue(new TextEncoder().encode(piece.value))
        }
        const body = new ReadableStream({ pull }, { highWaterMark: 0 })
        return (await adminHandler({ tokens, actor, bodyBytes })(requestOf('POST /links', { body }))).status
      }
      expect(await statusOf(text.length)).toBe(200)
      expect(await statusOf(text.length - 1)).toBe(413)
    },
  )
})
