/**
 * Nest in front of the tables that every guard is held to: who gets through, hostile targets, and each way in which a body can be
 * declared. What only Nest has: routes.test.ts. What is told at its start: start.test.ts.
 */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type World, world } from '../attack/world.ts'
import { expectAgreement, SETTINGS } from '../http/support/agreement.ts'
import { expectContents } from '../http/support/content-cases.ts'
import type { Framework } from '../http/support/frameworks.ts'
import { guardCases } from '../http/support/guard-cases.ts'
import { startSite } from './applications.ts'
import { ADAPTERS, type Loaded, load, NESTS } from './nests.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

describe.each(NESTS)('%s', (_, nest) => {
  let loaded: Loaded
  beforeAll(async () => {
    if (nest.folder) loaded = await load(nest)
  }, 240_000)
  afterAll(() => loaded?.home.remove())

  describe.skipIf(!nest.folder).each(ADAPTERS)('over %s', (over) => {
    const framework: Framework = {
      name: `NestJS ${nest.version} over ${over}`,
      answersUnrouted: true,
      start: (site) => startSite(loaded, over, site),
    }
    describe('among all guards', () => guardCases(framework))

    it.each(SETTINGS)('runs a handler only for what the engine allows ($name)', (setting) =>
      expectAgreement(framework, setting, w),
    )

    it('goes by the table of bodies, and the handler gets what was judged', () =>
      expectContents(framework, 'before', w))
  })
})
