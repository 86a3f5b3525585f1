/** `plan-access-tokens/admin`: the management API as one Fetch handler, and a client for it. */
export {
  AdminApiError,
  type AdminClient,
  type AdminClientOptions,
  createAdminClient,
  type ExplanationView,
  type IssuedText,
  type RequestedText,
  type SurfaceView,
  type WithoutActor,
} from './client.ts'
export { type AdminHandler, type AdminOptions, adminHandler } from './handler.ts'
export { type ListenedRequest, type ListenedResponse, toNode } from './node.ts'
export type { IntrospectionOptions } from './oauth.ts'
export type { AdminCode, HttpCode } from './problem.ts'
export type { AdminEngine } from './route.ts'
