/**
 * The order of the test files: those that take longest first, so that no worker ends long after the other. Vitest knows how long
 * a file took from its cache, which a fresh clone does not have.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** By what each took in a whole run, from the longest on. Others follow as vitest has them. */
const LONGEST = [
  ...['simulation/freshness', 'examples/own-policy', 'stores/sql/postgres', 'http/agreement', 'simulation/model'],
  'platforms/platforms',
  ...['hub/states', 'hub/input', 'hub/failures', 'hub/meanwhile'],
  ...['npm/clients', 'stores/sql/mariadb', 'hub/pages', 'examples/frameworks', 'processes/postgres', 'processes/redis'],
  ...['stores/sql/galera', 'stores/sql/mysql-sessions', 'stores/sql/mysql-servers'],
  ...['npm/verdaccio', 'stores/redis/contract', 'simulation/protections', 'examples/custom-store'],
  ...['stores/sql/better-sqlite3', 'stores/redis/clients', 'testing/contract/contract', 'examples/demo'],
  ...['stores/sql/postgres-faults', 'docs/code-blocks'],
].map((file) => `/test/${file}.test.ts`)

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((end) => moduleId.endsWith(end))
  return place === -1 ? LONGEST.length : place
}
