/** What every function of this example shares: the engine, and a secret to try it with. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
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

/** A secret to try it with, which is good for a day. */
export async function secretToTry(): Promise<string> {
  const { secret } = await tokens.create({
    ...{ actor: 'ada', planId: '1001', type: 'rest', name: 'To try', lifetimeDays: 1 },
    ...{ scopes: ['file_content:read'], resources: ['https://figma.com/files/1001/project/123'] },
  })
  return secret.reveal()
}
