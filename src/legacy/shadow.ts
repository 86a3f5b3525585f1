/**
 * Runs `decide` beside the check that was before, and tells where they differ. It refuses nothing, waits for nothing and throws
 * nothing: whatever fails in it is counted, and the request goes its own way.
 */
import * as z from 'zod/mini'
import { basePathSchema } from '../core/base-path.ts'
import { addressIn, addressSchema } from '../core/came-from.ts'
import type { Policy } from '../core/policy.ts'
import { checkSurface, readOptions } from '../core/setup.ts'
import { callable, judged, whole } from '../core/shape.ts'
import type { Authorizer } from '../service/create-authorizer.ts'
import type { Decision } from '../service/decision.ts'
import { type Asked, isFetchRequest } from '../service/request.ts'
import type { SurfaceOptions } from '../service/surface.ts'
import { tell } from '../service/tell.ts'

/** A request of which the two checks say different things. Holds no secret. */
export interface Difference {
  /** What the check from before said. */
  readonly wasAllowed: boolean
  /** What the engine says. */
  readonly decision: Decision<string>
  /** What was given to `compare` as such. */
  readonly about: unknown
}

/** How to compare. */
export interface ShadowOptions extends Omit<SurfaceOptions, 'again' | 'address'> {
  /**
   * Says which address a request came from, as that of a guard does. Without it keys that were adopted with addresses are refused here,
   * and so told as a difference.
   */
  readonly address?: (asked: Asked) => unknown
  /** Called for each difference; never waited for, and whatever it throws changes nothing. */
  readonly onDifference: (difference: Difference) => unknown
  /** Called with what could not be compared: a mistake in the call, or a body that was read already. As `onDifference` is. */
  readonly onError?: (error: unknown) => unknown
  /** How many comparisons are under way at once, 1 to 10,000; those beyond are left out. Default 100. */
  readonly atOnce?: number
}

/** How often what happened. */
export interface ShadowCounts {
  /** Both checks said something. */
  readonly compared: number
  /** They said different things. */
  readonly differed: number
  /** The engine could say nothing: `unavailable`, or something was thrown. */
  readonly failed: number
  /** Left out, since too many were under way. */
  readonly skipped: number
}

/** Compares. */
export interface Shadow {
  /**
   * Judges a request beside the check that was made of it, and returns at once.
   *
   * @param asked what `authorize` takes, before a router has rewritten it. A Fetch request is judged by its clone.
   * @param about whatever tells you later which request it was, such as the id of the old key. Not a secret.
   */
  compare(asked: Asked, wasAllowed: boolean, about?: unknown): void
  /** What has happened so far in this process. */
  counts(): ShadowCounts
}

const schema = z.strictObject({
  tokens: judged((value) =>
    typeof (value as { readonly decide?: unknown } | null)?.decide === 'function'
      ? undefined
      : 'must be made by createPlanTokens or createAuthorizer.',
  ),
  surface: z.exactOptional(z.unknown()),
  basePath: z.exactOptional(basePathSchema()),
  address: z.exactOptional(addressSchema),
  onDifference: callable(),
  onError: z.exactOptional(callable()),
  atOnce: z.exactOptional(whole(1, 10_000)),
})

/**
 * Makes the comparison for one engine: beside the old check for as long as nothing is to be refused by the new one.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * const beside = shadow(tokens, { onDifference: ({ wasAllowed, decision, about }) => log.warn({ wasAllowed, code: decision.code, about }) })
 * const key = await oldCheck(request)
 * beside.compare(request, key !== undefined, key?.id)
 */
export function shadow<P extends Policy>(tokens: Pick<Authorizer<P>, 'decide'>, options: ShadowOptions): Shadow {
  const given = readOptions<ShadowOptions>('shadow', schema, options, { tokens }, ({ surface }, say) => {
    const { policies } = Object(tokens) as Partial<Authorizer<P>>
    if (Array.isArray(policies)) checkSurface(policies, surface, say)
  })
  const { onDifference, onError, atOnce = 100, surface, basePath, address } = given
  const where: SurfaceOptions = {
    // What is only compared takes nothing from a limit of requests.
    again: true,
    ...(surface !== undefined && { surface }),
    ...(basePath !== undefined && { basePath }),
  }
  const counts = { compared: 0, differed: 0, failed: 0, skipped: 0 }
  let underWay = 0
  const judge = async (asked: Asked, wasAllowed: boolean, about: unknown): Promise<void> => {
    // The handler reads the body of its own.
    const mine = isFetchRequest(asked) ? asked.clone() : asked
    try {
      const from = address ? { ...where, address: addressIn(address, [asked]) } : where
      const decision: Decision<string> = await tokens.decide(mine as Asked<never>, from)
      if (!decision.allowed && decision.code === 'unavailable') {
        counts.failed += 1
        return
      }
      counts.compared += 1
      if (decision.allowed === wasAllowed) return
      counts.differed += 1
      tell(onDifference, { wasAllowed, decision, about })
    } finally {
      // What nobody reads would be kept for as long as the other half is read.
      if (mine !== asked) (mine as Request).body?.cancel().catch(() => undefined)
    }
  }
  return {
    compare(asked, wasAllowed, about) {
      if (underWay >= atOnce) {
        counts.skipped += 1
        return
      }
      underWay += 1
      judge(asked, wasAllowed, about)
        .catch((error: unknown) => {
          counts.failed += 1
          tell(onError, error)
        })
        .finally(() => {
          underWay -= 1
        })
    },
    counts: () => ({ ...counts }),
  }
}
