/**
 * The certification scenario of AuthZEN 1.0 (openid/authzen, certification/authorization-api-1_0-scenario.md), case by case under
 * its own numbers: Basic, Batch and Discovery. Its fixture is a policy of ours, its users two tokens. Search is not there.
 */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { authzen, type Evaluation, toNode } from 'plan-access-tokens/gateway'
import { testDirectory } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, readPage } from '../docs/markdown.ts'
import { listen } from '../http/support/site.ts'
import { send1 } from '../http/support/wire.ts'
import { SECRET } from './programs.ts'

const IDENTIFIER = 'https://pdp.example.com'

/** Section 2: what alice and bob may do, as endpoints and scopes. */
const policy = definePolicy({
  ...{ surface: 'records', credential: { headers: [], bearer: true }, tiers: ['business'] },
  scopes: { read: {}, write: {}, archive: {}, trash: {}, erase: {} },
  ...{ types: { user: { prefix: 'rec' } }, kinds: { record: { id: 'name' } } },
  links: { hosts: ['records.example'], shapes: ['/r/{record}'] },
  endpoints: {
    'GET /records/{id}': { scopes: ['read'], names: [{ kind: 'record', at: 'path:id' }] },
    'PUT /records/{id}': { scopes: ['write'], names: [{ kind: 'record', at: 'path:id' }] },
    'PUT /archive/{id}': { scopes: ['archive'], names: [{ kind: 'record', at: 'path:id' }] },
    'POST /records/{id}/trash': { scopes: ['trash'], names: [{ kind: 'record', at: 'path:id' }] },
    'DELETE /records/{id}': { scopes: ['erase'], names: [{ kind: 'record', at: 'path:id' }] },
  },
})

let port = 0
let close = async (): Promise<void> => undefined
beforeAll(async () => {
  const resources = { 'record:record-1': {}, 'record:record-2': {} }
  const directory = testDirectory({ acme: { tier: 'business', admins: ['ada'], resources } })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const make = async (name: string, scopes: readonly ('read' | 'write' | 'archive' | 'trash')[]) => {
    const issued = await tokens.create({
      actor: 'ada',
      planId: 'acme',
      type: 'user',
      name,
      lifetimeDays: 1,
      scopes,
      resources: 'all',
    })
    return issued.secret.reveal()
  }
  const secrets: { readonly [user: string]: string } = {
    alice: await make('alice', ['read', 'write', 'trash']),
    bob: await make('bob', ['read']),
    'bob as admin': await make('bob as admin', ['read', 'archive']),
  }
  const ask = ({ subject, action, resource }: Evaluation) => {
    const secret = secrets[subject.properties?.role === 'admin' ? `${subject.id} as admin` : subject.id]
    const isArchived = resource.properties?.status === 'archived'
    const route = {
      read: 'GET /records/{id}',
      write: isArchived ? 'PUT /archive/{id}' : 'PUT /records/{id}',
      delete: action.properties?.soft === true ? 'POST /records/{id}/trash' : 'DELETE /records/{id}',
    }[action.name]
    return route === undefined || resource.type !== 'record'
      ? undefined
      : { secret, route, params: { id: resource.id } }
  }
  const handler = authzen(tokens, { trust: { secret: SECRET }, identifier: IDENTIFIER, ask })
  const running = await listen(createServer(toNode(handler)))
  port = running.port
  close = running.close
})
afterAll(() => close())

const HEADERS = [
  ['Authorization', `Bearer ${SECRET}`],
  ['Content-Type', 'application/json'],
] as const

async function post(path: string, message: unknown, headers: readonly (readonly [string, string])[] = HEADERS) {
  const body = typeof message === 'string' ? message : JSON.stringify(message)
  return send1(port, { method: 'POST', target: `/access/v1/${path}`, headers, body: [body] })
}

const user = (id: string, properties?: object) => ({ type: 'user', id, ...(properties && { properties }) })
const record = (id: string, properties?: object) => ({ type: 'record', id, ...(properties && { properties }) })
const to = (name: string, properties?: object) => ({ name, ...(properties && { properties }) })
const [alice, bob, r1, r2] = [user('alice'), user('bob'), record('record-1'), record('record-2')]
const read = to('read')
const write = to('write')
const archived = record('record-2', { status: 'archived' })

type Level = 'Basic Core' | 'Basic Properties' | 'Batch Core' | 'Batch Properties'
interface Case {
  readonly id: string
  readonly level: Level
  readonly message: unknown
  /** The decision, the decisions, or a status. Of `null` only the structure counts. */
  readonly expected: boolean | readonly (boolean | null)[] | 400
}

const decision = (id: string, level: Level, message: unknown, expected: Case['expected']): Case => ({
  id,
  level,
  message,
  expected,
})
const full = { subject: alice, action: read, resource: r1 }

const CASES: readonly Case[] = [
  decision('2.2.1', 'Basic Core', full, true),
  decision('2.2.2', 'Basic Core', { subject: bob, action: write, resource: r1 }, false),
  decision('2.2.3', 'Basic Core', { ...full, context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' } }, true),
  decision('2.2.4', 'Basic Properties', { subject: alice, action: write, resource: archived }, false),
  decision(
    '2.2.5',
    'Basic Properties',
    { subject: user('bob', { role: 'admin' }), action: write, resource: archived },
    true,
  ),
  decision('2.2.6', 'Basic Properties', { ...full, action: to('delete', { soft: true }) }, true),
  decision('2.2.7', 'Basic Properties', { ...full, action: to('delete', { soft: false }) }, false),
  decision(
    '2.2.8',
    'Basic Core',
    {
      subject: user('alice', { department: 'Sales', role: 'manager' }),
      action: to('read', { method: 'GET' }),
      resource: record('record-1', { status: 'active', owner: 'bob' }),
    },
    true,
  ),
  decision('2.2.9', 'Basic Core', { ...full, foo: 'bar', futureField: { nested: true } }, true),
  decision('2.4.1 subject', 'Basic Core', { action: read, resource: r1 }, 400),
  decision('2.4.1 action', 'Basic Core', { subject: alice, resource: r1 }, 400),
  decision('2.4.1 resource', 'Basic Core', { subject: alice, action: read }, 400),
  decision('2.4.2 subject.type', 'Basic Core', { ...full, subject: { id: 'alice' } }, 400),
  decision('2.4.2 subject.id', 'Basic Core', { ...full, subject: { type: 'user' } }, 400),
  decision('2.4.2 action.name', 'Basic Core', { ...full, action: {} }, 400),
  decision('2.4.2 resource.type', 'Basic Core', { ...full, resource: { id: 'record-1' } }, 400),
  decision('2.4.2 resource.id', 'Basic Core', { ...full, resource: { type: 'record' } }, 400),
  decision('2.4.4', 'Basic Core', '{ "subject": ', 400),
  decision('2.4.5', 'Basic Core', '', 400),
  decision('2.4.6 subject', 'Basic Core', { ...full, subject: 'alice' }, 400),
  decision('2.4.6 action.name', 'Basic Core', { ...full, action: { name: 123 } }, 400),
  decision('2.6 once', 'Basic Core', full, true),
  decision('2.6 again', 'Basic Core', full, true),
  decision('3.2.1', 'Batch Core', { subject: alice, action: read, evaluations: [{ resource: r1 }, { resource: r2 }] }, [
    null,
    null,
  ]),
  decision('3.2.2', 'Batch Core', { subject: bob, resource: r1, evaluations: [{ action: read }, { action: write }] }, [
    true,
    false,
  ]),
  decision(
    '3.2.3',
    'Batch Properties',
    {
      subject: alice,
      action: write,
      evaluations: [{ resource: record('record-1', { status: 'active' }) }, { resource: archived }],
    },
    [true, false],
  ),
  decision(
    '3.2.4',
    'Batch Properties',
    {
      action: write,
      resource: archived,
      evaluations: [{ subject: alice }, { subject: user('bob', { role: 'admin' }) }],
    },
    [false, true],
  ),
  decision('3.2.5', 'Batch Core', { evaluations: [full, { subject: bob, action: write, resource: r1 }] }, [
    true,
    false,
  ]),
  decision(
    '3.2.6',
    'Batch Core',
    {
      subject: alice,
      action: read,
      context: { time: 't' },
      evaluations: [{ resource: r1 }, { resource: r2, context: { time: 'u', source: 'batch-override' } }],
    },
    [null, null],
  ),
  decision(
    '3.2.7',
    'Batch Properties',
    {
      subject: alice,
      action: write,
      resource: record('record-1', { status: 'active' }),
      evaluations: [{}, { resource: archived }],
    },
    [true, false],
  ),
  decision(
    '3.4.1',
    'Batch Core',
    {
      subject: alice,
      action: read,
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [{ resource: r1 }, {}],
    },
    [true, false],
  ),
  decision('3.4.2', 'Batch Core', full, true),
  decision('3.4.3', 'Batch Core', { ...full, evaluations: [] }, true),
]

describe('the certification scenario', () => {
  it.each(CASES)('$level $id', async ({ level, message, expected }) => {
    const { status, headers, body } = await post(level.startsWith('Basic') ? 'evaluation' : 'evaluations', message)
    if (expected === 400) {
      expect(status).toBe(400)
      return
    }
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    const answer = JSON.parse(body)
    const evaluated = Array.isArray(expected) ? answer.evaluations : [answer]
    const decisions = evaluated.map((one: { decision: unknown }) => one.decision)
    expect(decisions).toEqual([expected].flat().map((one) => one ?? expect.any(Boolean)))
    for (const { context } of evaluated) if (context !== undefined) expect(context).toBeTypeOf('object')
  })

  it('Basic Core 2.4.3: another content type', async () => {
    const [authorization] = HEADERS
    expect((await post('evaluation', full, [authorization, ['Content-Type', 'text/plain']])).status).toBe(400)
  })

  it('Basic Core 2.5: X-Request-ID comes back, and need not be there', async () => {
    expect((await post('evaluation', full, [...HEADERS, ['X-Request-ID', 'id-1']])).headers['x-request-id']).toBe(
      'id-1',
    )
    expect((await post('evaluation', full)).status).toBe(200)
  })

  it('Discovery 6.5: the metadata names this point and its endpoints, by https', async () => {
    const { status, headers, body } = await send1(port, { method: 'GET', target: '/.well-known/authzen-configuration' })
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    const { policy_decision_point, access_evaluation_endpoint, access_evaluations_endpoint, ...more } = JSON.parse(body)
    expect(policy_decision_point).toBe(IDENTIFIER)
    for (const endpoint of [access_evaluation_endpoint, access_evaluations_endpoint])
      expect(new URL(endpoint).origin).toBe(IDENTIFIER)
    expect(more).toEqual({})
  })

  it('is what docs/gateways.md says of it', () => {
    const file = 'docs/gateways.md'
    const { tables } = readPage(file, readFileSync(ROOT + file, 'utf8'))
    const rows = tables.find(({ head }) => head[0] === 'level')?.rows ?? []
    const count = (level: Level): number => CASES.filter((one) => one.level === level).length
    expect(rows.map(([level, cases]) => [level, cases])).toEqual([
      ['Basic Core', String(count('Basic Core') + 2)],
      ['Basic Properties', String(count('Basic Properties'))],
      ['Batch Core', String(count('Batch Core'))],
      ['Batch Properties', String(count('Batch Properties'))],
      ['Discovery', '1'],
      ['Search', '0'],
    ])
  })
})
