/** The sources, and what each of their nodes imports, as TypeScript's parser reads them. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** Every source, by its path below src/. */
export const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path))
  .sort()

/** One import. */
export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly isDynamic?: boolean
}

/** What a node imports, in whatever way: import, export from, a type's import(), a dynamic one, require. */
export function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const specifier = node.moduleSpecifier
    if (!specifier || !ts.isStringLiteral(specifier)) return undefined
    const typeOnly = ts.isExportDeclaration(node)
      ? node.isTypeOnly
      : node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { specifier: specifier.text, typeOnly }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
    return { specifier: node.argument.literal.text, typeOnly: true }
  if (ts.isExternalModuleReference(node) && ts.isStringLiteral(node.expression))
    return { specifier: node.expression.text, typeOnly: false }
  if (!ts.isCallExpression(node)) return undefined
  const isCall = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require'
  const [argument] = node.arguments
  if (!isCall) return undefined
  return {
    specifier: argument && ts.isStringLiteralLike(argument) ? argument.text : '(computed)',
    typeOnly: false,
    isDynamic: node.expression.kind === ts.SyntaxKind.ImportKeyword,
  }
}

/** Whether a text is the name of what is imported. */
export const isSpecifier = ({ parent }: ts.Node): boolean =>
  ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || importOf(parent) !== undefined
