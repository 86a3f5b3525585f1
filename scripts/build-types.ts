/**
 * The declarations of dist/, one beside each module, with maps to the sources: TypeScript's own, since tsup's are bundled and have
 * no maps (tsup.config.ts runs this). Relative imports end with `.js` in them, as in the modules: TypeScript would leave `.ts`,
 * which not every editor reads.
 */
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Writes them to a folder, or throws with everything that is wrong with the types. */
export function buildTypes(outDir: string): void {
  const { config } = ts.readConfigFile(`${root}tsconfig.build.json`, ts.sys.readFile)
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, root, { outDir })
  const program = ts.createProgram(fileNames, options)
  const { diagnostics } = program.emit(undefined, (path, text, bom) =>
    ts.sys.writeFile(path, path.endsWith('.d.ts') ? withModules(text) : text, bom),
  )
  const wrong = [...errors, ...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (wrong.length === 0) return
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name: string) => name, getNewLine: () => '\n' }
  throw new Error(`The declarations were not made.\n${ts.formatDiagnostics(wrong, host)}`)
}

/** As long as before, so that the maps stay right. */
const withModules = (text: string): string =>
  text.replaceAll(/(\b(?:from|import) ?\(?)(['"])(\.{1,2}\/[^'"\n]+)\.ts\2/g, '$1$2$3.js$2')
