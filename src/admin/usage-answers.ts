/** How tokens are used as the management API answers it. The other answers: admin/answers.ts. */
import * as z from 'zod/mini'
import { type TokenAdvice, type TokenUsage, WITHHELD_CODES } from '../core/usage.ts'
import { maybe, resource } from './token-answers.ts'
import { told } from './told.ts'

const ofDay = () => told(z.string(), 'A day of UTC, such as `2027-01-31`.')
/** The day from which on numbers of uses are complete. */
export const since = told(
  z.nullable(z.string()),
  'The first day from which on every use is known; `null` if there is none yet.',
)
/** How many requests were let through and refused on each of the last 90 days. */
export const days = told(
  z.array(z.strictObject({ day: ofDay(), allowed: z.int(), refused: z.int() })),
  'The last 90 days, the oldest first, those without a request too.',
)
const alternatives = z.array(z.union([z.string(), z.array(z.string())]))
const refusedRoutes: z.ZodMiniType<TokenUsage['refused']> = z.array(
  z.strictObject({ route: z.string(), code: z.string(), lastRefusedOn: ofDay(), requests: z.int() }),
) as unknown as z.ZodMiniType<TokenUsage['refused']>

/** How one token is used: days of UTC, and numbers of requests that were let through unless it says `refused`. */
export const tokenUsage: z.ZodMiniType<TokenUsage> = z.strictObject({
  tokenId: z.string(),
  complete: told(z.boolean(), 'Whether all of its uses since it was made are known.'),
  since,
  routes: z.array(
    z.strictObject({
      route: z.string(),
      lastUsedOn: ofDay(),
      requests: z.int(),
      scopes: told(alternatives, "What of the token's scopes opens the route today; of a list all together."),
    }),
  ),
  resources: told(
    z.array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        route: told(z.string(), 'The one that it was used at last.'),
        lastUsedOn: ofDay(),
        requests: z.int(),
        listed: told(z.boolean(), "Whether it is on the token's list today."),
      }),
    ),
    'Entries of the list by which requests were let through.',
  ),
  refused: refusedRoutes,
  days,
})

/**
 * What of a token was not used within `window` days, and the edit that takes it away. Where it is not known, nothing is advised,
 * and `withheld` says why.
 */
export const tokenAdvice: z.ZodMiniType<TokenAdvice> = z.strictObject({
  tokenId: z.string(),
  window: z.int(),
  from: ofDay(),
  since,
  unused: told(z.boolean(), 'Whether it was not used in all of the window; `false` as long as that is not known.'),
  scopes: told(z.array(z.string()), 'Those that the edit would take away.'),
  resources: told(z.array(resource), 'Those of the list that were not used.'),
  refused: told(refusedRoutes, 'Again and again.'),
  edit: told(
    maybe(
      z.strictObject({
        scopes: maybe(z.array(z.string())),
        resources: told(maybe(z.array(z.string())), 'Links of what stays.'),
        version: told(z.int(), 'The one that was looked at, for `If-Match`.'),
      }),
    ),
    'What to send to `PATCH /tokens/{id}`; absent where nothing can be narrowed, or where that is not known.',
  ),
  proof: told(
    z.array(z.strictObject({ route: z.string(), resource: maybe(resource), allowed: z.literal(true) })),
    'Everything that was used in the window, and stays allowed after the edit.',
  ),
  withheld: told(
    z.array(
      z.strictObject({
        code: z.enum(WITHHELD_CODES),
        field: maybe(z.enum(['scopes', 'resources'])),
        message: z.string(),
      }),
    ),
    'Why there is no edit, or less of one.',
  ),
})
