/** Receipts of revocations: where the end stands in the log, and since when no process of the deployment can have accepted the token. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { createCheckpoint, signReceipt, verifyReceipt } from 'plan-access-tokens/audit'
import { operator } from 'plan-access-tokens/operator'
import { describe, expect, it } from 'vitest'
import { ADA, BEN, newWorld as newApprovals } from '../approvals/world.ts'
import { ADMIN, newDirectory, newWorld, POLICY, TOKEN } from '../support/world.ts'

describe('a receipt', () => {
  it('says which event ended the token, and its link', async () => {
    const { tokens, store, make, clock } = newWorld()
    const { id } = await make()
    await make()
    clock.advance(5_000)
    const { token, receipt } = await tokens.revoke({ actor: ADMIN, id, receipt: true, reason: 'lost' })
    const log = await store.events({ limit: 9 })
    expect(token).toMatchObject({ id, status: 'revoked' })
    expect(receipt).toEqual({
      ...{ tokenId: id, planId: '1001', seq: 3, chain: log[2]?.chain, boundMs: 0 },
      ...{ revokedAt: clock.now(), notAcceptedSince: clock.now() },
    })
    expect(log[2]).toMatchObject({ type: 'revoked', tokenId: id, reason: 'lost' })
  })

  it('of a token that was revoked before names the first end, whoever made it and whatever came later', async () => {
    const { tokens, make, clock } = newWorld()
    const one = await make()
    await tokens.revokeSecret({ text: one.secret })
    const at = clock.now()
    for (let i = 0; i < 120; i++) await make()
    clock.advance(60_000)
    const { receipt } = await tokens.revoke({ actor: ADMIN, id: one.id, receipt: true })
    expect(receipt).toMatchObject({ seq: 2, revokedAt: at, notAcceptedSince: clock.now() })
    await operator(tokens).movePlan({ from: '1001', to: '2002', actor: 'ops', reason: 'a merger' })
    const moved = await tokens.revoke({ actor: 'admin-2', id: one.id, receipt: true })
    expect(moved.receipt).toMatchObject({ planId: '2002', seq: 2, revokedAt: at })
  })

  it('of a request that was declined names that event, and not one that declined an edit of a token', async () => {
    const declined = newApprovals()
    const id = await declined.ask()
    await declined.tokens.decline({ actor: BEN, id })
    const first = await declined.tokens.revoke({ actor: ADA, id, receipt: true })
    expect(first.receipt).toMatchObject({ tokenId: id, seq: 2 })

    const edited = newApprovals()
    const made = await edited.make()
    await edited.tokens.edit({ actor: ADA, id: made.id, scopes: ['file_content:read', 'projects:read'] })
    await edited.tokens.decline({ actor: BEN, id: made.id })
    const { receipt } = await edited.tokens.revoke({ actor: ADA, id: made.id, receipt: true })
    const log = await edited.store.events({ limit: 9 })
    expect(log.map(({ type }) => type).slice(-2)).toEqual(['declined', 'revoked'])
    expect(receipt.seq).toBe(log.at(-1)?.seq)
  })

  it('of a token whose end was swept out of the log says that there is no event any more', async () => {
    const { tokens, store, make, clock } = newWorld()
    const { id } = await make()
    await tokens.revoke({ actor: ADMIN, id })
    clock.advance(1_000)
    await make()
    await store.sweep({ before: clock.now(), limit: 9 })
    // The record went too, so the answer is that of a token that is not there.
    await expect(tokens.revoke({ actor: ADMIN, id, receipt: true })).rejects.toMatchObject({ code: 'token_not_found' })
    const kept = { ...store, events: async () => [] }
    const other = createPlanTokens({ policy: POLICY, store: kept, directory: newDirectory(), clock })
    const made = await other.create(TOKEN)
    const { receipt } = await other.revoke({ actor: ADMIN, id: made.token.id, receipt: true })
    expect(receipt.seq).toBeNull()
    expect(receipt).not.toHaveProperty('chain')
  })

  it('is given once no process accepts the token, and says how long was waited', async () => {
    const store = memoryStore()
    const slow = newWorld({ store, freshnessMs: 200 })
    const { id, secret } = await slow.make()
    expect(await slow.ask(secret)).toBe('allowed')
    const clock = { now: () => Date.now() }
    const tokens = createPlanTokens({ policy: POLICY, store, directory: newDirectory(), clock })
    const before = Date.now()
    const { receipt } = await tokens.revoke({ actor: ADMIN, id, receipt: true })
    expect(receipt.boundMs).toBe(200)
    expect(receipt.notAcceptedSince).toBeGreaterThanOrEqual(before + 200)
    await slow.tokens.close()
  })

  it.each(['ES256', 'EdDSA'] as const)(
    'is signed by a key of the host with %s, and nobody else can write one',
    async (alg) => {
      const algorithm = alg === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' }
      const pair = async () =>
        (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as CryptoKeyPair
      const [own, other] = [await pair(), await pair()]
      const { tokens, store, make } = newWorld()
      const { id } = await make()
      const { receipt } = await tokens.revoke({ actor: ADMIN, id, receipt: true })
      const line = await signReceipt({ receipt, key: own.privateKey })
      expect(await verifyReceipt({ line: `${line}\n`, key: [other.publicKey, own.publicKey] })).toEqual({
        ok: true,
        receipt,
      })
      const refused = async (text: string, key = own.publicKey) => {
        const verified = await verifyReceipt({ line: text, key })
        return verified.ok ? 'ok' : verified.code
      }
      expect(await refused(line, other.publicKey)).toBe('unproved')
      const [head, , signature] = line.split('.')
      const forged = btoa(JSON.stringify({ v: 1, ...receipt, tokenId: 'other' })).replaceAll('=', '')
      expect(await refused(`${head}.${forged.replaceAll('+', '-').replaceAll('/', '_')}.${signature}`)).toBe('unproved')
      const checkpoint = await createCheckpoint({ store, key: own.privateKey })
      for (const text of ['', 'a.b.c', `${line}.x`, checkpoint, line.slice(0, -3)])
        expect(await refused(text)).not.toBe('ok')
      expect(await refused(checkpoint)).toBe('unreadable')
      for (const wrong of [{ seq: 'x' }, { seq: 0 }, { seq: -1 }, { boundMs: -1 }, { chain: 'x' }, { revokedAt: null }])
        await expect(signReceipt({ receipt: { ...receipt, ...wrong } as never, key: own.privateKey })).rejects.toThrow(
          'receipt: must be what revoke() gave',
        )
      for (const none of [undefined, [line], Object.create(null)])
        expect(await verifyReceipt({ line: none as never, key: own.publicKey })).toEqual({
          ok: false,
          code: 'unreadable',
        })
      await expect(verifyReceipt({ line, key: own.privateKey })).rejects.toThrow(/^verifyReceipt\(\).*public key/s)
    },
  )

  it('is for who may revoke alone, and only where it is asked for', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    await expect(tokens.revoke({ actor: 'admin-2', id, receipt: true })).rejects.toMatchObject({
      code: 'token_not_found',
    })
    await expect(tokens.revoke({ actor: ADMIN, id, receipt: 'yes' } as never)).rejects.toMatchObject({
      code: 'invalid_input',
    })
    expect(await tokens.revoke({ actor: ADMIN, id })).not.toHaveProperty('receipt')
    expect(await tokens.revoke({ actor: ADMIN, id, receipt: false } as never)).not.toHaveProperty('receipt')
  })

  it('that is signed names its deployment where one key signs for several', async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])
    const { tokens, make } = newWorld()
    const { id } = await make()
    const { receipt } = await tokens.revoke({ actor: ADMIN, id, receipt: true })
    const issuer = 'https://api.example.com'
    const line = await signReceipt({ receipt, key: privateKey, issuer })
    expect(await verifyReceipt({ line, key: publicKey })).toEqual({ ok: true, receipt, issuer })
    expect(await verifyReceipt({ line, key: publicKey, issuer })).toEqual({ ok: true, receipt, issuer })
    const other = { ok: false, code: 'other_issuer' }
    expect(await verifyReceipt({ line, key: publicKey, issuer: 'https://staging.example.com' })).toEqual(other)
    const unnamed = await signReceipt({ receipt, key: privateKey })
    expect(await verifyReceipt({ line: unnamed, key: publicKey, issuer })).toEqual(other)
    await expect(signReceipt({ receipt, key: privateKey, issuer: '' })).rejects.toThrow('issuer: ')
    await expect(verifyReceipt({ line, keys: publicKey } as never)).rejects.toThrow('Did you mean "key"')
  })
})
