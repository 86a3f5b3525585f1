/** Engines that each break one promise of the page, for the proof that the walks would notice. */
import type { NewEvent, RevokeWithReceiptInput, TokenEvent, TokenRecord, TokenStore } from 'plan-access-tokens'
import { definePolicy, type PlanTokenError } from 'plan-access-tokens'
import type { TestDirectory } from 'plan-access-tokens/testing'
import { RENEWING } from '../self-renewal/policy.ts'
import { DAY } from './page-model.ts'
import { newEngine, type Walked } from './world.ts'

/** An engine whose store changes a record as it is written. */
const writes =
  (change: (record: TokenRecord, before: TokenRecord | undefined, event: NewEvent) => TokenRecord): (() => Walked) =>
  () =>
    newEngine({
      store: (store) => ({
        ...store,
        commit: async (record, event) => store.commit(change(record, await store.find(record.id), event), event),
      }),
    })

/** An engine whose store changes a record as it is looked up for a request. */
const reads =
  (change: (record: TokenRecord, digest: string) => TokenRecord): (() => Walked) =>
  () =>
    newEngine({
      store: (store): TokenStore => ({
        ...store,
        async findByDigest(digest) {
          const record = await store.findByDigest(digest)
          return record && change(record, digest)
        },
      }),
    })

/** An engine some of whose calls do something else. */
const calls =
  (change: (walked: Walked) => Partial<Walked['tokens']>): (() => Walked) =>
  () => {
    const walked = newEngine()
    return { ...walked, tokens: { ...walked.tokens, ...change(walked) } }
  }

const places =
  (change: (directory: TestDirectory) => Partial<TestDirectory>): (() => Walked) =>
  () =>
    newEngine({ directory: (directory) => ({ ...directory, ...change(directory) }) })

const limits =
  (changed: object): (() => Walked) =>
  () => {
    const { data } = RENEWING
    return newEngine({ policy: definePolicy({ ...data, limits: { ...data.limits, ...changed } }) })
  }

/** An engine whose whole log somebody has changed; what is asked of one plan or token is as it was. */
const logs =
  (change: (log: readonly TokenEvent[]) => readonly TokenEvent[]): (() => Walked) =>
  () =>
    newEngine({
      store: (store) => ({
        ...store,
        async events(query) {
          const page = await store.events(query)
          return query.planId === undefined && query.tokenId === undefined ? [...change(page)] : page
        },
      }),
    })

const isRefresh = ({ type }: NewEvent): boolean => type === 'refreshed'
const isRenewal = ({ type }: NewEvent): boolean => type === 'self_refreshed'

/** The other of two admins. */
const other = (by: unknown): string => (by === 'admin-1' ? 'admin-2' : 'admin-1')

export const WRONG_ENGINES: { readonly [mistake: string]: () => Walked } = {
  'loses the addresses of a token at a refresh': writes(({ addresses, ...record }, _, event) =>
    isRefresh(event) || !addresses ? record : { ...record, addresses },
  ),
  'takes a token from anywhere': reads(({ addresses: _, ...record }) => record),
  'renews a token for longer than it may': writes((record, before, event) =>
    isRenewal(event) && record.expiresAt !== before!.expiresAt
      ? { ...record, expiresAt: event.at + record.lifetimeDays * DAY }
      : record,
  ),
  'lets a token go on for a year from its own renewal': writes((record, _, event) =>
    isRenewal(event) ? { ...record, selfRenewal: { until: event.at + 365 * DAY } } : record,
  ),
  'renews a millisecond too early': reads((record) => ({
    ...record,
    secrets: record.secrets.map((secret) => ({ ...secret, issuedAt: secret.issuedAt - 2 })),
  })),
  'renews a token that nobody allowed it': reads((record) => ({
    ...record,
    selfRenewal: record.selfRenewal ?? { until: Number.MAX_SAFE_INTEGER },
  })),
  'takes the end of a term for none': reads((record) =>
    record.selfRenewal ? { ...record, selfRenewal: { until: Number.MAX_SAFE_INTEGER } } : record,
  ),
  'takes every key of a renewal for another one': calls(({ tokens }) => {
    let count = 0
    return { renew: (asked, options) => tokens.renew(asked, { ...options, idempotencyKey: `key-of-${count++}` }) }
  }),
  'gives a lost answer again after its secret was used': () =>
    newEngine({ store: (store) => ({ ...store, lastUse: async () => [] }) }),
  'keeps no line of a secret that was replaced': calls(({ tokens }) => ({
    async events(input) {
      const { events } = await tokens.events(input)
      return { events: events.filter(({ type }) => type !== 'superseded_secret_used') }
    },
  })),
  'cuts the first grace short at the second refresh': writes((record, _, event) => ({
    ...record,
    secrets: record.secrets.map((secret, i, all) =>
      isRefresh(event) && i < all.length - 2
        ? { ...secret, worksUntil: Math.min(secret.worksUntil!, event.at) }
        : secret,
    ),
  })),
  'prolongs the first grace at the second refresh': writes((record, _, event) => ({
    ...record,
    secrets: record.secrets.map((secret) =>
      isRefresh(event) && secret.worksUntil! > event.at ? { ...secret, worksUntil: event.at + DAY } : secret,
    ),
  })),
  'ends the previous secret with the old expiry': writes((record, before, event) => ({
    ...record,
    secrets: record.secrets.map((secret) =>
      isRefresh(event) && secret.worksUntil! > 0
        ? { ...secret, worksUntil: Math.min(secret.worksUntil!, before!.expiresAt) }
        : secret,
    ),
  })),
  'adds the lifetime to the old expiry': writes((record, before, event) =>
    isRefresh(event) && record.expiresAt !== before!.expiresAt
      ? { ...record, expiresAt: before!.expiresAt + record.lifetimeDays * DAY }
      : record,
  ),
  'moves the expiry when a key is repeated': writes((record, before, event) =>
    isRefresh(event) && record.expiresAt === before!.expiresAt
      ? { ...record, expiresAt: event.at + record.lifetimeDays * DAY }
      : record,
  ),
  'forgets old secrets when it revokes': reads((record, digest) =>
    record.secrets.at(-1)?.digest === digest ? record : { ...record, revokedAt: null },
  ),
  'lets a revoked token expire first': reads((record) =>
    record.revokedAt === null ? record : { ...record, revokedAt: null, expiresAt: 0 },
  ),
  'expires a millisecond too late': reads((record) => ({ ...record, expiresAt: record.expiresAt + 1 })),
  'expires a millisecond too early': reads((record) => ({ ...record, expiresAt: record.expiresAt - 1 })),
  'retires a secret a millisecond too late': reads((record) => ({
    ...record,
    secrets: record.secrets.map((secret) =>
      secret.worksUntil ? { ...secret, worksUntil: secret.worksUntil + 1 } : secret,
    ),
  })),
  'forgets retired secrets': reads((record, digest) => ({
    ...record,
    secrets: record.secrets.filter((secret) => secret.digest !== digest || secret.worksUntil === null),
  })),
  'takes what is above a listed resource for listed': reads((record) =>
    record.resources === 'all' || !record.resources.some(({ id }) => id === '123')
      ? record
      : { ...record, resources: [...record.resources, { kind: 'team', id: '456', link: '' }] },
  ),
  'leaves the newest secret alive when all are to be retired': calls(({ tokens }) => ({
    refresh: ({ retirePrevious: _, ...input }) => tokens.refresh(input),
  })),
  'edits what has expired': calls(({ tokens }) => ({
    edit: (input) =>
      tokens.edit(input).catch(async (error: PlanTokenError) => {
        const token = await tokens.get({ actor: input.actor, id: input.id })
        if (error.code === 'token_not_active' && token.status === 'expired') return token
        throw error
      }),
  })),
  'ends the whole token for an old secret': calls(({ tokens }) => ({
    async revokeSecret(input) {
      const done = await tokens.revokeSecret(input)
      return done.token ? { revoked: true, token: await tokens.revoke({ actor: 'admin-1', id: done.token.id }) } : done
    },
  })),
  'takes every session for a strong one': calls(({ tokens, clock }) => ({
    refresh: (input) => tokens.refresh({ ...input, actor: { id: String(input.actor), authTime: clock.now() } }),
  })),
  'lets whoever asked approve it': calls(({ tokens }) => ({
    approve: (input) =>
      tokens.approve(input).catch((error: PlanTokenError) => {
        if (error.code !== 'own_request') throw error
        return tokens.approve({ ...input, actor: other(input.actor) })
      }),
  })),
  'gives out a secret that nobody has approved': calls(({ tokens }) => ({
    collect: (input) =>
      tokens.collect(input).catch(async (error: PlanTokenError) => {
        if (error.code !== 'token_is_pending') throw error
        await tokens.approve({ id: input.id, actor: other(input.actor) })
        return tokens.collect(input)
      }),
  })),
  'gives out a secret to whoever has approved it': calls(({ tokens }) => ({
    collect: (input) =>
      tokens.collect(input).catch((error: PlanTokenError) => {
        if (error.code !== 'not_requester') throw error
        return tokens.collect({ ...input, actor: other(input.actor) })
      }),
  })),
  'widens a token at once': calls(({ tokens }) => ({
    async edit(input) {
      const token = await tokens.edit(input)
      return token.proposal ? tokens.approve({ id: token.id, actor: other(input.actor) }) : token
    },
  })),
  'keeps an approval when something else is asked for': writes((record, before, event) =>
    event.type === 'edited' && record.request && before?.request
      ? { ...record, request: before.request, expiresAt: before.expiresAt }
      : record,
  ),
  'lets an approved token wait for eight days': writes((record, _, event) =>
    event.type === 'approved' && record.request ? { ...record, expiresAt: record.expiresAt + DAY } : record,
  ),
  'counts a lifetime from the day on which it was asked for': writes((record, before, event) =>
    event.type === 'collected' && before?.request && before.request.expiresAt === undefined
      ? { ...record, expiresAt: before.request.at + record.lifetimeDays * DAY }
      : record,
  ),
  'keeps an edit that waits when another one goes through': writes((record, before, event) =>
    event.type === 'edited' && before?.proposal ? { ...record, proposal: before.proposal } : record,
  ),
  'never lets an edit lapse': writes((record) =>
    record.proposal ? { ...record, proposal: { ...record.proposal, at: record.proposal.at + 365 * DAY } } : record,
  ),
  'lists what waits among what is active': calls(({ tokens }) => ({
    async list(input) {
      const page = await tokens.list(input)
      if (input.status !== 'active') return page
      const { tokens: waiting } = await tokens.list({ ...input, status: 'pending' })
      return { tokens: [...page.tokens, ...waiting] }
    },
  })),
  'takes a repeated key for a new call': calls(({ tokens }) => ({
    create: ({ idempotencyKey: _, ...input }) => tokens.create(input),
  })),
  'takes every key for the same one': calls(({ tokens }) => ({
    refresh: (input) => tokens.refresh({ ...input, ...(input.idempotencyKey && { idempotencyKey: 'key' }) }),
  })),
  'counts a request of no secret that works as a use': calls(({ tokens }) => ({
    async usage(input) {
      const found = await tokens.usage(input)
      return { ...found, days: found.days.map((day) => ({ ...day, allowed: day.allowed + day.refused })) }
    },
  })),
  'takes the resource of a request for the entry of the list that it is under': places((directory) => ({
    locate(ref) {
      const place = directory.locate(ref)
      return place && { ...place, ancestors: [...place.ancestors].reverse() }
    },
  })),
  'keeps no line of an edit': calls(({ tokens }) => ({
    async events(input) {
      const { events } = await tokens.events(input)
      return { events: events.filter(({ type }) => type !== 'edited') }
    },
  })),
  'loses a line of the log': logs((log) => log.filter(({ type }) => type !== 'refreshed')),
  'lets somebody write a line anew': logs((log) =>
    log.map((event) => (event.type === 'revoked' ? { ...event, at: event.at - 1 } : event)),
  ),
  'begins the chain anew with each token': logs((log) =>
    log.map((event) => (event.type === 'created' ? { ...event, chain: '0'.repeat(64) } : event)),
  ),
  'gives a receipt of another moment': calls(({ tokens }) => ({
    revoke: (async (input: RevokeWithReceiptInput) => {
      const { receipt, ...ended } = await tokens.revoke(input)
      return { ...ended, receipt: { ...receipt, seq: receipt.seq && receipt.seq - 1 } }
    }) as Walked['tokens']['revoke'],
  })),
  'previews the time that is left': calls(({ tokens }) => ({
    async previewRefresh(input) {
      const { expiresAt } = await tokens.get(input)
      return { ...(await tokens.previewRefresh(input)), expiresAt }
    },
  })),
  'remembers where a resource was': places((directory) => {
    const known = new Map<string, ReturnType<TestDirectory['locate']>>()
    return {
      locate(ref) {
        const key = `${ref.kind}:${ref.id}`
        if (!known.has(key)) known.set(key, directory.locate(ref))
        return known.get(key)
      },
    }
  }),
  'overlooks that a plan is suspended': places((directory) => ({
    plan: (id) => ({ ...directory.plan(id)!, suspended: false }),
  })),
  'lets an eleventh secret live': limits({ liveSecrets: 11 }),
  'lets no tenth secret live': limits({ liveSecrets: 9 }),
  'retires a secret after 23 hours': limits({ graceHours: 23 }),
}
