/** Asks the engine about a witness: a store with its one token, a directory that says what the witness says. */
import { platformSha256 } from '../core/digest.ts'
import { created } from '../core/lifecycle.ts'
import type { Policy } from '../core/policy.ts'
import type { Resources } from '../core/resources.ts'
import { secretWith, sentHeaders } from '../policy/judge.ts'
import { type Witness, witnessLine } from '../policy/witness.ts'
import type { Directory } from '../ports.ts'
import { createAuthorizer } from '../service/create-authorizer.ts'
import type { Decision } from '../service/decision.ts'
import { memoryStore } from '../stores/memory.ts'
import { testClock } from './clock.ts'
import type { EndpointCase } from './endpoint-cases.ts'

/** What the directory of a case has to say. */
export type CaseWorld = Pick<Witness, 'plan' | 'places'>

/**
 * Checks one case.
 *
 * @throws Error that says what was expected and what came.
 */
export async function checkCase(
  policy: Policy,
  { name, witness, expected, problem }: EndpointCase,
  directory: ((world: CaseWorld) => Directory) | undefined,
): Promise<void> {
  if (problem !== undefined) throw new Error(`${name}. ${problem}`)
  if (!witness) return
  const decision = await decisionOn(policy, witness, directory?.(witness) ?? directoryOf(witness))
  const code = decision.allowed ? 'allowed' : decision.code
  if (expected.includes(code)) return
  const wanted = expected.map((one) => (one === 'allowed' ? one : `refused with ${one}`)).join(' or ')
  const came = decision.allowed ? 'allowed' : `refused with ${code}: ${decision.message}`
  throw new Error(`${name}. Expected to be ${wanted}, but it was ${came} The request: ${witnessLine(witness)}`)
}

/** What the engine says of a witness. */
export async function decisionOn(policy: Policy, witness: Witness, directory: Directory): Promise<Decision<string>> {
  const clock = testClock()
  const store = memoryStore()
  const { token, plan, method, path, query, bodyBytes = 0, headers } = witness
  // White space behind JSON means nothing, and makes a body as long as it is to be.
  const body = witness.body?.padEnd(bodyBytes, ' ')
  const digest = platformSha256()(secretWith(token.prefix))
  const { type, scopes, allowlist } = token
  const resources: Resources = allowlist === 'all' ? 'all' : allowlist.map(({ kind, id }) => ({ kind, id, link: '' }))
  const record = created({
    ...{ id: 'case', planId: plan.id, type, name: 'case', description: '', scopes, resources },
    ...{ actor: 'case', lifetimeDays: 1, now: clock.now(), digest, eventId: 'case' },
  })
  const event = { v: 1, id: 'case', at: clock.now(), type: 'created', tokenId: 'case', planId: plan.id } as const
  await store.commit(record, { ...event, actor: 'case', version: 1 })
  const onWarning = (): void => undefined
  const authorizer = createAuthorizer({ policy, store, directory, clock, onWarning, onError: onWarning })
  return authorizer.authorize({
    method,
    url: query === '' ? path : `${path}?${query}`,
    headers: {
      ...sentHeaders(headers, token.prefix),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  })
}

/** A directory that knows what a witness says and nothing else. */
export function directoryOf({ plan, places }: CaseWorld): Directory {
  return {
    plan: (planId) => (planId === plan.id ? plan : undefined),
    isPlanAdmin: () => false,
    locate({ kind, id }) {
      const place = places.find(({ resource }) => resource.kind === kind && resource.id === id)
      return place && { planId: place.planId, ancestors: [...place.ancestors] }
    },
  }
}
