/** `matrix`, `diff` and `drift`: what a policy allows, what a change of it changes, and whether it fits an OpenAPI document. For CI. */
import { readFile } from 'node:fs/promises'
import type { Policy } from '../../core/policy.ts'
import type { Token } from '../../core/token-view.ts'
import { policyDrift } from '../../openapi/drift.ts'
import { diffPolicies, type PolicyDiff } from '../../policy/diff.ts'
import { policyMatrix } from '../../policy/matrix.ts'
import { EXIT_CODES } from '../exit.ts'
import { oneLine, plain } from '../io.ts'
import { bySurface, type PolicyOptions, policiesFor, policiesIn, policyFor } from '../load-policy.ts'
import type { Session } from '../session.ts'
import type { Source } from '../source.ts'

const foundSomething = (): void => {
  process.exitCode = EXIT_CODES.found.code
}

/** Flags of `matrix`. */
export interface MatrixOptions extends PolicyOptions {
  readonly markdown?: boolean
  readonly check?: string
}

/** Prints what the policy allows; with `--check`, ends with 1 where a committed file says something else. */
export async function matrix(session: Session, options: MatrixOptions): Promise<void> {
  const { io } = session
  const matrices = (await policiesFor(session, options)).map(policyMatrix)
  const markdown = plain(matrices.map((one) => one.toMarkdown().trimEnd()).join('\n\n'))
  if (options.check !== undefined) {
    const file = oneLine(options.check)
    const committed = (await readFile(options.check, 'utf8')).trimEnd()
    if (committed === markdown) return io.say(`${file} is what the policy allows.`)
    foundSomething()
    return io.say(
      `${file} is not what the policy allows. Look at the difference and write it anew: matrix --markdown > ${file}`,
    )
  }
  if (io.json) io.data(JSON.stringify(matrices.map((one) => one.toJSON())))
  else io.data(options.markdown ? markdown : plain(matrices.map((one) => one.toText().trimEnd()).join('\n\n')))
}

/** Flags of `diff`. */
export interface DiffOptions extends PolicyOptions {
  readonly markdown?: boolean
  readonly plan?: readonly string[]
  readonly failOn?: 'any' | 'wider' | 'never'
}

/** Prints who gains and who loses by the policy, beside the one of another file. */
export async function diff(session: Session, file: string, options: DiffOptions): Promise<void> {
  const { io } = session
  const { plan, failOn = 'any', markdown } = options
  const before = await policiesIn(file)
  const after = await policiesFor(session, options)
  const tokens = plan && (await livingTokens(await session.source(), plan))
  const diffs: PolicyDiff[] = []
  for (const policy of after) diffs.push(await diffPolicies(pairOf(before, policy), policy, tokens && { tokens }))
  const isBad = ({ isSame, isWider }: PolicyDiff): boolean => (failOn === 'any' ? !isSame : isWider)
  if (failOn !== 'never' && diffs.some(isBad)) foundSomething()
  if (io.json) io.data(JSON.stringify(diffs.map((one) => one.toJSON())))
  else io.data(plain(diffs.map((one) => (markdown ? one.toMarkdown() : one.toText()).trimEnd()).join('\n\n')))
}

/** The policy that another one replaces: that of the same surface, or the only one. */
function pairOf(before: readonly Policy[], { surface }: Policy): Policy {
  const [only, ...more] = before
  return only && more.length === 0 ? only : bySurface(before, surface)
}

async function livingTokens(source: Source, plans: readonly string[]): Promise<readonly Token[]> {
  const tokens: Token[] = []
  for (const planId of plans) {
    let after: string | undefined
    do {
      const page = await source.list({ planId, status: 'active', limit: 500, ...(after !== undefined && { after }) })
      tokens.push(...page.tokens)
      after = page.next
    } while (after !== undefined)
  }
  return tokens
}

/** Flags of `drift`. */
export interface DriftOptions extends PolicyOptions {
  readonly basePath?: string
  readonly except?: readonly string[]
}

/** Prints the routes that are in the policy or in the OpenAPI document alone. Ends with 1 where there is one. */
export async function drift(session: Session, file: string, options: DriftOptions): Promise<void> {
  const { io } = session
  const { basePath, except } = options
  const document = await readFile(file, 'utf8')
  const found = await policyDrift(await policyFor(session, options), document, {
    ...(basePath !== undefined && { basePath }),
    ...(except && { except }),
  })
  const { onlyInPolicy, onlyInDocument, text } = found
  if (text !== '') foundSomething()
  if (io.json) io.data(JSON.stringify({ onlyInPolicy, onlyInDocument }))
  else if (text === '') io.say('The policy and the document have the same routes.')
  else io.data(plain(text))
}
