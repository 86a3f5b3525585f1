/** The engine beside the check from before: it tells where they differ, and no request notices it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SetupError } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { type Difference, type Shadow, shadow } from 'plan-access-tokens/legacy'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { KEYS, legacyWorld } from './world.ts'

/** Until so many comparisons are over. */
async function settle({ counts }: Shadow, count: number): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    const { compared, failed, skipped } = counts()
    if (compared + failed + skipped >= count) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const asked = (key: string, line = 'GET /v1/files/FileA') => requestWith(key, line)

describe('the comparison', () => {
  it('tells where the two checks differ, in both directions, and counts', async () => {
    const { adopt, tokens } = legacyWorld()
    await adopt('plain')
    const told: Difference[] = []
    const beside = shadow(tokens, { onDifference: (difference) => told.push(difference) })
    beside.compare(asked(KEYS.plain()), true, 'row 1')
    beside.compare(asked(KEYS.plain(2)), false, 'row 2')
    beside.compare(asked(KEYS.plain()), false, 'row 3')
    beside.compare(asked(KEYS.plain(), 'GET /v1/files/FileA/comments'), true, 'row 4')
    await settle(beside, 4)
    expect(beside.counts()).toEqual({ compared: 4, differed: 2, failed: 0, skipped: 0 })
    expect(
      told.map(({ about, wasAllowed, decision }) => [about, wasAllowed, decision.allowed || decision.code]),
    ).toEqual([
      ['row 3', false, true],
      ['row 4', true, 'scope_missing'],
    ])
    expect(JSON.stringify(told)).not.toContain('sk_live')
  })

  it('is of the surface and below the path that it is made for', async () => {
    const { adopt, tokens } = legacyWorld()
    await adopt('plain')
    const beside = shadow(tokens, { onDifference() {}, surface: 'figma', basePath: '/api' })
    beside.compare(asked(KEYS.plain(), 'GET /api/v1/files/FileA'), true)
    await settle(beside, 1)
    expect(beside.counts()).toMatchObject({ compared: 1, differed: 0 })
  })

  it('judges keys that were adopted with addresses by where the request came from', async () => {
    const { adopt, tokens } = legacyWorld({ addresses: addressRanges() })
    await adopt('plain', 0, { addresses: ['203.0.113.0/24'] })
    const codes: unknown[] = []
    const onDifference = ({ decision }: Difference) => codes.push(decision.allowed || decision.code)
    for (const [said, code] of [
      [() => '203.0.113.7', undefined],
      [() => '198.51.100.7', 'address_not_allowed'],
      [() => Promise.reject(new Error('no')), 'address_not_allowed'],
    ] as const) {
      codes.length = 0
      const beside = shadow(tokens, { onDifference, address: said })
      beside.compare(asked(KEYS.plain()), true)
      await settle(beside, 1)
      expect(codes).toEqual(code === undefined ? [] : [code])
    }
  })

  it('throws nothing, waits for nothing and keeps nothing back, whatever fails or hangs', async () => {
    const boom = () => {
      throw new Error('boom')
    }
    const hang = () => new Promise<never>(() => undefined)
    for (const decide of [boom, hang, () => Promise.reject(new Error('late')), () => undefined] as const) {
      const errors: unknown[] = []
      const beside = shadow({ decide } as never, {
        onDifference: boom,
        onError: (error) => errors.push(error),
        atOnce: 3,
      })
      for (let i = 0; i < 10; i++) expect(beside.compare(asked(KEYS.plain()), true)).toBeUndefined()
      for (const odd of [undefined, null, 7, {}, { headers: null }]) beside.compare(odd as never, true)
      await settle(beside, decide === hang ? 12 : 15)
      const { compared, failed, skipped } = beside.counts()
      expect(compared).toBe(0)
      if (decide === hang) expect({ failed, skipped }).toEqual({ failed: 0, skipped: 12 })
      else expect(failed).toBe(errors.length)
    }
  })

  it('counts what could not be judged apart: an outage of the store is no difference', async () => {
    const down = () => Promise.reject(new Error('down'))
    const { tokens } = legacyWorld({ port: (store) => ({ ...store, findByDigest: down }) })
    const told: Difference[] = []
    const beside = shadow(tokens, { onDifference: (difference) => told.push(difference) })
    beside.compare(asked(KEYS.plain()), true)
    await settle(beside, 1)
    expect(beside.counts()).toEqual({ compared: 0, differed: 0, failed: 1, skipped: 0 })
    expect(told).toEqual([])
  })

  it('leaves the body of a Fetch request to the handler, also where the policy judges it', async () => {
    const { adopt, tokens } = legacyWorld()
    await adopt('plain', 0, { scopes: ['file_dev_resources:write'] })
    const told: Difference[] = []
    const beside = shadow(tokens, { onDifference: (difference) => told.push(difference) })
    const body = JSON.stringify({
      dev_resources: [{ file_key: 'FileA', name: 'x', url: 'https://x.test', node_id: '1:2' }],
    })
    const request = new Request('https://api.test/v1/dev_resources', {
      ...{ method: 'POST', body, headers: { 'x-figma-token': KEYS.plain(), 'content-type': 'application/json' } },
    })
    beside.compare(request, true)
    expect(await request.text()).toBe(body)
    await settle(beside, 1)
    expect(beside.counts()).toMatchObject({ compared: 1, differed: 0 })
    expect(told).toEqual([])
  })

  it('tells every mistake in its set-up at once', () => {
    expect(() => shadow({} as never, { onDiff() {}, atOnce: 0 } as never)).toThrow(
      new SetupError('shadow', [
        { path: 'tokens', at: ['tokens'], message: 'must be made by createPlanTokens or createAuthorizer.' },
        { path: 'onDifference', at: ['onDifference'], message: 'must be a function.' },
        { path: 'atOnce', at: ['atOnce'], message: 'must be a whole number from 1 to 10000.' },
        { path: 'onDiff', at: ['onDiff'], message: 'is not a field here.' },
      ]),
    )
  })
})

it('a server that runs it answers as quickly as before, with a store that never answers', async () => {
  const never = () => new Promise<never>(() => undefined)
  const { tokens } = legacyWorld({ port: (store) => ({ ...store, findByDigest: never }), timeoutMs: 5_000 })
  const beside = shadow(tokens, { onDifference() {}, atOnce: 5 })
  const server = createServer((request, response) => {
    const wasAllowed = request.headers['x-figma-token'] === KEYS.plain()
    beside.compare(request as never, wasAllowed)
    response.writeHead(wasAllowed ? 200 : 401).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    for (let i = 0; i < 20; i++) {
      const headers = { 'x-figma-token': KEYS.plain(i % 2) }
      const { status } = await fetch(`http://127.0.0.1:${port}/v1/files/FileA`, { headers })
      expect(status).toBe(i % 2 ? 401 : 200)
    }
    expect(beside.counts()).toMatchObject({ compared: 0, skipped: 15 })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
