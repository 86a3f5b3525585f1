/** `plan-access-tokens/admin`: the management API as one Fetch handler, and a client for it. */
export { AdminApiError, createAdminClient } from './client.ts'
export type {
  AdminClient,
  AdminClientOptions,
  ExplanationView,
  IssuedText,
  RequestedText,
  SurfaceView,
  WithoutActor,
} from './client-types.ts'
export { type AdminHandler, type AdminOptions, adminHandler } from './handler.ts'
export { type ListenedRequest, type ListenedResponse, toNode } from './node.ts'
export type { IntrospectionOptions } from './oauth.ts'
export type { AdminCode, HttpCode } from './problem.ts'
export type { AdminEngine } from './route.ts'
