/** Keys that the real libraries have made are adopted by what these have kept of them, and go on working. */
import { type LegacyForm, legacyKeys } from 'plan-access-tokens/legacy'
import { describe, expect, it } from 'vitest'
import { DAY, newWorld, START, TOKEN } from '../support/world.ts'
import { areInstalled, LIBRARIES_COMMAND, load } from './libraries.ts'

const { lifetimeDays: _, ...FIELDS } = TOKEN
const adopting = (form: LegacyForm) => newWorld({ legacy: legacyKeys({ rest: [form] }) })
const what = areInstalled ? 'from the registry' : `skipped without it: ${LIBRARIES_COMMAND}`

/** As much of better-auth as is used here. */
interface Auth {
  readonly api: {
    signUpEmail(input: { body: object }): Promise<{ readonly user: { readonly id: string } }>
    createApiKey(input: { body: object }): Promise<{ readonly key: string }>
    verifyApiKey(input: { body: object }): Promise<{ readonly valid: boolean }>
  }
}
interface Row {
  readonly id: string
  readonly name: string
  readonly key: string
  readonly enabled: boolean
  readonly expiresAt: Date | null
  readonly permissions: string
}

describe.skipIf(!areInstalled)(`better-auth, ${what}`, () => {
  it('has API keys whose rows are all that it takes', async () => {
    const { betterAuth } = await load<{ betterAuth(options: object): Auth }>('better-auth')
    const { memoryAdapter } = await load<{ memoryAdapter(db: object): object }>('better-auth/adapters/memory')
    const { apiKey, defaultKeyHasher } = await load<{
      apiKey(options: object): object
      defaultKeyHasher(key: string): Promise<string>
    }>('@better-auth/api-key')
    const db = { user: [], session: [], account: [], verification: [], apikey: [] as Row[] }
    const auth = betterAuth({
      ...{ database: memoryAdapter(db), baseURL: 'http://localhost:1', secret: 'Wd8#kq2!zLpX0v@Rt5%nYb7^mHc3&fGj' },
      ...{
        emailAndPassword: { enabled: true },
        telemetry: { enabled: false },
        plugins: [apiKey({ defaultPrefix: 'acme_' })],
      },
    })
    const { user } = await auth.api.signUpEmail({
      body: { email: 'ada@acme.test', password: 'password-1234', name: 'Ada' },
    })
    const body = { userId: user.id, expiresIn: 90 * 24 * 60 * 60, permissions: { files: ['read'] } }
    // One after the other, so that the rows stand in the order of the keys.
    const made: Awaited<ReturnType<typeof auth.api.createApiKey>>[] = []
    for (const name of ['CI', 'Export', 'Old']) made.push(await auth.api.createApiKey({ body: { ...body, name } }))
    expect(await auth.api.verifyApiKey({ body: { key: made[0]?.key } })).toMatchObject({ valid: true })

    const { tokens, ask } = adopting({
      ...{ name: 'better-auth', match: /^acme_[A-Za-z]{64}$/, scheme: { hash: 'sha256', encoding: 'base64url' } },
    })
    for (const row of db.apikey) {
      // What it keeps is SHA-256 over the whole key, the prefix too.
      expect(row.key).toBe(await defaultKeyHasher(made.find((_, i) => db.apikey[i] === row)?.key ?? ''))
      const token = await tokens.adopt({
        ...{ ...FIELDS, name: row.name, scheme: 'better-auth', digest: row.key, idempotencyKey: row.id },
        expiresAt: START + 90 * DAY,
      })
      expect(token).toMatchObject({ name: row.name, legacy: true })
    }
    for (const { key } of made) expect(await ask(key)).toBe('allowed')
    expect(await ask(`acme_${'x'.repeat(64)}`)).toBe('token_unknown')
  })
})

const SLOW_KEYS = ['live.0007.c2VjcmV0LW9mLXRoaXMta2V5LWFhYQ', 'live.0008.c2VjcmV0LW9mLXRoaXMta2V5LWJiYg']
const MATCH = /^live\.(?<id>[0-9]{4})\.[A-Za-z0-9_-]{30}$/

describe.skipIf(!areInstalled)(`slow hashes, ${what}`, () => {
  it.each(['bcryptjs', '@node-rs/argon2'])('of %s open the token of the id that stands in the key', async (library) => {
    const bcrypt = await load<{
      hash(text: string, rounds: number): Promise<string>
      compare(text: string, hash: string): Promise<boolean>
    }>('bcryptjs')
    const argon2 = await load<{
      hash(text: string): Promise<string>
      verify(hash: string, text: string): Promise<boolean>
    }>('@node-rs/argon2')
    const isBcrypt = library === 'bcryptjs'
    const { tokens, ask } = adopting({
      ...{ name: 'slow', match: MATCH },
      scheme: { verify: (key, hash) => (isBcrypt ? bcrypt.compare(key, hash) : argon2.verify(hash, key)) },
    })
    for (const key of SLOW_KEYS) {
      const digest = isBcrypt ? await bcrypt.hash(key, 4) : await argon2.hash(key)
      await tokens.adopt({ ...FIELDS, scheme: 'slow', digest, keyId: key.slice(5, 9), expiresAt: START + DAY })
    }
    for (const key of SLOW_KEYS) {
      expect(await ask(key)).toBe('allowed')
      expect(await ask(`${key.slice(0, -1)}x`)).toBe('token_unknown')
    }
    // The one key with the id of the other.
    expect(await ask((SLOW_KEYS[0] as string).replace('0007', '0008'))).toBe('token_unknown')
  })
})
