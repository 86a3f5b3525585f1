/** Attacks on method and path: spellings that a router might read otherwise. What a request names: resources*.test.ts. */
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { allowed, askEach, denied, expectEnds, neverAllowed, shown } from './verdicts.ts'
import { A, fetchRequest, rawRequest, type World, world } from './world.ts'

const attack = attacksOf('path')

/** A target with ALL's secret, nothing else checked. */
const send = (w: World, url: unknown, method: unknown = 'GET') =>
  w.tokens.authorize(rawRequest({ method, url, headers: { 'x-figma-token': w.ALL.secret } }))

async function eachMalformed(targets: readonly unknown[]): Promise<void> {
  const w = await world()
  for (const url of targets) denied(await send(w, url), 'request_malformed', shown(url))
}

attack('b01', async () => {
  await askEach(await world(), [
    [`GET /V1/files/${A}`, 'endpoint_unknown'],
    [`GET /v1/Files/${A}`, 'endpoint_unknown'],
    [`GET /v1/FILES/${A}`, 'endpoint_unknown'],
  ])
})

attack('b02', async () => {
  const w = await world()
  denied(await w.ask(`GET /v1/files/${A.toLowerCase()}`), 'resource_not_in_plan')
  allowed(await w.ask(`GET /v1/files/${A}`))
})

attack('b03', () => eachMalformed([`/v1/files/${A}/`, '/v1/me/', '/v1/activity_logs/']))

attack('b04', () => eachMalformed([`//v1/files/${A}`, `/v1//files/${A}`, `/v1/files//${A}`, `/v1/files/${A}//meta`]))

attack('b05', () => eachMalformed([`//evil.com/v1/files/${A}`]))

attack('b06', async () => {
  await eachMalformed([`http://evil.com/v1/files/${A}`, 'https://api.example/v1/me'])
  const w = await world()
  const headers = { authorization: `Bearer ${w.ALL.secret}` }
  allowed(await w.tokens.authorize(new Request(`http://evil.com/v1/files/${A}`, { headers })))
  denied(await w.tokens.authorize(new Request('https://api.example/v1/me', { headers })), 'endpoint_not_supported')
})

attack('b07', async () => {
  const w = await world()
  const targets = [
    ...['', '*', `v1/files/${A}`, '?x', 'http:', 'http://', 'javascript:1', ` /v1/files/${A}`],
    ...[`https://[::1/v1/files/${A}`, undefined, 42, null, {}, [`/v1/files/${A}`]],
  ]
  for (const url of targets) denied(await send(w, url), ['request_malformed', 'endpoint_unknown'], shown(url))
})

attack('b08', () =>
  eachMalformed([
    '/v1/files/../me',
    `/v1/./files/${A}`,
    `/v1/files/${A}/..`,
    `/v1/files/${A}/../../../v1/me`,
    '/v1/files/.',
  ]),
)

attack('b09', () =>
  eachMalformed(['/v1/files/%2e%2e/me', '/v1/files/%2E./me', `/v1/files/.%2e/${A}`, `/v1/%2e/files/${A}`]),
)

attack('b10', async () => {
  const w = await world()
  const before = w.directory.calls.length
  for (const url of ['/v1/files/%252e%252e', `/v1/files/${A}%252fmeta`, `/v1/%2566iles/${A}`])
    denied(await send(w, url), ['resource_not_in_plan', 'request_malformed', 'endpoint_unknown'], url)
  const asked = w.directory.calls.slice(before).filter((call) => call.method === 'locate')
  expect(asked, 'no key of a file has a percent sign, so nobody is asked').toEqual([])
})

attack('b11', () => eachMalformed([`/v1/files/${A}%2fmeta`, `/v1/files/${A}%2Fcomments`, `/v1%2ffiles/${A}`]))

attack('b12', () =>
  eachMalformed([`/v1/files/${A}%5cmeta`, `/v1/files/${A}\\meta`, `\\v1\\files\\${A}`, '/v1/files/..\\me']),
)

attack('b13', () =>
  eachMalformed([
    `/v1/files/${A}%00`,
    `/v1/files/${A}%0a`,
    `/v1/files/${A}%7f`,
    `/v1/files/${A}%C2%85`,
    `/v1/files/\t${A}`,
  ]),
)

attack('b14', () =>
  eachMalformed(['/v1/files/%ff', '/v1/files/%c0%ae', '/v1/files/%ed%a0%80', '/v1/files/%f4%90%80%80']),
)

attack('b15', () => eachMalformed(['/v1/files/%', '/v1/files/%2', '/v1/files/%zz', `/v1/files/${A}%`]))

attack('b16', async () => {
  await eachMalformed([`/v1/%66iles/${A}`, '/v1/%6de'])
  denied(await send(await world(), `/v1/%66iles/${A}/comments`, 'POST'), 'request_malformed')
})

attack('b17', async () => {
  await eachMalformed([`/v1/files/${A};v=1`, `/v1/files;x/${A}`, `/v1/me;/../files/${A}`])
})

attack('b18', () => eachMalformed([`/v1/files/${A}#/../me`, `/v1/me#/v1/files/${A}`]))

attack('b19', async () => {
  const w = await world()
  allowed(await send(w, `/v1/files/${A}?a?b=/v1/me`))
  denied(await send(w, `/v1/files/${A}%3Fx`), 'resource_not_in_plan')
  denied(await send(w, `/v1/files?/${A}`), 'endpoint_unknown')
})

attack('b20', async () => {
  const w = await world()
  for (const url of [
    '/v1/files/__proto__',
    '/v1/files/constructor',
    `/__proto__/files/${A}`,
    '/v1/constructor',
    `/v1/files/${A}/toString`,
  ])
    denied(await send(w, url), ['resource_not_in_plan', 'endpoint_unknown'], url)
  for (const method of ['__proto__', 'constructor', 'hasOwnProperty'])
    denied(await send(w, `/v1/files/${A}`, method), ['resource_not_in_plan', 'endpoint_unknown'], method)
})

attack('b21', async () => {
  await askEach(await world(), [
    ['GET /v2/webhooks/requests', 'resource_not_in_plan'],
    ['GET /v1/files/nodes', 'resource_not_in_plan'],
    ['GET /v1/teams/projects', 'endpoint_unknown'],
  ])
})

attack('b22', async () => {
  await askEach(await world(), [
    [`GET /v1/files/${A}/nope`, 'endpoint_unknown'],
    ['GET /v1/projects/123/folders', 'endpoint_unknown'],
    ['GET /v2/teams/456/projects', 'endpoint_unknown'],
    ['GET /v1/teams/456/folders', 'endpoint_unknown'],
  ])
})

attack('b23', async () => {
  await askEach(await world(), [
    ['GET /v1/files', 'endpoint_unknown'],
    ['GET /v1', 'endpoint_unknown'],
    ['GET /', ['endpoint_unknown', 'request_malformed']],
    [`GET /v1/files/${A}/comments/1/reactions/2`, 'endpoint_unknown'],
  ])
})

attack('b24', async () => {
  const w = await world()
  const long = [
    (n: number) => `/v1/files/${'a'.repeat(n)}`,
    (n: number) => '/a'.repeat(n / 10),
    (n: number) => `/v1/files${'/a'.repeat(n / 10)}`,
    (n: number) => '/'.repeat(n),
  ]
  for (const [i, target] of long.entries()) {
    const denial = neverAllowed(await send(w, target(1_000_000)), `target ${i}`)
    expect(denial.message.length).toBeLessThan(500)
    expect(denial.message).not.toContain('aaaaa')
    expect(JSON.stringify(denial.headers).length).toBeLessThan(2_000)
    expect((await denial.response().text()).length).toBeLessThan(1_000)
    await expectEnds(250_000, (size) => send(w, target(size)))
  }
})

attack('b25', async () => {
  await askEach(await world(), [
    [`HEAD /v1/files/${A}`, 'allowed'],
    ['HEAD /v1/me', 'endpoint_not_supported'],
    ['HEAD /v1/dev_resources', 'endpoint_unknown'],
  ])
})

attack('b26', async () => {
  const w = await world()
  for (const method of ['OPTIONS', 'TRACE', 'CONNECT', 'PATCH', 'PROPFIND', '', 'GET POST', null, 7, ['GET']])
    denied(await send(w, `/v1/files/${A}`, method), ['endpoint_unknown', 'request_malformed'], shown(method))
})

attack('b27', async () => {
  const w = await world()
  // Decided: methods are case-sensitive. What Fetch upper-cases by itself is upper-case by the time it arrives.
  denied(await send(w, `/v1/files/${A}`, 'get'), 'endpoint_unknown')
  denied(await send(w, `/v1/files/${A}/comments`, 'post'), ['endpoint_unknown', 'endpoint_not_supported'])
  denied(await send(w, '/v2/webhooks/79', 'delete'), 'endpoint_unknown')
  allowed(await w.tokens.authorize(fetchRequest(`get /v1/files/${A}`, w.ALL)))
})

attack('b28', async () => {
  const w = await world()
  const line = `POST /v1/files/${A}/comments`
  for (const name of ['X-HTTP-Method-Override', 'X-Method-Override', 'X-HTTP-Method'])
    denied(await w.ask(line, w.ALL, { headers: { [name]: 'GET' } }), 'endpoint_not_supported', name)
  denied(await w.ask(`${line}?_method=GET`), 'endpoint_not_supported')
})

attack('b29', async () => {
  const w = await world()
  const headers = { 'X-Original-URL': `/v1/files/${A}`, 'X-Rewrite-URL': `/v1/files/${A}` }
  denied(await w.ask('GET /v1/me', w.ALL, { headers }), 'endpoint_not_supported')
})

attack('b30', async () => {
  const closed = [
    'GET /v1/me',
    'GET /v1/oembed',
    `POST /v1/files/${A}/comments`,
    `DELETE /v1/files/${A}/comments/1`,
    `POST /v1/files/${A}/comments/1/reactions`,
    `DELETE /v1/files/${A}/comments/1/reactions`,
    `POST /v1/files/${A}/variables`,
    'GET /v1/payments',
  ]
  await askEach(
    await world(),
    closed.map((line) => [line, 'endpoint_not_supported']),
  )
})
