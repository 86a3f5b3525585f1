/** What the policy lets through and what it refuses: a table of requests, then the questions that a table cannot ask. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPlanTokens, type Issued, memoryStore, type PlanTokenError, type RefusalCode } from 'plan-access-tokens'
import {
  expectAllowed,
  expectDenied,
  requestWith,
  testClock,
  testDirectory,
  tokensInEachState,
} from 'plan-access-tokens/testing'
import { invoicesPolicy } from './policy.ts'

const clock = testClock('2027-01-31T12:00:00Z')
const directory = testDirectory({
  acme: {
    tier: 'business',
    admins: ['ada'],
    resources: { 'project:7': { 'invoice:inv1': {}, 'invoice:inv2': {} }, 'project:8': { 'invoice:inv3': {} } },
  },
  rival: { tier: 'team', admins: ['rob'], resources: { 'project:9': { 'invoice:inv9': {} } } },
})
const tokens = createPlanTokens({ policy: invoicesPolicy, store: memoryStore(), directory, clock })

const ofAda = { actor: 'ada', planId: 'acme', name: 'Test', lifetimeDays: 30 } as const
const issued = {
  everything: await tokens.create({
    ...ofAda,
    type: 'live',
    scopes: ['invoice:read', 'invoice:write'],
    resources: 'all',
  }),
  project7: await tokens.create({
    ...ofAda,
    type: 'live',
    scopes: ['invoice:read', 'invoice:write'],
    resources: ['https://app.invoices.test/p/7'],
  }),
  invoice1: await tokens.create({
    ...ofAda,
    type: 'ci',
    scopes: ['invoice:read'],
    resources: ['https://app.invoices.test/p/7/i/inv1'],
  }),
} satisfies Record<string, Issued>

const table: readonly [token: keyof typeof issued, line: string, expected: 'allowed' | RefusalCode, body?: object][] = [
  ['everything', 'GET /projects/8', 'allowed'],
  ['everything', 'PATCH /projects/7/invoices/inv1', 'allowed'],
  ['everything', 'PATCH /projects/8/invoices/inv1', 'resource_not_in_plan'], // inv1 is an invoice of project 7
  ['everything', 'GET /projects/9', 'resource_not_in_plan'], // it is a rival's
  ['everything', 'GET /reports/2026', 'allowed'],
  ['everything', 'GET /reports/latest', 'endpoint_unknown'],
  ['everything', 'DELETE /projects/7', 'endpoint_not_supported'],
  ['everything', 'POST /invoices', 'allowed', { project_id: '8' }],
  ['everything', 'POST /invoices', 'request_malformed', { project: '8' }],
  ['project7', 'GET /projects/7', 'allowed'],
  ['project7', 'GET /invoices/inv2', 'allowed'],
  ['project7', 'GET /invoices/inv3', 'resource_not_allowed'],
  ['project7', 'GET /projects/8', 'resource_not_allowed'],
  ['project7', 'GET /reports/2026', 'resource_not_allowed'], // a report is about the whole plan
  ['project7', 'POST /reminders', 'allowed', { invoices: [{ id: 'inv1' }, { id: 'inv2' }] }],
  ['project7', 'POST /reminders', 'resource_not_allowed', { invoices: [{ id: 'inv1' }, { id: 'inv3' }] }],
  ['invoice1', 'GET /invoices/inv1', 'allowed'],
  ['invoice1', 'GET /projects/7', 'resource_not_allowed'], // an allowlist reaches down, never up
  ['invoice1', 'GET /currencies', 'allowed'],
  ['invoice1', 'POST /invoices', 'scope_missing', { project_id: '7' }],
]

for (const [token, line, expected, body] of table) {
  const request = body ? `${line} with ${JSON.stringify(body)}` : line
  test(`${token}: ${request} → ${expected}`, async () => {
    const decision = await tokens.authorize(requestWith(issued[token].secret, line, { body }))
    if (expected === 'allowed') expectAllowed(decision)
    else expectDenied(decision, expected)
  })
}

test('a token works until it has expired or is revoked, and a replaced secret for a day', async () => {
  const now = testClock()
  const own = createPlanTokens({ policy: invoicesPolicy, store: memoryStore(), directory, clock: now })
  const input = { ...ofAda, type: 'live', scopes: ['invoice:read'], resources: 'all' } as const
  const { active, expiring, refreshed, retired, expired, revoked } = await tokensInEachState(own, now, input)
  const ask = (secret: Issued['secret']) => own.authorize(requestWith(secret, 'GET /projects/7'))
  for (const works of [active, expiring, refreshed]) expectAllowed(await ask(works.secret))
  expectAllowed(await ask(refreshed.previous))
  expectDenied(await ask(retired.secret), 'secret_retired')
  expectDenied(await ask(expired.secret), 'token_expired')
  expectDenied(await ask(revoked.secret), 'token_revoked')
})

test('a plan that falls out of the tiers loses access while that lasts', async () => {
  const ask = (line: string) => tokens.authorize(requestWith(issued.everything.secret, line))
  directory.setPlan('acme', { tier: 'free' })
  expectDenied(await ask('GET /projects/7'), 'plan_not_eligible')
  directory.setPlan('acme', { tier: 'team' })
  expectAllowed(await ask('GET /projects/7'))
  expectDenied(await ask('GET /reports/2026'), 'plan_not_eligible')
  directory.setPlan('acme', { tier: 'business' })
  expectAllowed(await ask('GET /reports/2026'))
})

test('support can be told why, without the secret', async () => {
  const { decision, rules } = await tokens.explain({
    actor: 'ada',
    id: issued.invoice1.token.id,
    route: 'PATCH /projects/{project}/invoices/{invoice}',
    params: { project: '7', invoice: 'inv1' },
  })
  expectDenied(decision, 'scope_missing')
  assert.deepEqual(
    rules.filter((rule) => !rule.ok).map((rule) => rule.reason),
    [
      'The token holds none of the scopes that this endpoint takes. It takes invoice:write. The token holds invoice:read.',
      'A resource of the request is not among those that the token may reach. It is the project in path:project; nothing above it is listed either.',
    ],
  )
})

test('a misspelt scope is an error in the editor, and when it runs', async () => {
  const wrong = tokens.create({
    ...ofAda,
    type: 'live',
    // @ts-expect-error Did you mean 'invoice:read'?
    scopes: ['invoice:raed'],
    resources: 'all',
  })
  await assert.rejects(wrong, ({ code, issues }: PlanTokenError) => {
    assert.equal(code, 'invalid_input')
    assert.deepEqual(
      issues.map((issue) => issue.path),
      ['scopes[0]'],
    )
    return true
  })
})

test('a scope that the type does not grant, and a route that does not exist, are errors in the editor', async () => {
  // @ts-expect-error a pipeline only reads
  const writing = tokens.create({ ...ofAda, type: 'ci', scopes: ['invoice:write'], resources: 'all' })
  await assert.rejects(writing, { code: 'invalid_input' })
  // @ts-expect-error the route has another name
  const asking = tokens.explain({ actor: 'ada', id: issued.invoice1.token.id, route: 'GET /project/{project}' })
  await assert.rejects(asking, { code: 'invalid_input' })
})

test('a link that names nothing is refused with a right one', async () => {
  const linked = {
    ...ofAda,
    type: 'live',
    scopes: ['invoice:read'],
    resources: ['https://app.invoices.test/x/7'],
  } as const
  await assert.rejects(
    tokens.create(linked),
    /resources\[0\]: .* A right one looks like https:\/\/app\.invoices\.test\/p\/123\./,
  )
})
