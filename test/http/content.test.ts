/**
 * One reading of a body's headers: each way in which a body can be declared (support/contents.ts) has the same answer, whoever is
 * asked about it: `authorize`, `explain`, every guard, with and without a parser before and behind it, and the npm registry's.
 */
import { createServer } from 'node:http'
import { createPlanTokens, memoryStore, type RequestLike } from 'plan-access-tokens'
import { npmPolicy, registryGuard } from 'plan-access-tokens/npm'
import { testDirectory } from 'plan-access-tokens/testing'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { faultOfContent } from '../../src/core/body.ts'
import { verdaccioPlugin } from '../../src/verdaccio/plugin.ts'
import { type World, world } from '../attack/world.ts'
import { CONTENTS, type Content, titleOf } from './support/contents.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { request, serve } from './support/served.ts'
import { listen } from './support/site.ts'
import { type Reply, send1 } from './support/wire.ts'

const WEBHOOKS = 'POST /v2/webhooks'
const BODY = { context: 'team', context_id: '456' }
const TEXT = JSON.stringify(BODY)

let w: World
beforeAll(async () => {
  w = await world()
})

/** Asserts that each content has its answer, given what somebody answers. */
async function eachContent(answer: (content: Content) => Promise<string>): Promise<void> {
  const found: string[] = []
  const wanted: string[] = []
  for (const content of CONTENTS) {
    found.push(`${titleOf(content)}: ${await answer(content)}`)
    wanted.push(`${titleOf(content)}: ${content.refused ? 'request_malformed' : 'allowed'}`)
  }
  expect(found).toEqual(wanted)
}

it('the table has taken and refused rows of each kind, and each of its refused rows its reason', () => {
  expect(CONTENTS.length).toBeGreaterThan(90)
  for (const { lines, refused } of CONTENTS) {
    const raw = lines.flat()
    // Somebody else's line, so that the raw ones are not empty.
    expect(faultOfContent({}, ['Host', 'api.example', ...raw]), titleOf({ lines })).toBe(refused)
    expect(faultOfContent(headersOf(lines), undefined), titleOf({ lines })).toBe(refused)
  }
})

function headersOf(lines: Content['lines']): Headers {
  const headers = new Headers()
  for (const [name, value] of lines) headers.append(name, value)
  return headers
}

/** The lines as an object that Node makes of them: of a repeated line the first stays. */
function objectOf(lines: Content['lines']): Record<string, string> {
  return Object.fromEntries(lines.toReversed().map(([name, value]) => [name.toLowerCase(), value]))
}

/** A request by hand, in each way in which it can be given. */
const BY_HAND: readonly (readonly [string, (content: Content, secret: string) => RequestLike | Request])[] = [
  ...(
    [
      ['a value', BODY],
      ['text', TEXT],
      ['bytes', new TextEncoder().encode(TEXT)],
      ['a function', () => TEXT],
      ['a promise', async () => BODY],
    ] as const
  ).flatMap(([name, body]) => [
    [
      `${name} with raw headers`,
      ({ lines }: Content, secret: string) => ({
        ...{ method: 'POST', url: '/v2/webhooks', body },
        headers: { ...objectOf(lines), 'x-figma-token': secret },
        rawHeaders: ['X-Figma-Token', secret, ...lines.flat()],
      }),
    ] as const,
    [
      `${name} with headers of Fetch`,
      ({ lines }: Content, secret: string) => ({
        ...{ method: 'POST', url: '/v2/webhooks', body },
        headers: headersOf([...lines, ['X-Figma-Token', secret]]),
      }),
    ] as const,
  ]),
  [
    'a Fetch Request',
    ({ lines }, secret) =>
      new Request('https://api.example/v2/webhooks', {
        method: 'POST',
        headers: headersOf([...lines, ['X-Figma-Token', secret]]),
        // Of text the platform would name a type itself.
        body: new TextEncoder().encode(TEXT),
      }),
  ],
]

describe.each(BY_HAND)('a request by hand with %s', (_, requestOf) => {
  it('is authorized by the table', async () => {
    await eachContent(async (content) => {
      const decision = await w.tokens.authorize(requestOf(content, w.ALL.secret))
      return decision.allowed ? 'allowed' : decision.code
    })
  })

  it('is explained by the table', async () => {
    await eachContent(async (content) => {
      const { decision } = await w.tokens.explain(requestOf(content, w.ALL.secret))
      return decision.allowed ? 'allowed' : decision.code
    })
  })
})

/** What an answer of a server says; a parser may have refused the body before the guard was asked. */
function saidBy({ status, body }: Reply, hasParser = false): string {
  if (status === 200) return 'allowed'
  if (body.startsWith('{')) return String((JSON.parse(body) as { code?: unknown }).code)
  return hasParser && [400, 415, 500].includes(status) ? 'request_malformed' : `status ${status}`
}

const SITES = FRAMEWORKS.flatMap((framework) => [
  [framework.name, framework, undefined] as const,
  ...(framework.parsesBefore
    ? (['before', 'after'] as const).map(
        (parser) => [`${framework.name}, parser ${parser}`, framework, parser] as const,
      )
    : []),
])

describe.each(SITES)('the guard of %s', (_, framework, parser) => {
  it('goes by the table, and the handler gets what was judged', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens, ...(parser && { parser }) })
    await eachContent(async (content) => {
      // HTTP/2's client joins no lines and sends none twice.
      if (framework.isHttp2 && new Set(content.lines.map(([name]) => name.toLowerCase())).size < content.lines.length)
        return content.refused ? 'request_malformed' : 'allowed'
      const before = runs.length
      const said = saidBy(
        await send(request(WEBHOOKS, w.ALL, { body: [TEXT], headers: content.lines })),
        parser !== undefined,
      )
      if (said === 'allowed') expect(JSON.parse(runs.at(-1)?.body ?? '')).toEqual(BODY)
      else expect(runs.length).toBe(before)
      return said
    })
  })
})

describe('a registry', () => {
  const PACKUMENT = JSON.stringify({ name: '@acme/ui', versions: {} })

  async function registry() {
    const directory = testDirectory({ p1: { admins: ['ada'], resources: { 'npm_scope:@acme': {} } } })
    const policy = npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' })
    const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
    const { secret } = await tokens.create({
      ...{ actor: 'ada', planId: 'p1', type: 'npm', name: 'x', lifetimeDays: 1, resources: 'all' },
      scopes: ['npm:read', 'npm:write'],
    })
    return { tokens, secret: secret.reveal() }
  }

  const publish = (port: number, secret: string, { lines }: Content): Promise<Reply> => {
    const headers = [['Authorization', `Bearer ${secret}`] as const, ...lines]
    return send1(port, { method: 'PUT', target: '/@acme%2fui', headers, body: [PACKUMENT] })
  }

  it('behind registryGuard goes by the table', async () => {
    const { tokens, secret } = await registry()
    const { port, close } = await listen(createServer(registryGuard(tokens, (_, response) => response.end('{}'))))
    onTestFinished(close)
    await eachContent(async (content) => saidBy(await publish(port, secret, content)))
  })

  it('of verdaccio with the plugin goes by the table', async () => {
    const { tokens, secret } = await registry()
    const key = 'enginesOfThisTest'
    Object.assign(globalThis, { [key]: tokens })
    onTestFinished(() => void Reflect.deleteProperty(globalThis, key))
    const engine = `data:text/javascript,export default globalThis.${key}`
    const logger = { error: (details: object) => expect.unreachable(JSON.stringify(details)) }
    const plugin = verdaccioPlugin({ engine }, { config: { configPath: '/etc/config.yaml' }, logger })
    const middleware = plugin.apiJWTmiddleware({ createRemoteUser: (name) => ({ name }) })
    const judged: unknown[] = []
    const { port, close } = await listen(
      createServer((incoming, response) => {
        // As verdaccio does, which counts what flows by.
        incoming.on('data', () => undefined)
        middleware(incoming as never, response, (error) => {
          if (error) response.statusCode = 500
          judged.push((incoming as { body?: unknown }).body)
          response.end('{}')
        })
      }),
    )
    onTestFinished(close)
    await eachContent(async (content) => {
      const said = saidBy(await publish(port, secret, content))
      if (said === 'allowed') expect(judged.at(-1)).toEqual(JSON.parse(PACKUMENT))
      return said
    })
    expect(judged).toHaveLength(CONTENTS.filter(({ refused }) => !refused).length)
  })
})
