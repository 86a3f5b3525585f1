/** The routes of the page's API: those of the management API, and what the page alone needs. What a route is: admin/route.ts. */
import type { Route } from '../admin/route.ts'
import { ROUTES } from '../admin/routes.ts'
import type { HubOptions } from './options.ts'
import { keepFor } from './overview/keep.ts'
import { overviewRoute } from './overview/route.ts'
import { withNames } from './people.ts'
import { expirationsRoute } from './plan/expirations.ts'
import { LOG_ROUTES } from './plan/log-routes.ts'
import { whoseRoute } from './plan/whose.ts'
import { requestsRoute } from './requests-route.ts'

/** Every route, for one hub: what is kept between two requests is its own. */
export function hubRoutes(options: HubOptions): readonly Route[] {
  const keep = keepFor(options)
  const own = [requestsRoute(keep), overviewRoute(keep), ...LOG_ROUTES, expirationsRoute, whoseRoute]
  return [...ROUTES, ...own].map((route) => withNames(route, options))
}
