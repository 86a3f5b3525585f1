/** What may not get out: secrets and digests in decisions, errors, events and hooks. What goes over the wire: leaks-answers.test.ts. */
import { format, inspect } from 'node:util'
import type { DecisionInfo } from 'plan-access-tokens'
import { expect, vi } from 'vitest'
import { attacksOf } from './attack.ts'
import { everyRefusal, expectNoSecret, expectNothingLikeASecret, FAULT, textOf, textOfDenial } from './refusals.ts'
import { allowed, denied, failure } from './verdicts.ts'
import { A, B, BR, input, JSON_TYPE, never, rawRequest, type World, world, Z } from './world.ts'

const attack = attacksOf('leaks')
const asked = (w: World) => ({ actor: 'admin-1', id: w.ALL.token.id })

attack('g01', async () => {
  const w = await world()
  const issued = await w.tokens.create(input())
  const s = issued.secret
  const written: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void written.push(format(...values)))
  console.log(s, { s }, [s])
  log.mockRestore()
  const forms: { readonly [form: string]: unknown } = {
    String: String(s),
    template: `${s}`,
    concatenation: `${s as unknown as string}`.concat(s as unknown as string),
    JSON: JSON.stringify({ s, issued }),
    inspect: inspect(s, { depth: 9, showHidden: true }),
    'inspect, around': inspect({ issued }, { depth: 9, showHidden: true, getters: true }),
    'inspect, raw': inspect(s, { depth: 9, showHidden: true, customInspect: false }),
    console: written.join('\n'),
    format: format('%o %j %s %O %d', s, s, s, s, s),
    entries: JSON.stringify(Object.entries(s)),
    names: JSON.stringify(Reflect.ownKeys(s).map(String)),
    clone: inspect(structuredClone(s), { depth: 9, showHidden: true }),
    copy: JSON.stringify([{ ...s }, Object.assign({}, s)]),
    error: new Error(s as unknown as string).message,
    'error with a cause': inspect(new Error('x', { cause: s })),
  }
  expect(written.join()).toContain('[secret]')
  for (const [form, text] of Object.entries(forms)) {
    expectNoSecret(String(text), [s.reveal()], form)
    expectNothingLikeASecret(String(text), form)
  }
  allowed(await w.ask(`GET /v1/files/${A}`, s.reveal()))
})

attack('g02', async () => {
  const w = await world({ timeoutMs: 15 })
  const digests: string[] = []
  w.store.replace.commit = async (...args: readonly unknown[]) => {
    const [record] = args as [{ readonly secrets: readonly { readonly digest: string }[] }]
    digests.push(...record.secrets.map((secret) => secret.digest))
    throw Object.assign(new Error(`${FAULT} ${JSON.stringify(args)}`), {
      args,
      detail: JSON.stringify(args),
      code: '23505',
    })
  }
  for (const [what, call] of [
    ['create', () => w.tokens.create(input())],
    ['create with a key', () => w.tokens.create(input({ idempotencyKey: 'k' }))],
    ['refresh', () => w.tokens.refresh(asked(w))],
  ] as const) {
    const error = await failure(call(), 'unavailable', what)
    expect(error.cause, 'the kind of the fault is kept').toEqual({
      name: 'Error',
      code: '23505',
      method: 'store.commit',
    })
    const text = textOf(error)
    expect(text, what).not.toContain('postgres')
    expectNothingLikeASecret(text, what)
    expectNoSecret(text, w.secrets, what)
    for (const digest of digests) expect(text, what).not.toContain(digest.slice(0, 12))
    const warned = w.warnings.join()
    expect(warned, what).toContain('store.commit failed: Error (23505).')
    expect(warned, what).not.toContain('postgres')
    expectNothingLikeASecret(warned, what)
  }
  expect(digests.length).toBeGreaterThan(2)
})

attack('g03', async () => {
  const { w, refusals } = await everyRefusal()
  for (const { code, request } of refusals) {
    const text = await textOfDenial(denied(await w.tokens.authorize(request), code))
    expectNoSecret(text, w.secrets, code)
    expectNothingLikeASecret(text, code)
  }
})

attack('g04', async () => {
  const w = await world()
  const second = await w.refresh(w.ALL, { idempotencyKey: 'k' })
  for (const secret of [w.ALL, second, w.ONE]) {
    for (const line of [`GET /v1/files/${A}`, `GET /v1/files/${BR}`, 'GET /v1/projects/123/files']) {
      const decision = allowed(await w.ask(line, secret))
      const text = textOf(decision)
      expectNoSecret(text, w.secrets, line)
      expectNothingLikeASecret(text, line)
      expect(text).not.toMatch(/digest|idempotency/)
    }
  }
})

attack('g09', async () => {
  const w = await world()
  const { tokens } = w
  await w.refresh(w.ALL)
  await w.refresh(w.ALL, { idempotencyKey: 'k' })
  const plan = { actor: 'admin-1', planId: '1001' }
  const other = await w.make({ idempotencyKey: 'k' })
  const answers: { readonly [call: string]: unknown } = {
    get: await tokens.get(asked(w)),
    list: await tokens.list({ ...plan, limit: 1 }),
    edit: await tokens.edit({ ...asked(w), name: 'Renamed', scopes: ['file_content:read'], resources: 'all' }),
    previewRefresh: await tokens.previewRefresh(asked(w)),
    refresh: (await tokens.refresh({ ...asked(w), idempotencyKey: 'other' })).token,
    inspect: await tokens.inspect({ secret: w.ONE.secret }),
    explain: await tokens.explain({ ...asked(w), method: 'GET', url: `/v1/files/${A}` }),
    revokeSecret: await tokens.revokeSecret({ text: w.ALL.secret }),
    revoke: await tokens.revoke(asked(w)),
    'revokeSecret, the newest': await tokens.revokeSecret({ text: other.secret }),
    events: await tokens.events(plan),
    'events, the newest': await tokens.events({ ...plan, order: 'newest', limit: 3 }),
    policies: tokens.policies,
    sweep: await tokens.sweep({ olderThan: 0 }),
  }
  const { events } = await tokens.events(plan)
  expect(new Set(events.map((event) => event.type))).toEqual(
    new Set(['created', 'edited', 'refreshed', 'revoked', 'secret_revoked']),
  )
  for (const [call, answer] of Object.entries(answers)) {
    const text = textOf(answer)
    expectNoSecret(text, w.secrets, call)
    expectNothingLikeASecret(text, call)
    expect(text, call).not.toMatch(/digest|idempotency/)
  }
})

attack('g10', async () => {
  const rejections = vi.fn()
  process.on('unhandledRejection', rejections)
  const told: DecisionInfo[] = []
  const hooks: readonly ((info: DecisionInfo) => unknown)[] = [
    (info) => told.push(info),
    () => {
      throw new Error('hook')
    },
    () => Promise.reject(new Error('hook')),
    never,
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: a hook may give anything back
      then: () => {
        throw new Error('hook')
      },
    }),
  ]
  for (const onDecision of hooks) {
    const { w, refusals } = await everyRefusal({ onDecision })
    for (const { code, request } of refusals) denied(await w.tokens.authorize(request), code)
    const decision = allowed(await w.ask(`GET /v1/files/${A}`))
    if (told.length === 0) continue
    expect(told.map((info) => info.code)).toEqual([...refusals.map(({ code }) => code), undefined])
    expect(told.at(-1)).toMatchObject({ allowed: true, status: 200, tokenId: decision.token.id, planId: '1001' })
    for (const info of told) {
      expectNoSecret(textOf(info), w.secrets, info.code ?? 'allowed')
      expectNothingLikeASecret(textOf(info), info.code ?? 'allowed')
    }
    told.length = 0
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', rejections)
  expect(rejections).not.toHaveBeenCalled()
})

attack('g11', async () => {
  const { w, refusals } = await everyRefusal()
  const more = [
    rawRequest({
      method: 'POST',
      url: '/v1/dev_resources',
      headers: { 'x-figma-token': w.ALL.secret, ...JSON_TYPE },
      body: '{}',
    }),
    rawRequest({ url: `/v1/files/${Z}/`, headers: { 'x-figma-token': w.ONE.secret } }),
    rawRequest({ url: undefined, headers: undefined }),
  ]
  for (const request of [...refusals.map((refusal) => refusal.request), ...more]) {
    const decision = await w.tokens.authorize(request)
    const explained = await w.tokens.explain(request)
    const first = explained.rules.find((rule) => !rule.ok)
    const code = decision.allowed ? undefined : decision.code
    expect(code).toBeDefined()
    expect(first?.code, code).toBe(code)
    denied(explained.decision, code ?? [])
    const text = [textOf(explained.rules), await textOfDenial(explained.decision)].join('\n')
    expectNoSecret(text, w.secrets, code ?? '')
    expectNothingLikeASecret(text, code ?? '')
    expect(text, 'nothing of a fault underneath').not.toContain('postgres')
  }
})

attack('g12', async () => {
  const rejections = vi.fn()
  process.on('unhandledRejection', rejections)
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'))
  const methods = (['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const).map((m) => vi.spyOn(console, m))
  await tour()
  await new Promise((resolve) => setTimeout(resolve, 60))
  process.off('unhandledRejection', rejections)
  const writes = [...streams, ...methods].map((spy) => spy.mock.calls.length)
  vi.restoreAllMocks()
  expect(rejections).not.toHaveBeenCalled()
  expect(writes).toEqual([...streams, ...methods].map(() => 0))
})

/** Every call, each also against ports that fail at once, too late, or never. */
async function tour(): Promise<void> {
  const { w: first, refusals } = await everyRefusal({ onDecision: () => Promise.reject(new Error('hook')) })
  for (const { request } of refusals) {
    await first.tokens.authorize(request)
    await first.tokens.explain(request)
  }
  const late = () => new Promise((_, reject) => setTimeout(reject, 30, new Error(FAULT)))
  const now = () => {
    throw new Error(FAULT)
  }
  for (const fail of [() => Promise.reject(new Error(FAULT)), late, now, never]) {
    const w = await world({ timeoutMs: 10 })
    const { tokens } = w
    const plan = { actor: 'admin-1', planId: '1001' }
    const calls = [
      () => tokens.create(input()),
      () => tokens.create(input({ resources: [`https://figma.com/design/${A}`, `https://figma.com/design/${B}`] })),
      () => tokens.get(asked(w)),
      () => tokens.list(plan),
      () => tokens.edit({ ...asked(w), name: 'Renamed', scopes: ['file_content:read'], resources: 'all' }),
      () => tokens.previewRefresh(asked(w)),
      () => tokens.refresh(asked(w)),
      () => tokens.revoke(asked(w)),
      () => tokens.revokeSecret({ text: w.ONE.secret }),
      () => tokens.events(plan),
      () => tokens.inspect({ secret: w.ONE.secret }),
      () => tokens.sweep({ olderThan: 0 }),
      () => tokens.explain({ ...asked(w), method: 'GET', url: `/v1/files/${A}` }),
      () => w.ask(`GET /v1/files/${A}`),
      () => w.ask('POST /v1/dev_resources', w.ALL, { body: { dev_resources: [{ file_key: A }, { file_key: B }] } }),
      () => tokens.explain(rawRequest({ headers: { 'x-figma-token': w.ALL.secret } })),
    ]
    for (const port of ['store', 'directory'] as const) {
      const methods =
        port === 'store' ? ['findByDigest', 'find', 'list', 'commit', 'events'] : ['plan', 'isPlanAdmin', 'locate']
      for (const method of methods) {
        const replace = w[port].replace as { [name: string]: unknown }
        replace[method] = fail
        await Promise.allSettled(calls.map((call) => call()))
        delete replace[method]
      }
    }
    await tokens.close()
  }
}

attack('g13', async () => {
  const w = await world({ timeoutMs: 15 })
  const fail = () => Promise.reject(new Error(`${FAULT}${'ab12'.repeat(16)}`))
  for (const method of ['findByDigest', 'find', 'commit', 'list', 'events'] as const) w.store.replace[method] = fail
  const denial = denied(await w.ask(`GET /v1/files/${A}`), 'unavailable')
  const texts = [await textOfDenial(denial)]
  for (const call of [
    () => w.tokens.create(input()),
    () => w.tokens.create(input({ idempotencyKey: 'k' })),
    () => w.tokens.get(asked(w)),
    () => w.tokens.list({ actor: 'admin-1', planId: '1001' }),
    () => w.tokens.events({ actor: 'admin-1', planId: '1001' }),
    () => w.tokens.revokeSecret({ text: w.ALL.secret }),
    () => w.tokens.inspect({ secret: w.ALL.secret }),
  ])
    texts.push(textOf(await failure(call(), 'unavailable')))
  for (const text of texts) {
    expect(text).not.toMatch(/postgres|user:pw|digest|ab12/)
    expectNoSecret(text, w.secrets, 'a fault of the store')
  }
})
