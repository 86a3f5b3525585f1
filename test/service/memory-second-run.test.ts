/**
 * What the service promises, once more with memory: whatever one process changes holds in another that was warm, the moment the
 * call resolves, and it holds alike with `freshnessMs` 0 and above, with and without a watch.
 */
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, HOUR, type Wish } from '../support/world.ts'
import { type Deployment, deployment, FRESH, type Process, UNWATCHED } from './support/processes.ts'

interface Scene {
  readonly d: Deployment
  /** Who changes things. */
  readonly b: Process
  readonly id: string
  /** The secrets of the token, oldest first. */
  readonly secrets: string[]
}
type Step = (scene: Scene) => Promise<unknown>

const asked = ({ id }: Scene) => ({ actor: ADMIN, id })
const refresh =
  (how: object = {}): Step =>
  async (scene) => {
    const { secret } = await scene.d.done(scene.b.tokens.refresh({ ...asked(scene), ...how }))
    scene.secrets.push(secret.reveal())
  }
const edit =
  (change: object): Step =>
  ({ b, ...scene }) =>
    b.tokens.edit({ ...asked({ b, ...scene }), ...change })
const revokeSecret =
  (which: number): Step =>
  ({ b, secrets }) =>
    b.tokens.revokeSecret({ text: secrets.at(which)! })
const revoke: Step = (scene) => scene.b.tokens.revoke(asked(scene))
const nothing: Step = async () => undefined

const FILE = 'GET /v1/files/FileA'
const PROJECT = 'https://figma.com/files/1001/project/123'
interface Scenario {
  readonly wish?: Wish
  /** What was done before the other process became warm. */
  readonly before?: readonly Step[]
  /** How much time passes then. */
  readonly earlier?: number
  /** What is done after that. */
  readonly change: Step
  /** How much time passes after it; otherwise what counts is the very moment in which it resolves. */
  readonly later?: number
  /** What each secret, oldest first, is worth in the other process from then on. */
  readonly verdicts: readonly string[]
  readonly line?: string
}

const SCENARIOS: { readonly [name: string]: Scenario } = {
  'a revoke ends every secret': { before: [refresh()], change: revoke, verdicts: ['token_revoked', 'token_revoked'] },
  'a second revoke promises the same': { before: [revoke], change: revoke, verdicts: ['token_revoked'] },
  'revokeSecret of the newest takes the token with it': {
    before: [refresh()],
    change: revokeSecret(-1),
    verdicts: ['token_revoked', 'token_revoked'],
  },
  'revokeSecret of an earlier one ends it alone': {
    before: [refresh()],
    change: revokeSecret(0),
    verdicts: ['secret_retired', 'allowed'],
  },
  'a refresh leaves the earlier secret its 24 hours': { change: refresh(), verdicts: ['allowed', 'allowed'] },
  'a refresh that retires ends every earlier secret': {
    before: [refresh()],
    change: refresh({ retirePrevious: 'now' }),
    verdicts: ['secret_retired', 'secret_retired', 'allowed'],
  },
  'a repeated create ends the secret that was lost': {
    wish: { idempotencyKey: 'key' },
    change: async ({ b, d, secrets }) => void secrets.push((await d.done(b.make({ idempotencyKey: 'key' }))).secret),
    verdicts: ['secret_retired', 'allowed'],
  },
  'a repeated refresh ends the secret that was lost': {
    before: [refresh({ idempotencyKey: 'key' })],
    change: refresh({ idempotencyKey: 'key' }),
    verdicts: ['allowed', 'secret_retired', 'allowed'],
  },
  'an edit takes a scope away': { change: edit({ scopes: ['file_comments:read'] }), verdicts: ['scope_missing'] },
  'an edit gives a scope': {
    wish: { scopes: ['file_comments:read'] },
    change: edit({ scopes: ['file_content:read'] }),
    verdicts: ['allowed'],
  },
  'an edit takes resources away': {
    change: edit({ resources: [PROJECT] }),
    verdicts: ['resource_not_allowed'],
    line: 'GET /v1/files/FileB',
  },
  'an edit gives resources': {
    wish: { resources: [PROJECT] },
    change: edit({ resources: 'all' }),
    verdicts: ['allowed'],
    line: 'GET /v1/files/FileB',
  },
  'an edit of the name changes nothing else': { change: edit({ name: 'Other' }), verdicts: ['allowed'] },
  'a token ends with its lifetime': {
    wish: { lifetimeDays: 1 },
    change: nothing,
    later: DAY,
    verdicts: ['token_expired'],
  },
  'a refresh starts the lifetime again': {
    wish: { lifetimeDays: 1 },
    earlier: DAY / 2,
    change: refresh(),
    later: DAY / 2 + HOUR,
    verdicts: ['allowed', 'allowed'],
  },
  'the 24 hours of an earlier secret end': {
    before: [refresh()],
    change: nothing,
    later: DAY,
    verdicts: ['secret_retired', 'allowed'],
  },
  'a revoke stands, whatever time passes': { change: revoke, later: HOUR, verdicts: ['token_revoked'] },
  'a downgraded plan counts at once': {
    change: async ({ d }) => d.directory.setPlan('1001', { tier: 'starter' }),
    verdicts: ['plan_not_eligible'],
  },
}

const PROCESSES = [
  ['no memory beside none', { freshnessMs: 0 }, { freshnessMs: 0 }],
  ['memory beside none', { freshnessMs: FRESH }, { freshnessMs: 0 }],
  ['memory beside memory', { freshnessMs: FRESH }, { freshnessMs: FRESH }],
  ['memory without a watch', { freshnessMs: FRESH, ...UNWATCHED }, { freshnessMs: FRESH, ...UNWATCHED }],
  ['memory beside a shorter one', { freshnessMs: FRESH, ...UNWATCHED }, { freshnessMs: 10 }],
  ['a short memory beside a longer one', { freshnessMs: 10, ...UNWATCHED }, { freshnessMs: FRESH }],
] as const

describe.each(PROCESSES)('%s', (_, mine, theirs) => {
  it.each(Object.entries(SCENARIOS))('%s, in a process that was warm and in one that is new', async (__, scenario) => {
    const { wish, before = [], earlier = 0, change, later, verdicts, line = FILE } = scenario
    const d = deployment()
    const [a, b] = [d.start(mine), d.start(theirs)]
    const made = await d.admin.make(wish)
    const scene: Scene = { d, b, id: made.id, secrets: [made.secret] }
    for (const step of before) await d.done(step(scene))
    await d.clock.pass(earlier)
    // Warm by every secret, and for certain up to the change.
    for (const process of [a, b]) for (const secret of scene.secrets) await process.ask(secret, line)
    await d.clock.pass(FRESH / 4)
    for (const secret of scene.secrets) await a.ask(secret, line)
    const sayAll = (process: Process) => Promise.all(scene.secrets.map((secret) => process.ask(secret, line)))
    const inAll = () => Promise.all([a, b, d.start(mine)].map(sayAll))
    const changed = later === undefined ? change(scene).then(inAll) : change(scene)
    const atOnce = await d.done(changed)
    await d.clock.pass(later ?? 0)
    const said = later === undefined ? atOnce : await inAll()
    expect(said).toEqual([verdicts, verdicts, verdicts])
    await d.clock.pass(FRESH)
    expect(await sayAll(a)).toEqual(verdicts)
    expect((await b.tokens.get({ actor: ADMIN, id: made.id })).secrets).toHaveLength(verdicts.length)
  })
})
