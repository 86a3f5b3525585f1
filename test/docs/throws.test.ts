/** What a call of the engine says that it can fail with, beside what its route of the management API says. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MANAGEMENT_ERRORS } from 'plan-access-tokens'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { ROUTES } from '../../src/admin/routes.ts'

const PATH = fileURLToPath(new URL('../../src/service/plan-tokens.ts', import.meta.url))

/** The codes in the `@throws` of each method, for each of its signatures. */
function thrownBy(): ReadonlyMap<string, readonly (readonly string[])[]> {
  const file = ts.createSourceFile(PATH, readFileSync(PATH, 'utf8'), ts.ScriptTarget.Latest, true)
  const found = new Map<string, string[][]>()
  const visit = (node: ts.Node): void => {
    if (ts.isMethodSignature(node)) {
      const tags = ts.getJSDocTags(node).filter(({ tagName }) => tagName.text === 'throws')
      const text = tags.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '').join(' ')
      const codes = [...text.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code as string)
      const known = codes.filter((code) => Object.hasOwn(MANAGEMENT_ERRORS, code))
      const name = node.name.getText()
      found.set(name, [...(found.get(name) ?? []), known.toSorted()])
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The method that a route calls. */
const METHODS: { readonly [route: string]: string } = {
  getToken: 'get',
  editToken: 'edit',
  approveToken: 'approve',
  declineToken: 'decline',
  collectToken: 'collect',
  previewRefresh: 'previewRefresh',
  refreshToken: 'refresh',
  revokeToken: 'revoke',
  getUsage: 'usage',
  getAdvice: 'advice',
  explain: 'explain',
  parseLinks: 'checkLinks',
  listTokens: 'list',
  createToken: 'create',
  previewRevoke: 'previewRevoke',
  previewRevokeOf: 'previewRevoke',
  revokeTokens: 'revokeMany',
  listEvents: 'events',
  getRules: 'rules',
  getPlanUsage: 'planUsage',
  listUnusedTokens: 'unused',
}
const OF_NO_METHOD = ['getPolicies', 'exportEvents']

it.each(Object.entries(METHODS))('%s can fail with what %s says that it throws', (id, method) => {
  const codes = ROUTES.find((route) => route.id === id)?.codes ?? []
  const signatures = thrownBy().get(method) ?? []
  expect(signatures.length).toBeGreaterThan(0)
  for (const thrown of signatures) expect(thrown).toEqual([...codes].toSorted())
})

it('every route is looked at', () => {
  const looked = [...Object.keys(METHODS), ...OF_NO_METHOD]
  expect(ROUTES.map(({ id }) => id).filter((id) => !looked.includes(id))).toEqual([])
})
