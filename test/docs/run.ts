/**
 * Runs the documents' blocks, each as a module in a folder of its own below `.vitest/`, and holds what they print against what
 * they claim to print.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { format } from 'node:util'
import { type Claim, type Problem, type Program, withClaims } from './blocks.ts'
import { ROOT } from './markdown.ts'

const PARENT = `${ROOT}.vitest/`
/** The name under which a running block finds its printer. */
const PRINT = 'printOfDocs'

/** Runs one block. Whatever is wrong with it is told with the line of the page. */
export async function problemsOfRun({ block, main, files }: Program): Promise<readonly Problem[]> {
  const { file } = block
  const printed = new Map<number, string[]>()
  const print =
    (line: number) =>
    (...shown: readonly unknown[]): void => {
      printed.set(line, [...(printed.get(line) ?? []), format(...shown)])
    }
  mkdirSync(PARENT, { recursive: true })
  const folder = mkdtempSync(`${PARENT}docs-`)
  let claims: readonly Claim[] = []
  try {
    for (const [name, text] of files) {
      const prepared = withClaims(text, `globalThis.${PRINT}`)
      if (name === main) claims = prepared.claims
      writeFileSync(`${folder}/${name}`, prepared.code)
    }
    Object.assign(globalThis, { [PRINT]: print })
    await import(/* @vite-ignore */ `${folder}/${main}`)
  } catch (error) {
    return [{ file, line: lineOf(error, `${folder}/${main}`) ?? block.line, message: `throws ${error}` }]
  } finally {
    rmSync(folder, { recursive: true })
  }
  return claims.flatMap((claim) => {
    const message = problemOfClaim(claim, printed.get(claim.line))
    return message === undefined ? [] : [{ file, line: claim.line, message }]
  })
}

function problemOfClaim({ expected }: Claim, printed: readonly string[] | undefined): string | undefined {
  if (expected === undefined) return 'prints something, but no comment says what.'
  if (!printed) return 'claims to print something, but is never reached.'
  const output = printed.join('\n')
  return fits(output, expected) ? undefined : `prints\n${output}\nbut the comment says\n${expected}`
}

/** Whether an output is what a comment says. Spaces and line ends count as one space; `…` stands for any text. */
export function fits(output: string, expected: string): boolean {
  const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
  const pattern = plain(expected)
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.*')}$`).test(plain(output))
}

/** The line of a file in which an error arose, as far as its stack tells. */
function lineOf(error: unknown, path: string): number | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(`${path}:`)
  const line = at === -1 ? Number.NaN : Number.parseInt(stack.slice(at + path.length + 1), 10)
  return Number.isNaN(line) ? undefined : line
}
