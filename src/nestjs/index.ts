/** `plan-access-tokens/nestjs`: a module, a guard and decorators for NestJS 11 and 12, over Express and over Fastify. */
export type { GuardEngine, GuardOptions } from '../http/guard.ts'
export { PlanToken, PlanTokenExempt, PlanTokenGuarded, type PlanTokenRouteOptions } from './decorators.ts'
export { PlanTokenGuard } from './guard.ts'
export { PlanTokensModule, type PlanTokensModuleAsyncOptions } from './module.ts'
export type { PlanTokensModuleOptions } from './options.ts'
export { PlanTokenFilter, PlanTokenRefused } from './refused.ts'
