/** Mistakes in what management calls are given, and in what is asked of `authorize` and `explain`. */
import type { CreateInput, PlanTokens } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { newWorld as newApprovingWorld, WISH } from '../approvals/world.ts'
import { ADMIN, DAY, HOUR, newDirectory, newWorld, START, TOKEN } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

/** Written so that the file itself shows no invisible character. */
const char = (code: number): string => String.fromCodePoint(code)

/** A new world with one token; what is asked of it is not typed, since it is wrong. */
async function world() {
  const made = newWorld({ timeoutMs: 60 })
  const { id, secret } = await made.make({ resources: ['https://figma.com/design/FileA'] })
  return { ...made, tokens: made.tokens as unknown as PlanTokens, id, secret }
}
type World = Awaited<ReturnType<typeof world>>
type Given = readonly object[] | object | string | number | null | undefined

const strength = mistakesOf<object>(
  'a change that the rules of a plan ask a stronger session for',
  (create) =>
    newWorld({ directory: { ...newDirectory(), rules: () => ({ stepUp: { create } }) } as never }).tokens.create(TOKEN),
  {
    'a way to authenticate': { acr: ['urn:example:key', 'urn:example:mfa'] },
    'a moment': { maxAgeSeconds: 300 },
    both: { acr: ['urn:example:mfa'], maxAgeSeconds: 300 },
    nothing: {},
  },
)

/** A world in which a plan asks for approvals, with one token that waits. */
async function waiting() {
  const made = newApprovingWorld()
  const id = await made.ask()
  return { ...made, tokens: made.tokens as unknown as PlanTokens, id }
}
type Waiting = Awaited<ReturnType<typeof waiting>>

const approvals = mistakesOf<(world: Waiting) => Promise<unknown>>('approvals', async (call) => call(await waiting()), {
  'approve of what one has asked for': ({ tokens, id }) => tokens.approve({ actor: 'ada', id }),
  'approve of a version that is none': ({ tokens, id }) => tokens.approve({ actor: 'ben', id, version: 0 }),
  'approve where nothing waits': async ({ tokens, make }) => tokens.approve({ actor: 'ben', id: (await make()).id }),
  'approve of what is not allowed any more': ({ tokens, id, setRules }) => {
    setRules({ approvals: 'required', scopes: [] })
    return tokens.approve({ actor: 'ben', id })
  },
  'decline with an empty reason': ({ tokens, id }) => tokens.decline({ actor: 'ben', id, reason: '' }),
  'collect before the approval': ({ tokens, id }) => tokens.collect({ actor: 'ada', id }),
  'collect by another': ({ tokens, id }) => tokens.collect({ actor: 'ben', id }),
  'create without the option': () =>
    newApprovingWorld({ options: { approvals: undefined as never } }).tokens.create(WISH),
})

const create = mistakesOf<Given>(
  'create',
  async (change) => (await world()).tokens.create((isChange(change) ? { ...TOKEN, ...change } : change) as never),
  {
    'no object': 5,
    'no lifetime': { lifetimeDays: undefined },
    'a lifetime and an end': { expiresAt: START + DAY },
    'an end that is now': { lifetimeDays: undefined, expiresAt: START },
    'an actor without an id': { actor: {} },
    'an actor with an acr of two words': { actor: { id: ADMIN, acr: 'urn:a urn:b' } },
    'an actor who signed in before there were computers': { actor: { id: ADMIN, authTime: -1 } },
    'an empty name': { name: '' },
    'a name with a control character': { name: `a${char(0)}b` },
    'a name that is a number': { name: 7 },
    'a description of 1,001 characters': { description: 'x'.repeat(1_001) },
    'words by a list': { metadata: ['team'] },
    '51 words': { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ''])) },
    'a key of 41 characters': { metadata: { ['k'.repeat(41)]: '' } },
    'the key __proto__': { metadata: JSON.parse('{"__proto__":""}') },
    'a word that is a number': { metadata: { team: 7 } },
    'a contact of 201 characters': { contact: 'x'.repeat(201) },
    'no scope': { scopes: [] },
    'scopes that are no list': { scopes: 'files:read' },
    'a scope twice': { scopes: ['files:read', 'files:read'] },
    'a reserved scope': { scopes: ['file_comments:write'] },
    'a misspelt scope': { scopes: ['files:raed'] },
    'a scope that is a number': { scopes: [5] },
    'ten thousand scopes': { scopes: Array.from({ length: 10_000 }, (_, i) => `s${i}`) },
    'no link': { resources: [] },
    'resources in capitals': { resources: 'ALL' },
    "another plan's link by its words": { resources: ['https://figma.com/files/2002/project/123'] },
    "another plan's link by its place": { resources: ['https://figma.com/design/FileZ'] },
    'a link to no workspace': { resources: ['https://figma.com/files/workspace/1'] },
    'a link that is a number': { resources: [5] },
    'a link that is none': { resources: ['FileA'] },
    '1,001 links': { resources: Array.from({ length: 1_001 }, (_, i) => `https://figma.com/design/F${i}`) },
    'no address': { addresses: [] },
    'addresses that are no list': { addresses: '203.0.113.7' },
    '101 addresses': { addresses: Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`) },
    'a network with digits behind its prefix': { addresses: ['203.0.113.7/24'] },
    'an address with a zone': { addresses: ['fe80::1%eth0'] },
    'a network by its mask': { addresses: ['203.0.113.0/255.255.255.0'] },
    'an address with a port': { addresses: ['203.0.113.7:443'] },
    'two addresses in one': { addresses: ['203.0.113.7-203.0.113.9'] },
    'an address in hexadecimal': { addresses: ['0xcb.0.113.7'] },
    'an address in octal': { addresses: ['0313.0.113.7'] },
    'an address of three numbers': { addresses: ['203.0.113'] },
    'a prefix that is too long': { addresses: ['203.0.113.0/33'] },
    'an address that is none': { addresses: ['example.com'] },
    'a type that does not exist': { type: 'npm' },
    'an unknown field': { colour: 'red' },
    'a misspelt field': { lifetimedays: 1 },
    'a field that may be a secret': { figpat_A0c1: 1 },
    'an empty key': { idempotencyKey: '' },
    'a key that does not print': { idempotencyKey: `a${char(0)}` },
    'an actor of only spaces': { actor: '  ' },
    'a plan that is a number': { planId: 1001 },
    'a plan of dots': { planId: '..' },
    'a person who is no admin': { actor: 'admin-2' },
    'a plan without tokens': { actor: 'admin-3', planId: '3003' },
  },
)

function isChange(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** What is called on a token that is there. */
type Call = (w: World, by: { readonly actor: string; readonly id: string }) => unknown
const called = (entry: string, calls: { readonly [name: string]: Call }): readonly Mistake[] =>
  mistakesOf<Call>(
    entry,
    async (call) => {
      const w = await world()
      return call(w, { actor: ADMIN, id: w.id })
    },
    calls,
  )

const edit = called('edit', {
  'an empty name': ({ tokens }, by) => tokens.edit({ ...by, name: '' }),
  'a description that is a number': ({ tokens }, by) => tokens.edit({ ...by, description: 5 as never }),
  'no scope': ({ tokens }, by) => tokens.edit({ ...by, scopes: [] }),
  'a scope that is reserved': ({ tokens }, by) => tokens.edit({ ...by, scopes: ['file_comments:write'] }),
  'a link to nothing': ({ tokens }, by) => tokens.edit({ ...by, resources: ['https://figma.com/design/Nowhere'] }),
  'a version of 0': ({ tokens }, by) => tokens.edit({ ...by, version: 0 }),
  'another version': ({ tokens }, by) => tokens.edit({ ...by, name: 'x', version: 2 }),
  'one word more than fifty': async ({ tokens }, by) => {
    const words = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, '']))
    await tokens.edit({ ...by, metadata: words })
    return tokens.edit({ ...by, metadata: { more: '' } })
  },
  'a lifetime': ({ tokens }, by) => tokens.edit({ ...by, lifetimeDays: 9 } as never),
  'another plan’s admin': ({ tokens }, by) => tokens.edit({ ...by, actor: 'admin-2' }),
  'a token that has expired': ({ tokens, clock }, by) => {
    clock.advance(40 * DAY)
    return tokens.edit({ ...by, name: 'x' })
  },
  'a plan that was suspended': ({ tokens, directory }, by) => {
    directory.setPlan('1001', { suspended: true })
    return tokens.edit({ ...by, name: 'x' })
  },
})

const refresh = called('refresh', {
  'another word': ({ tokens }, by) => tokens.refresh({ ...by, retirePrevious: 'never' as never }),
  'a grace longer than the policy’s': ({ tokens }, by) => tokens.refresh({ ...by, graceHours: 25 }),
  'a grace, where every secret ends at once': ({ tokens }, by) =>
    tokens.refresh({ ...by, graceHours: 1, retirePrevious: 'now' }),
  'a key of 201 characters': ({ tokens }, by) => tokens.refresh({ ...by, idempotencyKey: 'k'.repeat(201) }),
  'an eleventh secret': async ({ tokens }, by) => {
    for (let i = 0; i < 10; i++) await tokens.refresh(by)
  },
  'a key with another input': async ({ tokens }, by) => {
    await tokens.refresh({ ...by, idempotencyKey: 'k' })
    return tokens.refresh({ ...by, idempotencyKey: 'k', retirePrevious: 'now' })
  },
  'a key whose secret is no more the newest': async ({ tokens, clock }, by) => {
    await tokens.refresh({ ...by, idempotencyKey: 'k' })
    clock.advance(HOUR)
    await tokens.refresh(by)
    return tokens.refresh({ ...by, idempotencyKey: 'k' })
  },
  'a token that was revoked': async ({ tokens }, by) => {
    await tokens.revoke(by)
    return tokens.refresh(by)
  },
})

const byId = (['get', 'previewRefresh', 'revoke'] as const).flatMap((method) =>
  called(method, {
    'no id': ({ tokens }, by) => tokens[method]({ actor: by.actor } as never),
    'an id of 257 characters': ({ tokens }, by) => tokens[method]({ ...by, id: 'x'.repeat(257) }),
    'an actor that is a number': ({ tokens }, by) => tokens[method]({ ...by, actor: 5 as never }),
    'an unknown field': ({ tokens }, by) => tokens[method]({ ...by, colour: 1 } as never),
    'a token that there is not': ({ tokens }, by) => tokens[method]({ ...by, id: 'nowhere' }),
  }),
)

const revoke = called('revoke', {
  'no words of a reason': ({ tokens }, by) => tokens.revoke({ ...by, reason: ' ' }),
  'a reason of two lines': ({ tokens }, by) => tokens.revoke({ ...by, reason: `a${char(10)}b` }),
  'a reason of 1,001 characters': ({ tokens }, by) => tokens.revoke({ ...by, reason: 'x'.repeat(1_001) }),
})

const many = called('revokeMany', {
  'no filter': ({ tokens }, { actor }) => tokens.revokeMany({ actor, planId: '1001', stamp: 'x' } as never),
  'the stamp of another filter': async ({ tokens }, { actor }) => {
    const { stamp } = await tokens.previewRevoke({ actor, planId: '1001', filter: {} })
    return tokens.revokeMany({ actor, planId: '1001', filter: { search: 'x' }, stamp })
  },
  'a stamp that the log no longer reaches': async ({ tokens, clock }, { actor, id }) => {
    const { stamp } = await tokens.previewRevoke({ actor, planId: '1001', filter: {} })
    clock.advance(DAY)
    await tokens.edit({ actor, id, name: 'x' })
    await tokens.sweep({ olderThan: START + DAY })
    return tokens.revokeMany({ actor, planId: '1001', filter: {}, stamp })
  },
  'no ids': ({ tokens }, { actor }) => tokens.previewRevoke({ actor, planId: '1001', filter: { ids: [] } }),
  'an id twice': ({ tokens }, { actor, id }) =>
    tokens.previewRevoke({ actor, planId: '1001', filter: { ids: [id, id] } }),
  'a state that is none': ({ tokens }, { actor }) =>
    tokens.previewRevoke({ actor, planId: '1001', filter: { status: 'revoked' as never } }),
})

const list = called('list', {
  'no plan': ({ tokens }, { actor }) => tokens.list({ actor } as never),
  'a limit of 501': ({ tokens }, { actor }) => tokens.list({ actor, planId: '1001', limit: 501 }),
  'another status': ({ tokens }, { actor }) => tokens.list({ actor, planId: '1001', status: 'dead' as never }),
  'another order': ({ tokens }, { actor }) => tokens.list({ actor, planId: '1001', order: 'oldest' as never }),
  'nothing to search for': ({ tokens }, { actor }) => tokens.list({ actor, planId: '1001', search: '' }),
  'a cursor that is none': ({ tokens }, { actor }) => tokens.list({ actor, planId: '1001', after: 'x' }),
  'a filter that there is not': ({ tokens }, { actor }) => tokens.list({ actor, planId: '1001', name: 'x' } as never),
  'another plan’s admin': ({ tokens }) => tokens.list({ actor: 'admin-2', planId: '1001' }),
})

const events = called('events', {
  'a limit of 0': ({ tokens }, { actor }) => tokens.events({ actor, planId: '1001', limit: 0 }),
  'another order': ({ tokens }, { actor }) => tokens.events({ actor, planId: '1001', order: 'expiry' as never }),
  'a cursor that is none': ({ tokens }, { actor }) => tokens.events({ actor, planId: '1001', after: '' }),
  'a token that is a number': ({ tokens }, { actor }) => tokens.events({ actor, planId: '1001', tokenId: 5 as never }),
  'another plan’s admin': ({ tokens }) => tokens.events({ actor: 'admin-2', planId: '1001' }),
})

const FILE = 'GET /v1/files/{file_key}'
const asked =
  (question: object): Call =>
  ({ tokens }, by) =>
    tokens.explain({ ...by, ...question } as never)
const explain = called('explain', {
  'no question': ({ tokens }) => tokens.explain(undefined as never),
  'neither URL nor route': asked({}),
  'a URL and a route': asked({ route: FILE, url: '/v1/files/FileA' }),
  'a misspelt route': asked({ route: 'GET /v1/files/{file_ky}' }),
  'no parameter': asked({ route: FILE }),
  'a misspelt parameter': asked({ route: FILE, params: { file_ky: 'A' } }),
  'an empty parameter': asked({ route: FILE, params: { file_key: '' } }),
  'a parameter that is a number': asked({ route: FILE, params: { file_key: 5 } }),
  'params that are text': asked({ route: FILE, params: 'x' }),
  'a query that is a number': asked({ route: 'GET /v2/webhooks', query: 5 }),
  'a misspelt field': asked({ method: 'GET', url: '/', bodi: 1 }),
  'a token that there is not': asked({ id: 'nowhere', route: 'GET /v1/me' }),
})

const rest = [
  ...called('sweep', {
    'a moment as text': ({ tokens }) => tokens.sweep({ olderThan: '0' as never }),
    'a moment that lies ahead': ({ tokens }) => tokens.sweep({ olderThan: START + 1 }),
    'a plan': ({ tokens }) => tokens.sweep({ olderThan: 0, planId: '1001' } as never),
    'a store that cannot': () => newWorld({ port: ({ sweep: _, ...store }) => store }).tokens.sweep({ olderThan: 0 }),
  }),
  ...called('revokeSecret', {
    'text as it is': ({ tokens }) => tokens.revokeSecret('figpat_x' as never),
    'a number': ({ tokens }) => tokens.revokeSecret({ text: 7 as never }),
    '101 secrets': async (w) => {
      const secrets: string[] = []
      for (let i = 0; i < 101; i++) secrets.push((await w.make()).secret)
      return w.tokens.revokeSecret({ text: secrets.join(' ') })
    },
  }),
  ...called('authorize', {
    'another surface': ({ tokens, secret }) => tokens.authorize(requestWith(secret, 'GET /v1/me'), { surface: 'npm' }),
    'a misspelt option': ({ tokens, secret }) =>
      tokens.authorize(requestWith(secret, 'GET /v1/me'), { surfce: 'npm' } as object),
    'a base path with a slash at its end': ({ tokens, secret }) =>
      tokens.authorize(requestWith(secret, 'GET /v1/me'), { basePath: '/api/' }),
    'a route that there is not': ({ tokens, secret }) => tokens.authorize({ secret, route: 'GET /v1/nothing' }),
    'a parameter that the route lacks': ({ tokens, secret }) =>
      tokens.authorize({ secret, route: FILE, params: { file_key: 'A', version: '1' } }),
  }),
  ...called('a port that fails', {
    'store.find': () => {
      const find = () => Promise.reject(new Error('a text that is not told'))
      const { tokens } = newWorld({ port: (store) => ({ ...store, find }) })
      return tokens.get({ actor: ADMIN, id: 'x' })
    },
    'directory.plan, out of shape': ({ tokens, directory }) => {
      directory.plan = () => ({ id: 1001, tier: 'organization' }) as never
      return tokens.create(TOKEN as CreateInput as never)
    },
  }),
]

type Broken = Partial<Parameters<typeof newWorld>[0]> & { readonly real?: unknown }
const broken = (change: object): ReturnType<typeof newDirectory> => Object.assign(newDirectory(), change)
const ready = mistakesOf<Broken>(
  'ready',
  ({ real, ...options }) => newWorld({ ...options, timeoutMs: 60 }).tokens.ready(real as never),
  {
    'no object': { real: 5 },
    'a plan that is a number': { real: { planId: 1001 } },
    'a plan that the directory has not': { real: { planId: '9' } },
    'a plan of another tier': { real: { planId: '3003' } },
    'a resource without an id': { real: { resource: { kind: 'file' } } },
    'a misspelt kind': { real: { resource: { kind: 'fiel', id: 'FileA' } } },
    'an id of another form': { real: { resource: { kind: 'project', id: 'x' } } },
    'a resource that there is not': { real: { resource: { kind: 'file', id: 'None' } } },
    'a resource of another plan': { real: { planId: '1001', resource: { kind: 'file', id: 'FileZ' } } },
    'a misspelt field': { real: { planid: '1001' } },
    'a store that gives what there is not': { port: (store) => ({ ...store, find: async () => ({}) as never }) },
    'a store that fails': { port: (store) => ({ ...store, findByDigest: () => Promise.reject(new RangeError('no')) }) },
    'a store that is silent': { port: (store) => ({ ...store, ready: () => new Promise(() => undefined) }) },
    'a directory that fails': { directory: broken({ plan: () => Promise.reject(new Error('down')) }) },
    'a directory with numbers': { directory: broken({ plan: () => ({ id: 7, tier: 'organization' }) }) },
    'a directory with an admin of all': { directory: broken({ isPlanAdmin: () => true }) },
    'a directory that says 1': { directory: broken({ isPlanAdmin: () => 1 }) },
    'a directory with a place for all': { directory: broken({ locate: () => ({ planId: '1001', ancestors: [] }) }) },
    'a directory without ancestors': { directory: broken({ locate: () => ({ planId: '1001' }) }) },
  },
)

export const CALLS: readonly Mistake[] = [
  strength,
  ...approvals,
  create,
  edit,
  refresh,
  revoke,
  many,
  byId,
  list,
  events,
  explain,
  rest,
  ready,
].flat()
