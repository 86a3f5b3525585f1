/** A worker that makes an engine with the `freshnessMs` of its path, and answers with what is wrong with that. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

export default {
  fetch(request: Request): Response {
    const freshnessMs = Number(new URL(request.url).pathname.slice(1))
    const options = { policy: figmaPolicy(), store: memoryStore(), directory: testDirectory({}), freshnessMs }
    const said = [createPlanTokens, createAuthorizer].map((create) => {
      try {
        create(options)
        return 'made'
      } catch (error) {
        return (error as Error).message
      }
    })
    return Response.json(said)
  },
}
