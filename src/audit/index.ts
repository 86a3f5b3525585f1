/** `plan-access-tokens/audit`: shows whether the audit log was touched, signs what it says now, and exports it. */
export { type Checkpoint, type CheckpointInput, createCheckpoint } from './checkpoint.ts'
export type { LogProblem, LogProblemCode, LogReport, Stretch } from './findings.ts'
export type { CheckpointAlgorithm, ProvingKey, SigningKey } from './keys.ts'
export { type VerifyInput, verifyLog } from './verify.ts'
