/**
 * Every guard over a real socket (support/guard-cases.ts), and what only some of them do. Bodies: bodies.test.ts. Hostile targets:
 * agreement.test.ts. Hostile requests: malformed.test.ts.
 */

import type { PlanTokens } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import type { Made } from '../support/world.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { FILE, guardCases, previous, w } from './support/guard-cases.ts'
import { request, serve, varyOf } from './support/served.ts'

describe.each(FRAMEWORKS)('$name', guardCases)

it.each(FRAMEWORKS)(
  'runs no handler where what a host has put in place of decide refuses, or decides nothing: $name',
  async (framework) => {
    const { decide } = w.tokens
    const never: PlanTokens['decide'] = async () => decide({ method: 'GET', url: '/', headers: {} })
    const nothing = (async () => undefined) as unknown as PlanTokens['decide']
    const replaced = [
      never,
      () => decide({ method: 'GET', url: '/', headers: {} }),
      new Proxy(decide, { apply: () => never({} as never) }),
      nothing,
    ]
    for (const instead of replaced) {
      const { send, runs } = await serve(framework, { tokens: { ...w.tokens, decide: instead } })
      if (instead === nothing && framework.name.startsWith('node:')) continue
      const { status } = await send(request(FILE, w.ALL))
      expect([status, runs]).toEqual([instead === nothing ? 500 : 401, []])
    }
  },
)

/** Those that answer an error of a handler themselves. */
const WITH_ERRORS = FRAMEWORKS.filter(({ name }) => /express|fastify|hono|koa/.test(name))

describe.each(WITH_ERRORS)('an error behind the guard in $name', (framework) => {
  /** The answer to a request whose handler throws. */
  const failing = async (error: unknown, secret: Made) => {
    const onRun = () => {
      throw error
    }
    const { send } = await serve(framework, { tokens: w.tokens, onRun })
    return send(request(FILE, secret))
  }

  it('is answered with the headers of the guard, and without those of this one token', async () => {
    const gone = Object.assign(new Error('No such file.'), { status: 410 })
    for (const secret of [previous, w.ALL]) {
      const reply = await failing(gone, secret)
      expect([reply.status >= 410, reply.headers['cache-control']]).toEqual([true, 'no-store'])
      expect(varyOf(reply).toSorted()).toEqual(['authorization', 'x-figma-token'])
      if (secret === w.ALL) expect(reply.headers).not.toHaveProperty('sunset')
    }
  })

  it('is answered, whatever was thrown', async () => {
    const ownHeaders = Object.defineProperty(new Error('own'), 'headers', { value: { 'X-Own': '1' } })
    for (const thrown of [ownHeaders, 'text']) expect((await failing(thrown, w.ALL)).status).toBeGreaterThanOrEqual(404)
  })
})

it("keeps what an error of Koa says of its own answer's headers", async () => {
  const koa = FRAMEWORKS.find(({ name }) => name === 'koa') as (typeof FRAMEWORKS)[number]
  const error = Object.assign(new Error('Later.'), {
    status: 503,
    headers: { 'cache-control': 'private', vary: ['Accept', 'Origin'] },
  })
  const onRun = () => {
    throw error
  }
  const { send } = await serve(koa, { tokens: w.tokens, onRun })
  const reply = await send(request(FILE, w.ALL))
  expect(reply.headers['cache-control']).toBe('private')
  expect(varyOf(reply)).toEqual(['accept', 'origin', 'x-figma-token', 'authorization'])
})
