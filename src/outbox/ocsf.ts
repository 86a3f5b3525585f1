/**
 * Notices as events of the Open Cybersecurity Schema Framework, for a SIEM: class Account Change (3001) of version 1.8.0, where the
 * token is the account. A pure mapping, checked against the published schema (test/outbox/deliverers.test.ts).
 */
import type { Notice, NoticeType } from './notice.ts'
import { sentenceOf } from './texts.ts'

const VERSION = '1.8.0'
const [CATEGORY, CLASS] = [3, 3001]
/** `99` is another activity, by its name. */
const OTHER = 99
const ACTIVITIES: { readonly [T in NoticeType]?: number } = {
  'token.created': 1,
  'token.adopted': 1,
  // From now on there is a secret.
  'token.collected': 1,
  // A new secret in the place of the one before.
  'token.refreshed': 4,
  'token.self_refreshed': 4,
  'token.expired': 5,
  'token.ended_by_rule': 5,
  'token.revoked': 6,
}
const ACTIVITY_NAMES: { readonly [activity: number]: string } = {
  1: 'Create',
  4: 'Password Reset',
  5: 'Disable',
  6: 'Delete',
}
const SEVERITIES = [
  {
    id: 4,
    name: 'High',
    types: ['secret.leaked', 'secret.leak_reported', 'token.canary_used', 'token.superseded_secret_used'],
  },
  { id: 3, name: 'Medium', types: ['token.old_secret_used'] },
  { id: 2, name: 'Low', types: ['token.expiring', 'token.unused', 'token.ending_by_rule', 'token.ended_by_rule'] },
]

/** Who says it. */
export interface OcsfOptions {
  /** The product that the tokens are of; default `plan-access-tokens`. */
  readonly product?: { readonly name: string; readonly vendor_name?: string; readonly version?: string }
}

/** An event of OCSF, as JSON has it. */
export interface OcsfEvent {
  readonly activity_id: number
  readonly activity_name: string
  readonly category_uid: number
  readonly category_name: string
  readonly class_uid: number
  readonly class_name: string
  readonly type_uid: number
  readonly type_name: string
  readonly severity_id: number
  readonly severity: string
  readonly status_id: number
  readonly status: string
  /** Epoch milliseconds. */
  readonly time: number
  readonly message: string
  readonly metadata: object
  /** The token. */
  readonly user: object
  /** Who did it; absent of what fell due, and where a secret was reported. */
  readonly actor?: object
  /** The notice, for what the schema has no field for. */
  readonly unmapped: object
}

/**
 * A notice as an OCSF event: a pure function.
 *
 * @see https://schema.ocsf.io/1.8.0/classes/account_change
 * @example
 * deliver: (notice, { signal }) => lake.put(JSON.stringify(ocsf(notice)), { signal })
 */
export function ocsf(notice: Notice, { product }: OcsfOptions = {}): OcsfEvent {
  const { id, type, at, planId, tokenId, seq, actor, token } = notice
  const activity = ACTIVITIES[type] ?? OTHER
  const activityName = ACTIVITY_NAMES[activity] ?? type
  const severity = SEVERITIES.find(({ types }) => types.includes(type)) ?? { id: 1, name: 'Informational' }
  return {
    ...{ activity_id: activity, activity_name: activityName },
    ...{ category_uid: CATEGORY, category_name: 'Identity & Access Management' },
    ...{ class_uid: CLASS, class_name: 'Account Change' },
    ...{
      type_uid: CLASS * 100 + activity,
      type_name: `Account Change: ${activity === OTHER ? 'Other' : activityName}`,
    },
    ...{ severity_id: severity.id, severity: severity.name },
    ...{ status_id: 1, status: 'Success' },
    ...{ time: at, message: sentenceOf(notice) },
    metadata: {
      ...{ version: VERSION, uid: id, event_code: type, tenant_uid: planId, log_name: 'plan-access-tokens' },
      ...(seq !== undefined && { sequence: seq }),
      product: product ?? { name: 'plan-access-tokens', vendor_name: 'plan-access-tokens' },
    },
    user: {
      ...{ uid: tokenId, type_id: 4, type: 'Service', org: { uid: planId } },
      ...(token && { name: token.name }),
    },
    ...(typeof actor === 'string' && { actor: { user: { uid: actor } } }),
    unmapped: { notice },
  }
}
