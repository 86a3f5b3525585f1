/** Attacks on where the credential stands: none, several, or in the wrong place. The secret itself: credential-secret.test.ts. */

/** Attacks on where the credential stands: none, several, or in the wrong place. The secret itself: credential-secret.test.ts. */
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { serve } from './socket.ts'
import { allowed, denied, neverAllowed, withoutStore } from './verdicts.ts'
import { A, JSON_TYPE, rawRequest, type World, world } from './world.ts'

const attack = attacksOf('credential')
const NO_TOKEN = ['token_missing', 'token_malformed'] as const

/** GET of file A with these headers and no others. */
const get = (w: World, headers: unknown) => w.tokens.authorize(rawRequest({ headers }))
const custom = (value: string) => ({ 'X-Figma-Token': value })
const authorization = (value: string) => ({ Authorization: value })

attack('a01', async () => {
  const w = await world()
  await withoutStore(w, async () => {
    for (const headers of [{}, new Headers(), undefined, { accept: '*/*' }]) {
      const denial = denied(await get(w, headers), 'token_missing')
      expect(denial.headers['WWW-Authenticate']).toMatch(/^Bearer\b/)
      expect(denial.headers['WWW-Authenticate']).not.toContain('error')
      expect(denial.response().headers.get('WWW-Authenticate')).toBe(denial.headers['WWW-Authenticate'])
    }
  })
})

attack('a02', async () => {
  const w = await world()
  await withoutStore(w, async () => {
    for (const headers of [custom(''), authorization('Bearer'), authorization('Bearer ')]) {
      denied(await get(w, headers), NO_TOKEN, JSON.stringify(headers))
      denied(await get(w, new Headers(headers as Record<string, string>)), NO_TOKEN, JSON.stringify(headers))
    }
  })
})

attack('a03', async () => {
  const w = await world()
  await withoutStore(w, async () => {
    for (const space of ['   ', '\t']) {
      denied(await get(w, custom(space)), NO_TOKEN, JSON.stringify(space))
      denied(await get(w, new Headers(custom(space))), NO_TOKEN, JSON.stringify(space))
    }
  })
})

attack('a04', async () => {
  const w = await world()
  const ALL2 = await w.make()
  denied(await get(w, { 'x-figma-token': [w.ALL.secret, ALL2.secret] }), 'request_malformed')
})

attack('a05', async () => {
  const w = await world()
  const ALL2 = await w.make()
  denied(await get(w, custom(`${w.ALL.secret}, ${ALL2.secret}`)), 'request_malformed', 'joined by Node')
  const headers = new Headers(custom(w.ALL.secret))
  headers.append('X-Figma-Token', ALL2.secret)
  denied(await get(w, headers), 'request_malformed', 'joined by Headers.append')
})

attack('a06', async () => {
  const w = await world()
  const { secret } = w.ALL
  for (const value of [`${secret},`, `,${secret}`, `${secret}, `]) neverAllowed(await get(w, custom(value)), value)
})

attack('a07', async () => {
  const w = await world()
  const ALL2 = await w.make()
  const server = await serve(w.tokens)
  const line = `GET /v1/files/${A}`
  const twice = await server.send(line, [
    `Authorization: Bearer ${w.ALL.secret}`,
    `Authorization: Bearer ${ALL2.secret}`,
  ])
  const other = await server.send(line, [`Authorization: Bearer ${w.ALL.secret}`, 'Authorization: Basic dXNlcjpwdw=='])
  const once = await server.send(line, [`Authorization: Bearer ${w.ALL.secret}`])
  await server.close()
  expect(twice).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
  expect(other).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
  expect(once).toEqual({ status: 200, body: { allowed: true } })
})

attack('a08', async () => {
  const w = await world()
  const server = await serve(w.tokens)
  const good = `X-Figma-Token: ${w.ALL.secret}`
  const bad = 'X-Figma-Token: rubbish'
  const goodFirst = await server.send(`GET /v1/files/${A}`, [good, bad])
  const badFirst = await server.send(`GET /v1/files/${A}`, [bad, good])
  const once = await server.send(`GET /v1/files/${A}`, [good])
  await server.close()
  expect(goodFirst).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
  expect(badFirst).toMatchObject({ status: 400, body: { code: 'request_malformed' } })
  expect(once).toEqual({ status: 200, body: { allowed: true } })
})

attack('a09', async () => {
  const w = await world()
  const { secret } = w.ALL
  allowed(await get(w, { ...custom(secret), ...authorization(`Bearer ${secret}`) }))
})

attack('a10', async () => {
  const w = await world()
  const ALL2 = await w.make()
  const pairs: readonly (readonly [string, string])[] = [
    [w.ALL.secret, ALL2.secret],
    [ALL2.secret, w.ALL.secret],
  ]
  for (const [one, two] of pairs)
    denied(await get(w, { ...custom(one), ...authorization(`Bearer ${two}`) }), 'request_malformed')
})

attack('a11', async () => {
  const w = await world()
  const { secret } = w.ALL
  // Decided: a bearer token that does not begin as secrets of this deployment do is a gateway's, and shadows nothing.
  allowed(await get(w, { ...custom(secret), ...authorization('Bearer nonsense') }))
  denied(await get(w, { ...custom(secret), ...authorization('Bearer figpat_nonsense') }), 'request_malformed')
  denied(await get(w, { ...custom('nonsense'), ...authorization(`Bearer ${secret}`) }), 'request_malformed')
  denied(await get(w, { ...custom('nonsense'), ...authorization('Bearer nonsense2') }), 'token_malformed')
})

attack('a12', async () => {
  const w = await world()
  const basic = authorization('Basic dXNlcjpwdw==')
  // Decided: another scheme is no credential of ours, so it is neither a second one nor a first one.
  allowed(await get(w, { ...custom(w.ALL.secret), ...basic }))
  allowed(await get(w, { ...basic, ...custom(w.ALL.secret) }))
  allowed(await get(w, new Headers({ ...basic, ...custom(w.ALL.secret) })))
  denied(await get(w, basic), 'token_missing')
})

attack('a13', async () => {
  const w = await world()
  const ALL2 = await w.make()
  denied(await get(w, { 'X-Figma-Token': w.ALL.secret, 'x-figma-token': ALL2.secret }), 'request_malformed')
  denied(await get(w, { 'x-figma-token': w.ALL.secret, 'X-Figma-Token': w.ALL.secret }), 'request_malformed', 'equal')
})

attack('a14', async () => {
  const w = await world()
  const { secret } = w.ALL
  allowed(await get(w, { 'X-FIGMA-TOKEN': secret }))
  allowed(await get(w, { 'x-figma-token': secret }))
  allowed(await get(w, { AUTHORIZATION: `Bearer ${secret}` }))
})

attack('a15', async () => {
  const w = await world()
  for (const scheme of ['bearer', 'BEARER', 'bEaReR'])
    allowed(await get(w, authorization(`${scheme} ${w.ALL.secret}`)), scheme)
})

attack('a16', async () => {
  const w = await world()
  const { secret } = w.ALL
  const values = [
    secret,
    `Bearer:${secret}`,
    `Bearer=${secret}`,
    `Token ${secret}`,
    `BearerX ${secret}`,
    `Bearer\t${secret}`,
    `Bearer "${secret}"`,
  ]
  await withoutStore(w, async () => {
    for (const value of values) denied(await get(w, authorization(value)), NO_TOKEN, value)
  })
})

attack('a17', async () => {
  const w = await world()
  const ALL2 = await w.make()
  for (const value of [`Bearer ${w.ALL.secret} ${ALL2.secret}`, `Bearer ${w.ALL.secret}, Bearer ${ALL2.secret}`])
    denied(await get(w, authorization(value)), ['token_malformed', 'request_malformed'], value)
})

attack('a18', async () => {
  const w = await world()
  const { secret } = w.ALL
  for (const name of ['token', 'access_token', 'x-figma-token', 'X-Figma-Token', 'api_key']) {
    const query = `${name}=${secret}`
    const decision = await w.tokens.authorize(rawRequest({ url: `/v1/files/${A}?${query}` }))
    const denial = denied(decision, ['token_missing', 'request_malformed'], name)
    const answer = denial.response()
    const said = [JSON.stringify(denial), JSON.stringify([...answer.headers]), await answer.text()].join()
    expect(said).not.toContain(secret)
    expect(said).not.toContain(`${name}=`)
  }
})

attack('a19', async () => {
  const w = await world()
  const body = { access_token: w.ALL.secret, dev_resources: [{ file_key: A }] }
  for (const sent of [body, JSON.stringify(body)])
    denied(
      await w.tokens.authorize(
        rawRequest({ method: 'POST', url: '/v1/dev_resources', headers: JSON_TYPE, body: sent }),
      ),
      'token_missing',
    )
  denied(await get(w, { Cookie: `token=${w.ALL.secret}` }), 'token_missing')
})
