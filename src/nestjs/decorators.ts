/** What a host writes onto controllers, routes and parameters. What is done with it: nestjs/gate.ts and nestjs/walk.ts. */
import { applyDecorators, createParamDecorator, SetMetadata, UseFilters, UseGuards } from '@nestjs/common'
import type { GuardOptions } from '../http/guard.ts'
import { decisionFor } from './decided.ts'
import { PlanTokenGuard } from './guard.ts'
import { EXEMPT, ROUTE } from './metadata.ts'
import { PlanTokenFilter } from './refused.ts'

/** What a controller or a route says instead of the module. A route says it instead of its controller. */
export type PlanTokenRouteOptions = Pick<GuardOptions, 'surface' | 'optional' | 'when'>

/**
 * Guards all routes of a controller, or one: a handler runs only for what the policy lets through.
 *
 * @throws SetupError, which is a TypeError, when the application starts, for wrong options.
 * @example
 * @PlanTokenGuarded()
 * @Controller('v1/files')
 * class Files {
 *   @Get(':key')
 *   show(@PlanToken() planToken: Allowance) { return { name: planToken.token.name } }
 * }
 */
export function PlanTokenGuarded(options: PlanTokenRouteOptions = {}): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(ROUTE, options), UseGuards(PlanTokenGuard), UseFilters(PlanTokenFilter))
}

/**
 * Takes a controller or a route out of a guard that stands before all of them (`APP_GUARD`), or before its controller; behind
 * `APP_GUARD` a resolver or a handler of messages too, which the guard refuses otherwise. **Something else has to judge its
 * requests.**
 */
export function PlanTokenExempt(): ClassDecorator & MethodDecorator {
  return SetMetadata(ROUTE, EXEMPT)
}

/**
 * The decision, as a parameter of a handler. `undefined` only where the guard lets requests through without a token: behind
 * `optional` or `when`, and of a public endpoint.
 *
 * @throws SetupError, which is a TypeError, when the application starts, where nothing guards the handler.
 */
export function PlanToken(): ParameterDecorator {
  return parameter()
}

const parameter = createParamDecorator(decisionFor)
