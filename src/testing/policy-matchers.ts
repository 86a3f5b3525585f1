/** A matcher for `expect.extend` of Vitest and Jest: whether a policy is as its committed matrix says. */
import { isDictionary } from '../core/objects.ts'
import { oneLine } from '../core/one-line.ts'
import type { Policy } from '../core/policy.ts'
import { changesBetween, changeText } from '../policy/changes.ts'
import { type PolicyMatrix, policyMatrix } from '../policy/matrix.ts'
import type { MatrixData } from '../policy/matrix-data.ts'

/** What a matcher gives to `expect.extend`. */
export interface MatcherResult {
  readonly pass: boolean
  /** What a failing test shows. */
  message(): string
}

/** Matchers for `expect.extend` of Vitest and Jest. */
export interface PolicyMatchers {
  /**
   * Whether the matrix of a policy is the one that was committed.
   *
   * @param committed the text of the file: what `toMarkdown()`, `toText()` or `JSON.stringify(policyMatrix(policy))` gave; or the
   * parsed JSON.
   */
  toMatchPolicyMatrix(received: Policy, committed: string | MatrixData): MatcherResult
}

/** So many lines of each side are shown. */
const MOST = 20

/**
 * The matchers.
 *
 * @example
 * expect.extend(policyMatchers)
 * expect(policy).toMatchPolicyMatrix(readFileSync('policy.md', 'utf8'))
 */
export const policyMatchers: PolicyMatchers = {
  toMatchPolicyMatrix(received, committed) {
    const matrix = policyMatrix(received)
    const data = typeof committed === 'string' ? jsonOf(committed) : committed
    const differing =
      data === undefined ? linesBetween(String(committed), matrix) : fieldsBetween(data, matrix.toJSON())
    const pass = differing.length === 0
    return { pass, message: () => (pass ? NOT_MEANT : [DIFFERS, ...differing].join('\n')) }
  },
}

const NOT_MEANT = 'The policy is as its committed matrix says, and should not be.'
const DIFFERS =
  'The policy is not as its committed matrix says. See what differs with diffPolicies; if it is meant, commit the matrix anew.'

/** The data of a matrix that was committed as JSON; `undefined` if it was not. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fieldsBetween(committed: unknown, actual: unknown): readonly string[] {
  const [before, after] = [committed, JSON.parse(JSON.stringify(actual)) as unknown]
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const changes = changesBetween(byName(before), byName(after))
  return changes.length > 0 ? shown('', changes.map(changeText)) : ['The same fields stand in another order.']
}

/** Rows by their route or name in place of a list, so that each is compared with its like. */
function byName(data: unknown): unknown {
  if (!isDictionary(data)) return data
  const entries = Object.entries(data).map(([table, rows]): [string, unknown] => {
    const isTable = Array.isArray(rows) && rows.every((row) => isDictionary(row) && ('route' in row || 'name' in row))
    return [table, isTable ? Object.fromEntries(rows.map((row) => [String(row.route ?? row.name), row])) : rows]
  })
  return Object.fromEntries(entries)
}

/** The lines that only one side has, of the form whose first line was committed. */
function linesBetween(committed: string, matrix: PolicyMatrix): readonly string[] {
  const expected = linesOf(committed)
  const forms = [matrix.toMarkdown(), matrix.toText()].map(linesOf)
  const actual = forms.find(([line]) => line === expected[0]) ?? forms[0] ?? []
  if (actual.join('\n') === expected.join('\n')) return []
  const gone = expected.filter((line) => !actual.includes(line))
  const come = actual.filter((line) => !expected.includes(line))
  if (gone.length + come.length === 0) return ['The same lines stand in another order, or more than once.']
  return [...shown('- ', gone), ...shown('+ ', come)]
}

/** The lines of a text, less the line end at its end: editors and checkouts change these. */
const linesOf = (text: string): readonly string[] => text.replaceAll('\r\n', '\n').replace(/\n+$/, '').split('\n')

function shown(sign: string, lines: readonly string[]): readonly string[] {
  const some = lines.slice(0, MOST).map((line) => `${sign}${oneLine(line)}`)
  return lines.length > MOST ? [...some, `${sign}… and ${lines.length - MOST} more`] : some
}
