/** What an admin reads and edits one by one: `get` and `edit`, who may, when, and what the audit log says of it. */
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newWorld, START, type Wish } from '../support/world.ts'

describe('get', () => {
  it('gives the token with its dates and status, and never a digest or a key', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make({
      description: 'For the archive',
      scopes: ['file_content:read', 'files:read'],
      idempotencyKey: 'key',
    })
    const token = await tokens.get({ actor: ADMIN, id })
    expect(token).toEqual({
      ...{ id, planId: '1001', type: 'rest', name: 'Nightly export', description: 'For the archive', status: 'active' },
      ...{ scopes: ['file_content:read', 'files:read'], resources: 'all', lifetimeDays: 30, version: 1 },
      ...{ createdAt: START, createdBy: ADMIN, expiresAt: START + 30 * DAY, revokedAt: null, revokedBy: null },
      secrets: [{ issuedAt: START, worksUntil: null, lastUsedAt: null }],
      legacy: false,
      warnings: [{ code: 'scope_deprecated', scope: 'files:read' }],
      lastUsedAt: null,
    })
    expect(Object.isFrozen(token)).toBe(true)
    expect(JSON.stringify(token)).not.toMatch(/[0-9a-f]{64}/)
  })

  it('tells the status by the clock, to the millisecond', async () => {
    const { tokens, make, clock } = newWorld()
    const { id } = await make({ lifetimeDays: 1 })
    clock.advance(DAY - 1)
    expect((await tokens.get({ actor: ADMIN, id })).status).toBe('active')
    clock.advance(1)
    expect((await tokens.get({ actor: ADMIN, id })).status).toBe('expired')
    await tokens.revoke({ actor: ADMIN, id })
    expect((await tokens.get({ actor: ADMIN, id })).status).toBe('revoked')
  })

  it("answers another plan's admin as if there were no such token, in every call", async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    for (const call of [tokens.get, tokens.previewRefresh, tokens.refresh, tokens.revoke]) {
      const foreign = await errorOf(call({ actor: 'admin-2', id }))
      const absent = await errorOf(call({ actor: ADMIN, id: 'nowhere' }))
      expect([foreign.code, foreign.status, foreign.message]).toEqual([absent.code, absent.status, absent.message])
      expect(foreign.code).toBe('token_not_found')
    }
    expect(await codeOf(tokens.edit({ actor: 'admin-2', id, name: 'Mine' }))).toBe('token_not_found')
  })

  it('takes nothing but exactly true for an admin', async () => {
    for (const answer of ['yes', 1, {}, undefined, null]) {
      const { tokens, make, directory } = newWorld()
      const { id } = await make()
      directory.isPlanAdmin = () => answer as never
      expect(await codeOf(tokens.get({ actor: ADMIN, id }))).toBe('token_not_found')
      expect(await codeOf(tokens.list({ actor: ADMIN, planId: '1001' }))).toBe('not_plan_admin')
    }
  })

  it.each([undefined, null, 'text', {}, { id: 'other' }, { id: '', planId: 7, version: 1, secrets: [] }])(
    'takes what a store gives for no token unless it is the record with that id: %j',
    async (answer) => {
      const { tokens } = newWorld({ port: (store) => ({ ...store, find: async () => answer as never }) })
      expect(await codeOf(tokens.get({ actor: ADMIN, id: 'other' }))).toBe('token_not_found')
    },
  )

  it('reads and revokes, and nothing else, while the plan is not eligible', async () => {
    const { tokens, make, directory } = newWorld()
    const { id } = await make()
    for (const change of [{ tier: 'starter' }, { tier: 'enterprise', suspended: true }]) {
      directory.setPlan('1001', change)
      const it_ = { actor: ADMIN, id }
      expect(await codeOf(tokens.edit({ ...it_, name: 'Other' }))).toBe('plan_not_eligible')
      expect(await codeOf(tokens.refresh(it_))).toBe('plan_not_eligible')
      expect(await codeOf(tokens.previewRefresh(it_))).toBe('plan_not_eligible')
      expect(await codeOf(make())).toBe('plan_not_eligible')
      expect((await tokens.get(it_)).status).toBe('active')
      expect((await tokens.list({ actor: ADMIN, planId: '1001' })).tokens).toHaveLength(1)
      expect((await tokens.events({ actor: ADMIN, planId: '1001' })).events).toHaveLength(1)
    }
    expect((await tokens.revoke({ actor: ADMIN, id })).status).toBe('revoked')
  })
})

describe('edit', () => {
  it('changes name, description, scopes and resources, and the next request is judged by them', async () => {
    const { tokens, make, ask } = newWorld()
    const { id, secret } = await make()
    const link = 'https://figma.com/files/1001/project/124'
    const token = await tokens.edit({
      actor: ADMIN,
      id,
      name: '  Other ',
      description: 'New',
      scopes: ['file_comments:read'],
      resources: [link],
    })
    expect(token).toMatchObject({ name: 'Other', description: 'New', scopes: ['file_comments:read'], version: 2 })
    expect(token.resources).toEqual([{ kind: 'project', id: '124', link }])
    expect(await ask(secret)).toBe('scope_missing')
    expect(await ask(secret, 'GET /v1/files/FileA/comments')).toBe('resource_not_allowed')
    expect(await ask(secret, 'GET /v1/files/FileB/comments')).toBe('allowed')
  })

  it('leaves what is not named as it is, dates and secrets above all', async () => {
    const { tokens, make, clock } = newWorld()
    const { id } = await make({ description: 'Kept', resources: ['https://figma.com/design/FileA'] })
    const before = await tokens.get({ actor: ADMIN, id })
    clock.advance(DAY)
    const after = await tokens.edit({
      actor: ADMIN,
      id,
      name: 'Other',
      description: undefined,
      scopes: undefined,
      resources: undefined,
    } as never)
    expect(after).toEqual({ ...before, name: 'Other', version: 2 })
  })

  it('says in the audit log who changed what, with before and after', async () => {
    const { tokens, make, clock } = newWorld()
    const { id } = await make()
    clock.advance(5)
    await tokens.edit({ actor: ADMIN, id, name: 'Other', description: 'New' })
    const { events } = await tokens.events({ actor: ADMIN, planId: '1001', order: 'newest', limit: 1 })
    expect(events).toEqual([
      {
        ...{ v: 1, id: expect.any(String), seq: 2, at: START + 5, type: 'edited', tokenId: id, planId: '1001' },
        ...{ actor: ADMIN, version: 2 },
        changes: {
          name: { before: 'Nightly export', after: 'Other' },
          description: { before: '', after: 'New' },
        },
      },
    ])
  })

  it('writes nothing where nothing would change', async () => {
    const { tokens, make, log } = newWorld()
    const { id } = await make()
    const token = await tokens.edit({
      actor: ADMIN,
      id,
      name: 'Nightly export',
      scopes: ['file_content:read'],
      resources: 'all',
    })
    expect(token.version).toBe(1)
    expect(await log()).toEqual(['created'])
  })

  it('is refused once the token has ended', async () => {
    const { tokens, make, clock } = newWorld()
    const { id } = await make({ lifetimeDays: 1 })
    clock.advance(DAY)
    expect(await codeOf(tokens.edit({ actor: ADMIN, id, name: 'Other' }))).toBe('token_not_active')
    await tokens.revoke({ actor: ADMIN, id })
    const error = await errorOf(tokens.edit({ actor: ADMIN, id, name: 'Other' }))
    expect([error.code, error.status]).toEqual(['token_not_active', 409])
  })

  it('is refused if the token ends while the links are looked up', async () => {
    const { tokens, make, clock, directory, log } = newWorld()
    const { id } = await make({ lifetimeDays: 1 })
    const { locate } = directory
    directory.locate = (ref) => {
      clock.advance(DAY)
      return locate(ref)
    }
    const call = tokens.edit({ actor: ADMIN, id, resources: ['https://figma.com/design/FileA'] })
    expect(await codeOf(call)).toBe('token_not_active')
    expect(await log()).toEqual(['created'])
  })

  it('with the version that it was made from is refused if that is no longer the version', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    await tokens.edit({ actor: ADMIN, id, name: 'First', version: 1 })
    const error = await errorOf(tokens.edit({ actor: ADMIN, id, name: 'Second', version: 1 }))
    expect([error.code, error.status]).toEqual(['version_conflict', 409])
    expect((await tokens.get({ actor: ADMIN, id })).name).toBe('First')
  })

  const MISTAKES: readonly [string, object, readonly string[]][] = [
    ['nothing to change', {}, ['']],
    [
      'a field that is not edited',
      { expiresAt: 5, lifetimeDays: 9, type: 'rest' },
      ['expiresAt', 'lifetimeDays', 'type'],
    ],
    ['null', { name: null, resources: null, scopes: null }, ['name', 'scopes', 'resources']],
    ['no scopes', { scopes: [] }, ['scopes']],
    [
      'several mistakes',
      {
        name: '',
        scopes: ['file_content:raed', 'files:read', 'files:read'],
        resources: ['x', 'https://figma.com/design/FileZ'],
        version: 0,
      },
      ['name', 'version', 'scopes[0]', 'scopes[2]', 'resources[0]', 'resources[1]'],
    ],
    ["another plan's link", { resources: ['https://figma.com/files/2002/project/123'] }, ['resources[0]']],
  ]
  it.each(MISTAKES)('is invalid_input and changes nothing: %s', async (_, change, paths) => {
    const { tokens, make, log } = newWorld()
    const { id } = await make()
    const error = await errorOf(tokens.edit({ actor: ADMIN, id, ...change } as Wish & { actor: string; id: string }))
    expect(error.code).toBe('invalid_input')
    expect(error.issues.map(({ path }) => path).sort()).toEqual([...paths].sort())
    expect(await log()).toEqual(['created'])
  })

  it('without an actor or an id is invalid_input before anybody is asked', async () => {
    const { tokens, directory } = newWorld({
      port: (store) => ({ ...store, find: () => Promise.reject(new Error('asked')) }),
    })
    directory.isPlanAdmin = () => {
      throw new Error('asked')
    }
    for (const input of [{}, { actor: ADMIN }, { id: 'x' }, { actor: ADMIN, id: 5 }, null, [], 'text']) {
      expect(await codeOf(tokens.edit(input as never))).toBe('invalid_input')
    }
  })
})
