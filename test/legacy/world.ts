/** Keys from before, of each scheme, in the small world of the tests. */
import { createHash, createHmac } from 'node:crypto'
import type { AdoptInput, LegacyKeys } from 'plan-access-tokens'
import { type LegacyForm, legacyKeys } from 'plan-access-tokens/legacy'
import { DAY, type FigmaPolicy, newWorld, START, TOKEN, type World, type WorldOptions } from '../support/world.ts'

export const sha256 = (text: string, encoding: 'hex' | 'base64' | 'base64url' = 'hex'): string =>
  createHash('sha256').update(text).digest(encoding)
export const HMAC_KEY = 'a key of at least sixteen bytes'
const hmac = (text: string): string => createHmac('sha256', HMAC_KEY).update(text).digest('hex')

/** What the slow hash of the tests keeps of a key: as good as none, but one that says how often it was asked. */
export const slowHash = (key: string): string => `slow$${sha256(`slow ${key}`)}`

/** A plain, a stripped, a keyed and a slow scheme. */
export const FORMS = {
  plain: { name: 'plain', match: /^sk_live_[A-Za-z0-9]{24}$/, scheme: { hash: 'sha256' } },
  stripped: {
    name: 'stripped',
    match: /^old\.[a-z0-9]{20,40}$/,
    scheme: { hash: 'sha256', encoding: 'base64', strip: 'old.' },
  },
  keyed: { name: 'keyed', match: /^[0-9a-f]{40}$/, scheme: { hash: 'hmac-sha256', key: HMAC_KEY } },
} as const satisfies { readonly [name: string]: LegacyForm }

/** A key for each of them, the n-th. */
export const KEYS = {
  plain: (n = 0): string => `sk_live_${String(n).padStart(24, 'a')}`,
  stripped: (n = 0): string => `old.${String(n).padStart(25, 'b')}`,
  keyed: (n = 0): string => String(n).padStart(40, 'c'),
  slow: (n = 0, secret = 'd'.repeat(32)): string => `key|${String(n).padStart(4, '0')}|${secret}`,
} as const

/** A scheme with a slow hash, and how often it compared. */
export function slowForm(
  change: { readonly atOnce?: number; readonly verify?: (key: string, hash: string) => unknown } = {},
) {
  const asked: string[] = []
  const { verify = (key: string, hash: string) => Promise.resolve(slowHash(key) === hash), ...rest } = change
  const form: LegacyForm = {
    name: 'slow',
    match: /^key\|(?<id>\d{4})\|[a-z]{32}$/,
    scheme: {
      ...rest,
      verify(key, hash) {
        asked.push(key)
        return verify(key, hash) as boolean
      },
    },
  }
  return { form, asked }
}

export const legacyOf = (...forms: readonly LegacyForm[]): LegacyKeys => legacyKeys({ rest: forms })

export interface LegacyWorld extends World {
  /** Adopts a key by the name of its scheme. */
  adopt(name: keyof typeof KEYS, n?: number, change?: object): ReturnType<World['tokens']['adopt']>
}

/** What is said of a key. */
export function claimOf(name: keyof typeof KEYS, n = 0, change: object = {}): AdoptInput<FigmaPolicy> {
  const key = KEYS[name](n)
  const digest = {
    plain: () => sha256(key),
    stripped: () => sha256(key.slice(4), 'base64'),
    keyed: () => hmac(key),
    slow: () => slowHash(key),
  }[name]()
  const { lifetimeDays: _, ...fields } = TOKEN
  return {
    ...fields,
    ...{ name: `${name} ${n}`, scheme: name, digest, expiresAt: START + 100.5 * DAY },
    ...(name === 'slow' && { keyId: String(n).padStart(4, '0') }),
    ...change,
  }
}

/** The world with all schemes but the slow one, unless others are given. */
export function legacyWorld(options: WorldOptions = {}): LegacyWorld {
  const world = newWorld({ legacy: legacyOf(FORMS.plain, FORMS.stripped, FORMS.keyed), ...options })
  return { ...world, adopt: (name, n, change) => world.tokens.adopt(claimOf(name, n, change)) }
}
