/** A program of a test as one file of JavaScript: it starts in a fifth of the time that its sources take, and many are started. */
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface BuiltProgram {
  readonly script: string
  remove(): Promise<void>
}

/** Packages with native code or a program, and one that `pg` loads only where it is asked for. */
const WITH_PARTS = ['esbuild', 'libsql', 'pg-native', 'workerd']

/** Each of our modules goes on finding what lies beside its source. */
const sourcePlaces: Plugin = {
  name: 'source-places',
  setup(builder) {
    builder.onLoad({ filter: /[\\/](src|test|examples)[\\/].+\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
    }))
  },
}

/** Makes one file of a module and of all that it needs, below the repository, where what has parts of its own is found. */
export async function buildProgram(source: URL): Promise<BuiltProgram> {
  const parent = join(root, '.vitest')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'program-'))
  const script = join(folder, 'program.mjs')
  await build({
    ...{ entryPoints: [fileURLToPath(source)], outfile: script, tsconfig: join(root, 'tsconfig.json') },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    plugins: [sourcePlaces],
    external: WITH_PARTS,
    banner: {
      js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url)`,
    },
  })
  return { script, remove: () => rm(folder, { recursive: true, force: true }) }
}
