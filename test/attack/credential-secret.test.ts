/** Attacks on the secret itself: mangled, guessed, of another plan or type, retired. Where it stands: credential.test.ts. */
import nodeCrypto, { createHash } from 'node:crypto'
import { afterEach, expect, vi } from 'vitest'
import { DAY } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, denied, expectEnds, withoutStore } from './verdicts.ts'
import { A, rawRequest, type World, world, worldWithNpm } from './world.ts'

const attack = attacksOf('credential')

/** GET of file A with these headers and no others. */
const get = (w: World, headers: unknown) => w.tokens.authorize(rawRequest({ headers }))
const custom = (value: string) => ({ 'X-Figma-Token': value })
const authorization = (value: string) => ({ Authorization: value })

afterEach(() => {
  vi.restoreAllMocks()
})

attack('a20', async () => {
  const w = await world()
  const { secret } = w.ALL
  await withoutStore(w, async () => {
    for (const value of [`${secret}\u0000`, `\u0000${secret}`, `${secret}\r\nX-Other: 1`, `${secret}\u007f`]) {
      const what = JSON.stringify(value)
      denied(await get(w, custom(value)), ['token_malformed', 'request_malformed'], what)
      denied(await get(w, authorization(`Bearer ${value}`)), ['token_malformed', 'request_malformed'], what)
    }
  })
})

attack('a21', async () => {
  const w = await world()
  const { secret } = w.ALL
  const at = secret.length - 10
  const replaced = (by: string) => secret.slice(0, at) + by + secret.slice(at + 1)
  const fullWidth = String.fromCharCode(secret.charCodeAt(at) + 0xfee0)
  // The prefix holds an "a" and a "p", which have Cyrillic twins.
  const twins = [secret.replace('a', '\u0430'), secret.replace('p', '\u0440')]
  const values = [replaced(fullWidth), ...twins, `${secret}\u0301`, `${secret}\u200b`, replaced(`${secret[at]}\u0301`)]
  for (const value of values) denied(await get(w, custom(value)), 'token_malformed', JSON.stringify(value))
})

attack('a22', async () => {
  const w = await world()
  const { secret } = w.ALL
  const prefix = secret.slice(0, secret.indexOf('_'))
  for (const value of [secret.toUpperCase(), secret.toLowerCase(), secret.replace(prefix, prefix.toUpperCase())])
    denied(await get(w, custom(value)), ['token_malformed', 'token_unknown'], value)
})

attack('a23', async () => {
  const w = await world()
  const { secret } = w.ALL
  // Two neighbours of the random part that differ.
  let at = secret.indexOf('_') + 1
  while (secret[at] === secret[at + 1]) at++
  const swapped = secret.slice(0, at) + secret[at + 1] + secret[at] + secret.slice(at + 2)
  await withoutStore(w, async () => {
    for (const value of [secret.slice(0, -1), secret.slice(1), `${secret}0`, `0${secret}`, secret + secret, swapped])
      denied(await get(w, custom(value)), 'token_malformed', value)
  })
})

attack('a24', async () => {
  const hash = vi.spyOn(nodeCrypto, 'hash')
  const w = await world()
  allowed(await w.ask(`GET /v1/files/${A}`))
  expect(hash, 'the count sees the digests of good requests').toHaveBeenCalled()
  hash.mockClear()
  await withoutStore(w, async () => {
    const letters = 'x'.repeat(100_000)
    for (const headers of [
      custom(letters),
      authorization(`Bearer ${letters}`),
      custom(`${w.ALL.secret}${' '.repeat(100_000)}x`),
    ])
      denied(await get(w, headers), 'token_malformed')
  })
  expect(hash).not.toHaveBeenCalled()
  // White space around a value is none of it (RFC 9110, section 5.5).
  allowed(await get(w, custom(w.ALL.secret + ' '.repeat(100_000))))
  await expectEnds(1_000_000, (size) => get(w, authorization(`Bearer ${'x'.repeat(size)}`)))
  await expectEnds(1_000_000, (size) => get(w, custom(`x${' '.repeat(size)}x`)))
})

attack('a25', async () => {
  const w = await world()
  const elsewhere = await world()
  const before = w.store.calls.length
  denied(await get(w, custom(elsewhere.ALL.secret)), 'token_unknown')
  expect(w.store.calls.slice(before).map((call) => call.method)).toEqual(['peekByDigest'])
})

attack('a26', async () => {
  const w = await world()
  const record = await w.store.real.find(w.ALL.token.id)
  const hex = record?.secrets[0]?.digest ?? ''
  expect(hex).toBe(createHash('sha256').update(w.ALL.secret).digest('hex'))
  const bytes = Buffer.from(hex, 'hex')
  for (const digest of [hex, bytes.toString('base64'), bytes.toString('base64url')]) {
    for (const value of [digest, `figpat_${digest}`, `figpat_${digest.slice(0, 38)}`])
      denied(await get(w, custom(value)), 'token_malformed', value)
  }
})

attack('a27', async () => {
  const w = await world()
  for (const value of [w.ALL.token.id, `figpat_${w.ALL.token.id}`])
    denied(await get(w, custom(value)), 'token_malformed', value)
})

attack('a28', async () => {
  const w = await worldWithNpm()
  const { ALL, NPM } = w
  denied(await get(w, custom(NPM.secret)), 'token_wrong_type')
  denied(await get(w, custom(NPM.secret.replace('npm', 'figpat'))), 'token_malformed', 'npm as rest')
  denied(await get(w, custom(ALL.secret.replace('figpat', 'npm'))), 'token_malformed', 'rest as npm')
})

attack('a29', async () => {
  const w = await world()
  const T2 = await w.make({ actor: 'admin-2', planId: '2002' })
  denied(await get(w, custom(T2.secret)), 'resource_not_in_plan')
})

attack('a30', async () => {
  const w = await world()
  const second = await w.refresh(w.ALL)
  const line = `GET /v1/files/${A}`
  w.clock.real.advance(DAY - 1)
  expect(allowed(await w.ask(line, w.ALL), 'one millisecond before').secret.worksUntil).toBe(w.clock.real.now() + 1)
  w.clock.real.advance(1)
  denied(await w.ask(line, w.ALL), 'secret_retired', 'at the end')
  w.clock.real.advance(1)
  denied(await w.ask(line, w.ALL), 'secret_retired', 'one millisecond after')
  allowed(await w.ask(line, second), 'the newest secret')
})
