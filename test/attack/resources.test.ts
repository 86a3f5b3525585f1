/**
 * Attacks on what a token may reach: allowlists, places, plans, and resources in path and query. Resources in bodies:
 * resources-bodies.test.ts; a directory that answers carelessly and links: resources-links.test.ts.
 */
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { allowed, askEach, denied, invalidAt, neverAllowed, shown } from './verdicts.ts'
import { A, B, BR, EVERY_SCOPE, input, tamper, world } from './world.ts'

const attack = attacksOf('resources')
const PROJECT = 'https://figma.com/files/1001/project/123'

attack('c01', async () => {
  const w = await world()
  tamper(w, { resources: [] })
  denied(await w.ask(`GET /v1/files/${A}`), 'resource_not_allowed')
})

attack('c02', async () => {
  const w = await world()
  for (const resources of [
    undefined,
    null,
    {},
    '',
    'ALL',
    '*',
    ['all'],
    true,
    { all: true },
    [null],
    [{ kind: 'file' }],
  ]) {
    tamper(w, { resources })
    denied(await w.ask(`GET /v1/files/${A}`), 'resource_not_allowed', shown(resources))
    denied(await w.ask('GET /v1/activity_logs'), 'resource_not_allowed', shown(resources))
  }
})

attack('c03', async () => {
  const w = await world()
  for (const resources of [[], undefined, null, '', 'All', {}, 'ALL', true])
    await invalidAt('resources', w.tokens.create(input({ resources })), shown(resources))
  for (const resources of [['all'], [''], [null], [{ kind: 'file', id: A, link: '' }]])
    await invalidAt('resources[0]', w.tokens.create(input({ resources })), shown(resources))
  expect(w.store.count('commit'), 'only ALL and ONE were written').toBe(2)
})

attack('c04', async () => {
  const w = await world({ resources: { 'workspace:123': { 'team:123': { 'folder:123': {}, 'webhook:123': {} } } } })
  await askEach(
    w,
    [
      ['GET /v1/teams/123/projects', 'resource_not_allowed'],
      ['GET /v2/folders/123/meta', 'resource_not_allowed'],
      ['GET /v2/webhooks/123', 'resource_not_allowed'],
      ['GET /v2/webhooks?context=team&context_id=123', 'resource_not_allowed'],
      ['GET /v1/projects/123/files', 'allowed'],
      ['GET /v2/webhooks?context=project&context_id=123', 'allowed'],
    ],
    w.ONE,
  )
})

attack('c05', async () => {
  const w = await world()
  await askEach(
    w,
    [
      ['GET /v1/teams/456/projects', 'resource_not_allowed'],
      ['GET /v2/webhooks?context=team&context_id=456', 'resource_not_allowed'],
    ],
    w.ONE,
  )
})

attack('c06', async () => {
  const w = await world()
  await askEach(
    w,
    [
      [`GET /v1/files/${B}`, 'resource_not_allowed'],
      ['GET /v1/projects/124/files', 'resource_not_allowed'],
    ],
    w.ONE,
  )
})

attack('c07', async () => {
  const w = await world()
  const token = await w.make({ resources: ['https://figma.com/files/1001/workspace/789'] })
  await askEach(
    w,
    [
      [`GET /v1/files/${A}`, 'allowed'],
      ['GET /v1/components/cmpB', 'allowed'],
    ],
    token,
  )
})

attack('c08', async () => {
  const w = await world()
  allowed(await w.ask(`GET /v1/files/${A}`, w.ONE))
  w.directory.real.move(`file:${A}`, 'project:124')
  denied(await w.ask(`GET /v1/files/${A}`, w.ONE), 'resource_not_allowed')
})

attack('c09', async () => {
  const w = await world()
  allowed(await w.ask(`GET /v1/files/${A}`))
  w.directory.real.move(`file:${A}`, 'project:923')
  denied(await w.ask(`GET /v1/files/${A}`), 'resource_not_in_plan')
})

attack('c10', async () => {
  const w = await world()
  const token = await w.make({ resources: [`https://figma.com/design/${A}`] })
  allowed(await w.ask(`GET /v1/files/${A}`, token))
  w.directory.real.move(`file:${A}`, 'project:923')
  denied(await w.ask(`GET /v1/files/${A}`, token), 'resource_not_in_plan')
})

attack('c11', async () => {
  const w = await world()
  const T1 = await w.make({ resources: [`https://figma.com/design/${A}`] })
  const T2 = await w.make({ resources: [`https://figma.com/design/${A}/branch/${BR}`] })
  allowed(await w.ask(`GET /v1/files/${BR}`, T1))
  denied(await w.ask(`GET /v1/files/${A}`, T2), 'resource_not_allowed')
  allowed(await w.ask(`GET /v1/files/${BR}`, T2))
})

attack('c12', async () => {
  const w = await world()
  w.directory.replace.locate = () => ({
    planId: '2002',
    ancestors: [
      { kind: 'file', id: A },
      { kind: 'project', id: '123' },
    ],
  })
  denied(await w.ask(`GET /v1/files/${BR}`, w.ONE), 'resource_not_in_plan')
})

attack('c13', async () => {
  await askEach(await world(), [
    ['GET /v1/components/cmpZ', 'resource_not_in_plan'],
    ['GET /v1/component_sets/cmpZ', 'resource_not_in_plan'],
    ['GET /v1/styles/cmpZ', 'resource_not_in_plan'],
  ])
})

attack('c14', async () => {
  const w = await world()
  await askEach(
    w,
    [
      ['GET /v1/components/cmpB', 'resource_not_allowed'],
      ['GET /v1/components/cmpA', 'allowed'],
    ],
    w.ONE,
  )
})

attack('c15', async () => {
  await askEach(await world(), [
    ['GET /v2/webhooks/79', 'resource_not_in_plan'],
    ['PUT /v2/webhooks/79', 'resource_not_in_plan'],
    ['DELETE /v2/webhooks/79', 'resource_not_in_plan'],
    ['GET /v2/webhooks/79/requests', 'resource_not_in_plan'],
  ])
})

attack('c16', async () => {
  const w = await world()
  const line = `GET /v2/webhooks?context=file&context_id=${A}&plan_api_id=organization-1001`
  denied(await w.ask(line, w.ONE), 'resource_not_allowed')
  expect(allowed(await w.ask(line)).resources).toEqual([
    { kind: 'file', id: A },
    { kind: 'plan', id: '1001' },
  ])
})

attack('c17', async () => {
  const w = await world()
  for (const query of [
    `context=file&context_id=${A}&context_id=${B}`,
    `context=file&context_id=${B}&context_id=${A}`,
    `context=file&context=team&context_id=${A}`,
    `context=file&context_id=${A}&context_id=${A}`,
    `context=file&context_id[]=${A}`,
    `context=file&context_id=${A}&context_id%5B%5D=${B}`,
  ])
    denied(await w.ask(`GET /v2/webhooks?${query}`, w.ONE), 'request_malformed', query)
})

attack('c18', async () => {
  const w = await world()
  for (const query of [
    `context=file&context_id=${A}&context%5Fid=${B}`,
    `context=file&context_id=${B}%00${A}`,
    'context=file&context_id=%ff',
    `context=file&context_id=${A}&%63ontext_id=${B}`,
  ])
    neverAllowed(await w.ask(`GET /v2/webhooks?${query}`, w.ONE), query)
})

attack('c19', async () => {
  const w = await world()
  // Decided: without a query it asks for the whole plan; half a pair names nothing that could be judged.
  denied(await w.ask('GET /v2/webhooks', w.ONE), 'resource_not_allowed')
  expect(allowed(await w.ask('GET /v2/webhooks')).resources).toEqual([])
  for (const query of [
    'context=file',
    `context_id=${A}`,
    'context=&context_id=',
    'context=workspace&context_id=789',
    `context=__proto__&context_id=${A}`,
  ])
    for (const token of [w.ONE, w.ALL])
      denied(await w.ask(`GET /v2/webhooks?${query}`, token), 'request_malformed', query)
})

attack('c20', async () => {
  await askEach(await world(), [
    ['GET /v2/webhooks?plan_api_id=organization-1001', 'allowed'],
    ['GET /v2/webhooks?plan_api_id=organization-2002', 'resource_not_in_plan'],
    ['GET /v2/webhooks?plan_api_id=organization-', 'request_malformed'],
    ['GET /v2/webhooks?plan_api_id=1001', 'request_malformed'],
    ['GET /v2/webhooks?plan_api_id=ORGANIZATION-1001', 'request_malformed'],
    ['GET /v2/webhooks?plan_api_id=organization-1001x', 'resource_not_in_plan'],
    ['GET /v2/webhooks?plan_api_id=team-1001', 'request_malformed'],
  ])
})

attack('c31', async () => {
  const w = await world()
  const ORG = ['org:activity_log_read', 'org:developer_log_read', 'org:ai_metering_usage_read']
  expect(EVERY_SCOPE).toEqual(expect.arrayContaining(ORG))
  const token = await w.make({ scopes: ORG, resources: [PROJECT] })
  for (const limited of [token, w.ONE])
    await askEach(
      w,
      [
        ['GET /v1/activity_logs', 'resource_not_allowed'],
        ['POST /v1/developer_logs', 'resource_not_allowed'],
        ['GET /v1/ai_usage/daily', 'resource_not_allowed'],
      ],
      limited,
    )
})

attack('c32', async () => {
  const w = await world()
  const token = await w.make({ resources: ['https://figma.com/files/1001/workspace/789'] })
  denied(await w.ask('GET /v1/activity_logs', token), 'resource_not_allowed')
})
