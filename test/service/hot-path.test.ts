/** What a request must not cost: a hash for what is no secret, a `URL` or copied headers for a Fetch `Request`. */

import fc from 'fast-check'
import { createPlanTokens, type Decision, memoryStore, type RequestLike, type ResourceRef } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newDirectory, TOKEN } from '../support/world.ts'

type Engine = ReturnType<typeof createPlanTokens<ReturnType<typeof figmaPolicy>>>

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('authorize', () => {
  it('hashes what has the form and the checksum of a secret once, and nothing else at all', async () => {
    const hashed: string[] = []
    const native = process.getBuiltinModule('node:crypto') as { hash: (...input: string[]) => string }
    const hash = (algorithm: string, text: string, encoding: string): string => {
      hashed.push(text)
      return native.hash(algorithm, text, encoding)
    }
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ hash } as never)
    const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() })
    const { secret } = await tokens.create(TOKEN)
    const text = secret.reveal()
    hashed.length = 0
    for (const wrong of [
      '',
      'x',
      text.slice(1),
      `${text}0`,
      text.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ]) {
      expectDenied(await tokens.authorize(requestWith(wrong, 'GET /v1/files/FileA')), 'token_malformed')
    }
    expect(hashed).toEqual([])
    expectAllowed(await tokens.authorize(requestWith(secret, 'GET /v1/files/FileA')))
    expect(hashed).toEqual([text])
  })

  it('has its answer at once where nothing has to be waited for, the same one otherwise', async () => {
    const store = memoryStore()
    const directory = newDirectory()
    const slow = { ...store }
    const slowDirectory = { ...directory, locate: async (ref: ResourceRef) => directory.locate(ref) }
    const options = { policy: figmaPolicy(), store, directory }
    const tokens = createPlanTokens(options)
    const { secret } = await tokens.create(TOKEN)
    const asked = [
      ...[requestWith(secret, 'GET /v1/files/FileA'), requestWith(secret, 'GET /v1/files/Elsewhere')],
      ...[requestWith(secret, 'GET /v1/me'), requestWith('nonsense', 'GET /v1/me'), {} as RequestLike],
    ]
    for (const request of asked) {
      const decision = tokens.decide(request) as Decision
      expect(decision.allowed).toBe(request === asked[0])
      expect(tokens.authorize(request)).toBeInstanceOf(Promise)
      for (const waiting of [{ store: slow }, { directory: slowDirectory }])
        expect(await createPlanTokens({ ...options, ...waiting }).decide(request)).toEqual(decision)
    }
    const [allowed] = asked as [RequestLike]
    expect(createPlanTokens({ ...options, store: slow }).decide(allowed)).toBeInstanceOf(Promise)
    expect(() => tokens.decide(allowed, { surface: 'npm' })).toThrow('There is no surface "npm".')
    await expect(tokens.authorize(allowed, { surface: 'npm' })).rejects.toThrow(TypeError)
  })

  it('gives each allowance resources and a secret of which nobody else’s depend', async () => {
    const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() })
    const { secret } = await tokens.create(TOKEN)
    const request = requestWith(secret, 'GET /v1/files/FileA')
    const resources = [{ kind: 'file', id: 'FileA' }]
    for (let i = 0; i < 3; i++) {
      const decision = expectAllowed(await tokens.authorize(request))
      expect(decision).toMatchObject({ resources, secret: { worksUntil: null } })
      expect(Object.keys(decision.resources[0] as object)).toEqual(['kind', 'id'])
      // A host in plain JavaScript does what it likes with what is its own.
      ;(decision.resources as unknown[]).length = 0
      Reflect.set(decision.secret, 'worksUntil', 1)
    }
  })

  it('judges what memory answers by the moment at which it was looked up, and reads the clock once for it', async () => {
    let now = Date.UTC(2027, 0, 31)
    let reads = 0
    const clock = {
      monotonic: () => now,
      now() {
        reads += 1
        return now
      },
    }
    const tokens = createPlanTokens({
      ...{ policy: figmaPolicy(), store: memoryStore(), directory: newDirectory(), clock },
      freshnessMs: 1_000,
    })
    const { token, secret } = await tokens.create(TOKEN)
    const request = requestWith(secret, 'GET /v1/files/FileA')
    now = token.expiresAt - 1
    expectAllowed(await tokens.authorize(request))
    reads = 0
    expectAllowed(tokens.decide(request) as Decision)
    expect(reads).toBe(1)
    now += 1
    expectDenied(tokens.decide(request) as Decision, 'token_expired')
    expect(reads).toBe(2)
  })

  it('notes uses by a record that is kept as it does by one that comes anew each time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ newest: fc.boolean(), passes: fc.constantFrom(0, 1, 20_000, 59_999, 60_000) })),
        async (steps) => {
          let now = Date.UTC(2027, 0, 31)
          const kept = memoryStore()
          const memory = memoryStore()
          const anew = {
            ...memory,
            findByDigest: async (digest: string) => structuredClone(await memory.findByDigest(digest)),
          }
          const sides = [kept, anew].map(async (store) => {
            const clock = { now: () => now }
            const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: newDirectory(), clock })
            const { token, secret: first } = await tokens.create(TOKEN)
            const { secret: newest } = await tokens.refresh({ actor: TOKEN.actor, id: token.id })
            const uses = async () =>
              (await tokens.get({ actor: TOKEN.actor, id: token.id })).secrets.map(({ lastUsedAt }) => lastUsedAt)
            const ask = async (isNewest: boolean) =>
              tokens.authorize(requestWith(isNewest ? newest : first, 'GET /v1/files/FileA'))
            return { uses, ask }
          })
          const [a, b] = (await Promise.all(sides)) as [Awaited<(typeof sides)[0]>, Awaited<(typeof sides)[0]>]
          for (const { newest, passes } of steps) {
            now += passes
            for (const { ask } of [a, b]) expectAllowed(await ask(newest))
            const uses = await a.uses()
            expect(uses).toEqual(await b.uses())
            expect(uses[newest ? 1 : 0]).toBe(now - (now % 60_000))
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('finds the same scopes missing whether a token was let through to an endpoint before or not', async () => {
    const kept = memoryStore()
    const anew = {
      ...kept,
      findByDigest: async (digest: string) => structuredClone(await kept.findByDigest(digest)),
    }
    const options = { policy: figmaPolicy(), directory: newDirectory() }
    const [one, other] = [kept, anew].map((store) => createPlanTokens({ ...options, store })) as [Engine, Engine]
    const scopes = [['file_content:read'], ['file_metadata:read'], ['file_content:read', 'file_comments:read']] as const
    const secrets = await Promise.all(scopes.map(async (held) => (await one.create({ ...TOKEN, scopes: held })).secret))
    const routes = ['GET /v1/files/FileA', 'GET /v1/files/FileA/meta', 'GET /v1/files/FileA/comments', 'GET /v1/me']
    const codes = new Set<string>()
    const codeOf = (decision: Decision): string => (decision.allowed ? 'allowed' : decision.code)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...secrets), fc.constantFrom(...routes), async (secret, route) => {
        const request = requestWith(secret, route)
        const code = codeOf(await one.authorize(request))
        codes.add(code)
        expect(code).toBe(codeOf(await other.authorize(request)))
      }),
    )
    expect([...codes]).toEqual(expect.arrayContaining(['allowed', 'scope_missing']))
  })

  it('reads a Fetch request without a URL and without a copy of its headers', async () => {
    const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() })
    const { secret } = await tokens.create(TOKEN)
    const request = new Request('https://api.example.com/v1/files/FileA', {
      headers: { 'X-Figma-Token': secret.reveal() },
    })
    const made = vi.fn()
    for (const name of ['URL', 'Headers', 'URLSearchParams'] as const) {
      vi.stubGlobal(name, new Proxy(globalThis[name], { construct: () => made(name) ?? {} }))
    }
    expectAllowed(await tokens.authorize(request))
    expect(made).not.toHaveBeenCalled()
    // The stand-in does notice.
    expect(Reflect.construct(globalThis.URL, ['https://x'])).toEqual({})
    expect(made).toHaveBeenCalledWith('URL')
  })
})
