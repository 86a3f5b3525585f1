/** Tools for whoever writes or changes a policy: what to look at twice, matrices, differences and what shows them. Nothing here is needed to answer a request. */
export {
  type AffectedOptions,
  type AffectedToken,
  type KnownToken,
  type TokenChange,
  tokensAffectedBy,
} from './affected.ts'
export type { PolicyChange } from './changes.ts'
export { type DiffOptions, diffPolicies, type PolicyDiff } from './diff.ts'
export type { DiffLine, DiffLines, Direction, ManagementLine, RequestLine, Touched } from './diff-line.ts'
export { judgeWitness, type WitnessVerdict } from './judge.ts'
export { type LintCode, type LintOptions, type LintWarning, lintPolicy } from './lint.ts'
export { type PolicyMatrix, policyMatrix } from './matrix.ts'
export type { MatrixData, MatrixEndpoint, MatrixKind, MatrixScope, MatrixType } from './matrix-data.ts'
export type { ComparedToken, TokenSource } from './touched.ts'
export { type Carried, type Witness, type WitnessPlace, witnessLine } from './witness.ts'
