/** What a host tells the module. What a route says beside it: nestjs/decorators.ts. */
import { isDictionary } from '../core/objects.ts'
import { createDecider, type GuardEngine, type GuardOptions } from '../http/guard.ts'

/** What `PlanTokensModule.forRoot` takes. What a guarded route or controller says goes before it. */
export interface PlanTokensModuleOptions extends GuardOptions {
  /** What `createPlanTokens` or `createAuthorizer` returned. */
  readonly tokens: GuardEngine
  /**
   * The path under which the policy's paths begin, for all routes. Default: the application's global prefix, for the routes that
   * have it. Say `''` where the policy's own paths begin with the prefix.
   */
  readonly basePath?: string
}

/**
 * The options as a copy.
 *
 * @param reader what takes them, for the message.
 * @throws SetupError, which is a TypeError, with every mistake.
 */
export function readModuleOptions(reader: string, given: PlanTokensModuleOptions): PlanTokensModuleOptions {
  const { tokens, ...options } = isDictionary(given) ? given : ({} as PlanTokensModuleOptions)
  const { basePath, ...rest } = options
  const isReadable = given === undefined || isDictionary(given)
  createDecider(tokens, isReadable ? (basePath === '' ? rest : options) : (given as never), {}, reader)
  return { tokens, ...options }
}
