/** The guard itself, as Nest makes and calls it. What it asks: nestjs/gate.ts. */
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'

/** What judges requests for routes of Nest. */
export interface Gate {
  /**
   * Lets a request through.
   *
   * @throws PlanTokenRefused for what is refused.
   */
  admit(context: ExecutionContext): boolean | Promise<boolean>
}

/** Under which the gate is injected: Nest's own message names it where it is missing. */
export const GATE = Symbol('PlanTokensModule.forRoot()')

/**
 * The guard behind `@PlanTokenGuarded()`. For all controllers at once:
 *
 * @example
 * providers: [{ provide: APP_GUARD, useExisting: PlanTokenGuard }]
 */
export class PlanTokenGuard implements CanActivate {
  private readonly gate: Gate

  /** @internal It is made by Nest, out of what `PlanTokensModule` gives. */
  constructor(gate: Gate) {
    this.gate = gate
  }

  /** Goes on for what the policy lets through, and throws `PlanTokenRefused` for the rest. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return this.gate.admit(context)
  }
}

Injectable()(PlanTokenGuard)
Inject(GATE)(PlanTokenGuard, undefined, 0)
