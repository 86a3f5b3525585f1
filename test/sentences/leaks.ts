/** Mistakes in what takes reports of leaks and tells of canaries, in reports themselves, and around canary tokens. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import {
  canaryTokens,
  gitguardian,
  githubSecretScanning,
  type LeakInput,
  leakHandler,
  leakPatterns,
  leakRules,
  reportLeak,
} from 'plan-access-tokens/leaks'
import { ADMIN, newDirectory, newWorld, POLICY } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const { tokens } = newWorld()
const github = githubSecretScanning({ action: 'revoke' })

const handler = mistakesOf<object>('leakHandler', (change) => leakHandler({ tokens, sources: [github], ...change }), {
  'a copy of the engine': { tokens: { ...tokens } },
  'no sources': { sources: undefined },
  'an empty list of sources': { sources: [] },
  'a source that nobody made': { sources: [{ name: 'github' }] },
  'a source twice': { sources: [github, github] },
  'a body of no bytes': { bodyBytes: 0 },
  'a body that never comes': { bodyTimeoutMs: 0 },
  'a hook that is none': { onReport: 1 },
  'a misspelt option': { onReprt: () => undefined },
  'actions for other types': { sources: [githubSecretScanning({ action: { live: 'tell' } })] },
})

const scanning = mistakesOf<object>(
  'githubSecretScanning',
  (change) => githubSecretScanning({ action: 'revoke', ...change }),
  {
    'an action that there is not': { action: 'end' },
    'an empty token': { token: '' },
    'keys without TLS': { keysUrl: 'http://api.github.example/keys' },
    'a fetch that is none': { fetch: 'fetch' },
  },
)

const webhook = mistakesOf<object>('gitguardian', (change) => gitguardian({ action: 'tell', secret: 's', ...change }), {
  'no secret': { secret: undefined },
  'an empty secret': { secret: ' ' },
  'a look for text that is none': { findText: 'text' },
})

const patterns = mistakesOf<{ policies?: unknown }>('leakPatterns', ({ policies }) => leakPatterns(policies as never), {
  'the engine in their place': { policies: tokens },
})

const rules = mistakesOf<{ policies?: unknown; format?: unknown }>(
  'leakRules',
  ({ policies = tokens.policies, format }) => leakRules(policies as never, format as never),
  {
    'no format': {},
    'a format that there is not': { format: 'gitleak' },
    'no policies and no format': { policies: null },
  },
)

const canaries = mistakesOf<object>('canaryTokens', (options) => canaryTokens(options), {
  'a hook that is none': { onUse: 1 },
  'a misspelt option': { onUsed: () => undefined },
})

const RIGHT = { policy: POLICY, store: memoryStore(), directory: newDirectory() }
const engine = mistakesOf<object>(
  'createPlanTokens',
  (given) => createPlanTokens({ ...RIGHT, canaries: given } as never),
  {
    'canaries that nobody made': { onUse: () => undefined },
  },
)

const reports = mistakesOf<Partial<LeakInput>>(
  'reportLeak',
  (change) => reportLeak(newWorld().tokens, { text: '', source: 'support', action: 'tell', ...change }),
  {
    'a source in capital letters': { source: 'GitHub' },
    'a text that is none': { text: 5 as never },
    'an address that is none': { url: 5 as never },
    'an action that there is not': { action: 'end' as never },
    'a misspelt field': { sauce: 'github' } as never,
  },
)
const copies = mistakesOf<object>(
  'reportLeak',
  (copy) => reportLeak(copy as never, { text: '', source: 'support', action: 'tell' }),
  { 'a copy of the engine': { ...tokens } },
)

const calls = mistakesOf<(w: ReturnType<typeof newWorld>) => Promise<unknown>>(
  'canary tokens',
  (call) => call(newWorld({ canaries: canaryTokens() })),
  {
    'one where nobody would be told': () => newWorld().make({ canary: true }),
    'one that is perhaps one': (w) => w.make({ canary: false as never }),
    'one that is to be refreshed': async (w) =>
      w.tokens.refresh({ actor: ADMIN, id: (await w.make({ canary: true })).id }),
    'one that is to be another token': async (w) =>
      w.tokens.edit({ actor: ADMIN, id: (await w.make({ canary: true })).id, canary: false } as never),
  },
)

export const LEAKS: readonly Mistake[] = [
  ...[...handler, ...scanning, ...webhook, ...patterns, ...rules, ...canaries, ...engine],
  ...[...reports, ...copies, ...calls],
]
