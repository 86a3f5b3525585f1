/** Requests with a secret, and expectations that say what happened instead. */
import type { Decision, RefusalCode } from 'plan-access-tokens'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { notesApi, reading } from './notes.ts'

const { tokens, directory } = notesApi()
let secret: Awaited<ReturnType<typeof tokens.create>>['secret']
let text: string
beforeAll(async () => {
  secret = (await tokens.create(reading)).secret
  text = secret.reveal()
})

describe('requestWith', () => {
  it('is a method and a target with the secret as a bearer token', () => {
    expect(requestWith(secret, 'GET /notes/A?x=1%202')).toEqual({
      method: 'GET',
      url: '/notes/A?x=1%202',
      headers: { authorization: `Bearer ${text}` },
    })
  })

  it('takes the secret as a Secret or as its text, and any text as one', async () => {
    expect(requestWith(text, 'GET /notes/A')).toEqual(requestWith(secret, 'GET /notes/A'))
    expectDenied(await tokens.authorize(requestWith('nonsense', 'GET /notes/A')), 'token_malformed')
  })

  it('puts the secret alone into a header of the policy', async () => {
    const request = requestWith(secret, 'GET /notes/A', { header: 'X-Note-Key' })
    expect(request.headers).toEqual({ 'X-Note-Key': text })
    expectAllowed(await tokens.authorize(request))
  })

  it('says "Bearer" in Authorization, however that is spelt', async () => {
    const request = requestWith(secret, 'GET /notes/A', { header: 'Authorization' })
    expect(request.headers).toEqual({ Authorization: `Bearer ${text}` })
    expectAllowed(await tokens.authorize(request))
  })

  it('adds further headers, which cannot take the place of the secret', () => {
    const headers = { 'x-trace': '7', authorization: 'Bearer other' }
    expect(requestWith(secret, 'GET /notes/A', { headers }).headers).toEqual({
      'x-trace': '7',
      authorization: `Bearer ${text}`,
    })
  })

  it('carries a body as a value or as its text, and has none where none is given', async () => {
    for (const body of [{ folder: '1' }, '{"folder":"1"}'])
      expectAllowed(await tokens.authorize(requestWith(secret, 'POST /notes', { body })))
    expect(requestWith(secret, 'POST /notes', { body: null })).toHaveProperty('body', null)
    expect(requestWith(secret, 'POST /notes')).not.toHaveProperty('body')
    expect(requestWith(secret, 'POST /notes', { body: undefined })).not.toHaveProperty('body')
  })

  it('hands the target on as it is, so that wrong ones can be tested', async () => {
    expect(requestWith(secret, 'GET /notes//A b').url).toBe('/notes//A b')
    for (const line of ['GET /notes//A', 'GET /notes/A/', 'GET //evil.test/notes/A', 'GET notes/A', 'GET '])
      expectDenied(await tokens.authorize(requestWith(secret, line)), 'request_malformed')
  })

  it.each(['GET', '', ' /notes/A', '/notes/A'])('takes no line %j, and says what one is', (line) => {
    expect(() => requestWith(secret, line)).toThrow(
      new TypeError('A request line is a method, a space and a path, such as "GET /v1/files/ABC".'),
    )
  })
})

describe('expectAllowed', () => {
  it('gives the allowance back', async () => {
    const allowance = expectAllowed(await tokens.authorize(requestWith(secret, 'GET /notes/A')))
    expect(allowance).toMatchObject({ endpoint: { route: 'GET /notes/{id}' }, params: { id: 'A' } })
  })

  it('fails with the code and the sentence of the refusal', async () => {
    const decision = await tokens.authorize(requestWith(secret, 'PUT /notes/A'))
    expect(() => expectAllowed(decision)).toThrow(
      /^Expected the request to be allowed, but it was denied with scope_missing: .+ It takes note:write\.$/,
    )
  })
})

describe('expectDenied', () => {
  const ask = (line: string): Promise<Decision> => tokens.authorize(requestWith(secret, line))

  it('gives the refusal back', async () => {
    expect(expectDenied(await ask('PUT /notes/A'), 'scope_missing')).toMatchObject({
      status: 403,
      scopes: ['note:write'],
    })
    expect(expectDenied(await ask('GET /notes/B'), 'resource_not_in_plan').status).toBe(403)
  })

  it('fails with the route of a request that was allowed', async () => {
    const decision = await ask('GET /notes/A')
    expect(() => expectDenied(decision, 'scope_missing')).toThrow(
      'Expected the request to be denied with scope_missing, but it was allowed (GET /notes/{id})',
    )
  })

  it('fails for another code, with that code and its sentence', async () => {
    directory.setPlan('acme', { suspended: true })
    const decision = await ask('GET /notes/A')
    directory.setPlan('acme', { suspended: false })
    for (const code of ['scope_missing', 'token_revoked', 'unavailable'] satisfies RefusalCode[])
      expect(() => expectDenied(decision, code)).toThrow(
        new RegExp(
          `^Expected the request to be denied with ${code}, but it was denied with plan_not_eligible: The plan .+\\.$`,
        ),
      )
  })

  it('never shows the secret', async () => {
    for (const line of ['GET /notes/A', 'PUT /notes/A', `GET /notes/${text}`]) {
      const decision = await ask(line)
      const attempt = () => (decision.allowed ? expectDenied(decision, 'token_expired') : expectAllowed(decision))
      expect(attempt).toThrow(/^(?!.*note_\w{10})/s)
    }
  })
})
