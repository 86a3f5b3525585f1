/** The page of the hub is built before the tests, since a fresh clone does not have it: once for a run, of which each project asks. */
import { buildHub } from '../../scripts/build-hub.ts'

const run: typeof globalThis & { hubOfRun?: Promise<void> } = globalThis

export function setup(): Promise<void> {
  run.hubOfRun ??= buildHub()
  return run.hubOfRun
}
