/**
 * `npm run bench -- gateway --json FILE [--quick]`: what a question of a gateway costs beside a request to the guard for Node's
 * servers with an empty handler. Both servers get the same bytes, each in a process of its own. Needs two cores with nothing else
 * on them.
 */
import { compare } from './http/rounds.ts'
import { buildServers } from './http/servers.ts'
import { median, rounded } from './measure.ts'

/** The result that is written to the file. */
export interface GatewayResult {
  /** Requests per second of `forwardAuth`, as a ratio to those of the guard. */
  readonly ofGuard: number
  /** The same by the time of a core that a request takes. */
  readonly ofGuardByCpu: number
}

/** What each figure may be at least. */
export const GATEWAY_LIMITS = { ofGuardByCpu: { atLeast: 0.65 } } as const

export async function gateway({ quick }: { readonly quick: boolean }): Promise<GatewayResult> {
  const servers = await buildServers()
  const found: { readonly perSecond: number; readonly cpu: number }[] = []
  try {
    for (let start = 0; start < (quick ? 1 : 3); start++) {
      const [guard, ours] = [await servers.start('gateway', 'plain'), await servers.start('gateway', 'ours')]
      const compared = await compare({ guard, ours }, '', { rounds: quick ? 20 : 40, roundMs: 80 })
      found.push(compared.of('ours', 'guard'))
      await Promise.all([guard.close(), ours.close()])
    }
  } finally {
    servers.remove()
  }
  return {
    ofGuard: rounded(median(found.map(({ perSecond }) => perSecond))),
    ofGuardByCpu: rounded(median(found.map(({ cpu }) => cpu))),
  }
}
