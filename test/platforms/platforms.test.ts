/** The Fetch guard and the management API on the real platforms: the package as it is built, and requests over sockets. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Reply, type Sending, send1 } from '../http/support/wire.ts'
import { BODIES, crooked, REFUSED, TOKEN } from './cases.ts'
import { isInstalled, PLATFORMS, PLATFORMS_COMMAND, VERSIONS } from './platforms.ts'
import { type Home, newHome, type Running, startPlatform } from './project.ts'

/** What the handler says of the request that it was run for. */
interface Answered {
  readonly judged?: string
  readonly routed?: string
  readonly route: string
  readonly body: string
  readonly runs: number
}

const AS_ADA = [['X-Session', 'ada']] as const

/** Headers in turn, and a body in chunks. */
interface Options {
  readonly headers: NonNullable<Sending['headers']>
  readonly json?: readonly string[] | undefined
}

let home: Home
beforeAll(async () => {
  home = await newHome()
}, 180_000)
afterAll(() => home?.remove())

it('names in the documents the versions that are tried', () => {
  const page = readFileSync(new URL('../../docs/frameworks.md', import.meta.url), 'utf8')
  const named = { Bun: 'bun', Deno: 'deno', 'Next.js': 'next', SvelteKit: '@sveltejs/kit', h3: 'h3', Nitro: 'nitro' }
  for (const [label, name] of Object.entries({ ...named, 'adapter-node': '@sveltejs/adapter-node' }))
    expect(page).toContain(`${label} ${VERSIONS[name]}`)
  for (const [label, name] of [
    ['Elysia', 'elysia'],
    ['`@google-cloud/functions-framework`', '@google-cloud/functions-framework'],
  ])
    expect(page).toContain(`${label} ${VERSIONS[name ?? '']}`)
})

for (const platform of PLATFORMS) {
  const { name, base = '', routes = false } = platform
  const isHere = isInstalled(platform)
  describe.skipIf(!isHere)(isHere ? name : `${name} (skipped without it: ${PLATFORMS_COMMAND})`, () => {
    let running: Running
    let secret: string
    /** How often the handler has run, by the answers that came. */
    let runs = 0

    beforeAll(async () => {
      running = await startPlatform(home, platform)
      secret = (await newToken()).secret
    }, 240_000)
    afterAll(() => running?.end())

    const send = (method: string, target: string, { json, headers }: Options): Promise<Reply> =>
      send1(running.port, {
        ...{ method, target, headers: json ? [...headers, ['Content-Type', 'application/json']] : headers },
        ...(json && { body: json, chunked: json.length > 1 }),
      })
    const ask = (method: string, target: string, sent = secret, json?: readonly string[]): Promise<Reply> =>
      send(method, base + target, { json, headers: sent === '' ? [] : [['X-Figma-Token', sent]] })
    const manage = (
      method: string,
      path: string,
      json?: object,
      headers: Options['headers'] = AS_ADA,
    ): Promise<Reply> => send(method, `/admin${path}`, { headers, json: json && [JSON.stringify(json)] })
    const newToken = async (): Promise<{ readonly token: { readonly id: string }; readonly secret: string }> => {
      const { status, body } = await manage('POST', '/plans/1001/tokens', TOKEN)
      expect([status, body]).toEqual([201, expect.stringContaining('"secret"')])
      return JSON.parse(body)
    }

    /** The handler's own words. It has run once more than before, and so not for anything in between. */
    function answered({ status, body }: Reply): Answered {
      expect([status, body]).toEqual([200, expect.stringContaining(`"name":"${TOKEN.name}"`)])
      runs += 1
      expect(JSON.parse(body)).toMatchObject({ runs })
      return JSON.parse(body)
    }
    const ranForNothingElse = async (): Promise<unknown> => answered(await ask('GET', '/v1/files/ABC'))

    it('runs the handler for what is allowed, with headers that keep caches away', async () => {
      const reply = await ask('GET', '/v1/files/ABC?depth=1')
      const { route, judged, routed } = answered(reply)
      expect([route, judged, routed]).toEqual(['GET /v1/files/{file_key}', 'ABC', routes ? 'ABC' : undefined])
      expect(reply.headers['cache-control']).toBe('no-store')
      expect(reply.headers.vary).toMatch(/\bX-Figma-Token, Authorization\b/)
    })

    it.each(REFUSED)('refuses $what', async ({ method = 'GET', target, sent, json, answer }) => {
      const reply = await ask(method, target, sent, json === undefined ? json : [json])
      expect([reply.status, JSON.parse(reply.body).code]).toEqual(answer)
      expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
      expect(reply.headers['cache-control']).toBe('no-store')
      if (reply.status === 401) expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="figma"/)
      await ranForNothingElse()
    })

    it.each([false, true])('judges a body and leaves every byte of it (chunked: %s)', async (chunked) => {
      for (const text of BODIES) {
        const middle = Math.floor(text.length / 2)
        const json = chunked ? [text.slice(0, middle), text.slice(middle)] : [text]
        expect(answered(await ask('POST', '/v1/dev_resources', secret, json)).body).toBe(text)
      }
    })

    it('runs the handler for no target but as it was judged and allowed', async () => {
      for (const target of crooked(base)) {
        const reply = await send('GET', target, { headers: [['X-Figma-Token', secret]] })
        if (reply.status === 200) {
          const { route, judged, routed = 'ABC' } = answered(reply)
          expect([route, judged, routed], target).toEqual(['GET /v1/files/{file_key}', 'ABC', 'ABC'])
        } else {
          expect(reply.status, target).toBeGreaterThanOrEqual(300)
          await ranForNothingElse()
        }
      }
    })

    it('serves the management API below its base path, to those who are signed in', async () => {
      const policies = await manage('GET', '/policies')
      expect([policies.status, policies.body]).toEqual([200, expect.stringContaining('file_content:read')])
      expect((await manage('GET', '/policies', undefined, [])).status).toBe(401)
      expect((await manage('GET', '/plans/1001/tokens', undefined, [['X-Session', 'bob']])).status).toBe(403)
    })

    it('lets the pages of its own origin manage, and no others', async () => {
      const from = async (origin: string): Promise<number> =>
        (await manage('POST', '/plans/1001/tokens', TOKEN, [...AS_ADA, ['Origin', origin]])).status
      expect(await from('http://api.example')).toBe(201)
      expect(await from('http://evil.example')).toBe(403)
    })

    it('refuses a token that was revoked through the management API, from then on', async () => {
      const { token, secret: its } = await newToken()
      answered(await ask('GET', '/v1/files/ABC', its))
      expect((await manage('POST', `/tokens/${token.id}/revoke`, {})).status).toBe(200)
      const reply = await ask('GET', '/v1/files/ABC', its)
      expect([reply.status, JSON.parse(reply.body).code]).toEqual([401, 'token_revoked'])
      await ranForNothingElse()
    })

    it('has complained of nothing, and printed no secret', () => {
      expect(running.output()).not.toMatch(/error|warn|deprecat/i)
      expect(running.output()).not.toContain(secret)
    })
  })
}
