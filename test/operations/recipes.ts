/** The recipes of docs/operations.md as modules, exactly as they stand on the page. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { programsOf } from '../docs/blocks.ts'
import { ROOT, readPage } from '../docs/markdown.ts'

const PAGE = 'docs/operations.md'
const PARENT = `${ROOT}.vitest/`

/**
 * Imports the block whose first line is `// name`.
 *
 * @typeParam Exports what it exports; the compiler holds the block itself against the package's types (test/docs).
 */
export async function recipe<Exports>(name: string): Promise<Exports> {
  const program = programsOf(readPage(PAGE, readFileSync(ROOT + PAGE, 'utf8'))).find(({ main }) => main === name)
  if (!program) throw new Error(`${PAGE} has no block "${name}".`)
  mkdirSync(PARENT, { recursive: true })
  const folder = mkdtempSync(`${PARENT}operations-`)
  try {
    for (const [file, code] of program.files) writeFileSync(`${folder}/${file}`, code)
    return (await import(/* @vite-ignore */ `${folder}/${name}`)) as Exports
  } finally {
    rmSync(folder, { recursive: true })
  }
}
