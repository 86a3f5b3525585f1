import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as constants from 'date-fns/constants'
import { defineConfig, type Options } from 'tsup'
import { buildCli } from './scripts/build-cli.ts'
import { buildTypes } from './scripts/build-types.ts'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * `dist` mirrors `src` module by module, so that a stack trace and an editor lead to a file that can be read. Each module is
 * bundled by itself and leaves the others where they are: esbuild rewrites no import unless it bundles.
 */
const moduleByModule: Plugin = {
  name: 'module-by-module',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true, sideEffects: false },
    )
  },
}

/**
 * The numbers of date-fns stand in the module that imports them, so that nobody installs it. On the line of the import, so that
 * the maps stay right: bundled, its own file would be in them, which is not in the package.
 */
const datesByNumber: Plugin = {
  name: 'dates-by-number',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].+\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll(
        /^import \{ ([\w, ]+) \} from 'date-fns\/constants'$/gm,
        (_, names: string) => `const ${names.split(', ').map((name) => `${name} = ${numberOf(name)}`)}`,
      ),
    }))
  },
}

const numberOf = (name: string): number => Number(Object.entries(constants).find(([known]) => known === name)?.[1])

/** `--no-dts` leaves the declarations out, `--out-dir` builds elsewhere. */
export default defineConfig(({ dts, outDir = 'dist' }) => ({
  // What a browser runs or reads is in hub/assets.gen.ts (scripts/build-hub.ts), and the command line by scripts/build-cli.ts.
  entry: ['src/**/*.ts', '!src/hub/page/**', '!src/hub/languages/**', '!src/cli/**'],
  outDir,
  format: ['esm'],
  target: 'es2023',
  platform: 'neutral',
  splitting: false,
  clean: true,
  sourcemap: true,
  esbuildPlugins: [moduleByModule, datesByNumber],
  esbuildOptions(options) {
    // The sources are in the package, since the maps of declarations need them.
    options.sourcesContent = false
    options.outbase = fileURLToPath(new URL('src', import.meta.url))
  },
  dts: false,
  async onSuccess() {
    await buildCli(outDir)
    if (dts !== false) buildTypes(outDir)
  },
}))
