/** Checks the types of the documents' blocks with the compiler and the options of the repository. Nothing is written. */
import { dirname } from 'node:path'
import ts from 'typescript'
import type { Problem, Program } from './blocks.ts'
import { ROOT } from './markdown.ts'

/** Where the blocks seem to be; the folder does not exist. */
const FOLDER = `${ROOT}test/docs/of-pages`

/** What the compiler says of `env.PORT` in the strictest of projects. */
const INDEX_ACCESS = 4111

/** Everything that the compiler has to say of the blocks, in their order. */
export function typeProblems(programs: readonly Program[]): readonly Problem[] {
  const mains = new Map<string, Program>()
  const files = new Map<string, string>()
  // Programs of the same files lie in one folder, so that these are read once.
  const folders = new Map(
    [...new Set(programs.map((program) => program.files))].map((own, i) => [own, `${FOLDER}/${i}`]),
  )
  for (const [own, folder] of folders) for (const [name, code] of own) files.set(`${folder}/${name}`, code)
  for (const program of programs) mains.set(`${folders.get(program.files)}/${program.main}`, program)
  const options = {
    ...repositoryOptions(),
    moduleDetection: ts.ModuleDetectionKind.Force,
    // Held against what `init` writes, which is a host's own, and against no page.
    noPropertyAccessFromIndexSignature: true,
  }
  const compiled = ts.createProgram([...mains.keys()], options, hostWith(files, options))
  return [...mains].flatMap(([path, { block }]) => {
    const source = compiled.getSourceFile(path)
    const found = [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)]
    const told = block.file.endsWith('.md') ? found.filter(({ code }) => code !== INDEX_ACCESS) : found
    return told.map(({ start = 0, messageText }) => ({
      file: block.file,
      line: (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
  })
}

function repositoryOptions(): ts.CompilerOptions {
  const path = `${ROOT}tsconfig.json`
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile)
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  // Only the options are wanted, so the files of the repository are not looked for.
  return ts.parseJsonConfigFileContent({ ...config, include: [], files: ['src/index.ts'] }, ts.sys, ROOT, {}, path)
    .options
}

/** The compiler's view of the disk, with some files added. */
function hostWith(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options, true)
  const folders = new Set([...files.keys()].map((path) => dirname(path)))
  const { fileExists, readFile, directoryExists, getSourceFile } = host
  return {
    ...host,
    fileExists: (path) => files.has(path) || fileExists(path),
    readFile: (path) => files.get(path) ?? readFile(path),
    directoryExists: (path) => folders.has(path) || (directoryExists?.(path) ?? false),
    getSourceFile(path, target, ...rest) {
      const code = files.get(path)
      return code === undefined ? getSourceFile(path, target, ...rest) : ts.createSourceFile(path, code, target, true)
    },
  }
}
