/** The engine, in a module of its own, so that every route handler of the application guards with the same one. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'

// What your application knows: its plans, their admins, and what lies where. In a real server, your database.
const directory = testDirectory({
  1001: {
    admins: ['ada'],
    resources: { 'project:123': { 'file:LANDING': {} }, 'project:124': { 'file:ROADMAP': {} } },
  },
})

// Not for several processes, such as serverless functions: docs/stores.md says what to take for them.
export const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })
