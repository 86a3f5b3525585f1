/** Every reason for which a request with a token is refused, in the order of the questions; and one refusal explained. */
import { createTokens } from '../engine.ts'
import { ADMIN } from '../organization.ts'
import { NIGHTLY } from './create.ts'
import type { Stage } from './stage.ts'
import type { Holder, RequestStep } from './steps.ts'

export async function refusals(stage: Stage, nightly: Holder, inventory: Holder): Promise<void> {
  stage.print.title('Use it: what is refused, and what the refusal is called')
  const { token_malformed, token_unknown, two } = await credentials(stage, nightly, inventory)
  await stage.request(NO_TOKEN)
  for (const step of [two, token_malformed]) await stage.request(step)
  for (const step of AMBIGUOUS) await stage.request({ by: nightly, ...step })
  await stage.request(token_unknown)
  for (const step of REFUSED) await stage.request({ by: nightly, ...step })
  const elsewhere = await stage.request({
    by: nightly,
    request: 'GET /v1/files/GLOBEX2026',
    expect: '403 resource_not_in_plan',
    why: 'A file of another plan.',
  })
  await stage.request({
    by: nightly,
    request: 'GET /v1/files/NOSUCHFILE',
    expect: '403 resource_not_in_plan',
    sameAs: elsewhere,
    why: 'A file that does not exist gets the same answer to the byte, so that nobody can find out which it is.',
  })
  for (const step of NOT_ALLOWED) await stage.request({ by: nightly, ...step })
  await explain(stage, nightly)
}

const NO_TOKEN: RequestStep = {
  by: 'nobody',
  request: 'GET /v1/files/ABCDEFG123',
  expect: '401 token_missing',
  why: 'Nothing was sent that could be a token.',
}

const AMBIGUOUS: readonly Omit<RequestStep, 'by'>[] = [
  {
    request: 'GET /v1/files/ABCDEFG123%2F..%2FROADMAP2027',
    expect: '400 request_malformed',
    why: 'A path that two programs could read in two ways is read in none.',
  },
]

const REFUSED: readonly Omit<RequestStep, 'by'>[] = [
  {
    request: 'GET /v1/file/ABCDEFG123',
    expect: '403 endpoint_unknown',
    why: 'A slip: it is /v1/files.',
  },
  {
    request: 'GET /v1/me',
    expect: '403 endpoint_not_supported',
    why: 'Known, and closed to plan tokens.',
  },
  {
    request: 'GET /v1/files/ABCDEFG123/comments',
    expect: '403 scope_missing',
    carries: { 'WWW-Authenticate': /scope="file_comments:read"/ },
    why: 'Needs file_comments:read, which was not chosen; the answer says so in WWW-Authenticate.',
  },
]

const NOT_ALLOWED: readonly Omit<RequestStep, 'by'>[] = [
  {
    request: 'GET /v1/files/ROADMAP2027',
    expect: '403 resource_not_allowed',
    why: 'In the plan, beside a listed file, and not listed itself.',
  },
  {
    request: 'GET /v1/teams/300/projects',
    expect: '403 resource_not_allowed',
    why: 'A listed project opens what is below it, never what is above it.',
  },
  {
    request: 'POST /v1/dev_resources',
    body: { dev_resources: [{ file_key: 'ABCDEFG123' }, { file_key: 'ROADMAP2027' }] },
    expect: '403 resource_not_allowed',
    why: 'One of the two files in the body is not covered, so nothing is done for either.',
  },
]

/** Requests whose credential is wrong. */
async function credentials({ organization }: Stage, nightly: Holder, inventory: Holder) {
  const request = 'GET /v1/files/ABCDEFG123'
  const staging = createTokens(organization.directory)
  const { secret } = await staging.create({ ...NIGHTLY, scopes: ['file_content:read'], resources: 'all' })
  return {
    two: {
      by: nightly,
      request,
      headers: { Authorization: `Bearer ${inventory.secret.reveal()}` },
      expect: '400 request_malformed',
      why: 'Two different secrets in two headers: nobody chooses one of them.',
    },
    token_malformed: {
      by: { ...nightly, name: 'mistyped' },
      request,
      headers: { 'X-Figma-Token': mistyped(nightly.secret.reveal()) },
      expect: '401 token_malformed',
      why: 'One character is wrong; the checksum tells, before anything is looked up.',
    },
    token_unknown: {
      by: { name: 'staging', id: '', secret },
      request,
      expect: '401 token_unknown',
      why: 'A well-formed secret, but of another server.',
    },
  } as const satisfies Record<string, RequestStep>
}

/** The secret with another character in its middle. */
function mistyped(secret: string): string {
  const middle = secret.length >> 1
  return `${secret.slice(0, middle)}${secret[middle] === 'x' ? 'y' : 'x'}${secret.slice(middle + 1)}`
}

/** Every rule with its verdict, for whoever is asked why: by the token's id, since support has no secret. */
async function explain(stage: Stage, nightly: Holder): Promise<void> {
  const { tokens, print } = stage
  const { decision, rules } = await stage.call(
    {
      who: ADMIN,
      call: 'explain GET /v1/files/ROADMAP2027',
      gives: {},
      why: 'Every rule in the order in which it is asked, for whoever has to answer a customer:',
    },
    () => tokens.explain({ actor: ADMIN, id: nightly.id, method: 'GET', url: '/v1/files/ROADMAP2027' }),
  )
  print.table(
    rules.map(({ rule, ok, code, reason }) => [ok ? 'yes' : 'NO', rule, code ? `${code}: ${reason}` : reason]),
  )
  stage.check('the decision', 'resource_not_allowed', decision.allowed ? 'allowed' : decision.code)
  stage.check(
    'rules that refuse',
    ['allowlist'],
    rules.flatMap(({ ok, rule }) => (ok ? [] : [rule])),
  )
}
