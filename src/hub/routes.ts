/** The routes of the page's API: those of the management API, and what the page alone needs. What a route is: admin/route.ts. */
import type { Route } from '../admin/route.ts'
import { ROUTES } from '../admin/routes.ts'
import type { HubOptions } from './options.ts'

/** Every route, for one hub: what is kept between two requests is its own. */
export const hubRoutes = (_options: HubOptions): readonly Route[] => [...ROUTES]
