/** Asks the store for named values, within its time. */
import { StoreError } from '../core/errors.ts'
import { isDate } from '../core/token.ts'
import type { StoredValue } from '../ports.ts'
import { ask, shaped } from '../service/ask.ts'
import type { ManagingEngine } from '../service/engine.ts'

/** How often a value is read anew after somebody else has written it. */
const MOST_CONFLICTS = 20

/** Reads a value. @throws PlanTokenError `unavailable`. */
export function readValue(engine: ManagingEngine, name: string): Promise<StoredValue | undefined> {
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

/** Writes a value over a version; whether it did. @throws PlanTokenError `unavailable`: nobody knows. */
export function writeValue(engine: ManagingEngine, name: string, value: string, version: number): Promise<boolean> {
  return ask(
    engine,
    'store.writeValue',
    async () => engine.store.writeValue?.(name, value, version) ?? false,
    (answer) => shaped(answer, (one) => typeof one === 'boolean'),
  )
}

/**
 * Changes a list that is kept as a value, whoever else changes it meanwhile; nothing is written where the list stays the same one.
 *
 * @throws PlanTokenError `unavailable`.
 */
export async function changeList<T>(
  engine: ManagingEngine,
  name: string,
  change: (list: readonly T[]) => readonly T[],
): Promise<void> {
  for (let i = 0; i < MOST_CONFLICTS; i++) {
    const kept = await readValue(engine, name)
    const before = listIn<T>(name, kept?.value)
    const after = change(before)
    if (after === before) return
    if (await writeValue(engine, name, JSON.stringify(after), kept?.version ?? 0)) return
  }
  throw new Error(`The value "${name}" is written by others all the time.`)
}

/** A list that is kept as a value. @throws StoreError `row_unreadable`. */
export async function readList<T>(engine: ManagingEngine, name: string): Promise<readonly T[]> {
  return listIn<T>(name, (await readValue(engine, name))?.value)
}

function listIn<T>(name: string, text: string | undefined): readonly T[] {
  if (text === undefined) return []
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list)) return list as T[]
  } catch {
    // As what is no list.
  }
  throw new StoreError('row_unreadable', `The value "${name}" cannot be read: it was changed by hand. Remove it.`)
}
