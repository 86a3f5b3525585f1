/** The guard of all routes below /api. */
import { guard } from 'plan-access-tokens/fetch'
import { tokens } from './tokens.js'

const guarded = guard(
  tokens,
  (_request, planToken, event, resolve) => {
    event.locals.planToken = planToken
    return resolve(event)
  },
  { basePath: '/api' },
)

export const handle = ({ event, resolve }) =>
  event.route.id?.startsWith('/api/') ? guarded(event.request, event, resolve) : resolve(event)
