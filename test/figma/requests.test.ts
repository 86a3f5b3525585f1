/**
 * How requests to Figma's API name resources outside the path: the query and the body of webhooks, the body of dev resources,
 * and a dev resource below the file of its path. `ALL` may reach the whole plan, `ONE` team 456 and what lies below it.
 */
import type { RefusalCode } from 'plan-access-tokens'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { describe, expect, test } from 'vitest'
import { figmaWorld, GRANTABLE } from './world.ts'

const { tokens, secretWith } = figmaWorld()
const ALL = await secretWith(GRANTABLE, 'all')
const ONE = await secretWith(GRANTABLE, 'listed')

type Answer = RefusalCode | 'allowed'

async function answer(secret: typeof ALL, line: string, body?: unknown): Promise<Answer> {
  const decision = await tokens.authorize(requestWith(secret, line, body === undefined ? {} : { body }))
  return decision.allowed ? 'allowed' : decision.code
}

const MALFORMED = ['request_malformed', 'request_malformed'] as const
const FOREIGN = ['resource_not_in_plan', 'resource_not_in_plan'] as const
const UNLISTED = ['allowed', 'resource_not_allowed'] as const
const LISTED = ['allowed', 'allowed'] as const

describe('GET /v2/webhooks?…', () => {
  test.each<[query: string, answers: readonly [all: Answer, one: Answer]]>([
    ['context=team&context_id=456', LISTED],
    ['context=project&context_id=123', LISTED],
    ['context=file&context_id=FileA', LISTED],
    ['context_id=FileA&context=file', LISTED],
    ['context=file&context_id=FileA&cursor=1', LISTED],
    ['context=team&context_id=457', UNLISTED],
    ['context=file&context_id=FileB', UNLISTED],
    ['context=file&context_id=FileZ', FOREIGN],
    ['context=team&context_id=FileA', FOREIGN],
    ['context=project&context_id=456', FOREIGN],
    ['context=file&context_id=nowhere', FOREIGN],

    // The plan itself: never on an allowlist.
    ['plan_api_id=organization-1001', UNLISTED],
    ['plan_api_id=organization-2002', FOREIGN],
    ['plan_api_id=organization-1001x', FOREIGN],
    ['plan_api_id=organization-', MALFORMED],
    ['plan_api_id=1001', MALFORMED],
    ['plan_api_id=ORGANIZATION-1001', MALFORMED],
    ['plan_api_id=team-1001', MALFORMED],
    ['plan_api_id=', MALFORMED],

    // Both ways at once: each that is named has to pass.
    ['context=file&context_id=FileA&plan_api_id=organization-1001', UNLISTED],
    ['context=file&context_id=FileZ&plan_api_id=organization-1001', FOREIGN],
    ['context=file&context_id=FileA&plan_api_id=organization-2002', FOREIGN],

    // Half of a pair, an empty one, a kind that it does not take.
    ['context=file', MALFORMED],
    ['context_id=FileA', MALFORMED],
    ['context=&context_id=', MALFORMED],
    ['context=file&context_id=', MALFORMED],
    ['context=workspace&context_id=789', MALFORMED],
    ['context=folder&context_id=321', MALFORMED],
    ['context=plan&context_id=1001', MALFORMED],
    ['context=FILE&context_id=FileA', MALFORMED],
    ['context=__proto__&context_id=FileA', MALFORMED],
    ['context=file&plan_api_id=organization-1001', MALFORMED],

    // Named twice, in whatever spelling.
    ['context=file&context_id=FileA&context_id=FileA', MALFORMED],
    ['context=file&context_id=FileA&context_id=FileB', MALFORMED],
    ['context=file&context=team&context_id=456', MALFORMED],
    ['context=file&context_id=FileA&context%5Fid=FileB', MALFORMED],
    ['context=file&context_id[]=FileA', MALFORMED],
    ['context=file&context_id=FileA%00', MALFORMED],
    ['context=file&context_id=%ff', MALFORMED],
    ['context=file&context_id=FileA+', MALFORMED],
  ])('%s', async (query, answers) => {
    expect([await answer(ALL, `GET /v2/webhooks?${query}`), await answer(ONE, `GET /v2/webhooks?${query}`)]).toEqual(
      answers,
    )
  })

  test.each(['GET /v2/webhooks', 'GET /v2/webhooks?', 'GET /v2/webhooks?cursor=1', 'GET /v2/webhooks?team_id=456'])(
    '%s names nothing, so it asks for the whole plan: only a token with all resources passes',
    async (line) => {
      expect([await answer(ALL, line), await answer(ONE, line)]).toEqual(UNLISTED)
    },
  )

  test('a body is not looked at', async () => {
    const body = { context: 'file', context_id: 'FileZ' }
    expect(await answer(ONE, 'GET /v2/webhooks?context=file&context_id=FileA', body)).toBe('allowed')
  })

  test('the decision names the plan as a resource', async () => {
    const decision = await tokens.authorize(requestWith(ALL, 'GET /v2/webhooks?plan_api_id=organization-1001'))
    expect(expectAllowed(decision).resources).toEqual([{ kind: 'plan', id: '1001' }])
  })
})

describe('POST /v2/webhooks', () => {
  const rest = { event_type: 'FILE_UPDATE', endpoint: 'https://example.com', passcode: 'x' }

  test.each<[title: string, body: unknown, answers: readonly [all: Answer, one: Answer]]>([
    ['a listed team', { context: 'team', context_id: '456' }, LISTED],
    ['a listed project', { context: 'project', context_id: '123' }, LISTED],
    ['a listed file', { context: 'file', context_id: 'FileA' }, LISTED],
    ['a listed team, by the deprecated field', { team_id: '456' }, LISTED],
    ['both fields, both listed', { context: 'file', context_id: 'FileA', team_id: '456' }, LISTED],
    ['an unlisted team', { context: 'team', context_id: '457' }, UNLISTED],
    ['an unlisted team, by the deprecated field', { team_id: '457' }, UNLISTED],
    ['both fields, the deprecated one unlisted', { context: 'file', context_id: 'FileA', team_id: '457' }, UNLISTED],
    ['both fields, the deprecated one foreign', { context: 'file', context_id: 'FileA', team_id: '956' }, FOREIGN],
    ['a foreign file', { context: 'file', context_id: 'FileZ' }, FOREIGN],
    ['a foreign team, by the deprecated field', { team_id: '956' }, FOREIGN],
    ['the right id of another kind', { context: 'project', context_id: '456' }, FOREIGN],
    ['nothing', {}, MALFORMED],
    ['half of the pair', { context: 'team' }, MALFORMED],
    ['the other half', { context_id: '456' }, MALFORMED],
    ['half of the pair beside the deprecated field', { context: 'team', team_id: '456' }, MALFORMED],
    ['a kind that it does not take', { context: 'workspace', context_id: '789' }, MALFORMED],
    ['the plan', { context: 'plan', context_id: '1001' }, MALFORMED],
    ['another letter case', { context: 'TEAM', context_id: '456' }, MALFORMED],
    ['a listed team as a number', { context: 'team', context_id: 456 }, LISTED],
    ['a listed team as a number, by the deprecated field', { team_id: 456 }, LISTED],
    ['an unlisted team as a number', { team_id: 457 }, UNLISTED],
    ['a foreign team as a number', { team_id: 956 }, FOREIGN],
    ['a file as a number', { context: 'file', context_id: 456 }, MALFORMED],
    ['a fraction', { context: 'team', context_id: 456.5 }, MALFORMED],
    ['a list', { context: 'team', context_id: ['456'] }, MALFORMED],
    ['null beside the pair', { context: 'team', context_id: '456', team_id: null }, MALFORMED],
    ['an empty id', { context: 'team', context_id: '' }, MALFORMED],
  ])('%s', async (_, names, answers) => {
    const body = { ...rest, ...(names as object) }
    const line = 'POST /v2/webhooks'
    expect([await answer(ALL, line, body), await answer(ONE, line, body)]).toEqual(answers)
    expect([await answer(ALL, line, JSON.stringify(body)), await answer(ONE, line, JSON.stringify(body))]).toEqual(
      answers,
    )
  })

  test.each<[title: string, body: unknown]>([
    ['no body', undefined],
    ['an empty text', ''],
    ['null', 'null'],
    ['a list', '[{"context":"team","context_id":"456"}]'],
    ['no JSON', 'context=team&context_id=456'],
    ['a name twice', '{"context":"team","context_id":"456","context_id":"457"}'],
    ['a number with a fraction that is zero', '{"team_id":456.0}'],
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
  ])('%s is malformed', async (_, body) => {
    expect([await answer(ALL, 'POST /v2/webhooks', body), await answer(ONE, 'POST /v2/webhooks', body)]).toEqual(
      MALFORMED,
    )
  })

  test('a query does not stand in for the body', async () => {
    expect(await answer(ALL, 'POST /v2/webhooks?context=team&context_id=456', {})).toBe('request_malformed')
  })

  test('a Fetch request is judged by its body, which the handler can still read', async () => {
    const body = { context: 'team', context_id: '456' }
    const headers = { 'X-Figma-Token': ONE, 'Content-Type': 'application/json' }
    const request = new Request('https://api.example/v2/webhooks', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    expect(expectAllowed(await tokens.authorize(request)).resources).toEqual([{ kind: 'team', id: '456' }])
    expect(await request.json()).toEqual(body)
  })
})

describe.each([
  ['POST /v1/dev_resources', 'file_key', 'File', 'file'],
  ['PUT /v1/dev_resources', 'id', 'dev', 'dev_resource'],
])('%s', (line, field, prefix, kind) => {
  const bodyOf = (letters: string) => ({
    dev_resources: [...letters].map((letter) => ({ [field]: `${prefix}${letter}`, name: 'x' })),
  })

  test.each<[letters: string, answers: readonly [all: Answer, one: Answer]]>([
    ['A', LISTED],
    ['AA', LISTED],
    ['B', UNLISTED],
    ['AB', UNLISTED],
    ['BA', UNLISTED],
    ['Z', FOREIGN],
    ['AZ', FOREIGN],
    ['ZA', FOREIGN],
    ['ABZ', FOREIGN],
    ['Q', FOREIGN],
    [`${'A'.repeat(998)}BA`, UNLISTED],
    [`${'A'.repeat(998)}ZA`, FOREIGN],
  ])('is judged by every entry of the list: %s', async (letters, answers) => {
    expect([await answer(ALL, line, bodyOf(letters)), await answer(ONE, line, bodyOf(letters))]).toEqual(answers)
  })

  test('the decision names each resource once', async () => {
    const { resources } = expectAllowed(await tokens.authorize(requestWith(ALL, line, { body: bodyOf('ABA') })))
    expect(resources).toEqual([
      { kind, id: `${prefix}A` },
      { kind, id: `${prefix}B` },
    ])
  })

  test.each<[title: string, body: unknown]>([
    ['no body', undefined],
    ['an empty object', {}],
    ['an empty list', { dev_resources: [] }],
    ['an object for the list', { dev_resources: { [field]: `${prefix}A` } }],
    ['an entry that names nothing', { dev_resources: [{ [field]: `${prefix}A` }, {}] }],
    ['a number', { dev_resources: [{ [field]: 7 }] }],
    ['a list in the entry', { dev_resources: [{ [field]: [`${prefix}A`] }] }],
    ['null', { dev_resources: [{ [field]: null }] }],
    ['an empty id', { dev_resources: [{ [field]: '' }] }],
    ['a text as entry', { dev_resources: [`${prefix}A`] }],
    ['an inherited field', { dev_resources: [Object.create({ [field]: `${prefix}A` })] }],
    ['the same field twice', `{"dev_resources":[{"${field}":"${prefix}A","${field}":"${prefix}B"}]}`],
    ['the list twice', `{"dev_resources":[{"${field}":"${prefix}A"}],"dev_resources":[{"${field}":"${prefix}B"}]}`],
  ])('%s is malformed', async (_, body) => {
    expect([await answer(ALL, line, body), await answer(ONE, line, body)]).toEqual(MALFORMED)
  })
})

describe('DELETE /v1/files/{file_key}/dev_resources/{dev_resource_id}', () => {
  test.each<[file: string, dev: string, answers: readonly [all: Answer, one: Answer]]>([
    ['FileA', 'devA', LISTED],
    ['FileB', 'devB', UNLISTED],
    ['FileZ', 'devZ', FOREIGN],
    ['FileA', 'devZ', FOREIGN],
    ['FileZ', 'devA', FOREIGN],
    // Both in the plan, but the dev resource does not lie in that file.
    ['FileA', 'devB', FOREIGN],
    ['FileB', 'devA', FOREIGN],
    ['FileA', 'FileA', FOREIGN],
    ['devA', 'devA', FOREIGN],
  ])('%s and %s', async (file, dev, answers) => {
    const line = `DELETE /v1/files/${file}/dev_resources/${dev}`
    expect([await answer(ALL, line), await answer(ONE, line)]).toEqual(answers)
  })

  test('is judged by the path alone', async () => {
    const body = { dev_resources: [{ file_key: 'FileZ', id: 'devZ' }] }
    expect(await answer(ONE, 'DELETE /v1/files/FileA/dev_resources/devA', body)).toBe('allowed')
  })
})

describe('what a path names', () => {
  test.each([
    ['GET /v1/teams/123/projects', 'a project'],
    ['GET /v2/folders/123/meta', 'a project'],
    ['GET /v1/projects/456/files', 'a team'],
    ['GET /v1/styles/cmpA', 'a component'],
    ['GET /v1/component_sets/cmpA', 'a component'],
    ['GET /v2/webhooks/456', 'a team'],
    ['GET /v1/files/devA', 'a dev resource'],
  ])('%s does not take %s of that id', async (line) => {
    expectDenied(await tokens.authorize(requestWith(ALL, line)), 'resource_not_in_plan')
  })

  test('HEAD is judged as GET', async () => {
    const { endpoint } = expectAllowed(await tokens.authorize(requestWith(ONE, 'HEAD /v1/files/FileA')))
    expect(endpoint).toEqual({ route: 'GET /v1/files/{file_key}', method: 'GET', path: '/v1/files/{file_key}' })
  })

  test('a comment is whatever its file is', async () => {
    const comments = (file: string) => `GET /v1/files/${file}/comments/anything/reactions`
    expect([await answer(ONE, comments('FileA')), await answer(ONE, comments('FileB'))]).toEqual(UNLISTED)
  })
})
