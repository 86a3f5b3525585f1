/** The types of events, for the filter of the log: what the server takes and what the page offers, in the order in which it does. */
import type { EventType } from '../../core/event.ts'

const TYPES: { readonly [type in EventType]: true } = {
  created: true,
  edited: true,
  refreshed: true,
  self_refreshed: true,
  revoked: true,
  secret_revoked: true,
  requested: true,
  edit_requested: true,
  approved: true,
  declined: true,
  collected: true,
  adopted: true,
  moving: true,
  moved: true,
  leak_reported: true,
  canary_used: true,
  superseded_secret_used: true,
}

/** All of them. */
export const EVENT_TYPES = Object.keys(TYPES) as readonly EventType[]

/** Whether a text is one. */
export const isEventType = (text: string): text is EventType => Object.hasOwn(TYPES, text)
