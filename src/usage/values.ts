/** The values of the store that hold what is gathered: how they are called, read, changed and removed. */
import { isDate } from '../core/token.ts'
import type { StoredValue } from '../ports.ts'
import { ask, shaped } from '../service/ask.ts'
import type { Engine } from '../service/engine.ts'

/** How often a value is read anew after another process has written it. */
const MOST_CONFLICTS = 50

/** Where it stands since when it is gathered. */
export const BEAT = 'usage/since'
/** Hashed, since ids may be of any letters and names of values are not. */
export const nameOfToken = ({ sha256 }: Engine, id: string): string => `usage/token/${sha256(id)}`
export const nameOfPlan = ({ sha256 }: Engine, planId: string): string => `usage/plan/${sha256(planId)}`

/** Reads a value. @throws PlanTokenError `unavailable`. */
export function readValue(engine: Engine, name: string): Promise<StoredValue | undefined> {
  return ask(
    engine,
    'store.readValue',
    async () => engine.store.readValue?.(name),
    (answer) => shaped(answer, isValue),
  )
}

function isValue(answer: unknown): boolean {
  if (answer === undefined) return true
  const { value, version } = Object(answer) as Partial<StoredValue>
  return typeof value === 'string' && isDate(version) && version >= 1
}

function write(engine: Engine, name: string, value: string, version: number): Promise<boolean> {
  return ask(
    engine,
    'store.writeValue',
    async () => engine.store.writeValue?.(name, value, version) ?? false,
    (answer) => shaped(answer, (one) => typeof one === 'boolean'),
  )
}

/**
 * Changes a value, whoever else changes it meanwhile, so that nothing of either is lost. Nothing is written where `after` gives
 * nothing.
 *
 * @throws PlanTokenError `unavailable`, of a write: nobody knows whether it took place.
 */
export async function changeValue(
  engine: Engine,
  name: string,
  after: (text: string | undefined) => Promise<string | undefined> | string | undefined,
): Promise<void> {
  for (let i = 0; i < MOST_CONFLICTS; i++) {
    const kept = await readValue(engine, name)
    const text = await after(kept?.value)
    if (text === undefined || text === kept?.value) return
    if (await write(engine, name, text, kept?.version ?? 0)) return
  }
  throw new Error(`The value "${name}" is written by others all the time.`)
}

/** Removes a value; where the store cannot, an empty text is left. @throws PlanTokenError `unavailable`. */
export async function removeValue(engine: Engine, name: string): Promise<void> {
  if (!engine.store.removeValue) return changeValue(engine, name, (text) => text && '')
  await ask(engine, 'store.removeValue', async () => engine.store.removeValue?.(name))
}
