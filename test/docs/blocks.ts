/**
 * The TypeScript blocks of the documents as programs. Each is a module of its own and gets a folder of its own, so that blocks
 * share nothing but what the page shows: a block whose first line is `// name.ts` can be imported as `./name.ts` by the
 * blocks below it on the same page.
 *
 * What a block claims to print stands in a comment: behind a `console.log` on its line, or in the lines that follow it. `…`
 * stands for any text. How they are checked: type-check.ts and run.ts.
 */
import ts from 'typescript'
import type { Block, Page } from './markdown.ts'

/** One block, made ready: the files of its folder by name. Their lines are numbered as in the page. */
export interface Program {
  readonly block: Block
  /** The name of the block's own file. */
  readonly main: string
  readonly files: ReadonlyMap<string, string>
}

/** One `console.log`, and what the page says that it prints. */
export interface Claim {
  readonly line: number
  readonly expected: string | undefined
}

/** Something wrong with a block, with its place in the page. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** `docs/policy.md:12: what is wrong`. */
export const problemText = ({ file, line, message }: Problem): string => `${file}:${line}: ${message}`

/** Languages whose blocks are not run. TypeScript under another name would escape the checks, so it has to be `ts`. */
const OTHER_LANGUAGES = ['sh', 'json', 'text', 'http', 'mermaid', 'yaml', 'nginx']
/** The page whose JavaScript is written into files and run (test/cli/getting-started.test.ts). */
const IN_JAVASCRIPT = 'docs/getting-started.md'

/** Blocks in a language that nobody checks, or in none. */
export function unknownLanguages({ file, blocks }: Page): readonly Problem[] {
  return blocks
    .filter(
      ({ lang }) => lang !== 'ts' && !OTHER_LANGUAGES.includes(lang) && !(lang === 'js' && file === IN_JAVASCRIPT),
    )
    .map(({ line, lang }) => ({
      file,
      line: line - 1,
      message: `the language "${lang}" is not checked. Use ts, or one of ${OTHER_LANGUAGES.join(', ')}.`,
    }))
}

/** The TypeScript blocks of a page. */
export function programsOf({ blocks }: Page): readonly Program[] {
  const shared = new Map<string, string>()
  return blocks
    .filter(({ lang }) => lang === 'ts')
    .map((block) => {
      const name = /^\/\/ ([\w-]+\.ts)\n/.exec(block.code)?.[1]
      const main = name ?? 'block.ts'
      const files = new Map([...shared, [main, '\n'.repeat(block.line - 1) + block.code]])
      if (name !== undefined) shared.set(name, files.get(name) ?? '')
      return { block, main, files }
    })
}

/**
 * The code with each `console.log` replaced by `print(line)`, which gives the function that is called, and what each is claimed to print. Lines stay
 * where they are.
 */
export function withClaims(code: string, print: string): { readonly code: string; readonly claims: readonly Claim[] } {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2023, true)
  const claims: Claim[] = []
  let rewritten = ''
  let from = 0
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'console.log') {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      claims.push({ line, expected: claimAfter(code, node.end) })
      rewritten += `${code.slice(from, node.expression.getStart(source))}${print}(${line})`
      from = node.expression.end
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { code: rewritten + code.slice(from), claims }
}

/** The comment behind a call on its last line; or else the comment lines right below it. */
function claimAfter(code: string, end: number): string | undefined {
  const [rest = '', ...below] = code.slice(end).split('\n')
  const behind = /^[\s;,)}\]]*\/\/ ?(.*)$/.exec(rest)?.[1]
  if (behind !== undefined) return behind
  if (!/^[\s;,)}\]]*$/.test(rest)) return undefined
  const stop = below.findIndex((line) => !/^\s*\/\//.test(line))
  const lines = below.slice(0, stop === -1 ? undefined : stop).map((line) => line.replace(/^\s*\/\/ ?/, ''))
  return lines.length === 0 ? undefined : lines.join('\n')
}
