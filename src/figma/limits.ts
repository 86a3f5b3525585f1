/**
 * Figma's limits of requests, as its page on rate limits has them: three tiers of endpoints, each with a leaky bucket for each
 * token. What the page leaves open: docs/figma-conformance.md.
 */
import type { FigmaRoute } from './policy.ts'

/** The fields `groups` and `rules` of `requestLimits`. */
export interface FigmaLimits {
  /** The endpoints of each of Figma's tiers. */
  readonly groups: { readonly tier1: readonly FigmaRoute[]; readonly tier3: readonly FigmaRoute[] }
  /** From above: the first that fits binds. What is in neither group is of tier 2. */
  readonly rules: readonly {
    readonly name: string
    readonly surface: string
    readonly tier: string
    readonly endpoints?: string
    readonly requests: number
    readonly perSeconds: number
  }[]
}

const TIER_1: readonly FigmaRoute[] = [
  'GET /v1/files/{file_key}',
  'GET /v1/files/{file_key}/nodes',
  'GET /v1/images/{file_key}',
]
const TIER_3: readonly FigmaRoute[] = [
  'GET /v1/activity_logs',
  'POST /v1/developer_logs',
  'GET /v1/ai_usage/daily',
  'GET /v1/teams/{team_id}/components',
  'GET /v1/files/{file_key}/components',
  'GET /v1/components/{key}',
  'GET /v1/teams/{team_id}/component_sets',
  'GET /v1/files/{file_key}/component_sets',
  'GET /v1/component_sets/{key}',
  'GET /v1/teams/{team_id}/styles',
  'GET /v1/files/{file_key}/styles',
  'GET /v1/styles/{key}',
  'GET /v1/files/{file_key}/meta',
  'GET /v1/projects/{project_id}/meta',
  'GET /v2/folders/{folder_id}/meta',
  'GET /v1/analytics/libraries/{file_key}/component/actions',
  'GET /v1/analytics/libraries/{file_key}/component/usages',
  'GET /v1/analytics/libraries/{file_key}/style/actions',
  'GET /v1/analytics/libraries/{file_key}/style/usages',
  'GET /v1/analytics/libraries/{file_key}/variable/actions',
  'GET /v1/analytics/libraries/{file_key}/variable/usages',
  'GET /v1/payments',
  'GET /v1/me',
  'GET /v1/oembed',
  'POST /v1/files/{file_key}/variables',
]

/** Requests a minute, of Full and Dev seats, by the tier of the plan and of the endpoint. */
const PER_MINUTE = {
  organization: { tier1: 15, tier3: 100, tier2: 50 },
  enterprise: { tier1: 20, tier3: 150, tier2: 100 },
} as const

/**
 * Figma's published limits for plans with plan access tokens: 15, 50 and 100 requests a minute for endpoints of Figma's tiers 1, 2
 * and 3 on the Organization plan, 20, 100 and 150 on the Enterprise plan, for each token by itself.
 *
 * @example
 * const limits = requestLimits({ limiter: memoryLimiter(), whenUnavailable: 'allow', ...figmaLimits() })
 */
export function figmaLimits(): FigmaLimits {
  return {
    groups: { tier1: TIER_1, tier3: TIER_3 },
    rules: Object.entries(PER_MINUTE).flatMap(([tier, figures]) =>
      Object.entries(figures).map(([group, requests]) => ({
        ...{ name: `${tier}-${group}`, surface: 'figma', tier },
        ...(group !== 'tier2' && { endpoints: group }),
        ...{ requests, perSeconds: 60 },
      })),
    ),
  }
}
