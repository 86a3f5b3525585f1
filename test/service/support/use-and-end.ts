/** A process that lets one request through and ends; run by uses-writing.test.ts. Closes first if the argument says so. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestWith } from 'plan-access-tokens/testing'
import { newDirectory, TOKEN } from '../../support/world.ts'

const memory = memoryStore()
const store = { ...memory, recordUse: async () => console.log('written') }
const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory: newDirectory(), freshnessMs: 1_000 })
const { secret } = await tokens.create(TOKEN)
const decision = await tokens.authorize(requestWith(secret, 'GET /v1/files/FileA'))
console.log(decision.allowed ? 'allowed' : decision.code)
if (process.argv[2] === 'closes') await tokens.close()
