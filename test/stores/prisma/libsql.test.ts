/** `prismaStore` over @prisma/adapter-libsql. */
import { describe, it } from 'vitest'
import { ORMS, withOrms } from '../../support/orms.ts'
import { passesOverClient } from '../clients/suite.ts'
import { overLibsql } from './worlds.ts'

describe.skipIf(!ORMS)(withOrms('Prisma over libsql'), () => {
  // One line in the output is enough for what is not there.
  if (!ORMS) return void it('passes what all pass', () => undefined)
  passesOverClient(overLibsql, false)
})
