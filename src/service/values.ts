/** Asks the store for the values that it keeps under names, within its time, and changes them whoever else does. */
import { isCount } from '../core/objects.ts'
import type { StoredValue } from '../ports.ts'
import { ask, failureOf, shaped } from './ask.ts'
import type { Engine } from './engine.ts'

/** How often a value is read anew after somebody else has written it. */
const MOST_CONFLICTS = 50

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
  return typeof value === 'string' && isCount(version)
}

/** Writes a value over a version; whether it did. @throws PlanTokenError `unavailable`: nobody knows. */
export function writeValue(engine: Engine, name: string, value: string, version: number): Promise<boolean> {
  return ask(
    engine,
    'store.writeValue',
    async () => engine.store.writeValue?.(name, value, version) ?? false,
    (answer) => shaped(answer, (one) => typeof one === 'boolean'),
  )
}

/**
 * Changes a value, whoever else changes it meanwhile, so that nothing of either is lost. Nothing is written where `after` gives
 * nothing, or what is there.
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
    if (await writeValue(engine, name, text, kept?.version ?? 0)) return
  }
  throw failureOf(engine, new Error(`The value "${name}" is written by others all the time.`), 'store.writeValue')
}
