/** Mistakes of whoever sends a request: to the management API, and with a token. */

import { createPlanTokens, memoryStore, REFUSALS } from 'plan-access-tokens'
import { adminHandler } from 'plan-access-tokens/admin'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { MALFORMED, type MalformedReason, sentenceOf } from '../../src/core/malformed.ts'
import { requestOf, type Sending, TOKEN } from '../admin/world.ts'
import { newDirectory } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const directory = newDirectory()
const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory, onWarning() {} })
const handler = adminHandler({
  tokens,
  actor: (request) => request.headers.get('x-session') ?? undefined,
  introspection: { client: (request) => request.headers.get('authorization') === 'Basic x' },
  bodyBytes: 2_000,
})
const made = tokens.create({ ...TOKEN, type: 'rest', actor: 'admin-1', planId: '1001', resources: 'all' } as never)

const sent = (entry: string, given: { readonly [name: string]: readonly [line: string, sending?: Sending] }) =>
  mistakesOf(
    entry,
    async ([line, sending]) => {
      const { token, secret } = await made
      const headers = Object.entries(sending?.headers ?? {}).map(([name, value]) => [
        name,
        value.replace('SECRET', secret.reveal()),
      ])
      return handler(requestOf(line.replace('ID', token.id), { ...sending, headers: Object.fromEntries(headers) }))
    },
    given,
  )

const FORM = { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic x' }
const json = JSON.stringify(TOKEN)
const post = (body: unknown, line = 'POST /plans/1001/tokens') => [line, { body }] as const
const created = (change: object) => post({ ...TOKEN, ...change })

const admin = [
  ...sent('admin API', {
    'nobody signed in': ['GET /policies', { as: null }],
    'a plan access token': ['GET /policies', { headers: { authorization: 'Bearer SECRET' } }],
    'another site': ['POST /plans/1001/tokens', { headers: { 'sec-fetch-site': 'cross-site' } }],
    'a path that there is not': ['GET /nothing'],
    'a path or a query in two ways': ['GET //policies'],
    'another method': ['DELETE /policies'],
    'a query where none is taken': ['GET /policies?x=1'],
    'another content type': ['POST /plans/1001/tokens', { headers: { 'content-type': 'text/plain' }, body: json }],
    'a token that there is not': ['GET /tokens/nowhere'],
    'a plan of others': ['GET /plans/2002/tokens'],
    'a version that it is not': ['PATCH /tokens/ID', { headers: { 'if-match': '"7"' }, body: { name: 'x' } }],
    'a version without quotation marks': ['PATCH /tokens/ID', { headers: { 'if-match': '1' }, body: { name: 'x' } }],
    'a key with a comma': ['POST /plans/1001/tokens', { headers: { 'idempotency-key': 'a,b' }, body: TOKEN }],
  }),
  ...sent('admin API, a query', {
    'a limit of 0': ['GET /plans/1001/tokens?limit=0'],
    'a limit twice': ['GET /plans/1001/tokens?limit=5&limit=5'],
    'another status': ['GET /plans/1001/tokens?status=dead'],
    'another order': ['GET /plans/1001/events?order=expiry'],
    'an empty cursor': ['GET /plans/1001/tokens?after='],
    'an actor': ['GET /plans/1001/tokens?actor=admin-2'],
    'a name in capitals': ['GET /plans/1001/tokens?Limit=5'],
  }),
  ...sent('admin API, a body', {
    nothing: post(''),
    'cut off': post(json.slice(0, -1)),
    'a name twice': post(`${json.slice(0, -1)},"name":"x"}`),
    'a byte order mark': post(`\uFEFF${json}`),
    'bytes that are no text': post(Uint8Array.of(0x22, 0xff, 0x22)),
    __proto__: post(`${json.slice(0, -1)},"__proto__":{}}`),
    'half a character': post(`${json.slice(0, -1)},"x":"\\ud800"}`),
    'too long': post(`${json}${' '.repeat(2_000)}`),
    null: post('null'),
    'a type that is a number': created({ type: 7 }),
    'a lifetime as text': created({ lifetimeDays: '30' }),
    'a scope that is a number': created({ scopes: ['a', 2] }),
    'another word for resources': created({ resources: 'some' }),
    'a misspelt field': created({ nmae: 'x' }),
    'an actor': created({ actor: 'admin-2' }),
    'every meaning': created({ type: 'rset', name: ' ', lifetimeDays: 366, scopes: ['x'], resources: ['x'] }),
    'an edit of the lifetime': post({ lifetimeDays: 5 }, 'PATCH /tokens/ID'),
    'a name of null': post({ name: null }, 'PATCH /tokens/ID'),
    'a refresh of another word': post({ retirePrevious: 'never' }, 'POST /tokens/ID/refresh'),
    'a revoke with a field': post({ reason: 'x' }, 'POST /tokens/ID/revoke'),
    'links without a text': post({}, 'POST /links'),
    'links of another surface': post({ text: '', surface: 'x' }, 'POST /links'),
    'a question without an end': post({ id: 'x' }, 'POST /explain'),
    'a question with headers': post({ id: 'x', method: 'GET', url: '/', headers: {} }, 'POST /explain'),
    'a parameter that is a number': post({ id: 'x', route: 'GET /v1/me', params: { a: 1 } }, 'POST /explain'),
  }),
  ...sent('admin API, OAuth', {
    'no client': ['POST /introspect', { as: null, headers: { ...FORM, authorization: 'Basic y' }, body: 'token=x' }],
    'no token': ['POST /introspect', { as: null, headers: FORM, body: 'token=' }],
    'a token twice': ['POST /revoke', { as: null, headers: FORM, body: 'token=a&token=a' }],
    JSON: ['POST /revoke', { as: null, headers: { ...FORM, 'content-type': 'application/json' }, body: '{}' }],
  }),
]

const said = (path: string, message: string) => ({ called: path, told: [{ path: '', message }] })
const refusals = mistakesOf(
  'a refusal of a request',
  ([code, { status, title, help }]: (typeof REFUSED)[number]) => said(`${status} ${code}`, `${title} ${help}`),
  Object.fromEntries(Object.entries(REFUSALS).map((entry) => [entry[0], entry])),
)
const REFUSED = Object.entries(REFUSALS)
const reasons = mistakesOf<MalformedReason>(
  'a request that is malformed',
  (reason) => said(`400 ${reason}`, sentenceOf({ reason, at: 7, source: 'query:file_key' })),
  Object.fromEntries((Object.keys(MALFORMED) as MalformedReason[]).map((reason) => [reason, reason])),
)

export const REQUESTS: readonly Mistake[] = [admin, refusals, reasons].flat()
