/** What decorators say of a route and of its controller, and the judges that come of it. */
import { createDecider, type Decider, type GuardOptions } from '../http/guard.ts'
import { EXEMPT, ROUTE } from './metadata.ts'
import type { PlanTokensModuleOptions } from './options.ts'

/** A judge for the paths below the base path, and one for those beside it. */
export interface Judges {
  readonly below: Decider<object>
  readonly beside: Decider<object>
}

/** Whether the nearest mark says that nothing is guarded. */
export function isExempt(controller: object, handler: object): boolean {
  return (markOf(handler) ?? markOf(controller)) === EXEMPT
}

/**
 * Makes the judges of a route. What the route says goes before what its controller says, and this before the module.
 *
 * @throws SetupError with every mistake of the options.
 */
export function judgesOf(
  { tokens, basePath: _, ...module }: PlanTokensModuleOptions,
  basePath: string | undefined,
  controller: object,
  handler: object,
): Judges {
  const options = { ...module, ...optionsAt(controller), ...optionsAt(handler) }
  const make = (more: object): Decider<object> =>
    createDecider<object>(tokens, { ...options, ...more } as GuardOptions<object>, {}, 'PlanTokenGuarded')
  const beside = make({})
  return { beside, below: basePath === undefined ? beside : make({ basePath }) }
}

/** Anything but an object is a mistake that the reader of the options tells. */
function optionsAt(place: object): object {
  const mark = markOf(place)
  return mark === undefined || mark === EXEMPT ? {} : Object(mark)
}

function markOf(place: object): unknown {
  return Reflect.getMetadata(ROUTE, place)
}
