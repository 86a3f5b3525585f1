/** A token as it is given out: without what finds its secrets, and with what an admin would be warned of. */
import { deepFreeze, frozenCopy } from './freeze.ts'
import { isObject } from './objects.ts'
import type { LinkedResource } from './resources.ts'
import {
  isCanary,
  latestOf,
  proposalOf,
  type RecordDetails,
  type SecretRecord,
  statusOf,
  type TokenRecord,
  type TokenStatus,
} from './token.ts'

/** One secret as it is shown: when it was issued and until when it works, nothing else. */
export interface SecretView {
  readonly issuedAt: number
  /** `null`: as long as the token. */
  readonly worksUntil: number | null
  /** To a minute, `null` if never; absent where the store keeps no uses, and in decisions. */
  readonly lastUsedAt?: number | null
  /** When it was first reported as leaked, if it went on working; absent of every other. */
  readonly leakedAt?: number
}

/**
 * Something about a token that its owner should know. Of its scopes: one is deprecated; the policy has it no more; or it has it and
 * does not grant it to this type. The last two do not count. Of its lifetime: a refresh gives `lifetimeDays` and no more, since
 * that is the policy's limit now.
 */
export type TokenWarning =
  | { readonly code: 'scope_deprecated' | 'scope_unknown' | 'scope_not_grantable'; readonly scope: string }
  | { readonly code: 'lifetime_shortened'; readonly lifetimeDays: number }
  | RulesWarning

/** A token that is refused until it is refreshed, since it has outlived a rule of its plan. */
export interface RulesWarning {
  readonly code: 'lifetime_exceeded' | 'token_idle'
}

/** A token as it is given out. Never holds a digest. Frozen. */
export interface Token extends RecordDetails {
  readonly id: string
  readonly planId: string
  readonly type: string
  readonly name: string
  readonly description: string
  /** Those that count by the policy of today; what became of others is in `warnings`. */
  readonly scopes: readonly string[]
  readonly resources: 'all' | readonly LinkedResource[]
  readonly status: TokenStatus
  readonly createdAt: number
  readonly createdBy: string
  readonly lifetimeDays: number
  readonly expiresAt: number
  readonly revokedAt: number | null
  readonly revokedBy: string | null
  readonly version: number
  readonly secrets: readonly SecretView[]
  /** Whether its newest secret is a key from before; the first refresh makes it one of ours. */
  readonly legacy: boolean
  readonly warnings: readonly TokenWarning[]
  /** To a minute, `null` if never; absent where the store keeps no uses, and in decisions. */
  readonly lastUsedAt?: number | null
}

/**
 * The token as it is given out at a moment: without digests and idempotency keys, a frozen copy. What counts of its scopes, and its
 * warnings, come from core/entitlement.ts; `uses` are by digest.
 */
export function viewOf(
  record: TokenRecord,
  now: number,
  { scopes: held, warnings }: Pick<Token, 'scopes' | 'warnings'>,
  uses?: ReadonlyMap<string, number>,
): Token {
  const { id, planId, type, name, description, resources, createdAt, createdBy, lifetimeDays } = record
  const { expiresAt, revokedAt, revokedBy, version, metadata, contact } = record
  const scopes = Object.isFrozen(held) ? held : held.slice()
  const kept = objectsOf<SecretRecord>(record.secrets)
  const secrets = kept.map(
    ({ digest, issuedAt, worksUntil, leak }): SecretView => ({
      issuedAt,
      worksUntil,
      ...(leak && { leakedAt: leak.at }),
      ...(uses && { lastUsedAt: uses.get(digest) ?? null }),
    }),
  )
  const used = secrets.flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
  const proposal = proposalOf(record, now)
  return deepFreeze({
    id,
    planId,
    type,
    name,
    description,
    scopes,
    resources:
      resources === 'all'
        ? 'all'
        : objectsOf<LinkedResource>(resources).map(({ kind, id, link }) => ({ kind, id, link })),
    status: statusOf(record, now),
    createdAt,
    createdBy,
    lifetimeDays,
    expiresAt,
    revokedAt,
    revokedBy,
    version,
    secrets,
    legacy: kept.at(-1)?.legacy !== undefined,
    warnings,
    ...(metadata && { metadata: { ...metadata } }),
    ...(contact !== undefined && { contact }),
    ...(isCanary(record) && { canary: true as const }),
    ...(record.addresses !== undefined && { addresses: textsOf(record.addresses) }),
    ...(record.request !== undefined && { request: frozenCopy(record.request) }),
    ...(proposal && { proposal: frozenCopy(proposal) }),
    ...(record.selfRenewal !== undefined && { selfRenewal: { ...record.selfRenewal } }),
    ...(uses && { lastUsedAt: latestOf(used) ?? null }),
  })
}

/** The entries of a list that are text. */
function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : []
}

/** The entries of a list that are objects; what cannot be read is not shown. */
function objectsOf<T>(list: unknown): readonly T[] {
  return Array.isArray(list) ? (list.filter(isObject) as T[]) : []
}
