/**
 * The way past the promise of `authorize`: what guards ask for every request. Kept by the function itself, so that whatever a
 * host puts in its place, a copy or a proxy of it too, is asked as it stands.
 */
import type { Awaitable } from '../ports.ts'
import type { SurfaceOptions } from './authorize.ts'
import type { Decision } from './decision.ts'
import type { RequestLike } from './request.ts'

/** `authorize` without a promise where nothing has to be waited for. */
export type AtOnce = (request: RequestLike | Request, options?: SurfaceOptions) => Awaitable<Decision>

/** That of each engine's `authorize`. */
export const AT_ONCE = new WeakMap<object, AtOnce>()
