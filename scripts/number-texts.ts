/**
 * Numbers for the names of texts: what a module of the page names in a call of `t`, `rich` or `count`, or in a table of nothing but
 * such names, becomes a number, so that neither the script nor the files of texts carry the name. A name that stands as a text anywhere
 * else stays one.
 */
import { type ESTree, parseSync, Visitor } from 'rolldown/utils'

/** Where a call has the name of a text. */
const CALLS: { readonly [callee: string]: number } = { t: 0, rich: 0, count: 1 }

/** The type of a table that has names and nothing else: `{ readonly [code: string]: TextKey }`. */
const TABLE = /^: \{ readonly \[[^\]]*\]\??: (Text|Plural)Key \}$/

/** A name in a module, from where to where it stands there with its quotes, and whether it can be nothing else there. */
interface Named {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly isText: boolean
}

/** Every text in a module that may be a name. */
function namesIn(path: string, code: string): readonly Named[] {
  const texts = new Set<unknown>()
  const found: (Omit<Named, 'isText'> & { readonly node: unknown })[] = []
  const { program } = parseSync(path, code)
  const put = (node: ESTree.Node | undefined): void => {
    if (node?.type !== 'ConditionalExpression') texts.add(node)
    else for (const one of [node.consequent, node.alternate]) put(one)
  }
  new Visitor({
    CallExpression({ callee, arguments: given }) {
      const at = callee.type === 'Identifier' && Object.hasOwn(CALLS, callee.name) ? CALLS[callee.name] : undefined
      if (at !== undefined) put(given[at])
    },
    VariableDeclarator({ id, init }) {
      const type = 'typeAnnotation' in id ? id.typeAnnotation : undefined
      if (init?.type === 'ObjectExpression' && type && TABLE.test(code.slice(type.start, type.end)))
        for (const entry of init.properties) if (entry.type === 'Property') put(entry.value)
    },
    Literal(node) {
      if (typeof node.value === 'string') found.push({ name: node.value, start: node.start, end: node.end, node })
    },
  }).visit(program)
  return found.map(({ node, ...one }) => ({ ...one, isText: texts.has(node) }))
}

/** The names that modules have in such places alone. */
export function namesOfTexts(modules: ReadonlyMap<string, string>): ReadonlySet<string> {
  const all = [...modules].flatMap(([path, code]) => namesIn(path, code))
  const elsewhere = new Set(all.filter(({ isText }) => !isText).map(({ name }) => name))
  return new Set(all.map(({ name }) => name).filter((name) => !elsewhere.has(name)))
}

/** A module with numbers for names. */
export function numbered(path: string, code: string, numbers: ReadonlyMap<string, number>): string {
  return namesIn(path, code)
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { name, start, end }) => {
      const number = numbers.get(name)
      return number === undefined ? text : `${text.slice(0, start)}${number}${text.slice(end)}`
    }, code)
}
