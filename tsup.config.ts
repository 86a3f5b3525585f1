import { fileURLToPath } from 'node:url'
import { defineConfig, type Options } from 'tsup'
import { buildTypes } from './scripts/build-types.ts'

/**
 * `dist` mirrors `src` module by module, so that a stack trace and an editor lead to a file that can be read. Each module is
 * bundled by itself and leaves the others where they are: esbuild rewrites no import unless it bundles.
 */
const moduleByModule: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'module-by-module',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true, sideEffects: false },
    )
  },
}

/** `--no-dts` leaves the declarations out, `--out-dir` builds elsewhere. */
export default defineConfig(({ dts, outDir = 'dist' }) => ({
  // What a browser runs is bundled into hub/assets.gen.ts (scripts/build-hub.ts).
  entry: ['src/**/*.ts', '!src/hub/page/**'],
  outDir,
  format: ['esm'],
  target: 'es2023',
  platform: 'neutral',
  splitting: false,
  clean: true,
  sourcemap: true,
  esbuildPlugins: [moduleByModule],
  esbuildOptions(options) {
    // The sources are in the package, since the maps of declarations need them.
    options.sourcesContent = false
    options.outbase = fileURLToPath(new URL('src', import.meta.url))
  },
  dts: false,
  ...(dts !== false && { onSuccess: async () => buildTypes(outDir) }),
}))
