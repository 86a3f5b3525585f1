/** How a request with a key from before is judged: what is asked of the store, where keys stand, and what is no key. */
import { createPlanTokens, type MemoryStore, memoryStore } from 'plan-access-tokens'
import { legacyKeys } from 'plan-access-tokens/legacy'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { NPM_POLICY } from '../npm/world.ts'
import { ADMIN, DAY, newDirectory, POLICY, START } from '../support/world.ts'
import { claimOf, FORMS, HMAC_KEY, KEYS, legacyOf, legacyWorld, sha256, slowForm } from './world.ts'

/** A world that counts what the store is asked for. */
function counted() {
  const asked: string[] = []
  const port = (store: MemoryStore): MemoryStore => ({
    ...store,
    findByDigest(digest: string) {
      asked.push(digest)
      return store.findByDigest(digest)
    },
  })
  return { ...legacyWorld({ port }), asked }
}

describe('a request with a key from before', () => {
  it('costs one look-up, known or not, and none where no pattern matches', async () => {
    const { adopt, ask, asked, make } = counted()
    await adopt('plain')
    const { secret } = await make()
    for (const [text, code] of [
      [KEYS.plain(), 'allowed'],
      [KEYS.plain(1), 'token_unknown'],
      [KEYS.keyed(), 'token_unknown'],
      [secret, 'allowed'],
    ] as const) {
      asked.length = 0
      expect(await ask(text)).toBe(code)
      expect(asked).toHaveLength(1)
      expect(asked[0]).toMatch(/^[0-9a-f]{64}$/)
    }
    asked.length = 0
    for (const text of ['x', `${KEYS.plain()}0`, KEYS.plain().slice(1), `${secret}0`, 'e'.repeat(40).toUpperCase()])
      expect(await ask(text)).toBe('token_malformed')
    expect(asked).toEqual([])
  })

  it('is found under no digest that the host, a native secret or another scheme has', async () => {
    const { ask, asked } = counted()
    const [plain, keyed] = [KEYS.plain(), KEYS.keyed()]
    await ask(plain)
    await ask(keyed)
    expect(new Set(asked).size).toBe(2)
    for (const known of [sha256(plain), sha256(keyed), sha256(`legacy:plain:${sha256(keyed)}`)])
      expect(asked).not.toContain(known)
    const other = legacyOf({ ...FORMS.plain, name: 'other' })
    expect(other.read(plain)?.digest).not.toBe(asked[0])
    expect(legacyOf(FORMS.plain).read(plain)?.digest).toBe(asked[0])
  })

  it.each([
    ['other letter case', (key: string) => key.toUpperCase()],
    ['another character', (key: string) => key.replace('a', 'b')],
    ['a character more', (key: string) => `${key}a`],
    ['a character less', (key: string) => key.slice(0, -1)],
    ['a line end behind it', (key: string) => `${key}\n`],
    ['a NUL behind it', (key: string) => `${key}\0`],
    ['a space in it', (key: string) => `${key.slice(0, 12)} ${key.slice(12)}`],
    ['quotation marks around it', (key: string) => `"${key}"`],
    ['a letter that looks alike', (key: string) => key.replace('a', 'а')],
    ['full width letters', (key: string) => key.replace('s', 'ｓ')],
    ['its digest', (key: string) => sha256(key)],
    ['what is stored of it', (key: string) => sha256(`legacy:plain:${sha256(key)}`)],
    ['percent-encoded', (key: string) => key.replace('_', '%5F')],
  ])('is not allowed with %s', async (_, change) => {
    const { adopt, tokens } = legacyWorld()
    await adopt('plain')
    const secret = change(KEYS.plain())
    const decision = await tokens.authorize({
      secret,
      route: 'GET /v1/files/{file_key}',
      params: { file_key: 'FileA' },
    })
    expect(decision.allowed).toBe(false)
  })

  it('is taken from where secrets stand, without the white space that a field value may have around it', async () => {
    const { adopt, tokens } = legacyWorld()
    await adopt('plain')
    const get = (headers: object) => tokens.authorize({ method: 'GET', url: '/v1/files/FileA', headers } as never)
    for (const headers of [
      { 'x-figma-token': KEYS.plain() },
      { 'X-Figma-Token': ` \t${KEYS.plain()} ` },
      { authorization: `Bearer ${KEYS.plain()}` },
      new Headers({ authorization: `bearer   ${KEYS.plain()}` }),
      { 'x-figma-token': KEYS.plain(), authorization: `Bearer ${KEYS.plain()}` },
    ])
      expect((await get(headers)).allowed).toBe(true)
    expect(await get({ authorization: `Basic ${btoa(`x:${KEYS.plain()}`)}` })).toMatchObject({ code: 'token_missing' })
  })

  it('beside another credential is refused, whichever of them is the older', async () => {
    const { adopt, tokens, make } = legacyWorld()
    await adopt('plain')
    const { secret } = await make()
    const get = (custom: string, bearer: string) =>
      tokens.authorize({
        ...{ method: 'GET', url: '/v1/files/FileA' },
        headers: { 'x-figma-token': custom, authorization: `Bearer ${bearer}` },
      })
    const keys = [KEYS.plain(), KEYS.plain(1), KEYS.keyed(), KEYS.stripped()]
    const tampered = keys.flatMap((key) => [key, `"${key}"`, `'${key}`, `\t${key}`])
    // A key that is told by its beginning also if it was cut, as a secret of ours is.
    for (const bearer of [...tampered, 'sk_live_', 'sk_live_cut', 'old.']) {
      const decision = await get(secret, bearer)
      expect(decision, bearer).toMatchObject({ code: 'request_malformed', reason: 'credential_repeated' })
    }
    for (const custom of keys) expect(await get(custom, secret)).toMatchObject({ reason: 'credential_repeated' })
    // A gateway's own: no key from before looks so, whole or not.
    for (const bearer of ['eyJhbGciOiJIUzI1NiJ9.e30.c2ln', KEYS.keyed().slice(1), 'sk_test_aaaaaaaaaaaaaaaaaaaaaaaa'])
      expect((await get(secret, bearer)).allowed).toBe(true)
  })

  it('costs no more than its length to look for beside another credential, whatever its signs', async () => {
    const { tokens, make } = legacyWorld()
    const { secret } = await make()
    // Of each sign anew it was looked whether it ends the text: 60,000 took twelve seconds, and these would never end.
    const headers = { 'x-figma-token': secret, authorization: `Bearer a${'!'.repeat(600_000)}a` }
    expect((await tokens.authorize({ method: 'GET', url: '/v1/files/FileA', headers })).allowed).toBe(true)
  })

  it('of the type of another surface is refused as of the wrong type', async () => {
    const store = memoryStore()
    const tokens = createPlanTokens({
      ...{ policy: [POLICY, NPM_POLICY], store, directory: newDirectory(), clock: { now: () => START } },
      legacy: legacyKeys({ rest: [FORMS.plain], npm: [FORMS.keyed] }),
    })
    await tokens.adopt(claimOf('plain'))
    const request = requestWith(KEYS.plain(), 'GET /@acme/one')
    expect(await tokens.authorize(request, { surface: 'npm' })).toMatchObject({ code: 'token_wrong_type' })
    // A scheme belongs to its type.
    await expect(tokens.adopt(claimOf('keyed'))).rejects.toMatchObject({
      issues: [{ path: 'type', message: 'must be "npm", to which keys of the scheme "keyed" belong.' }],
    })
  })

  it('opens no token of another type or scheme, whatever the store says', async () => {
    for (const change of [
      { type: 'npm' },
      { secrets: { legacy: undefined } },
      { secrets: { legacy: { scheme: 'keyed' } } },
      { secrets: { legacy: { scheme: 'plain2' } } },
    ]) {
      const store = memoryStore()
      const { adopt } = legacyWorld({ store })
      const { id } = await adopt('plain')
      const record = await store.find(id)
      if (!record) throw new Error('It is gone.')
      const { secrets, ...fields } = change as { readonly secrets?: object }
      const wrong = { ...record, ...fields, secrets: record.secrets.map((secret) => ({ ...secret, ...secrets })) }
      const port = { ...store, findByDigest: async () => wrong }
      const { ask, tokens } = legacyWorld({ port: () => port, policy: [POLICY, NPM_POLICY] as never })
      expect(await ask(KEYS.plain())).toBe('token_unknown')
      expect(await tokens.inspect({ secret: KEYS.plain() })).toEqual({ active: false })
      expect(await tokens.revokeSecret({ text: KEYS.plain() })).toEqual({ revoked: false })
    }
  })

  it('that was told by its digest as if it were a secret of ours opens nothing', async () => {
    const { adopt, ask, make, tokens } = legacyWorld()
    const { secret, id } = await make()
    // The digest of a living token's secret, adopted as if it were a key's.
    const twin = await adopt('plain', 0, { digest: sha256(secret), scopes: ['files:read'] })
    expect(twin.id).not.toBe(id)
    const { decision } = await tokens.explain(requestWith(secret, 'GET /v1/files/FileA'))
    expect(decision).toMatchObject({ allowed: true, token: { id, legacy: false } })
    await tokens.revoke({ actor: ADMIN, id: twin.id })
    expect(await ask(secret)).toBe('allowed')
  })

  it('is found with a key given as bytes, which nobody can change afterwards', async () => {
    const key = new TextEncoder().encode(HMAC_KEY)
    const legacy = legacyOf({ ...FORMS.keyed, scheme: { hash: 'hmac-sha256', key } })
    const { adopt, ask } = legacyWorld({ legacy })
    await adopt('keyed')
    key.fill(0)
    expect(await ask(KEYS.keyed())).toBe('allowed')
    expect(JSON.stringify(legacy)).not.toContain(HMAC_KEY)
  })
})

describe('a text that is reported', () => {
  it('ends every key in it, whatever stands around', async () => {
    for (const [name, text] of [
      ['plain', (key: string) => key],
      ['plain', (key: string) => `curl -H "X-Figma-Token: ${key}" https://x.test`],
      ['plain', (key: string) => `{"log":"\\n${key}\\n"}`],
      ['plain', (key: string) => `https://x.test/%3Fk%3D${key.replaceAll('_', '%5F')}%26a`],
      ['plain', (key: string) => `xx${key}yy`],
      ['stripped', (key: string) => `token=${key};`],
      ['keyed', (key: string) => `key: ${key}.`],
      ['keyed', (key: string) => `(${key})`],
    ] as const) {
      const { adopt, tokens, ask } = legacyWorld()
      await adopt(name)
      expect(await tokens.revokeSecret({ text: text(KEYS[name]()) })).toMatchObject({ revoked: true })
      expect(await ask(KEYS[name]())).toBe('token_revoked')
    }
  })

  it('ends an older key alone once the token is native', async () => {
    const { adopt, tokens, ask } = legacyWorld()
    const { id } = await adopt('plain')
    const { secret } = await tokens.refresh({ actor: ADMIN, id })
    await tokens.revokeSecret({ text: KEYS.plain() })
    expect([await ask(KEYS.plain()), await ask(secret)]).toEqual(['secret_retired', 'allowed'])
  })

  it('asks for nothing where a longer run of characters only holds what looks like one', async () => {
    const { tokens, asked } = counted()
    await tokens.revokeSecret({ text: 'c'.repeat(64) })
    expect(asked).toEqual([])
  })

  it('of several lengths is one with all that could belong to it', async () => {
    const { adopt, tokens } = legacyWorld()
    await adopt('stripped')
    expect(await tokens.revokeSecret({ text: `${KEYS.stripped()}x` })).toEqual({ revoked: false })
    expect(await tokens.revokeSecret({ text: `${KEYS.stripped()}X` })).toMatchObject({ revoked: true })
  })

  it('of very many is to be sent in parts', async () => {
    const { tokens } = legacyWorld()
    const text = Array.from({ length: 101 }, (_, i) => KEYS.plain(i)).join(' ')
    await expect(tokens.revokeSecret({ text })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('takes time linear in its length', async () => {
    const { form } = slowForm()
    const { tokens } = legacyWorld({ legacy: legacyOf(FORMS.plain, FORMS.stripped, FORMS.keyed, form) })
    for (const text of [
      'sk_live_'.repeat(60_000),
      'old.'.repeat(120_000),
      'c'.repeat(500_000),
      'key|'.repeat(120_000),
    ]) {
      expect(await tokens.revokeSecret({ text })).toEqual({ revoked: false })
    }
  })
})

describe('a process that answers from memory', () => {
  it('answers for a key from before too, and forgets it with its token', async () => {
    const store = memoryStore()
    const options = { policy: POLICY, store, directory: newDirectory(), legacy: legacyOf(FORMS.plain), freshnessMs: 60 }
    const told: unknown[] = []
    const tokens = createPlanTokens({ ...options, onDecision: ({ source }) => told.push(source) })
    const { id } = await tokens.adopt(claimOf('plain', 0, { expiresAt: Date.now() + DAY }))
    const ask = async () => {
      const decision = await tokens.authorize(requestWith(KEYS.plain(), 'GET /v1/files/FileA'))
      return decision.allowed ? 'allowed' : decision.code
    }
    expect([await ask(), await ask()]).toEqual(['allowed', 'allowed'])
    expect(told.at(-1)).toBe('cache')
    await tokens.revoke({ actor: ADMIN, id })
    expect(await ask()).toBe('token_revoked')
    await tokens.close()
  })
})
