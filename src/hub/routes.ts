/** The routes of the page's API: those of the management API, and what the page alone needs. What a route is: admin/route.ts. */
import type { Route } from '../admin/route.ts'
import { ROUTES } from '../admin/routes.ts'
import type { HubOptions } from './options.ts'
import { overviewRoute } from './overview/route.ts'
import { withNames } from './people.ts'
import { expirationsRoute } from './plan/expirations.ts'
import { LOG_ROUTES } from './plan/log-routes.ts'
import { whoseRoute } from './plan/whose.ts'
import { requestsRoute } from './requests-route.ts'

/** Every route, for one hub: what is kept between two requests is its own. */
export const hubRoutes = (options: HubOptions): readonly Route[] =>
  [...ROUTES, requestsRoute, overviewRoute(options), ...LOG_ROUTES, expirationsRoute, whoseRoute].map((route) =>
    withNames(route, options),
  )
