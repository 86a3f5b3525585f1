/** Whether a handler of lists shows no more than the token of its request may see, for a host's own tests. */
import * as z from 'zod/mini'
import { aboveOf } from '../core/kinds.ts'
import { isThenable } from '../core/objects.ts'
import { compiledOf, type Policy } from '../core/policy.ts'
import type { ResourceRef } from '../core/resources.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import type { Awaitable, Directory } from '../ports.ts'
import type { Allowance, Decision } from '../service/decision.ts'
import { expectAllowed } from './requests.ts'

/** What `withReach` takes. */
export interface ReachOptions<Answer, D extends Decision<string> = Decision> {
  /** What `authorize` said of the request to the list. */
  readonly decision: D
  /** Where resources lie: the directory of the test. */
  readonly directory: Pick<Directory, 'locate'>
  /** Needed where a kind of what is shown is `under` another one, whose place the directory then tells. */
  readonly policy?: Policy
  /** The handler, which gets the decision. */
  readonly handler: (decision: Extract<D, { readonly allowed: true }>) => Awaitable<Answer>
  /** The resources that an answer shows. */
  readonly resourcesOf: (answer: Answer) => Iterable<ResourceRef>
  /**
   * Everything that the handler can find, of which the token must see some and not all. Then a handler that leaves out what the
   * token may see fails as well. Default: only what is shown is looked at.
   */
  readonly among?: Iterable<ResourceRef>
}

/**
 * Runs a handler of a list and fails if its answer shows a resource outside of the reach of the decision; with `among`, also if it
 * leaves one out that the token may see.
 *
 * @returns what the handler answered.
 * @throws Error that names the resources; SetupError for options that cannot be used, or for an `among` that proves nothing.
 * @example
 * const decision = await tokens.authorize(requestWith(secret, 'GET /v1/files'))
 * await withReach({
 *   decision, directory, handler: ({ reach }) => listFiles(reach),
 *   resourcesOf: ({ files }) => files.map(({ id }) => ({ kind: 'file', id })),
 *   among: [{ kind: 'file', id: 'mine' }, { kind: 'file', id: 'theirs' }],
 * })
 */
export async function withReach<Answer, D extends Decision<string>>(options: ReachOptions<Answer, D>): Promise<Answer> {
  const { decision, directory, policy, handler, resourcesOf, among } = readOptions<ReachOptions<Answer, D>>(
    'withReach',
    schema,
    options,
  )
  const allowance = expectAllowed(decision)
  const all = among === undefined ? undefined : await judgedAll(among, allowance, directory, policy)
  if (all && new Set(all.map(({ isCovered }) => isCovered)).size < 2)
    readOptions('withReach', schema, options, {}, (_, tell) =>
      tell(['among'], 'must hold resources that the token may see and others that it may not.'),
    )
  const answer = await handler(allowance)
  const shown = await judgedAll(resourcesOf(answer), allowance, directory, policy)
  const outside = shown.filter(({ isCovered }) => !isCovered)
  if (outside.length > 0) throw new Error(`The handler shows what the token may not see: ${wordsOf(outside)}.`)
  const seen = new Set(shown.map(keyOf))
  const missing = (all ?? []).filter((one) => one.isCovered && !seen.has(keyOf(one)))
  if (missing.length > 0) throw new Error(`The handler leaves out what the token may see: ${wordsOf(missing)}.`)
  return answer
}

interface Judged extends ResourceRef {
  readonly isCovered: boolean
}

async function judgedAll(
  resources: Iterable<ResourceRef>,
  allowance: Pick<Allowance, 'covers'>,
  directory: Pick<Directory, 'locate'>,
  policy: Policy | undefined,
): Promise<readonly Judged[]> {
  const kinds = policy && compiledOf(policy)?.kinds
  const placed = (ref: ResourceRef): ResourceRef => {
    const under = kinds?.get(ref.kind)?.under
    return under === undefined ? ref : aboveOf(under, ref)
  }
  return Promise.all(
    Array.from(resources, async ({ kind, id }) => ({
      kind,
      id,
      isCovered: allowance.covers({ kind, id, ...(await directory.locate(placed({ kind, id }))) }),
    })),
  )
}

const keyOf = ({ kind, id }: ResourceRef): string => JSON.stringify([kind, id])
const wordsOf = (resources: readonly ResourceRef[]): string =>
  resources.map(({ kind, id }) => `${kind}:${id}`).join(', ')

const isIterable = (value: unknown): boolean => typeof Object(value)[Symbol.iterator] === 'function'
const schema = z.strictObject({
  decision: judged((value) =>
    !isThenable(value) && typeof Object(value).allowed === 'boolean'
      ? undefined
      : 'must be what authorize() resolved to: await it first.',
  ),
  directory: judged((value) => (typeof Object(value).locate === 'function' ? undefined : 'must have locate().')),
  policy: z.optional(judged((value) => (compiledOf(value as Policy) ? undefined : 'must be made by definePolicy.'))),
  handler: callable(),
  resourcesOf: callable(),
  among: z.optional(judged((value) => (isIterable(value) ? undefined : 'must be a list of { kind, id }.'))),
})
