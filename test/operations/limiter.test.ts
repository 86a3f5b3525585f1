/** The recipe for a rate limit, with the real rate-limiter-flexible behind a guarded Express over a socket. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'
import type { PlanTokens, Token } from 'plan-access-tokens'
import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import type { Made } from '../support/world.ts'
import { recipe } from './recipes.ts'

type GuardWithLimit = (
  tokens: PlanTokens,
  limiter: RateLimiterAbstract,
  headersOf?: (token: Token) => Record<string, string>,
) => RequestHandler[]

const servers: Server[] = []
let w: World
let guardWithLimit: GuardWithLimit
beforeEach(async () => {
  w = await world()
  guardWithLimit = (await recipe<{ guardWithLimit: GuardWithLimit }>('limit.ts')).guardWithLimit
})
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done))
})

/** A limiter whose keys are on record. */
function limiterOf(points: number) {
  const limiter = new RateLimiterMemory({ points, duration: 60 })
  const keys: (string | number)[] = []
  const consume = limiter.consume.bind(limiter)
  limiter.consume = (key, ...rest) => {
    keys.push(key)
    return consume(key, ...rest)
  }
  return { limiter, keys }
}

/** Starts a server and gives what sends it requests. */
async function started(limiter: RateLimiterAbstract, headersOf?: (token: Token) => Record<string, string>) {
  const app = express()
  app.use(guardWithLimit(w.tokens, limiter, headersOf))
  app.get('/v1/files/:key', (_, response) => void response.send('Welcome.'))
  // What Express would otherwise print.
  app.use(((_error, _request, response, _next) => void response.sendStatus(500)) as express.ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (secret: Made | string, target = `/v1/files/${A}`) => {
    const text = typeof secret === 'string' ? secret : secret.secret
    return fetch(`http://127.0.0.1:${port}${target}`, { headers: { 'X-Figma-Token': text, Connection: 'close' } })
  }
}

it('answers 429 with Retry-After and the host’s headers beyond the limit, in the form of Figma’s errors', async () => {
  const headers = (token: Token) => ({ 'X-Figma-Plan-Tier': `of ${token.planId}` })
  const ask = await started(limiterOf(2).limiter, headers)
  for (let i = 0; i < 2; i++) expect((await ask(w.ALL)).status).toBe(200)
  const answer = await ask(w.ALL)
  expect(answer.status).toBe(429)
  const seconds = answer.headers.get('retry-after') ?? ''
  expect(seconds).toMatch(/^\d+$/)
  expect(Number(seconds)).toBeGreaterThan(0)
  expect(Number(seconds)).toBeLessThanOrEqual(60)
  expect(answer.headers.get('x-figma-plan-tier')).toBe('of 1001')
  // What the guard says about caching holds for this answer too.
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toEqual({ status: 429, err: 'Rate limit exceeded' })
})

it('counts each token by itself, and all secrets of one token together', async () => {
  const ask = await started(limiterOf(2).limiter)
  const renewed = await w.refresh(w.ALL)
  expect((await ask(w.ALL)).status).toBe(200)
  expect((await ask(renewed)).status).toBe(200)
  expect((await ask(w.ALL)).status).toBe(429)
  expect((await ask(renewed)).status).toBe(429)
  expect((await ask(w.ONE)).status).toBe(200)
})

it('counts only what the guard lets through, and never by the secret', async () => {
  const { limiter, keys } = limiterOf(1)
  const ask = await started(limiter)
  for (const target of ['/v1/me', '/nowhere', `/v1/files/${A}/`])
    expect((await ask(w.ALL, target)).status).not.toBe(429)
  expect((await ask(w.ALL.secret.slice(0, -1))).status).toBe(401)
  expect(keys).toEqual([])
  expect((await ask(w.ALL)).status).toBe(200)
  expect(keys).toEqual([w.ALL.token.id])
})

it('lets nothing through, and says nothing of it, when the limiter itself fails', async () => {
  const { limiter } = limiterOf(1)
  limiter.consume = () => Promise.reject(new Error('redis://user:pw@host'))
  const answer = await (await started(limiter))(w.ALL)
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('redis')
})
