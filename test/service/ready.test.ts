/** `ready`: what is wrong with store, directory and policy is said at start, all at once; nothing is written, and right ones pass. */

import { setTimeout } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { createPlanTokens, definePolicy, type ReadyInput, type SetupError, StoreError } from 'plan-access-tokens'
import { figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { npmPolicy } from 'plan-access-tokens/npm'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterEach, describe, expect, it } from 'vitest'
import { openLibsql, sqliteFile } from '../support/sqlite.ts'
import { newDirectory } from '../support/world.ts'
import { DOWN, engine, fail, type Given, problemsOf } from './support/ready.ts'
import { packagesPolicy } from './support/small-policy.ts'

const unmigrated = () => Promise.reject(new StoreError('store_not_migrated', 'Run the migrations.'))

describe('ready', () => {
  it.each<[string, Given, ReadyInput | undefined]>([
    ['nothing else', {}, undefined],
    ['a plan that exists', {}, { planId: '1001' }],
    ['a resource that exists', {}, { planId: '1001', resource: { kind: 'file', id: 'FileA' } }],
    ['rules of a plan', { directory: { rules: () => ({ idleDays: 3 }) } }, { planId: '1001' }],
    ['a store that looks for itself', { store: { ready: async () => undefined } }, undefined],
    [
      'answers as promises, and null',
      { directory: { plan: async () => null, locate: async () => null, isPlanAdmin: async () => null } },
      undefined,
    ],
    [
      'policies beside each other',
      {
        policy: [figmaPolicy(), npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.test' })],
      },
      undefined,
    ],
  ])('resolves for a right set-up, asked with %s', async (_, given, real) => {
    expect(await problemsOf(given, real)).toEqual([])
  })

  it.each<[string, Given, ReadyInput | undefined, readonly (string | RegExp)[]]>([
    [
      'rules with a misspelt name',
      { directory: { rules: () => ({ idelDays: 3 }) } },
      { planId: '1001' },
      [
        'directory.rules of planId: failed: directory.rules() gave "idelDays", which is no rule. Did you mean "idleDays"?',
      ],
    ],
    [
      'rules that need uses, and a store that keeps none',
      { directory: { rules: async () => ({ idleDays: 3 }) }, store: { recordUse: undefined } },
      { planId: '1001' },
      [/^directory\.rules of planId: A plan has the rule idleDays, and the store keeps no uses/],
    ],
    [
      'a store that is not migrated',
      { store: { ready: () => Promise.reject(new StoreError('store_not_migrated', 'Run the migrations.')) } },
      undefined,
      ['store.ready: failed: Run the migrations.'],
    ],
    [
      'a store whose every method says that it is not migrated, once',
      { store: { ready: unmigrated, find: unmigrated, findByDigest: unmigrated } },
      undefined,
      [/^store\.\w+: failed: Run the migrations\.$/],
    ],
    [
      'a store that is down',
      { store: { find: fail, findByDigest: fail } },
      undefined,
      ['store.findByDigest: failed: Error (ECONNREFUSED).'],
    ],
    [
      'a store of whose tables each lacks something else, told by the first question whichever is answered first',
      {
        store: {
          ready: () => setTimeout(5).then(() => Promise.reject(new StoreError('store_not_migrated', 'No state.'))),
          findByDigest: () => Promise.reject(new StoreError('store_not_migrated', 'No digests.')),
          find: () => Promise.reject(new StoreError('store_forbidden', 'No select.')),
        },
      },
      undefined,
      ['store.find: failed: No select.', 'store.ready: failed: No state.'],
    ],
    [
      'a store that never answers',
      { store: { find: () => new Promise(() => undefined) }, timeoutMs: 10 },
      undefined,
      ['store.find: failed: TimeoutError (TIMEOUT).'],
    ],
    [
      'a store that finds whatever is asked',
      { store: { find: async () => ({}) } },
      undefined,
      ['store.find: gave a record for what no record has.'],
    ],
    [
      'a plan() that throws for what does not exist',
      { directory: { plan: fail } },
      undefined,
      [
        /^directory\.plan: failed: Error \(ECONNREFUSED\)\. Answer undefined for what does not exist; where ids are numbers or UUIDs/,
      ],
    ],
    [
      'a plan() that gives rows',
      { directory: { plan: () => [] } },
      undefined,
      [/^directory\.plan: failed: directory\.plan\(\) gave a list/],
    ],
    [
      'a plan() that has every plan',
      { directory: { plan: (id: string) => ({ id, tier: 'organization' }) } },
      undefined,
      ['directory.plan: gave something for what does not exist.'],
    ],
    [
      'an isPlanAdmin() that counts',
      { directory: { isPlanAdmin: async () => 0 } },
      undefined,
      ['directory.isPlanAdmin: directory.isPlanAdmin() gave a number, where true or false was expected.'],
    ],
    [
      'an isPlanAdmin() that lets everybody in',
      { directory: { isPlanAdmin: () => true } },
      undefined,
      ['directory.isPlanAdmin: has an admin for no plan.'],
    ],
    [
      'a locate() over numbers',
      {
        directory: { locate: ({ id }: { id: string }) => (id === 'FileA' ? { planId: 1, ancestors: [] } : undefined) },
      },
      { resource: { kind: 'file', id: 'FileA' } },
      [/^directory\.locate of resource: failed: directory\.locate\(\) gave a number as planId/],
    ],
    [
      'a plan that is said to exist and does not',
      {},
      { planId: '9009' },
      ['directory.plan of planId: gave nothing for a plan that exists.'],
    ],
    [
      'another plan than was asked for',
      { directory: { plan: (id: string) => (id === 'x' ? { id: 'X', tier: 'organization' } : undefined) } },
      { planId: 'x' },
      ['directory.plan of planId: gave a plan with another id.'],
    ],
    [
      'a tier that no policy has',
      {},
      { planId: '3003' },
      [/^directory\.plan of planId: directory\.plan\(\) gave the tier "starter", which no policy has\./],
    ],
    [
      'a resource that is said to exist and does not',
      {},
      { resource: { kind: 'file', id: 'Nowhere' } },
      ['directory.locate of resource: gave nothing for a resource that exists.'],
    ],
    [
      'a resource of another plan',
      {},
      { planId: '1001', resource: { kind: 'file', id: 'FileZ' } },
      ['directory.locate of resource: gave another plan than planId.'],
    ],
    [
      'refusals that cannot be rendered',
      { policy: [figmaPolicy({ errors: () => ({ status: 200, headers: {}, body: '' }) })] },
      undefined,
      [/^policy.figma: renders no refusal that can be sent for token_missing, request_malformed, .*unavailable\.$/],
    ],
    [
      'refusals of which one cannot be rendered',
      {
        policy: [
          figmaPolicy({
            errors: (denial) => {
              if (denial.scopes === undefined && denial.code === 'scope_missing') throw new Error('x')
              return figmaErrors(denial)
            },
          }),
        ],
      },
      undefined,
      ['policy.figma: renders no refusal that can be sent for scope_missing.'],
    ],
  ])('says of %s what is wrong', async (_, given, real, said) => {
    const issues = await problemsOf(given, real)
    expect(issues).toHaveLength(said.length)
    for (const [i, expected] of said.entries())
      if (typeof expected === 'string') expect(issues[i]).toBe(expected)
      else expect(issues[i]).toMatch(expected)
  })

  it('says of a check without a function that every such request is refused', async () => {
    const data = packagesPolicy().data
    const endpoints = {
      ...data.endpoints,
      'POST /tags': { ...data.endpoints['POST /tags'], checks: { 'tag@1': 'A tag.' } },
    }
    const policy = definePolicy({ ...data, endpoints } as never)
    expect(await problemsOf({ policy: [policy] })).toEqual([
      'policy.packages: has no function for the check "tag@1" of POST /tags: every such request is refused.',
    ])
    expect(
      await problemsOf({
        policy: [definePolicy({ ...data, endpoints } as never, { checks: { 'tag@1': () => true } })],
      }),
    ).toEqual([])
  })

  it('says everything at once, and has what was thrown as its cause', async () => {
    const { tokens } = engine({ store: { find: fail }, directory: { plan: () => [], isPlanAdmin: () => 1 } })
    const error = await tokens.ready().catch((thrown: unknown) => thrown as SetupError)
    expect((error as SetupError).issues.map(({ path }) => path).toSorted()).toEqual([
      ...['directory.isPlanAdmin', 'directory.plan', 'store.find'],
    ])
    expect((error as SetupError).cause).toBe(DOWN)
    expect((error as SetupError).message).not.toContain('127.0.0.1')
  })

  it('asks for ids as the kinds of the policy have them, so that columns of numbers can answer', async () => {
    const asked: string[] = []
    const kinds = {
      company: { id: 'integer' },
      invoice: { id: 'uuid' },
      page: { id: 'name' },
      plan: { id: 'bigint' },
    } as const
    const endpoint = (kind: string) => ({ scopes: ['read'], names: [{ kind, at: 'path:id' }] })
    const policy = definePolicy({
      ...{ surface: 'app', credential: { headers: [], bearer: true }, tiers: ['team'], scopes: { read: {} } },
      ...{ types: { app: { prefix: 'app' } }, kinds, links: { hosts: [], shapes: [] } },
      endpoints: {
        'GET /c/{id}': endpoint('company'),
        'GET /i/{id}': endpoint('invoice'),
        'GET /p/{id}': endpoint('page'),
      },
    } as never)
    const directory = {
      plan: (id: string) => void asked.push(`plan ${id}`),
      isPlanAdmin: (_: string, id: string) => void asked.push(`admin ${id}`),
      locate: ({ kind, id }: { kind: string; id: string }) => void asked.push(`${kind} ${id}`),
    }
    expect(await problemsOf({ policy: [policy], directory })).toEqual([])
    const nil = '00000000-0000-0000-0000-000000000000'
    expect(asked.toSorted()).toEqual(['admin 0', 'company 0', `invoice ${nil}`, 'page ready', 'plan 0'])
  })
})

describe('ready over a real database', () => {
  const open: { close(): unknown }[] = []
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close()
  })

  it('says that the migrations have not run, and resolves once they have', async () => {
    const file = sqliteFile(openLibsql)
    open.push(file)
    const db = new Kysely<unknown>({ dialect: file.dialect() })
    open.push({ close: () => db.destroy() })
    const tokens = createPlanTokens({ policy: figmaPolicy(), store: sqlStore(db), directory: newDirectory() })
    const error = await tokens.ready().catch((thrown: unknown) => thrown as SetupError)
    expect((error as SetupError).issues).toEqual([
      { path: 'store.ready', at: ['store', 'ready'], message: expect.stringMatching(/^failed: .*migrations/) },
    ])
    await migrate(db)
    await expect(tokens.ready({ planId: '1001' })).resolves.toBeUndefined()
  })
})
