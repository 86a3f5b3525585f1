/** `plan-access-tokens/audit`: shows whether the audit log was touched, signs what it says now, and exports it. */

export type { ExportFormat } from '../core/event-text.ts'
export type { ExportInput, ExportPart } from '../service/export-events.ts'
export { type Checkpoint, type CheckpointInput, createCheckpoint } from './checkpoint.ts'
export { exportEvents, type LogExport, type PlanExport } from './export.ts'
export type { LogProblem, LogProblemCode, LogReport, Stretch } from './findings.ts'
export type { CheckpointAlgorithm, Jwk, ProvingKey, SigningKey, WebCryptoKey } from './keys.ts'
export { readExport } from './read-export.ts'
export {
  type SignReceiptInput,
  signReceipt,
  type VerifiedReceipt,
  type VerifyReceiptInput,
  verifyReceipt,
} from './receipt.ts'
export { type VerifyInput, verifyLog } from './verify.ts'
