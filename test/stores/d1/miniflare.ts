/** Cloudflare D1 itself, in workerd: databases of a Miniflare, which is not on a bare machine. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { D1Database } from 'plan-access-tokens/stores/d1'
import { describe } from 'vitest'
import { isInstalled, PLATFORMS_COMMAND, tools } from '../../platforms/platforms.ts'

interface Miniflare {
  getD1Database(name: string): Promise<D1Database>
  dispatchFetch(url: string): Promise<Response>
  dispose(): Promise<void>
}

/** Loads a package out of the folder of the platforms. */
export const load = <T>(name: string): Promise<T> =>
  import(pathToFileURL(createRequire(join(tools ?? '', 'package.json')).resolve(name)).href) as Promise<T>

/** A group of tests that needs the packages besides Miniflare; skipped by name where they are not there. */
export function describeWithD1(name: string, packages: readonly string[], tests: () => void): void {
  const isHere = isInstalled({ packages: ['miniflare', ...packages] })
  describe.skipIf(!isHere)(isHere ? name : `${name} (skipped without it: ${PLATFORMS_COMMAND})`, tests)
}

/** Starts one with databases of these names, and a worker that has the bindings. */
export async function startMiniflare(
  databases: readonly string[],
  script = 'export default { fetch: () => new Response() }',
): Promise<Miniflare> {
  const { Miniflare } = await load<{ Miniflare: new (options: object) => Miniflare }>('miniflare')
  return new Miniflare({ modules: true, script, compatibilityDate: '2025-10-01', d1Databases: databases })
}
