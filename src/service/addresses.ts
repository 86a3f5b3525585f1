/**
 * The addresses of a new or edited token, and what is said of them beside a decision. How they are read: addresses/read.ts. The rule:
 * core/decide.ts.
 */
import { type Issue, issueAt, type Problem } from '../core/issue.ts'
import type { CompiledPolicy, CompiledType } from '../core/policy.ts'
import type { Engine } from './engine.ts'

/** The addresses that a call gives a token; `undefined`: none, so that it may be used from anywhere. */
export interface AddressChoice {
  readonly addresses: readonly string[] | undefined
  readonly issues: readonly Issue[]
}

/** Reads the addresses that a call gives a token, `undefined` for none. Rules of a plan that require some: core/plan-rules.ts. */
export function readAddresses(
  { addresses }: Engine,
  given: unknown,
  { name, addresses: rule }: CompiledType,
): AddressChoice {
  const wrong = (...what: Problem): AddressChoice => ({
    addresses: undefined,
    issues: [issueAt(['addresses'], ...what)],
  })
  if (given === undefined)
    return rule === 'required'
      ? wrong(`must be given: tokens of the type ${name} are for some addresses alone.`, 'addresses_none')
      : NONE
  if (!addresses)
    return wrong(
      'must be left out: the option addresses is missing here, which would keep a token to them.',
      'not_taken',
    )
  const { ranges, issues = [] } = addresses.read(given)
  return { addresses: ranges, issues }
}

const NONE: AddressChoice = { addresses: undefined, issues: [] }

/** What is said at start of a policy that requires addresses, where nothing keeps to them; `undefined` where all is well. */
export function addressesMissing(policies: Iterable<Pick<CompiledPolicy, 'types'>>): string | undefined {
  const names = [...policies].flatMap(({ types }) => [...types.values()]).filter(({ addresses }) => addresses)
  if (names.length === 0) return undefined
  const said = names.map(({ name }) => JSON.stringify(name)).join(', ')
  return `is missing: tokens of the type ${said} require addresses. ${HELP}`
}

/** What whoever runs the server is told, once, where a token with addresses is refused for want of something of theirs. */
export function hintAtAddress({ addresses, report }: Pick<Engine, 'addresses' | 'report'>, address: unknown): void {
  const said = addresses
    ? addresses.problemOf(address)
    : `A token with addresses was refused: the option addresses is missing. ${HELP}`
  if (said !== undefined) report.hint(said, () => said)
}

const HELP = 'Give it addressRanges() of plan-access-tokens/addresses.'
