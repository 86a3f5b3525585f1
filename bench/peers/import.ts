/** Imports a library out of the folder that bench/peers/install.ts made. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** By a module that lies beside it, since only such a one finds what `exports` gives to an import. */
export async function importPeer<T>(folder: string, name: string): Promise<T> {
  const bridge = join(folder, `${name.replaceAll(/\W/g, '-')}.mjs`)
  writeFileSync(bridge, `export * from ${JSON.stringify(name)}\n`)
  return (await import(pathToFileURL(bridge).href)) as T
}
