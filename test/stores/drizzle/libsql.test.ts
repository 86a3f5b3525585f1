/** `drizzleStore` over @libsql/client. */
import { describe } from 'vitest'
import { passesOverClient } from '../clients/suite.ts'
import { overLibsql } from './worlds.ts'

describe('Drizzle over libsql', () => passesOverClient(overLibsql, false))
