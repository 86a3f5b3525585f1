/** The routes of the page's API: those of the management API, and what the page alone needs. What a route is: admin/route.ts. */
import type { Route } from '../admin/route.ts'
import { ROUTES } from '../admin/routes.ts'
import type { HubOptions } from './options.ts'
import { overviewRoute } from './overview/route.ts'
import { withNames } from './people.ts'
import { requestsRoute } from './requests-route.ts'

/** Every route, for one hub: what is kept between two requests is its own. */
export const hubRoutes = (options: HubOptions): readonly Route[] =>
  [...ROUTES, requestsRoute, overviewRoute(options)].map((route) => withNames(route, options))
