/**
 * Judges requests for the routes of an application, and finds at its start whatever keeps it from doing so. Who is guarded:
 * nestjs/walk.ts. Where the target and the body are: nestjs/sides.ts.
 */
import type { ExecutionContext, OnModuleInit } from '@nestjs/common'
import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core'
import { SetupError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { isThenable } from '../core/objects.ts'
import { isBasePath } from '../core/target.ts'
import { hasToken } from '../http/guard.ts'
import { withPlanToken } from '../http/node-side.ts'
import type { Decision } from '../service/decision.ts'
import { isDecided, keep } from './decided.ts'
import type { Gate } from './guard.ts'
import type { PlanTokensModuleOptions } from './options.ts'
import { PlanTokenRefused } from './refused.ts'
import { isExempt, type Judges, judgesOf } from './routes.ts'
import {
  allow,
  type NestAdapter,
  type NestRequest,
  type NestResponse,
  put,
  questionAbout,
  type Side,
  sideOf,
} from './sides.ts'
import { walk } from './walk.ts'

/** What is known once an application has started. */
interface Started {
  readonly side: Side
  readonly basePath: string | undefined
  /** Whether the base path is that of every route, and not only of those that begin with it. */
  readonly isEverywhere: boolean
}

/** Makes the gate of an application. It lets nobody through before `onModuleInit`. */
export function createGate(
  options: PlanTokensModuleOptions,
  host: HttpAdapterHost,
  config: ApplicationConfig,
  modules: ModulesContainer,
): Gate & OnModuleInit {
  let started: Started | undefined
  const made = new Map<object, Map<object, Judges | undefined>>()
  /** The judges of a route, made once; `undefined` of one that is exempt. */
  const judgesFor = (controller: object, handler: object, basePath: string | undefined): Judges | undefined => {
    const known = made.get(controller)
    if (known?.has(handler)) return known.get(handler)
    const own = isExempt(controller, handler) ? undefined : judgesOf(options, basePath, controller, handler)
    made.set(controller, (known ?? new Map<object, Judges | undefined>()).set(handler, own))
    return own
  }
  return {
    admit(context) {
      if (context.getType() !== 'http') {
        // A guard before everything is one before resolvers too, and who is exempt has another login.
        if (isExempt(context.getClass(), context.getHandler())) return true
        throw new TypeError(NOT_HTTP)
      }
      if (!started) throw new TypeError('The application has not started: call app.init() before it takes requests.')
      const { side, basePath, isEverywhere } = started
      const judges = judgesFor(context.getClass(), context.getHandler(), basePath)
      // Guards of a controller and of its route are two to Nest.
      if (!judges || isDecided(context)) return true
      const request = context.switchToHttp().getRequest<NestRequest>()
      const judge = isEverywhere || isBelow(side.routeOf(request), basePath) ? judges.below : judges.beside
      const decided = judge.isGuarded(request)
        ? judge.decide(questionAbout(request, side, judge.bodyBytes), request)
        : undefined
      return isThenable(decided) ? decided.then((decision) => goOn(context, decision)) : goOn(context, decided)
    },
    onModuleInit() {
      const found = walk(modules, config)
      const issues: Issue[] = [...found.issues]
      const prefix = config.getGlobalPrefix().replaceAll(/^\/+|\/+$/g, '')
      const basePath = options.basePath ?? (prefix === '' ? '' : `/${prefix}`)
      if (options.basePath === undefined && basePath !== '' && !isBasePath(basePath))
        issues.push(
          issueAt(['basePath'], 'must be said: the global prefix has parameters, or letters that no path has.'),
        )
      // A module for a test is made before its adapter.
      const adapter = host.httpAdapter as unknown as NestAdapter | undefined
      const side = adapter && sideOf(adapter)
      if (typeof side === 'string') issues.push(issueAt(['adapter'], side))
      const base = isBasePath(basePath) ? basePath : undefined
      for (const { controller, handler, name } of found.guarded)
        issues.push(...issuesOf([controller.name, name], () => judgesFor(controller, handler, base)))
      if (issues.length > 0) throw new SetupError('PlanTokensModule', issues)
      if (typeof side === 'object') started = { side, basePath: base, isEverywhere: options.basePath !== undefined }
    },
  }
}

const NOT_HTTP =
  'PlanTokenGuard judges requests of HTTP alone. In a resolver, a gateway or a handler of messages ask tokens.authorize({ secret, route, params }), and put @PlanTokenExempt() before it where the guard is an APP_GUARD.'

function isBelow(route: unknown, basePath: string | undefined): boolean {
  return basePath !== undefined && (typeof route !== 'string' || route.startsWith(`${basePath}/`))
}

function issuesOf(place: readonly string[], make: () => unknown): readonly Issue[] {
  try {
    make()
    return []
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.issues.map(({ at, message }) => issueAt([...place, ...at], message))
  }
}

function goOn(context: ExecutionContext, decision: Decision<string> | undefined): true {
  const response = context.switchToHttp().getResponse<NestResponse>()
  if (decision?.allowed === false) {
    const refused = new PlanTokenRefused(decision)
    const { 'Content-Type': _, ...headers } = refused.rendered.headers
    // Now, so that they are on the answer whichever filter of the host gives it.
    put(response, headers)
    throw refused
  }
  if (decision) allow(response, decision)
  const planToken = decision && hasToken(decision) ? decision : undefined
  if (planToken) withPlanToken(context.switchToHttp().getRequest<object>(), planToken)
  keep(context, planToken)
  return true
}
