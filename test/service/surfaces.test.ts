/** Two policies over one store: Figma's and a small one whose type is `npm`. A token of one type is nothing on the other's surface. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, TOKEN } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

const directory = testDirectory({
  1001: { admins: [ADMIN], resources: { 'project:123': { 'file:FileA': {} }, 'group:7': { 'package:ui': {} } } },
})
const store = memoryStore()
const tokens = createPlanTokens({ policy: [figmaPolicy(), packagesPolicy()], store, directory })
const npm = {
  actor: ADMIN,
  planId: '1001',
  type: 'npm',
  name: 'Build',
  lifetimeDays: 30,
  scopes: ['npm:read'],
} as const
const rest = await tokens.create(TOKEN)
const pack = await tokens.create({ ...npm, resources: ['https://registry.acme.test/g/7'] })
const PACKAGES = { surface: 'packages' }

describe('two surfaces over one store', () => {
  it('each let their own type through', async () => {
    const file = expectAllowed(await tokens.authorize(requestWith(rest.secret, 'GET /v1/files/FileA')))
    expect([file.token.type, file.resources]).toEqual(['rest', [{ kind: 'file', id: 'FileA' }]])
    const ui = expectAllowed(await tokens.authorize(requestWith(pack.secret, 'GET /p/ui'), PACKAGES))
    expect([ui.token.type, ui.resources]).toEqual(['npm', [{ kind: 'package', id: 'ui' }]])
  })

  it('each refuse the other type with token_wrong_type', async () => {
    expectDenied(await tokens.authorize(requestWith(pack.secret, 'GET /v1/files/FileA')), 'token_wrong_type')
    expectDenied(await tokens.authorize(requestWith(rest.secret, 'GET /p/ui'), PACKAGES), 'token_wrong_type')
  })

  it('take the first policy for a request that names no surface, and its name for the same', async () => {
    for (const options of [undefined, {}, { surface: undefined }, { surface: 'figma' }]) {
      expectAllowed(await tokens.authorize(requestWith(rest.secret, 'GET /v1/files/FileA'), options as object))
    }
  })

  it('take their credential from their own places, and their refusals have their own headers', async () => {
    const inHeader = { header: 'x-figma-token' }
    expectAllowed(await tokens.authorize(requestWith(rest.secret, 'GET /v1/files/FileA', inHeader)))
    const missing = expectDenied(
      await tokens.authorize(requestWith(pack.secret, 'GET /p/ui', inHeader), PACKAGES),
      'token_missing',
    )
    expect(missing.headers).toMatchObject({ 'WWW-Authenticate': 'Bearer realm="packages"', Vary: 'Authorization' })
  })

  it('are known by name alone: another name is a mistake of the host, and a TypeError', async () => {
    const request = requestWith(rest.secret, 'GET /v1/files/FileA')
    for (const surface of ['npm', '', '__proto__', 'Figma']) {
      await expect(tokens.authorize(request, { surface })).rejects.toThrow(TypeError)
      await expect(tokens.explain(request, { surface })).rejects.toThrow(TypeError)
      await expect(
        tokens.explain({ actor: ADMIN, id: rest.token.id, method: 'GET', url: '/' }, { surface }),
      ).rejects.toThrow(TypeError)
    }
  })

  it('judge by the type of the record and never by the prefix of the secret', async () => {
    const record = (await store.find(pack.token.id))!
    const event = (await store.events({ limit: 1 }))[0]!
    const other = memoryStore()
    const engine = createPlanTokens({ policy: [figmaPolicy(), packagesPolicy()], store: other, directory })
    await other.commit({ ...record, type: 'rest', version: 1 }, { ...event, version: 1 })
    expectDenied(await engine.authorize(requestWith(pack.secret, 'GET /p/ui'), PACKAGES), 'token_wrong_type')
  })

  it('grant only their own scopes', async () => {
    expect(await codeOf(tokens.create({ ...npm, scopes: ['file_content:read'] as never[], resources: 'all' }))).toBe(
      'invalid_input',
    )
    expect(await codeOf(tokens.create({ ...TOKEN, scopes: ['npm:read'] as never[] }))).toBe('invalid_input')
    expect(await codeOf(tokens.edit({ actor: ADMIN, id: pack.token.id, scopes: ['files:read'] }))).toBe('invalid_input')
    expect(
      await codeOf(tokens.edit({ actor: ADMIN, id: pack.token.id, resources: ['https://figma.com/design/FileA'] })),
    ).toBe('invalid_input')
  })

  it('suggest the type that was meant', async () => {
    for (const [type, meant] of [
      ['rset', 'rest'],
      ['nmp', 'npm'],
    ]) {
      const { issues } = await errorOf(tokens.create({ ...TOKEN, type: type as 'rest' }))
      const { message } = issues.find(({ path }) => path === 'type')!
      expect(message).toContain(`Did you mean "${meant}"?`)
      for (const name of ['rest', 'npm', 'ci']) expect(message).toContain(`"${name}"`)
    }
  })

  it('are listed together, or by type', async () => {
    const of = async (query: object) =>
      (await tokens.list({ actor: ADMIN, planId: '1001', ...query })).tokens.map(({ type }) => type).toSorted()
    expect(await of({})).toEqual(['npm', 'rest'])
    expect(await of({ type: 'npm' })).toEqual(['npm'])
  })

  it('are explained each by its own rules: a question by the type of its token, unless a surface is named', async () => {
    const question = { actor: ADMIN, id: pack.token.id }
    const own = await tokens.explain({ ...question, method: 'GET', url: '/p/ui' })
    expect(own.decision.allowed).toBe(true)
    const foreign = await tokens.explain({ ...question, method: 'GET', url: '/v1/files/FileA' }, { surface: 'figma' })
    expectDenied(foreign.decision, 'token_wrong_type')
    expect(foreign.rules.find(({ rule }) => rule === 'type')?.reason).toContain('npm')
  })

  it('refresh, revoke and inspect without being told which they are', async () => {
    const { token, secret } = await tokens.create({ ...npm, resources: 'all' })
    const { secret: second } = await tokens.refresh({ actor: ADMIN, id: token.id })
    expect(second.reveal()).toMatch(/^acmenpm_/)
    expect((await tokens.inspect({ secret: secret.reveal() })).active).toBe(true)
    expect((await tokens.revokeSecret({ text: second.reveal() })).token?.status).toBe('revoked')
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /p/ui'), PACKAGES), 'token_revoked')
  })
})
