/** `revokeSecret` of text that a secret stands in: whatever is around it, it is found and ended, and all others with it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretsIn } from '../../src/core/secret.ts'
import { ADMIN, errorOf, newWorld } from '../support/world.ts'

const around: readonly [string, (secret: string) => string][] = [
  ['nothing', (s) => s],
  ['a name', (s) => `KEY=${s}`],
  ['a name without a sign between', (s) => `MY_KEY_${s}`],
  ['letters on both sides', (s) => `x${s}x`],
  ['quotes', (s) => `token: "${s}",`],
  ['JSON', (s) => JSON.stringify({ a: [{ token: s }] })],
  ['JSON in JSON, behind a line break', (s) => JSON.stringify(JSON.stringify({ text: `\n${s}\n` }))],
  ['a header', (s) => `Authorization: Bearer ${s}\r\n`],
  ['a URL', (s) => `https://user:${s}@x.example/a?b=c#d`],
  ['percent-encoding', (s) => encodeURIComponent(`KEY=${s}\n`)],
  ['percent-encoding of every byte', (s) => [...s].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
  ['percent-encoding, twice', (s) => encodeURIComponent(encodeURIComponent(`KEY=${s}`).replaceAll('_', '%5F'))],
  ['broken percent signs', (s) => `100%${s}%zz%`],
  ['another secret of ours that is none', (s) => `${s.slice(0, -1)} ${s}`],
]

describe('a secret is found', () => {
  it.each(around)('with %s around it', async (_, textOf) => {
    const { tokens, make, ask } = newWorld()
    const { id, secret } = await make()
    const { revoked, token, tokens: all } = await tokens.revokeSecret({ text: textOf(secret) })
    expect([revoked, token?.id, all?.map((one) => one.id)]).toEqual([true, id, [id]])
    expect(await ask(secret)).toBe('token_revoked')
  })

  it('in whatever text, and never another than those that are in it', () => {
    const prefixes = new Set(['figpat', 'pat'])
    const secret = 'figpat_'
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('_', 'figpat_', '%5F', 'a', '0', ' ', '%'), maxLength: 80 }),
        (noise) => {
          for (const found of secretsIn(`${noise}${secret}${noise}`, prefixes))
            expect(prefixes.has(found.slice(0, -39))).toBe(true)
        },
      ),
    )
  })
})

it('all secrets of a text are ended: the newest takes its token with it, an earlier one ends alone', async () => {
  const { tokens, make, ask } = newWorld()
  const [one, two, three] = [await make(), await make(), await make()]
  const refreshed = (await tokens.refresh({ actor: ADMIN, id: two.id })).secret.reveal()
  const answer = await tokens.revokeSecret({ text: `${one.secret}\n${two.secret}\n${one.secret}` })
  expect(answer.tokens?.map(({ id, status }) => [id, status])).toEqual([
    [one.id, 'revoked'],
    [two.id, 'active'],
  ])
  expect(answer.token?.id).toBe(one.id)
  expect(await Promise.all([one.secret, two.secret, refreshed, three.secret].map((s) => ask(s)))).toEqual([
    ...['token_revoked', 'secret_retired', 'allowed', 'allowed'],
  ])
})

it('a text without a secret that is known says that nothing was ended', async () => {
  const { tokens, make } = newWorld()
  const { secret } = await make()
  const cut = secret.slice(0, -1)
  for (const text of ['', 'KEY=', cut, `${cut}é`, `${cut} ${secret.at(-1)}`, (await newWorld().make()).secret])
    expect(await tokens.revokeSecret({ text })).toEqual({ revoked: false })
})

it('more than 100 secrets are refused as a whole, and 100 are not', async () => {
  const { tokens, make } = newWorld()
  const other = newWorld()
  const unknown = await Promise.all(Array.from({ length: 100 }, async () => (await other.make()).secret))
  const { id, secret } = await make()
  const error = await errorOf(tokens.revokeSecret({ text: [secret, ...unknown].join(' ') }))
  expect(error).toMatchObject({ code: 'invalid_input', issues: [{ path: 'text' }] })
  expect(error.message).not.toContain(secret)
  expect((await tokens.get({ actor: ADMIN, id })).status).toBe('active')
  expect((await tokens.revokeSecret({ text: [secret, ...unknown.slice(1)].join(' ') })).token?.id).toBe(id)
})

it('takes time that is linear in the text', () => {
  const prefixes = new Set(['figpat'])
  const long = [
    '_'.repeat(500_000),
    'figpat_'.repeat(100_000),
    '%5F'.repeat(200_000),
    `figpat_${'a'.repeat(37)}`.repeat(10_000),
  ]
  for (const text of long) expect(secretsIn(text, prefixes).size).toBe(0)
})
