/**
 * `npm run bench -- peers --json FILE`: one request of a token that works, beside what other libraries do for the nearest thing
 * that they have, as ratios to ours in the same process. None of them does all of it: `LEAVES_OUT` says what is missing.
 */
import { resultOf } from './built.ts'
import { rounded } from './measure.ts'
import { installedPeers } from './peers/install.ts'
import type { PeerTimes } from './peers/times.ts'

const LEAVES_OUT = {
  prefixedApiKey:
    'Compares the hash of a key that a Map gives: no plan, no end, no endpoint, no scope and no resource.',
  fastJwtCached:
    'Keeps the token itself as the key of its cache; a revoked token works until its end, and no endpoint or resource is looked at.',
  fastJwt: 'A revoked token works until its end, and no endpoint or resource is looked at.',
  joseHS256: 'The same, in a promise: no revocation, no endpoint and no resource.',
  joseEdDSA: 'The same with a signature that others can check: no revocation, no endpoint and no resource.',
  casl: 'Says whether a rule allows an action on an object: who asks, and where the object lies, must be known already.',
  casbin: 'Matches a path and a method to a role: who asks must be known already, and no resource is placed.',
  betterAuthApiKey:
    'Checks a key, its end and its permissions: no endpoint and no resource. With 50 keys, since its adapter in memory goes through all.',
} as const

type Peer = keyof typeof LEAVES_OUT

/** How many times as long as ours each takes; above 1 it is slower. */
export interface PeersResult {
  readonly toOurs: { readonly [P in Peer]: number }
  readonly leavesOut: typeof LEAVES_OUT
  readonly oursNs: number
}

/** Those that do less must not be faster either. */
export const PEERS_LIMITS = {
  'toOurs.prefixedApiKey': { atLeast: 1 },
  'toOurs.fastJwtCached': { atLeast: 1 },
}

export async function peers(): Promise<PeersResult> {
  const args = [installedPeers()]
  const times = await resultOf<PeerTimes>(new URL('./peers/times.ts', import.meta.url), { args })
  const betterAuthApiKey = await resultOf<number>(new URL('./peers/better-auth.ts', import.meta.url), { args })
  const { ours: mineNs, ...theirs } = times
  const toOurs = {
    ...Object.fromEntries(Object.entries(theirs).map(([name, ns]) => [name, rounded(ns / mineNs)])),
    betterAuthApiKey: rounded(betterAuthApiKey),
  } as PeersResult['toOurs']
  console.table(
    Object.fromEntries(
      Object.entries(LEAVES_OUT).map(([name, leavesOut]) => [
        name,
        { 'to ours': toOurs[name as Peer], 'leaves out': leavesOut },
      ]),
    ),
  )
  return { toOurs, leavesOut: LEAVES_OUT, oursNs: rounded(mineNs) }
}
