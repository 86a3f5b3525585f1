/**
 * Revokes picked tokens: first a preview, in lots of a thousand since the engine takes no more ids, then call by call those that it
 * counted and no others. It can be stopped between two calls and gone on with; a call whose answer was lost is made again as it was.
 */
import type { Token } from '../../../core/token-view.ts'
import type { RevokePreview } from '../../../service/revoke-many.ts'
import { api, persistently } from '../api.ts'

/** How many ids a filter has at most, and how many tokens of a preview are shown. */
const LOT = 1_000
const SHOWN = 500

/** What became of a token. */
export type Fate = 'revoked' | 'ended' | 'changed' | 'failed'

/** What a preview has counted. */
export interface Previewed {
  readonly count: number
  /** The first of them, those that were used last first. */
  readonly tokens: readonly Token[]
  readonly lots: readonly { readonly ids: readonly string[]; readonly stamp: string }[]
}

export async function previewMany(planId: string, ids: readonly string[]): Promise<Previewed> {
  const lots: { ids: readonly string[]; stamp: string }[] = []
  const tokens: Token[] = []
  let count = 0
  for (let at = 0; at < ids.length; at += LOT) {
    const lot = ids.slice(at, at + LOT)
    const found: RevokePreview = await persistently(() =>
      api.previewRevoke({ planId, filter: { ids: lot }, limit: SHOWN }),
    )
    count += found.count
    tokens.push(...found.tokens)
    if (found.count > 0) lots.push({ ids: lot, stamp: found.stamp })
  }
  return { count, tokens: tokens.sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0)).slice(0, SHOWN), lots }
}

/** A revocation under way. */
export interface Revoking {
  readonly fates: ReadonlyMap<string, Fate>
  /** Whether every lot was gone through. */
  readonly isThrough: boolean
  /** Goes on until it is through or stopped; rejects with what a call was answered, and can be gone on with. */
  run(tell: () => void): Promise<void>
  stop(): void
  /** Begins at the first lot again, for those that failed: by the same stamps, so nothing else ends. */
  again(): void
}

/** A part of what there is, so that one sees how far it has come: at least some, and not too many to be stopped. */
const partOf = (count: number): number => Math.min(100, Math.max(10, Math.ceil(count / 20)))

export function revokeMany(planId: string, { lots, count }: Previewed, reason: string): Revoking {
  const fates = new Map<string, Fate>()
  let lot = 0
  let after: string | undefined
  let isStopped = false
  const note = (ids: readonly string[], fate: Fate): void => {
    // What this revocation has ended is told as ended when it is gone through again.
    for (const id of ids) if (!fates.has(id) || fates.get(id) === 'failed') fates.set(id, fate)
  }
  return {
    fates,
    get isThrough() {
      return lot >= lots.length
    },
    async run(tell) {
      isStopped = false
      for (let one = lots[lot]; one && !isStopped; one = lots[lot]) {
        const { ids, stamp } = one
        const from = after
        const done = await api.revokeMany({
          ...{ planId, filter: { ids }, stamp, limit: partOf(count) },
          ...(reason !== '' && { reason }),
          ...(from !== undefined && { after: from }),
        })
        for (const fate of ['revoked', 'ended', 'changed'] as const) note(done[fate], fate)
        note(
          done.failed.map(({ id }) => id),
          'failed',
        )
        after = done.next
        // A store that fails would be asked for ever.
        const isStuck = done.next !== undefined && done.next === from
        if (done.next === undefined || isStuck) {
          lot += 1
          after = undefined
        }
        tell()
      }
    },
    stop() {
      isStopped = true
    },
    again() {
      lot = 0
      after = undefined
    },
  }
}
