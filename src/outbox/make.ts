/** Puts a notice together: its head, what its event says, and the token as it is now. */
import { scopesThatCount } from '../core/entitlement.ts'
import { PlanTokenError, type SafeCause } from '../core/errors.ts'
import type { Change, TokenEvent } from '../core/event.ts'
import { grantedScopes, isCanary, statusOf, type TokenRecord } from '../core/token.ts'
import { ask } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import type { Notice, NoticeHead, NoticeToken } from './notice.ts'

/** How many characters of JSON a change may take to be told in full. */
const MOST_OF_CHANGE = 4_000
/** How many characters all of them may take. */
const MOST_OF_CHANGES = 16_000
/** How many scopes of a token are told. */
const MOST_SCOPES = 200

/** @param event the one that the notice is about; absent of what fell due. */
export async function makeNotice(engine: ManagingEngine, head: NoticeHead, event?: TokenEvent): Promise<Notice> {
  const token = await tokenOf(engine, head)
  const { actor, reason, source, url, changes } = event ?? {}
  return {
    ...head,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    ...(source !== undefined && { source }),
    ...(url !== undefined && { url }),
    ...(changes && { changed: Object.keys(changes), changes: smallOf(changes) }),
    ...(token && { token }),
  }
}

function smallOf(changes: { readonly [field: string]: Change }): { readonly [field: string]: Change } {
  let left = MOST_OF_CHANGES
  const small = Object.entries(changes).filter(([, change]) => {
    const size = JSON.stringify(change).length
    const isSmall = size <= Math.min(MOST_OF_CHANGE, left)
    if (isSmall) left -= size
    return isSmall
  })
  return Object.fromEntries(small)
}

async function tokenOf(engine: ManagingEngine, { tokenId: id, planId }: NoticeHead): Promise<NoticeToken | undefined> {
  const record = await ask(engine, 'store.find', () => engine.store.find(id)).catch((error: unknown) => {
    // One that was broken by hand holds up no news.
    if (error instanceof PlanTokenError && (error.cause as SafeCause | undefined)?.code === 'row_unreadable')
      return undefined
    throw error
  })
  // One that has been moved is for the admins of its plan of today to see.
  return record?.id === id && record.planId === planId ? viewOf(engine, record) : undefined
}

function viewOf(engine: ManagingEngine, record: TokenRecord): NoticeToken {
  const { type, name, createdAt, createdBy, expiresAt, resources } = record
  const scopes = grantedScopes(record)
  const entry = engine.types.get(type)
  return {
    ...{ type, name, status: statusOf(record, timeOf(engine)) },
    scopes: (entry ? scopesThatCount(scopes, entry) : scopes).slice(0, MOST_SCOPES),
    // What cannot be read, from a store that does not look, holds up no news.
    resources: resources === 'all' ? 'all' : Array.isArray(resources) ? resources.length : 0,
    ...{ createdAt, createdBy, expiresAt },
    ...(isCanary(record) && { canary: true as const }),
  }
}
