/** Mistakes in what gathers how tokens are used, and in what is asked of it. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { usage } from 'plan-access-tokens/usage'
import { ADMIN, newDirectory, newWorld, POLICY } from '../support/world.ts'
import { type Mistake, mistakesOf } from './table.ts'

const options = mistakesOf<object>('usage', (change) => usage(change as never), {
  'a misspelt option': { writeEvery: 60 },
  'writing all the time': { writeEverySeconds: 1 },
  'quiet days without an end': { quietDays: 1_000 },
})

const given = { policy: POLICY, directory: newDirectory() }
const engine = mistakesOf<object>(
  'createPlanTokens with usage',
  (change) => createPlanTokens({ ...given, store: memoryStore(), ...change } as never),
  {
    'what is not made by usage()': { usage: {} },
    'a store that keeps no values': {
      usage: usage(),
      store: { ...memoryStore(), readValue: undefined, writeValue: undefined, scan: undefined },
    },
  },
)

const { tokens } = newWorld({ usage: usage() })
const PLAN = { actor: ADMIN, planId: '1001' }
const asked = [
  ...mistakesOf<object>('advice', (change) => tokens.advice({ actor: ADMIN, id: 'x', ...change }), {
    'a window of no day': { window: 0 },
    'a misspelt field': { windows: 90 },
  }),
  ...mistakesOf<object>('unused', (change) => tokens.unused({ ...PLAN, ...change }), {
    'a window of years': { window: 1_000 },
    'a page that nobody gave': { after: 'x' },
  }),
  ...mistakesOf<object>('usage of an engine without it', () => newWorld().tokens.planUsage(PLAN), {
    'any question': {},
  }),
]

export const USAGE: readonly Mistake[] = [...options, ...engine, ...asked]
