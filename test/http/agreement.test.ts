/** Guards and routers agree about every hostile target (support/agreement.ts). */
import { beforeAll, describe, it } from 'vitest'
import { type World, world } from '../attack/world.ts'
import { expectAgreement, SETTINGS } from './support/agreement.ts'
import { FRAMEWORKS } from './support/frameworks.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

describe.each(FRAMEWORKS)('$name', (framework) => {
  it.each(SETTINGS)('runs a handler only for what the engine allows ($name)', (setting) =>
    expectAgreement(framework, setting, w),
  )
})
