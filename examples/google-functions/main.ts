/**
 * `npx functions-framework --target=api`, on a built copy of this: an Express application as a function of Google Cloud Run. The
 * framework calls it as it would call a handler, and has read the body by then; the guard judges what it has left.
 */
import express from 'express'
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/express'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real deployment, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})
export const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })

export const api = express()
api.use(guard(tokens))
api.get('/v1/files/:key', (request, response) => {
  response.json({ name: `File ${request.params.key}`, readBy: request.planToken?.token.name })
})
