/** Mistakes in keys from before: how they look, how they are hashed, and what is said of one that is to be adopted. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { legacyKeys, shadow } from 'plan-access-tokens/legacy'
import { claimOf, FORMS, legacyOf, legacyWorld, slowForm } from '../legacy/world.ts'
import { newDirectory, newWorld, POLICY, START } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const matching = (source: string, flags = ''): object => ({ match: new RegExp(source, flags) })
const keys = mistakesOf<object | undefined>(
  'legacyKeys',
  (change) => legacyKeys((change && { rest: [{ ...FORMS.plain, ...change }] }) as never),
  {
    nothing: undefined,
    'a misspelt field': { nmae: 'x' },
    'a name with a space': { name: 'a b' },
    'a pattern that is text': { match: '^x$' },
    'a pattern with a flag': matching('^k_[a-z]{32}$', 'i'),
    'a pattern without an end': matching('^k_[a-z]{32}'),
    'a pattern that repeats for ever': matching('^k_[a-z]+$'),
    'a pattern of two': matching('^(?:a|b)[a-z]{32}$'),
    'a pattern that goes back': matching('^[a-z]{1,9}[a-z]{32}$'),
    'a pattern of anything but': matching('^[^a]{32}$'),
    'an empty class': matching('^k[]{32}$'),
    'a pattern with a comma': matching('^k,[a-z]{32}$'),
    'a part that may be missing': matching('^k{0,1}[a-z]{32}$'),
    'a pattern of very long keys': matching('^[a-z]{257}$'),
    'a pattern of short keys': matching('^k_[0-9]{8}$'),
    'an empty id': matching('^(?<id>)[a-z]{32}$'),
    'an id several times': matching('^(?<id>a){2}[a-z]{32}$'),
    'an id that nobody needs': matching('^(?<id>[a-z]{4})_[a-z]{32}$'),
    'a slow hash without an id': { scheme: { verify: () => true } },
    'a hash that there is not': { scheme: { hash: 'md5' } },
    'a short key of an HMAC': { scheme: { hash: 'hmac-sha256', key: 'short' } },
    'an encoding that there is not': { scheme: { hash: 'sha256', encoding: 'base32' } },
    'a beginning that keys do not have': { scheme: { hash: 'sha256', strip: 'pk_' } },
    'no comparison at once': { scheme: { ...slowForm().form.scheme, atOnce: 0 } },
  },
)

const RIGHT = { policy: POLICY, store: memoryStore(), directory: newDirectory() }
const engine = mistakesOf<object>('createPlanTokens', (legacy) => createPlanTokens({ ...RIGHT, legacy } as never), {
  'keys that nobody made': { rest: [] },
  'keys of no type': legacyKeys({ user: [FORMS.plain] }),
  'keys that look like secrets': legacyOf({ ...FORMS.plain, match: /^figpat_\w{38}$/ }),
})

const two = mistakesOf<object>('legacyKeys', (other) => legacyOf(FORMS.plain, { ...FORMS.keyed, ...other }), {
  'a name twice': { name: 'plain' },
  'patterns that overlap': { match: /^sk_live_[a-z]{20,30}$/ },
})

const SLOW = legacyOf(slowForm().form)
const adopt = [
  ...mistakesOf<object>('adopt', (change) => legacyWorld().tokens.adopt(claimOf('plain', 0, change)), {
    'the key itself': { digest: 'sk_live_aaaaaaaaaaaaaaaaaaaaaaaa' },
    'a scheme that there is not': { scheme: 'md5' },
    'an id that nobody needs': { keyId: '7' },
    'an end that is over': { expiresAt: START },
    'a lifetime': { lifetimeDays: 5 },
    'a key that renews itself': { selfRenewal: true },
  }),
  ...mistakesOf<object>('adopt', (change) => legacyWorld().tokens.adopt(claimOf('stripped', 0, change)), {
    'another encoding': { digest: 'a'.repeat(64) },
  }),
  ...mistakesOf<object>('adopt', (change) => newWorld({ legacy: SLOW }).tokens.adopt(claimOf('slow', 0, change)), {
    'another id': { keyId: 'x' },
    'a hash with a space': { digest: 'a b' },
  }),
  ...mistakesOf<object>('adopt', (change) => newWorld().tokens.adopt(claimOf('plain', 0, change)), {
    'without the option legacy': {},
  }),
  ...mistakesOf<object>(
    'adopt',
    async (change) => {
      const { tokens } = legacyWorld()
      await tokens.adopt(claimOf('plain', 0, { idempotencyKey: 'a' }))
      return tokens.adopt(claimOf('plain', 0, change))
    },
    { 'a key twice': {}, 'another input with the same idempotency key': { idempotencyKey: 'a', name: 'x' } },
  ),
]

const beside = mistakesOf<readonly unknown[]>('shadow', (given) => shadow(...(given as [never, never])), {
  'no engine': [{}, { onDifference() {} }],
  'no listener': [createPlanTokens(RIGHT), {}],
  'too many at once': [createPlanTokens(RIGHT), { onDifference() {}, atOnce: 10_001 }],
  'another surface and a base path with a slash at its end': [
    createPlanTokens(RIGHT),
    { onDifference() {}, surface: 'x', basePath: '/api/' },
  ],
})

export const LEGACY: readonly Mistake[] = [keys, two, engine, adopt, beside].flat()
