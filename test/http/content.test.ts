/**
 * One reading of a body's headers: each way in which a body can be declared (support/contents.ts) has the same answer, whoever is
 * asked about it: `authorize`, `explain`, every guard, with and without a parser before and behind it, and the npm registry's.
 */
import type { RequestLike } from 'plan-access-tokens'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultOfContent } from '../../src/core/body.ts'
import { type World, world } from '../attack/world.ts'
import { BODY, eachContent, expectContents, saidBy, TEXT } from './support/content-cases.ts'
import { CONTENTS, type Content, titleOf } from './support/contents.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { newRegistry, PACKUMENT, type Registry, serveGuard, servePlugin } from './support/registry.ts'
import { type Reply, send1, send2 } from './support/wire.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

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
      return decision.allowed ? 'allowed' : (decision.reason ?? decision.code)
    })
  })

  it('is explained by the table', async () => {
    await eachContent(async (content) => {
      const { decision } = await w.tokens.explain(requestOf(content, w.ALL.secret))
      return decision.allowed ? 'allowed' : (decision.reason ?? decision.code)
    })
  })
})

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
    await expectContents(framework, parser, w)
  })
})

describe('a registry', () => {
  const publish = (port: number, secret: string, { lines }: Content, body = PACKUMENT): Promise<Reply> => {
    const headers = [['Authorization', `Bearer ${secret}`] as const, ...lines]
    return send1(port, { method: 'PUT', target: '/@acme%2fui', headers, body: [body] })
  }

  it.each([
    ['behind registryGuard', serveGuard, PACKUMENT],
    ['of verdaccio with the plugin', servePlugin, JSON.parse(PACKUMENT) as unknown],
  ])('%s goes by the table, and gets what was judged', async (_, serveIt, wanted) => {
    const registry = await newRegistry()
    const { port, bodies } = await serveIt(registry)
    await eachContent(async (content) => {
      const said = saidBy(await publish(port, registry.secret, content))
      if (said === 'allowed') expect(bodies.at(-1)).toEqual(wanted)
      return said
    })
    expect(bodies).toHaveLength(CONTENTS.filter(({ refused }) => !refused).length)
  })

  it.each([
    ['behind registryGuard', serveGuard],
    ['of verdaccio with the plugin', servePlugin],
  ])('%s takes no JSON string for the JSON that it holds', async (_, serveIt) => {
    const registry = await newRegistry()
    const { port, bodies } = await serveIt(registry)
    const content = { lines: [['Content-Type', 'application/json']] } as const
    for (const body of [JSON.stringify(PACKUMENT), '"x"', '[]', 'null', '7'])
      expect(saidBy(await publish(port, registry.secret, content, body))).toMatch(/^(check_failed|value_\w+)$/)
    expect(bodies).toEqual([])
  })

  it.each([
    ['behind registryGuard', (registry: Registry) => serveGuard(registry), send1],
    ['behind registryGuard over HTTP/2', (registry: Registry) => serveGuard(registry, true), send2],
    ['of verdaccio with the plugin', servePlugin, send1],
  ])('%s needs no content type where there is no body, and none of another type is taken', async (_, serveIt, send) => {
    const registry = await newRegistry()
    const { port, bodies } = await serveIt(registry)
    const target = '/@acme/ui/-/ui-1.0.0.tgz'
    const headers = [['Authorization', `Bearer ${registry.secret}`] as const]
    expect((await send(port, { method: 'GET', target, headers })).status).toBe(200)
    const form = [...headers, ['Content-Type', 'application/x-www-form-urlencoded'] as const]
    expect((await send(port, { method: 'GET', target, headers: form })).status).toBe(200)
    expect((await send(port, { method: 'GET', target, headers: form, body: ['name=other'] })).status).toBe(400)
    expect(bodies).toHaveLength(2)
  })
})
