/** What each type of event is called in the filter of the log. */
import type { EventType } from '../../../core/event.ts'
import type { TextKey } from '../../texts/index.ts'

export const TYPE_NAMES: { readonly [type in EventType]: TextKey } = {
  created: 'logCreated',
  edited: 'logEdited',
  refreshed: 'logRefreshed',
  self_refreshed: 'logSelfRefreshed',
  revoked: 'logRevoked',
  secret_revoked: 'logSecretRevoked',
  requested: 'logRequested',
  edit_requested: 'logEditRequested',
  approved: 'logApproved',
  declined: 'logDeclined',
  collected: 'logCollected',
  adopted: 'logAdopted',
  moving: 'logMoving',
  moved: 'logMoved',
  leak_reported: 'logLeakReported',
  canary_used: 'logCanaryUsed',
  superseded_secret_used: 'logSupersededSecretUsed',
}
