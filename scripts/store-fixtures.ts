/**
 * `npx tsx scripts/store-fixtures.ts [NAME]`: writes the fixtures of test/stores/fixtures by today's code, into real stores. Without
 * a name the newest folder is written anew; with one, such as `v1`, a new folder, for a new form of records or events. Earlier
 * folders hold what earlier code wrote, and stay. Needs a redis-server and a MariaDB.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { FOLDERS, pathOf } from '../test/stores/fixtures/folders.ts'
import { KINDS } from '../test/stores/fixtures/stores.ts'

const [given] = process.argv.slice(2)
const folder = given ?? FOLDERS.at(-1)
const missing = KINDS.flatMap((kind) => kind.missing ?? [])
const problem =
  folder === undefined || !/^v\d+$/.test(folder)
    ? 'The name of a folder is v and a number.'
    : given !== undefined && FOLDERS.includes(given)
      ? `${given} is there already. Without a name the newest is written anew.`
      : missing.length > 0
        ? `Install first: ${missing.join('; ')}`
        : undefined
if (problem !== undefined) {
  console.error(problem)
  process.exit(2)
}

for (const kind of KINDS) {
  await kind.start()
  try {
    const path = pathOf(folder as string, kind)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, (await kind.write()).text)
    console.log(path)
  } finally {
    await kind.stop()
  }
}
