/** The values of the store that hold what is gathered: how they are called, read and removed. */
import { ask } from '../service/ask.ts'
import type { Engine } from '../service/engine.ts'
import { changeValue } from '../service/values.ts'

/** Where it stands since when it is gathered. */
export const BEAT = 'usage/since'
/** Hashed, since ids may be of any letters and names of values are not. */
export const nameOfToken = ({ sha256 }: Engine, id: string): string => `usage/token/${sha256(id)}`
/** The name of the value that holds how the tokens of a plan are used. */
export const nameOfPlan = ({ sha256 }: Engine, planId: string): string => `usage/plan/${sha256(planId)}`

/** What a value says. `undefined`: nothing is kept. What cannot be read is `unreadable`, and the host is told. */
export function readOrTell<T>(
  { report }: Engine,
  name: string,
  text: string | undefined,
  read: (name: string, text: string) => T,
): T | 'unreadable' | undefined {
  try {
    return text === undefined ? undefined : read(name, text)
  } catch (error) {
    report.failed(error, 'store.readValue')
    return 'unreadable'
  }
}

/** Removes a value; where the store cannot, an empty text is left. @throws PlanTokenError `unavailable`. */
export async function removeValue(engine: Engine, name: string): Promise<void> {
  if (!engine.store.removeValue) return changeValue(engine, name, (text) => text && '')
  await ask(engine, 'store.removeValue', async () => engine.store.removeValue?.(name))
}
