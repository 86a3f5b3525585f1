/** `plan-access-tokens/outbox`: news of tokens, sent on at least once and in the order of each plan. */
export {
  type CloudEvent,
  type CloudEventMessage,
  type CloudEventOptions,
  type CloudEventsOptions,
  cloudEvent,
  cloudEvents,
} from './cloud-events.ts'
export type { DeadLetter } from './dead.ts'
export {
  type Attempt,
  type Deliver,
  DeliveryError,
  type DeliveryErrorOptions,
  type DeliveryFailure,
} from './deliver.ts'
export { type Mail, type MailOptions, mail } from './mail.ts'
export type { Notice, NoticeHead, NoticeToken, NoticeType } from './notice.ts'
export { type OcsfEvent, type OcsfOptions, ocsf } from './ocsf.ts'
export type { OutboxOptions, Outcome } from './options.ts'
export { createOutbox, type Outbox, type RunResult } from './outbox.ts'
export type { OutboxStatus, WaitingPlan } from './status.ts'
