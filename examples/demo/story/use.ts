/** The token in use: what it reaches, and what happens when its plan changes or the server has a bad moment. */
import { ADMIN, PLAN } from '../organization.ts'
import { NIGHTLY } from './create.ts'
import type { Stage } from './stage.ts'
import type { Holder, RequestStep } from './steps.ts'

export async function useToken(stage: Stage, nightly: Holder): Promise<void> {
  stage.print.title('Use it: what the four links and three scopes open')
  for (const step of ALLOWED) await stage.request({ by: nightly, ...step })
  await stage.request({
    by: nightly,
    request: 'GET /v1/files/LOGOS2026/nodes?ids=1:2',
    via: 'bearer',
    expect: '200 allowed',
    reads: 'file:LOGOS2026',
    why: 'The secret may also stand in Authorization: Bearer.',
  })
}

const ALLOWED: readonly Omit<RequestStep, 'by'>[] = [
  {
    request: 'GET /v1/files/ABCDEFG123',
    expect: '200 allowed',
    reads: 'file:ABCDEFG123',
    why: 'Listed by its own link.',
  },
  {
    request: 'GET /v1/files/HANDBOOK01',
    expect: '200 allowed',
    reads: 'file:HANDBOOK01',
    why: 'Lies in project 123, which is listed.',
  },
  {
    request: 'GET /v1/teams/456/projects',
    expect: '200 allowed',
    reads: 'team:456',
    why: 'The team is listed.',
  },
  {
    request: 'GET /v1/images/CHECKOUT01?ids=1:2',
    expect: '200 allowed',
    reads: 'file:CHECKOUT01',
    why: 'Lies in a project of a team of workspace 789.',
  },
  {
    request: 'POST /v1/dev_resources',
    body: { dev_resources: [{ file_key: 'ABCDEFG123' }, { file_key: 'LOGOS2026' }] },
    expect: '200 allowed',
    reads: 'file:ABCDEFG123 file:LOGOS2026',
    why: 'The files are named in the body, and both are covered.',
  },
]

/** What the plan and the server can do to a token that is in order. */
export async function planAndServer(stage: Stage, nightly: Holder): Promise<void> {
  const { tokens, organization, print } = stage
  const request = 'GET /v1/files/ABCDEFG123'
  print.title('Use it: when the plan changes, or something fails')
  organization.directory.setPlan(PLAN, { tier: 'professional' })
  print.lines(['··· Acme moves to the professional tier ···'])
  await stage.request({
    by: nightly,
    request,
    expect: '403 plan_not_eligible',
    why: 'Plan tokens are for the organization and enterprise tiers.',
  })
  await stage.refused(
    { who: ADMIN, call: 'create', expect: '403 plan_not_eligible', why: 'New tokens are refused as well.' },
    () => tokens.create(NIGHTLY),
  )
  organization.directory.setPlan(PLAN, { tier: 'organization' })
  print.lines(['··· and back ···'])
  await stage.request({ by: nightly, request, expect: '200 allowed', why: 'Nothing was lost meanwhile.' })
  organization.failOnce()
  print.lines(['··· the database that knows where files lie fails once ···'])
  await stage.request({
    by: nightly,
    request,
    expect: '503 unavailable',
    carries: { 'Retry-After': /^\d+$/ },
    why: 'A failure lets nothing through, and says when to try again.',
  })
  await stage.request({ by: nightly, request, expect: '200 allowed', why: 'The same request once more.' })
}
