/**
 * Looks at all controllers and providers of an application at its start: who is guarded, and who asks for a decision without
 * being guarded. What a route itself says: nestjs/routes.ts.
 */
import { GUARDS_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { type Issue, issueAt } from '../core/issue.ts'
import { decisionFor } from './decided.ts'
import { GATE, PlanTokenGuard } from './guard.ts'
import { isExempt } from './routes.ts'

/** A method of a controller that is a route and guarded. */
export interface GuardedRoute {
  readonly controller: NamedClass
  readonly handler: object
  readonly name: string
}

type NamedClass = { readonly name: string; readonly prototype: object }

/** What a walk has found. */
export interface Walk {
  readonly guarded: readonly GuardedRoute[]
  readonly issues: readonly Issue[]
}

/** Walks through an application. */
export function walk(modules: ModulesContainer, config: ApplicationConfig): Walk {
  const guarded: GuardedRoute[] = []
  const issues: Issue[] = []
  const isGlobal = isGuardGlobal(config)
  const all = [...modules.values()]
  if (all.filter(({ providers }) => providers.has(GATE)).length > 1)
    issues.push(
      issueAt(['PlanTokensModule'], 'must be imported once. Give several policies to one engine, and name a surface.'),
    )
  for (const { controllers, providers } of all) {
    for (const { metatype } of controllers.values()) {
      if (!isClass(metatype)) continue
      for (const method of methodsOf(metatype)) {
        const told = problemOf(method, isGlobal)
        if (told !== undefined) issues.push(issueAt([metatype.name, method.name], told))
        else if (method.isRoute && isGuarded(method, isGlobal)) guarded.push(method)
      }
    }
    for (const { metatype } of providers.values()) {
      if (!isClass(metatype)) continue
      for (const method of methodsOf(metatype))
        if (method.asks || hasGuard(method)) issues.push(issueAt([metatype.name, method.name], NO_ROUTE))
    }
  }
  return { guarded, issues }
}

const NO_ROUTE =
  'is no route of HTTP, and nothing else is judged by the guard. Ask tokens.authorize({ secret, route, params }) in it.'

interface Method extends GuardedRoute {
  readonly isRoute: boolean
  /** Whether it has `@PlanToken()`. */
  readonly asks: boolean
}

function methodsOf(controller: NamedClass): readonly Method[] {
  const names = new MetadataScanner().getAllMethodNames(controller.prototype)
  return names.flatMap((name) => {
    const handler: unknown = Reflect.get(controller.prototype, name)
    if (typeof handler !== 'function') return []
    const parameters: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}
    const asks = Object.values(parameters).some((parameter) => parameter?.factory === decisionFor)
    return [{ controller, handler, name, asks, isRoute: Reflect.hasMetadata(PATH_METADATA, handler) }]
  })
}

function problemOf(method: Method, isGlobal: boolean): string | undefined {
  if (!method.isRoute) {
    const isHandler = Reflect.hasMetadata(PATTERN, method.handler)
    return method.asks || (isHandler && hasGuard(method)) ? NO_ROUTE : undefined
  }
  if (!method.asks || isGuarded(method, isGlobal)) return undefined
  return 'has @PlanToken(), and nothing guards it. Put @PlanTokenGuarded() onto it or its controller.'
}

/** Of handlers of messages and events (@nestjs/microservices). */
const PATTERN = 'microservices:pattern'

function isGuarded(method: GuardedRoute, isGlobal: boolean): boolean {
  return !isExempt(method.controller, method.handler) && (isGlobal || hasGuard(method))
}

function hasGuard({ controller, handler }: GuardedRoute): boolean {
  return [handler, controller].some((place) => {
    const guards: unknown = Reflect.getMetadata(GUARDS_METADATA, place)
    return Array.isArray(guards) && guards.some(isOurs)
  })
}

function isGuardGlobal(config: ApplicationConfig): boolean {
  return [...config.getGlobalGuards(), ...config.getGlobalRequestGuards().map(({ metatype }) => metatype)].some(isOurs)
}

function isOurs(guard: unknown): boolean {
  return (
    guard instanceof PlanTokenGuard ||
    guard === PlanTokenGuard ||
    (typeof guard === 'function' && guard.prototype instanceof PlanTokenGuard)
  )
}

function isClass(metatype: unknown): metatype is NamedClass {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null
}
