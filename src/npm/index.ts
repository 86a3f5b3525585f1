/** `plan-access-tokens/npm`: the policy of a private npm registry, and what stands around it. */
export type { NpmKind, NpmScope } from './endpoints.ts'
export { npmErrors } from './errors.ts'
export { type RegistryGuardOptions, registryGuard } from './guard.ts'
export { type Npmrc, type NpmrcOptions, npmrc } from './npmrc.ts'
export { type NpmPolicyOptions, npmPolicy } from './policy.ts'
