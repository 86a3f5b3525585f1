/**
 * Judges a witness by a policy: the rules of core/decide.ts over facts that are in the witness. Nothing here decides anything. What
 * a witness is: policy/witness.ts.
 */
import { readGiven } from '../core/body.ts'
import { type BodyReading, unreadable } from '../core/body-reading.ts'
import { readCredential } from '../core/credential.ts'
import { type Facts, needsNoToken, QUESTIONS, type RuleName } from '../core/decide.ts'
import { readPlace } from '../core/directory.ts'
import { matchEndpoint } from '../core/endpoints.ts'
import { grantOf } from '../core/entitlement.ts'
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { aboveOf } from '../core/kinds.ts'
import { namesOf } from '../core/names.ts'
import { type CompiledPolicy, compiledOf, definePolicy, type Policy } from '../core/policy.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { PLAN_KIND, type Place, type ResourceRef } from '../core/resources.ts'
import { checksumOf, RANDOM_LENGTH, wellFormedWith } from '../core/secret.ts'
import { readTarget } from '../core/target.ts'
import type { SecretRecord, TokenRecord } from '../core/token.ts'
import type { Carried, Witness } from './witness.ts'

/** What a policy says of a witness. */
export interface WitnessVerdict {
  readonly allowed: boolean
  /** Whether it is let through without a token, at a public endpoint. */
  readonly isAnonymous?: true
  /**
   * What its handler shows: the resources that the request names, those that the token is limited to, or anything. Absent if it is
   * refused.
   */
  readonly shows?: 'named' | 'reach' | 'anything'
  /** The rule that refuses, and the code of the refusal; absent if it is allowed. */
  readonly rule?: RuleName
  readonly code?: RefusalCode
  /** The route that the request leads to, if there is one. */
  readonly route?: string
}

/** A policy made ready to judge witnesses. */
export interface Judge {
  readonly policy: CompiledPolicy
  readonly data: Policy['data']
  readonly prefixes: ReadonlySet<string>
  /** The facts of a request: what it leads to and names. Knows of no token. */
  read(request: Pick<Witness, 'method' | 'path' | 'query' | 'body' | 'bodyBytes' | 'failing'>): Facts
  /** Goes on from the facts of a request with a token, a plan and a world. */
  finish(facts: Facts, witness: Pick<Witness, 'headers' | 'token' | 'plan' | 'places'>): WitnessVerdict
}

/**
 * What a policy says of a witness.
 *
 * @throws SetupError if it is no policy that `definePolicy` made.
 */
export function judgeWitness(policy: Policy, witness: Witness): WitnessVerdict {
  const judge = judgeOf('judgeWitness', 'policy', policy)
  return judge.finish(judge.read(witness), witness)
}

/**
 * Makes a policy ready. Its data is compiled once more with checks that say what the witness says: a function cannot be compared.
 *
 * @param reader the function that was given the policy, and as what.
 * @throws SetupError if it is no policy that `definePolicy` made.
 */
export function judgeOf(reader: string, name: string, given: Policy): Judge {
  if (compiledOf(given) === undefined)
    throw new SetupError(reader, [issueAt([name], 'must be a policy that definePolicy made.')])
  const { data } = given
  const failing = new Set<string>()
  const names = Object.values(data.endpoints).flatMap(({ checks = {} }) => Object.keys(checks))
  const checks = Object.fromEntries(names.map((check) => [check, () => !failing.has(check)]))
  const policy = compiledOf(definePolicy(data, { checks })) as CompiledPolicy
  const prefixes = new Set([...policy.types.values()].map(({ prefix }) => prefix))
  const isWellFormed = wellFormedWith(prefixes)
  // Most witnesses of one comparison are sent in one way.
  let sent: Sent | undefined
  return {
    policy,
    data,
    prefixes,
    read(request) {
      failing.clear()
      for (const check of request.failing) failing.add(check)
      return factsOf(policy, request)
    },
    finish(facts, witness) {
      const { headers, token } = witness
      if (sent?.headers !== headers || sent.prefix !== token.prefix) {
        const credential = readCredential(policy.credential, sentHeaders(headers, token.prefix), undefined, prefixes)
        const wellFormed = typeof credential === 'string' && isWellFormed(credential)
        sent = { headers, prefix: token.prefix, credential, wellFormed }
      }
      facts.credential = sent.credential
      facts.wellFormed = sent.wellFormed
      return finish(facts, witness)
    },
  }
}

/** Any moment: witnesses hold no dates, and their tokens are alive. */
const NOW = 0
const SECRET: SecretRecord = { digest: 'digest', issuedAt: NOW, worksUntil: null }

function factsOf(policy: CompiledPolicy, request: Parameters<Judge['read']>[0]): Facts {
  const target = readTarget(request.query === '' ? request.path : `${request.path}?${request.query}`)
  const facts: Facts = {
    policy,
    now: NOW,
    credential: { code: 'token_missing' },
    wellFormed: false,
    path: target?.path,
    query: target?.query ?? '',
    record: undefined,
    secret: undefined,
    address: undefined,
    grant: undefined,
    plan: undefined,
    match: target && matchEndpoint(policy.trie, request.method, target.path),
    limited: undefined,
    named: undefined,
    namedAt: [],
    rules: undefined,
    usedAt: undefined,
    places: undefined,
    malformed: undefined,
  }
  const { match } = facts
  if (!match) return facts
  const { names, checks } = match.endpoint
  const isNeeded = (names.what === 'resources' && names.needsBody) || checks.length > 0
  const body = isNeeded ? bodyOf(request, policy.limits.bodyBytes) : undefined
  const isRead = body?.malformed === undefined || body.malformed.reason === 'body_missing'
  facts.named = isRead ? namesOf(match, facts.query, body, policy, facts) : 'malformed'
  return facts
}

function bodyOf({ body, bodyBytes = 0 }: Parameters<Judge['read']>[0], limit: number): BodyReading {
  return bodyBytes > limit ? unreadable('body_too_long') : readGiven(body, limit)
}

/** What headers carry, read once. */
type Sent = Pick<Facts, 'credential' | 'wellFormed'> & Pick<Witness, 'headers'> & { readonly prefix: string }

function finish(facts: Facts, witness: Parameters<Judge['finish']>[1]): WitnessVerdict {
  const { plan } = witness
  const { policy, match, named } = facts
  const record = recordOf(witness)
  facts.record = record
  facts.secret = record.secrets[0]
  const type = policy.types.get(record.type)
  facts.grant = grantOf(record, type && { policy, type })
  facts.plan = plan
  const places = new Map(
    witness.places.map(({ resource: { kind, id }, planId, ancestors }) => [keyOf(kind, id), { planId, ancestors }]),
  )
  if (typeof named === 'object') facts.places = named.map((ref) => placeOf(policy, ref, places))
  const route = match && { route: match.endpoint.view.route }
  for (const { rules } of QUESTIONS) {
    for (const { name, refuses } of rules) {
      const code = refuses(facts)
      if (code === undefined) continue
      if (needsNoToken(facts)) return { allowed: true, isAnonymous: true, shows: 'anything', ...route }
      return { allowed: false, rule: name, code, ...route }
    }
  }
  return { allowed: true, shows: shownBy(facts), ...route }
}

function shownBy({ named, grant }: Facts): NonNullable<WitnessVerdict['shows']> {
  if (typeof named === 'object') return 'named'
  return named === 'filtered' && grant?.allowlist !== 'all' ? 'reach' : 'anything'
}

/** Whether one verdict lets through what the other refuses, or shows what the other does not. */
export function givesMore(one: WitnessVerdict, other: WitnessVerdict): boolean {
  return one.allowed && (!other.allowed || (one.shows === 'anything' && other.shows === 'reach'))
}

const keyOf = (kind: string, id: string): string => `${kind}:${id}`

/** Where a resource lies, as service/gather.ts asks for it. */
function placeOf(policy: CompiledPolicy, ref: ResourceRef, places: ReadonlyMap<string, Place>): Place | 'absent' {
  const kind = ref.kind === PLAN_KIND ? undefined : policy.kinds.get(ref.kind)
  if (!kind?.isId(ref.id)) return 'absent'
  const asked = askedFor(kind.under, ref)
  const place = readPlace(places.get(keyOf(asked.kind, asked.id)))
  return asked === ref || place === 'absent' ? place : { ...place, ancestors: [asked, ...place.ancestors] }
}

/** The resource that a directory is asked about for another. */
export function askedFor(under: string | undefined, ref: ResourceRef): ResourceRef {
  return under === undefined ? ref : aboveOf(under, ref)
}

/** A secret with the shape and the checksum of a prefix, drawn by nobody. */
export function secretWith(prefix: string): string {
  const body = `${prefix}_${'0'.repeat(RANDOM_LENGTH)}`
  return body + checksumOf(body)
}

/** The headers of a witness whose token has a prefix. */
export function sentHeaders(headers: Witness['headers'], prefix: string): { readonly [name: string]: string } {
  const entries = Object.entries(headers).map(([name, carried]) => {
    const value = carriedValue(carried, prefix)
    return [name, name === 'authorization' ? `Bearer ${value}` : value]
  })
  return Object.fromEntries(entries) as { readonly [name: string]: string }
}

function carriedValue(carried: Carried, prefix: string): string {
  if (carried === 'secret') return secretWith(prefix)
  return carried === 'alike' ? `${prefix}_x` : 'other'
}

function recordOf({ token, plan }: Pick<Witness, 'token' | 'plan'>): TokenRecord {
  const { type, scopes, allowlist } = token
  return {
    v: 1,
    id: 'token',
    planId: plan.id,
    type,
    name: 'witness',
    description: '',
    scopes,
    resources: allowlist === 'all' ? 'all' : allowlist.map(({ kind, id }) => ({ kind, id, link: '' })),
    createdAt: NOW,
    createdBy: 'nobody',
    lifetimeDays: 1,
    expiresAt: NOW + 1,
    secrets: [SECRET],
    revokedAt: null,
    revokedBy: null,
    version: 1,
    eventId: 'event',
    idempotency: [],
  }
}
