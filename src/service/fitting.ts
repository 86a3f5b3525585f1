/** Whether a token fits what somebody looks for: the filters of an operator and of a revocation of many, judged in one way. */
import { scopesThatCount } from '../core/entitlement.ts'
import { isActive } from '../core/lifecycle.ts'
import { hasWords, type MetadataFilter } from '../core/metadata.ts'
import { grantedScopes, isCanary, statusOf, type TokenRecord, type TokenStatus } from '../core/token.ts'
import type { Engine } from './engine.ts'

/** What a token has to be; what is left out may be anything. */
export interface Fitting extends MetadataFilter {
  /** One of these. */
  readonly ids?: readonly string[]
  readonly type?: string
  readonly status?: TokenStatus
  readonly search?: string
  readonly createdBy?: string
  /** Active, and ending before this moment. */
  readonly expiresBefore?: number
  /** Granted it, or holding it by the policy of today. */
  readonly scope?: string
  readonly canary?: boolean
}

/** Whether a token fits all that is asked, at a moment (epoch milliseconds). */
export function isWanted({ types }: Pick<Engine, 'types'>, record: TokenRecord, wanted: Fitting, now: number): boolean {
  const { ids, type, status, search, createdBy, expiresBefore, scope, canary } = wanted
  return (
    (ids === undefined || ids.includes(record.id)) &&
    (type === undefined || record.type === type) &&
    (status === undefined || statusOf(record, now) === status) &&
    (canary === undefined || isCanary(record) === canary) &&
    (createdBy === undefined || record.createdBy === createdBy) &&
    (scope === undefined || hasScope(types, record, scope)) &&
    (expiresBefore === undefined || (isActive(record, now) && record.expiresAt < expiresBefore)) &&
    (search === undefined || isFound(record, search)) &&
    hasWords(record, wanted)
  )
}

function hasScope(types: Engine['types'], record: TokenRecord, scope: string): boolean {
  const granted = grantedScopes(record)
  return granted.includes(scope) || scopesThatCount(granted, types.get(record.type)).includes(scope)
}

/** As `ListQuery` has it. */
function isFound({ id, name, description }: TokenRecord, search: string): boolean {
  const part = search.toLowerCase()
  return id === search || [name, description].some((text) => text.toLowerCase().includes(part))
}
