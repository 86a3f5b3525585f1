/** Which endpoints are open to plan access tokens: asked by a token that has everything that a token can have. */
import { ADMIN, PLAN } from '../organization.ts'
import type { Stage } from './stage.ts'
import type { Holder, RequestStep } from './steps.ts'

export async function supportedEndpoints(stage: Stage): Promise<Holder> {
  const { tokens, print } = stage
  print.title('Supported endpoints')
  print.say('First a token with every scope and all resources, to see what not even such a token may do.')

  const policy = tokens.policies[0]
  const input = {
    actor: ADMIN,
    planId: PLAN,
    type: 'rest',
    name: 'Inventory',
    lifetimeDays: 365,
    scopes: policy?.types[0]?.scopes ?? [],
    resources: 'all',
  } as const
  const issued = await stage.call(
    {
      who: ADMIN,
      call: `create "Inventory", ${input.scopes.length} scopes, 365 days`,
      gives: { status: 'active', lifetimeDays: 365, resources: 'all', planId: PLAN },
      why: 'It belongs to the plan, not to Ada: if she leaves, it works on.',
    },
    () => tokens.create(input),
  )
  const inventory = stage.holder('inventory', issued)
  await stage.refused(
    {
      who: ADMIN,
      call: 'create, with three scopes for writing',
      expect: '400 invalid_input',
      at: ['scopes[0]', 'scopes[1]', 'scopes[2]'],
      why: 'What these three scopes open stays closed to plan tokens, so that nobody can grant them.',
    },
    () => tokens.create({ ...input, scopes: CLOSED_SCOPES }),
  )
  for (const step of STEPS) await stage.request({ by: inventory, ...step })
  return inventory
}

const CLOSED_SCOPES = ['file_code_connect:write', 'file_variables:write', 'file_comments:write']

const STEPS: readonly Omit<RequestStep, 'by'>[] = [
  {
    request: 'GET /v1/files/ABCDEFG123',
    expect: '200 allowed',
    reads: 'file:ABCDEFG123',
    why: 'Any file of the plan.',
  },
  {
    request: 'GET /v1/activity_logs',
    expect: '200 allowed',
    reads: '',
    why: 'An endpoint about the whole plan: only a token with all resources gets here.',
  },
  {
    request: 'GET /v1/me',
    expect: '403 endpoint_not_supported',
    why: 'It answers about a person, and behind this token there is none.',
  },
  {
    request: 'GET /v1/oembed',
    expect: '403 endpoint_not_supported',
    why: 'For public embeds, and closed by name.',
  },
  {
    request: 'POST /v1/files/ABCDEFG123/comments',
    body: { message: 'Hello' },
    expect: '403 endpoint_not_supported',
    why: 'Needs file_comments:write.',
  },
  {
    request: 'POST /v1/files/ABCDEFG123/variables',
    body: { variables: [] },
    expect: '403 endpoint_not_supported',
    why: 'Needs file_variables:write.',
  },
  {
    request: 'DELETE /v1/files/ABCDEFG123',
    expect: '403 endpoint_unknown',
    why: 'The API has no such endpoint, and what is not listed is not let through.',
  },
]
