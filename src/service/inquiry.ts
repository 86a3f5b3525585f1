/**
 * One request under way: what is known of it for the rules, and what the service alone has to know. One object, since a second
 * one beside it was a thirtieth of `authorize` (bench/engine.ts). What fills it: service/request.ts and service/gather.ts.
 */
import type { Credential } from '../core/credential.ts'
import type { Facts } from '../core/decide.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { Engine } from './engine.ts'
import type { KeptGrant } from './grants.ts'

/** The rules see only the facts of it. */
export interface Inquiry extends Facts {
  readonly engine: Engine
  /** What was asked, of which the body is read if a rule needs it. */
  readonly asked: object
  /** The method by which the endpoint is looked for, as it came; `undefined` if there is none to look for. */
  method: unknown
  /** What the record grants, with what is kept with it. */
  grant: KeptGrant | undefined
  /** The method of a port that is being asked, for the error if it fails. */
  port: string | undefined
  /** What was thrown where facts could not be had. */
  failure?: unknown
  /** Where the record came from; `undefined` if nobody was asked for it. */
  source: 'cache' | 'store' | undefined
}

const NOWHERE: Facts['namedAt'] = []

/**
 * An inquiry that has begun. Nearly all fields are there, so that the hot path sees one layout; those of faults and of a
 * single rule (`malformed`, `failure`, `usedAt`) are put in when they are known.
 */
export function inquiryOf(
  engine: Engine,
  policy: CompiledPolicy,
  asked: object,
  credential: Credential,
  wellFormed: boolean,
): Inquiry {
  return {
    policy,
    now: Number.NaN,
    credential,
    wellFormed,
    path: undefined,
    query: '',
    record: undefined,
    secret: undefined,
    legacy: undefined,
    address: undefined,
    grant: undefined,
    plan: undefined,
    rules: undefined,
    match: undefined,
    limited: undefined,
    named: undefined,
    namedAt: NOWHERE,
    places: undefined,
    engine,
    asked,
    method: undefined,
    port: undefined,
    source: undefined,
  }
}
