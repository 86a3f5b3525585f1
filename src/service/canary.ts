/** What the engine does when a canary token is used: it counts the use and tells. That it is refused: core/decide.ts. */
import type { CanaryPlace } from '../core/canary.ts'
import type { TokenRecord } from '../core/token.ts'
import type { Engine } from './engine.ts'

/**
 * Counts a use of a canary, and tells whoever is to be told; a revoked one has been silenced. Waits for nothing and throws nothing,
 * since by either whoever sent it could tell it from a secret that does not exist.
 */
export function noteCanary(engine: Engine, record: TokenRecord, digest: string, place: CanaryPlace): void {
  try {
    const now = engine.clock.now()
    engine.uses.note(record.id, digest, now)
    if (record.revokedAt !== null) return
    if (engine.canaries) engine.canaries.used(engine, record, now, place)
    else engine.report.hint('canary', () => UNHEARD)
  } catch (error) {
    engine.report.failed(error, 'canaries')
  }
}

const UNHEARD =
  'A canary token was used, and nobody but onDecision is told. Give this process canaries (docs/leaks.md).'
