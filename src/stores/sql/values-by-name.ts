/** Values that are kept under a name, and written only over the version that their writer has seen. The port: ports.ts. */
import { StoreError } from '../../core/errors.ts'
import type { StoredValue } from '../../ports.ts'
import { unlessThere } from './problems.ts'
import type { Session } from './session.ts'
import type { Db, Setup } from './tables.ts'
import { textOf, wholeOf } from './values.ts'

/** Reads one. */
export async function readValue(session: Session, name: string): Promise<StoredValue | undefined> {
  const { names } = session
  const row = await session.read((db) =>
    db.selectFrom(names.values).select(['version', 'value']).where('name', '=', name).executeTakeFirst(),
  )
  if (!row) return undefined
  const [version, value] = [wholeOf(row.version), textOf(row.value)]
  if (version !== undefined && value !== undefined) return { value, version }
  throw new StoreError(
    'row_unreadable',
    `The row "${name}" of the table "${names.values}" cannot be read: it was changed by hand. Mend it, or remove it.`,
  )
}

/** Writes one, if the version stands: by one statement, whose row says whether it did. */
export function writeValue(session: Session, name: string, value: string, version: number): Promise<boolean> {
  return session.write((db) =>
    version === 0 ? insertValue(db, session, name, value) : updateValue(db, session, name, value, version),
  )
}

/** Removes one, whatever its version. */
export async function removeValue(session: Session, name: string): Promise<void> {
  await session.write((db) => db.deleteFrom(session.names.values).where('name', '=', name).execute())
}

async function insertValue(db: Db, { dialect, names }: Setup, name: string, value: string): Promise<boolean> {
  const insert = db.insertInto(names.values).values({ name, version: 1, value })
  if (dialect !== 'mysql') {
    const made = await insert
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('version')
      .execute()
    return made.length === 1
  }
  return unlessThere(insert.execute())
}

async function updateValue(
  db: Db,
  { dialect, names }: Setup,
  name: string,
  value: string,
  version: number,
): Promise<boolean> {
  const update = db
    .updateTable(names.values)
    .set({ version: version + 1, value })
    .where('name', '=', name)
    .where('version', '=', version)
  if (dialect !== 'mysql') return (await update.returning('version').execute()).length === 1
  return (await update.executeTakeFirstOrThrow()).numUpdatedRows === 1n
}
