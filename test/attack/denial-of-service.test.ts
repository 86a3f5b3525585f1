/** What a refusal costs: work that grows no faster than what was sent, and no call of a port for what is no secret of ours. */
import { figmaPolicy, parseFigmaLinks } from 'plan-access-tokens/figma'
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { allowed, denied, expectEnds, invalidAt, neverAllowed, withoutStore } from './verdicts.ts'
import { A, fetchRequest, input, JSON_TYPE, rawRequest, type World, world } from './world.ts'

const attack = attacksOf('denial-of-service')

const get = (w: World, headers: unknown) => w.tokens.authorize(rawRequest({ headers }))

attack('h01', async () => {
  const good = (n: number) => Array.from({ length: n }, (_, i) => `https://figma.com/design/Key${i}`)
  const bad = (n: number) => Array.from({ length: n }, (_, i) => `http://evil.com/design/Key${i}`)
  for (const [what, links] of [
    ['good', good],
    ['bad', bad],
  ] as const) {
    const report = parseFigmaLinks(links(100_000).join('\n'))
    expect([report.resources.length, report.mistakes.length], what).toEqual(
      what === 'good' ? [100_000, 0] : [0, 100_000],
    )
    const texts = new Map([10_000, 40_000].map((n) => [n, links(n).join(', ')]))
    await expectEnds(10_000, (n) => parseFigmaLinks(texts.get(n) ?? ''))
  }
  const w = await world()
  const before = w.directory.count('locate')
  const error = await invalidAt('resources', w.tokens.create(input({ resources: good(100_000) })))
  expect(error.issues).toHaveLength(1)
  expect(error.message).toContain('1000')
  expect(w.directory.count('locate'), 'none of them is looked up').toBe(before)

  // As many as are taken: looked up some at a time.
  let underWay = 0
  let most = 0
  w.directory.replace.locate = async () => {
    most = Math.max(most, ++underWay)
    await new Promise((resolve) => setImmediate(resolve))
    underWay--
    return { planId: '1001', ancestors: [] }
  }
  const { token } = await w.make({ resources: good(1_000) })
  expect(token.resources).toHaveLength(1_000)
  expect(w.directory.count('locate') - before).toBe(1_000)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(100)
})

attack('h02', async () => {
  const texts: readonly (readonly [string, (n: number) => string])[] = [
    ['commas', (n) => ','.repeat(n)],
    ['spaces', (n) => ' '.repeat(n)],
    ['https://', (n) => 'https://'.repeat(n / 10)],
    ['one link', (n) => `https://figma.com/design/${'a'.repeat(n)}`],
    ['one link of slashes', (n) => `https://figma.com${'/a'.repeat(n / 2)}`],
    ['no-break spaces', (n) => '\u00a0'.repeat(n)],
  ]
  for (const [what, text] of texts) {
    const { resources, mistakes } = parseFigmaLinks(text(1_000_000))
    expect(resources, what).toEqual([])
    expect(mistakes.length, what).toBeLessThanOrEqual(1)
    const made = new Map([250_000, 1_000_000].map((n) => [n, text(n)]))
    await expectEnds(250_000, (n) => parseFigmaLinks(made.get(n) ?? ''))
  }
})

attack('h03', async () => {
  const w = await world()
  const texts: readonly (readonly [string, (n: number) => string])[] = [
    ['base62', (n) => `figpat_${'a'.repeat(n)}!`],
    ['underscores', (n) => '_'.repeat(n)],
    ['prefixes', (n) => 'figpat_'.repeat(n / 7)],
    ['almost secrets', (n) => `figpat_${'a'.repeat(37)} `.repeat(n / 45)],
  ]
  // Another scheme's, of which every quotation mark may begin a quoted value.
  const quotes = new Map([500_000, 2_000_000].map((n) => [n, `Basic ,"${'\\"'.repeat(n / 2)}`]))
  await expectEnds(500_000, async (n) => neverAllowed(await get(w, { authorization: quotes.get(n) })))
  const pattern = figmaPolicy().types[0]?.secretPattern ?? ''
  expect(w.ALL.secret).toMatch(new RegExp(`^${pattern}$`))
  for (const [what, text] of texts) {
    await withoutStore(w, async () => {
      denied(await get(w, { 'x-figma-token': text(200_000) }), 'token_malformed', what)
      denied(await get(w, { authorization: `Bearer ${text(100_000)}` }), 'token_malformed', what)
    })
    const made = new Map([500_000, 2_000_000].map((n) => [n, text(n)]))
    await expectEnds(500_000, (n) => get(w, { 'x-figma-token': made.get(n) }))
    await expectEnds(500_000, (n) => made.get(n)?.match(new RegExp(pattern, 'g')))
    expect(text(200_000).match(new RegExp(pattern, 'g')), what).toBeNull()
  }
})

attack('h04', async () => {
  const w = await world()
  const names: readonly (readonly [string, (n: number) => string])[] = [
    ['spaces', (n) => ' '.repeat(n)],
    ['combining marks', (n) => `a${'\u0301'.repeat(n)}`],
    ['regional indicators', (n) => '\u{1f1e6}'.repeat(n / 2)],
  ]
  for (const [what, name] of names) {
    for (const field of ['name', 'description', 'actor', 'idempotencyKey'] as const) {
      const error = await invalidAt(field, w.tokens.create(input({ [field]: name(10_000_000) })), `${what} as ${field}`)
      expect(error.message.length, what).toBeLessThan(1_000)
    }
    const made = new Map([2_500_000, 10_000_000].map((n) => [n, name(n)]))
    await expectEnds(2_500_000, (n) => invalidAt('name', w.tokens.create(input({ name: made.get(n) }))))
  }
})

attack('h05', async () => {
  const w = await world()
  const POST = 'POST /v1/dev_resources'
  const arrays = '['.repeat(100_000) + ']'.repeat(100_000)
  const objects = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  for (const [what, text] of [
    ['arrays', arrays],
    ['arrays under dev_resources', `{"dev_resources":${arrays}}`],
    ['objects under dev_resources', `{"dev_resources":${objects}}`],
    ['objects in the list', `{"dev_resources":[${objects}]}`],
    ['arrays that never close', '['.repeat(500_000)],
  ] as const) {
    denied(await w.ask(POST, w.ALL, { body: text }), 'request_malformed', what)
    denied(await w.ask(POST, w.ALL, { body: new TextEncoder().encode(text) }), 'request_malformed', `${what}, bytes`)
    denied(await w.tokens.authorize(fetchRequest(POST, w.ALL, { body: text })), 'request_malformed', `${what}, Fetch`)
    await w.tokens.explain(
      rawRequest({
        method: 'POST',
        url: '/v1/dev_resources',
        headers: { 'x-figma-token': w.ALL.secret, ...JSON_TYPE },
        body: text,
      }),
    )
  }
  // A value that a host has parsed already, as deep.
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = { a: deep }
  for (const body of [
    deep,
    { dev_resources: deep },
    { dev_resources: [deep] },
    { dev_resources: [{ file_key: deep }] },
  ])
    denied(await w.ask(POST, w.ALL, { body }), 'request_malformed', 'parsed')
  const beside = { body: `{"dev_resources":[{"file_key":"${A}"}],"deep":${arrays}}` }
  allowed(await w.ask(POST, w.ALL, beside), 'what names no resource is not judged')
})

attack('h06', async () => {
  const w = await world()
  const many = (n: number) => Array.from({ length: n }, (_, i) => `p${i}=1`).join('&')
  const queries: readonly (readonly [string, (n: number) => string])[] = [
    ['many', (n) => many(n / 10)],
    ['one long', (n) => `x=${'a'.repeat(n)}`],
    ['one long name', (n) => 'a'.repeat(n)],
    ['ampersands', (n) => '&'.repeat(n)],
    ['encoded', (n) => '%41=%41&'.repeat(n / 8)],
  ]
  for (const [what, query] of queries) {
    const line = `GET /v2/webhooks?${query(1_000_000)}`
    // Few parameters that name no resource ask for the whole plan; more than a server reads are not judged at all.
    const isRead = what.startsWith('one')
    if (isRead) allowed(await w.ask(line), what)
    else denied(await w.ask(line), 'request_malformed', what)
    denied(await w.ask(line, w.ONE), isRead ? 'resource_not_allowed' : 'request_malformed', what)
    denied(await w.ask(`${line}&context=file`), 'request_malformed', what)
    const made = new Map([250_000, 1_000_000].map((n) => [n, `GET /v2/webhooks?${query(n)}`]))
    await expectEnds(250_000, (n) => w.ask(made.get(n) ?? ''))
  }
  const repeated = `context_id=${A}&`.repeat(100_000)
  denied(await w.ask(`GET /v2/webhooks?${repeated}context=file`), 'request_malformed')
  expect(many(100_000).split('&')).toHaveLength(100_000)
  allowed(await w.ask(`GET /v1/files/${A}?ids=${'1'.repeat(1_048_576)}`))
})

attack('h07', async () => {
  const w = await world()
  const names: readonly (readonly [string, (i: number) => string])[] = [
    ['of any length', (i) => `x-header-${i}`],
    ['as long as ours', (i) => `x-${String(i).padStart(11, '0')}`],
  ]
  for (const [what, name] of names) {
    const entries = (n: number) => Array.from({ length: n }, (_, i): [string, string] => [name(i), 'x'])
    const made = new Map([10_000, 40_000].map((n) => [n, Object.fromEntries(entries(n))]))
    const raw = new Map([10_000, 40_000].map((n) => [n, entries(n).flat()]))
    denied(await get(w, made.get(10_000)), 'token_missing', what)
    denied(await get(w, new Headers(made.get(10_000))), 'token_missing', what)
    denied(await w.tokens.authorize(rawRequest({ rawHeaders: raw.get(10_000) })), 'token_missing', what)
    allowed(await get(w, { ...made.get(10_000), 'X-Figma-Token': w.ALL.secret }), what)
    await expectEnds(10_000, (n) => get(w, made.get(n)))
    await expectEnds(10_000, (n) => w.tokens.authorize(rawRequest({ rawHeaders: raw.get(n) })))
  }
  const list = Array.from({ length: 1_000 }, () => w.ALL.secret)
  denied(await get(w, { 'X-Figma-Token': list }), 'request_malformed')
  denied(await get(w, { 'X-Figma-Token': list.join(', ') }), 'request_malformed')
  const lines = list.flatMap((secret) => ['X-Figma-Token', secret])
  denied(await w.tokens.authorize(rawRequest({ rawHeaders: lines })), 'request_malformed')
})

attack('h09', async () => {
  const w = await world()
  const { secret } = w.ALL
  const stem = secret.slice(0, -6)
  const before = [w.store.calls.length, w.directory.calls.length]
  const codes = new Set<string>()
  for (let i = 0; i < 200_000; i++) {
    const tail = String(i).padStart(6, '0')
    const value = i % 2 === 0 ? stem + tail : `figpat_${tail.repeat(6)}00`
    const decision = await get(w, { 'x-figma-token': value })
    codes.add(decision.allowed ? 'allowed' : decision.code)
  }
  expect([...codes]).toEqual(['token_malformed'])
  expect([w.store.calls.length, w.directory.calls.length]).toEqual(before)
  neverAllowed(await get(w, { 'x-figma-token': stem }))
  allowed(await get(w, { 'x-figma-token': secret }))
})
