/** The second tab of the token page: tokens of the type `npm`, in the same store, on a surface of their own. */
import { ADMIN, PLAN } from '../organization.ts'
import type { Stage } from './stage.ts'
import type { Holder } from './steps.ts'

export async function registryTab(stage: Stage, nightly: Holder): Promise<Holder> {
  const { tokens, print } = stage
  print.title('The other tab: npm registry')
  const issued = await stage.call(
    {
      who: ADMIN,
      call: 'create "CI install", npm:read, 1 package, 60 days',
      gives: { status: 'active', type: 'npm', lifetimeDays: 60 },
      why: 'Another type of token: other scopes, other links, another prefix; the same rules and the same store.',
    },
    () =>
      tokens.create({
        actor: ADMIN,
        planId: PLAN,
        type: 'npm',
        name: 'CI install',
        lifetimeDays: 60,
        scopes: ['npm:read'],
        resources: ['https://npm.acme.example/acme-ui'],
      }),
  )
  const ci = stage.holder('ci', issued)
  await stage.request({
    by: ci,
    to: 'registry',
    request: 'GET /acme-ui',
    expect: '200 allowed',
    reads: 'package:acme-ui',
    why: 'The registry takes it.',
  })
  await stage.request({
    by: nightly,
    to: 'registry',
    request: 'GET /acme-ui',
    expect: '403 token_wrong_type',
    why: 'The registry takes no REST API token.',
  })
  await stage.request({
    by: ci,
    request: 'GET /v1/files/ABCDEFG123',
    via: 'bearer',
    expect: '403 token_wrong_type',
    why: 'And the REST API takes no npm token.',
  })
  return ci
}
