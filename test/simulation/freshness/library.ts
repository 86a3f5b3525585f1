/**
 * The library as it is simulated: bundled from its sources, with small tables so that a short schedule fills them, and for
 * the proof that the checks bite, with one protection taken out of the text.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Library } from './deployment.ts'
import { MOST_LOOK_UPS } from './schedule.ts'

/** A change to one file of src/. What is replaced must stand there exactly once. */
export interface Patch {
  readonly file: string
  readonly from: string
  readonly to: string
}

const SMALL: readonly Patch[] = [
  { file: 'service/freshness.ts', from: 'const PAGE = 100', to: 'const PAGE = 3' },
  { file: 'service/look-ups.ts', from: 'const MAX_LOOK_UPS = 64', to: `const MAX_LOOK_UPS = ${MOST_LOOK_UPS}` },
  { file: 'service/freshness.ts', from: 'const MAX_PAGES = 200', to: 'const MAX_PAGES = 5' },
  // Clocks that run ten times as unevenly as in the world, so that it counts beside the delays of the network.
  { file: 'service/freshness.ts', from: 'longest * 1.01 + 5', to: 'longest * 1.1 + 5' },
  { file: 'service/cache.ts', from: 'const MAX_WEIGHT = 100_000', to: 'const MAX_WEIGHT = 3' },
  { file: 'service/cache.ts', from: 'const MAX_UNKNOWN = 10_000', to: 'const MAX_UNKNOWN = 4' },
  { file: 'service/cache.ts', from: 'const MAX_NEWS = 1_000', to: 'const MAX_NEWS = 1' },
]

const src = fileURLToPath(new URL('../../../src/', import.meta.url))

/** What the simulation uses of it, in one bundle. */
const ENTRY = "export * from './index.ts'; export { approvals } from './approvals/index.ts'"

/** Bundles the library with patches and loads it. */
export async function libraryWith(patches: readonly Patch[] = []): Promise<Library> {
  const folder = await mkdtemp(join(tmpdir(), 'simulated-'))
  try {
    const all = [...SMALL, ...patches]
    const outfile = join(folder, 'library.mjs')
    await build({
      stdin: { contents: ENTRY, resolveDir: src },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      logLevel: 'silent',
      plugins: [
        {
          name: 'patch',
          setup(builder) {
            builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
              contents: patched(path, await readFile(path, 'utf8'), all),
              loader: 'ts',
            }))
          },
        },
      ],
    })
    return (await import(pathToFileURL(outfile).href)) as Library
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function patched(path: string, text: string, patches: readonly Patch[]): string {
  return patches
    .filter(({ file }) => path === join(src, file))
    .reduce((result, { from, to }) => {
      if (result.split(from).length !== 2) throw new Error(`"${from}" does not stand exactly once in ${path}.`)
      return result.replace(from, () => to)
    }, text)
}
