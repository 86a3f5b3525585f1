/** Lists that are kept as values of the store. */
import { StoreError } from '../core/errors.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { changeValue, readValue } from '../service/values.ts'

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
  await changeValue(engine, name, (text) => {
    const before = listIn<T>(name, text)
    const after = change(before)
    return after === before ? undefined : JSON.stringify(after)
  })
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
