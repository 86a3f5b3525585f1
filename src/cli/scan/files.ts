/** Secrets in files and folders as they are now, ignored ones too: an `.env` is where secrets are. */
import { createReadStream, type Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { failureOf } from '../failure.ts'
import { createFinder, type Found } from './finder.ts'

/** Where a secret was found. */
export interface Place extends Found {
  readonly file: string
  /** The short name of a commit, in the history of git. */
  readonly commit?: string
}

/** What is not looked into: installed packages, and what git keeps, which `--history` reads. */
const LEFT_OUT = new Set(['node_modules', '.git'])

/** What is told while it runs. */
export interface Watcher {
  looked(count: number): void
  /** A file that could not be read. */
  missed(file: string, why: string): void
}

/** Looks at files and folders. Links are not followed, and what is no file is left out. */
export async function scanFiles(
  paths: readonly string[],
  prefixes: ReadonlySet<string>,
  watcher: Watcher,
): Promise<readonly Place[]> {
  const places: Place[] = []
  let count = 0
  const look = async (file: string): Promise<void> => {
    try {
      const finder = createFinder(prefixes)
      for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) finder.write(chunk)
      places.push(...finder.end().map((found) => ({ ...found, file })))
      watcher.looked(++count)
    } catch (thrown) {
      watcher.missed(file, failureOf(thrown).message)
    }
  }
  const enter = async (folder: string): Promise<void> => {
    let entries: Dirent[]
    try {
      entries = await readdir(folder, { withFileTypes: true })
    } catch (thrown) {
      return watcher.missed(folder, failureOf(thrown).message)
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) await enter(path)
      else if (entry.isFile()) await look(path)
    }
  }
  for (const path of paths) {
    const stat = await lstat(path)
    if (stat.isDirectory()) await enter(path)
    else await look(path)
  }
  return places
}
