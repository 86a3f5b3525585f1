/**
 * The routes of the management API: one table of paths, shapes and calls. The handler goes by it (admin/handler.ts) and the
 * OpenAPI document is written from it (admin/openapi.ts). Who asks was found out before; rights are the engine's question.
 */
import { PLAN_ROUTES } from './plan-routes.ts'
import type { Route } from './route.ts'
import { TOKEN_ROUTES } from './token-routes.ts'

/** Every route that asks for an actor, but for that of the document itself. */
export const ROUTES: readonly Route[] = [...PLAN_ROUTES, ...TOKEN_ROUTES]
