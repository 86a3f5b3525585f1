/** What every platform serves: an engine with two plans, the management API below /admin, and what answers where a token may. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { adminHandler } from 'plan-access-tokens/admin'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

const directory = testDirectory({
  1001: { admins: ['ada'], resources: { 'project:123': { 'file:ABC': {} }, 'project:124': { 'file:DEF': {} } } },
  1002: { admins: ['bob'], resources: { 'project:223': { 'file:XYZ': {} } } },
})
export const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

export const admin = adminHandler({
  tokens,
  actor: (request) => request.headers.get('x-session') ?? undefined,
  basePath: '/admin',
  // The request of some platforms names another: the address where the server listens, or https.
  origin: 'http://api.example',
})

let runs = 0

/** Says what was judged, what the platform's router found if it has one, what arrived as body, and how often it ran so far. */
export async function answer(request, planToken, routed) {
  runs += 1
  const { endpoint, params, token } = planToken
  return Response.json({
    ...{ name: token.name, route: endpoint.route, judged: params.file_key, routed },
    ...{ body: await request.text(), runs },
  })
}
