/**
 * Bundles the command line of src/cli/ with the libraries that only it needs, so that who imports the package installs none of
 * them: dist/cli/bin.js, which an old Node can read, dist/cli/main.js, and beside it a file for each command. The package's own
 * modules are left where they are, so that an engine of a project's configuration and the command line are of the same modules. The
 * licenses of what is bundled stand there too.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
const src = join(root, 'src')
const cli = join(src, 'cli')

/** Ours outside of the command line, by its place in dist/. */
const ownModules: Plugin = {
  name: 'own-modules',
  setup(builder) {
    builder.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, importer, kind }) => {
      const file = resolve(dirname(importer), path)
      if (kind === 'entry-point' || !file.startsWith(`${src}/`)) return undefined
      const isOwn = file.startsWith(`${cli}/`)
      if (isOwn && file !== join(cli, 'main.ts')) return undefined
      const place = relative(cli, file).replaceAll('\\', '/').replace(/\.ts$/, '.js')
      return { path: isOwn ? `./${place}` : place, external: true, sideEffects: false }
    })
  },
}

/** Builds it into a folder, dist/ by itself. */
export async function buildCli(outDir: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(cli, 'bin.ts'), join(cli, 'main.ts')],
    absWorkingDir: root,
    outdir: join(resolve(root, outDir), 'cli'),
    bundle: true,
    // A command loads its own part, and what that needs of the package: a third of what all of them do.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node18',
    packages: 'bundle',
    external: EXTERNAL,
    // Libraries in CommonJS ask for Node's own modules by a require that an ES module does not have.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    legalComments: 'none',
    // Where node_modules is a link, the comments of the bundle would name the place that it leads to.
    preserveSymlinks: true,
    metafile: true,
    logLevel: 'warning',
    plugins: [ownModules],
  })
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  )
  writeFileSync(join(resolve(root, outDir), 'cli/licenses.txt'), [...packages].sort().map(licenseOf).join('\n'))
}

/** What a host installs, or has by itself. */
const EXTERNAL = ['zod', 'zod/*', 'nanoid', '@noble/hashes', '@noble/hashes/*', 'kysely']

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly [field: string]: string
  }
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file && existsSync(join(root, folder, file)) ? readFileSync(join(root, folder, file), 'utf8').trim() : ''
  return `${name} ${version} (${license})\n\n${text}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCli(process.argv[2] ?? 'dist')
