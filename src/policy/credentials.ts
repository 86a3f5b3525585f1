/** The ways in which a request can carry a credential, as far as two policies tell them apart. How it is read: core/credential.ts. */
import { readCredential } from '../core/credential.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { type Judge, secretWith, sentHeaders } from './judge.ts'
import type { Witness } from './witness.ts'

const AUTHORIZATION = 'authorization'

/**
 * The secret in each header alone, and beside another header that carries something else. `authorization` comes first, since it
 * is the one that everybody knows.
 */
export function credentialsOf(one: CompiledPolicy, other: CompiledPolicy): readonly Witness['headers'][] {
  const names = new Set(
    [one, other].flatMap(headersOf).sort((a, b) => Number(b === AUTHORIZATION) - Number(a === AUTHORIZATION)),
  )
  const alone = [...names].map((name): Witness['headers'] => ({ [name]: 'secret' }))
  const pairs = [...names].flatMap((name) =>
    [...names]
      .filter((beside) => beside !== name)
      .flatMap((beside): Witness['headers'][] => [
        { [name]: 'secret', [beside]: 'other' },
        { [name]: 'secret', [beside]: 'alike' },
      ]),
  )
  return [...alone, ...pairs]
}

/** The headers in which a policy looks for a credential. */
export function headersOf({ credential }: CompiledPolicy): readonly string[] {
  return [...(credential.bearer ? [AUTHORIZATION] : []), ...credential.headers]
}

const PREFIX = 'prefix'
const PREFIXES = new Set([PREFIX])
const SECRET = secretWith(PREFIX)

/** Whether a policy finds the secret in what a request carries, whatever its prefix. */
export function isTaken({ policy }: Judge, headers: Witness['headers']): boolean {
  const credential = readCredential(policy.credential, sentHeaders(headers, PREFIX), undefined, PREFIXES)
  return credential === SECRET
}

/** The header that carries the secret. */
export function carrierOf(headers: Witness['headers']): string {
  return Object.keys(headers).find((name) => headers[name] === 'secret') ?? AUTHORIZATION
}
