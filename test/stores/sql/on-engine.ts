/** Everything that an engine has to pass, in the order in which it is easiest to see what is wrong. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { runsAlongside } from '../alongside/suite.ts'
import { alongsideKysely } from './alongside.ts'
import type { Engine } from './engines.ts'
import { commitsUnderLoad } from './suites/commits.ts'
import { passesTheContract } from './suites/contract.ts'
import { makesItsTables } from './suites/migrations.ts'
import { answersAlongIndexes } from './suites/plans.ts'
import { saysWhatToMend } from './suites/problems.ts'
import { readsRows } from './suites/rows.ts'

/** All suites on one engine; one that is not on this machine is named as skipped, with the command that installs it. */
export function onEngine(engine: Engine): void {
  const { name, missing } = engine
  describe.skipIf(missing !== undefined)(missing ? `${name} (skipped without it: ${missing})` : name, () => {
    // One line in the output is enough for what cannot be started.
    if (missing !== undefined) return void it('passes what all engines pass', () => undefined)
    beforeAll(() => engine.start(), 60_000)
    afterAll(() => engine.stop())
    describe('sqlMigrations', () => makesItsTables(engine))
    describe('the contract', () => passesTheContract(engine))
    describe('the contract, with rows of the host’s own', () =>
      passesTheContract(engine, { alongside: async () => undefined }))
    describe('alongside', () => runsAlongside(() => alongsideKysely(engine), engine.dialect !== 'sqlite'))
    describe('rows', () => readsRows(engine))
    describe('problems', () => saysWhatToMend(engine))
    describe('query plans', () => answersAlongIndexes(engine))
    describe('commits at once', () => commitsUnderLoad(engine))
  })
}
