/** What the platform gives where the host gives nothing: time, timers and randomness. */
import type { Random } from '../core/new-secret.ts'
import type { Clock } from '../ports.ts'

/** A clock with everything that the service needs. */
export interface FullClock {
  now(): number
  monotonic(): number
  sleep(ms: number): Promise<void>
  /**
   * Runs something later, once; gives what keeps it from running, if it can be kept from it. What is idle keeps no process
   * alive.
   */
  timer(ms: number, run: () => void, isIdle?: boolean): (() => void) | undefined
}

/** A moment by both clocks. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

/** The moment that it is, by both clocks, in milliseconds. */
export function momentOf(clock: FullClock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.now() }
}

/** Milliseconds from one moment to another: the larger of both clocks, since a machine that sleeps stops one of them. */
export function elapsed(from: Moment, to: Moment): number {
  return elapsedUntil(from, to.monotonic, to.wall)
}

/** The same for a moment that is no object. */
export function elapsedUntil(from: Moment, monotonic: number, wall: number): number {
  return Math.max(monotonic - from.monotonic, wall - from.wall)
}

/** Completes a host's clock by the platform's. A clock that steers `sleep` steers the timers as well. */
export function completeClock(clock: Clock | undefined): FullClock {
  const sleep = clock?.sleep?.bind(clock)
  return {
    now: clock ? () => clock.now() : () => Date.now(),
    monotonic: clock?.monotonic ? () => read(clock) ?? performance.now() : () => performance.now(),
    sleep: sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    timer: sleep ? (ms, run) => void sleep(ms).then(run, run) : platformTimer,
  }
}

/** The host's monotonic time, if it has one that works. */
function read(clock: Clock | undefined): number | undefined {
  try {
    const ms = clock?.monotonic?.()
    return Number.isFinite(ms) ? ms : undefined
  } catch {
    return undefined
  }
}

function platformTimer(ms: number, run: () => void, isIdle?: boolean): () => void {
  const handle: unknown = setTimeout(run, ms)
  if (isIdle) (handle as { unref?(): void }).unref?.()
  return () => clearTimeout(handle as number)
}

/**
 * Whether the platform's clocks may stand still while code runs: those of deployed Cloudflare Workers only go on after I/O
 * (developers.cloudflare.com/workers/runtime-apis/performance). Their runtime cannot be told from the same one on a machine of
 * one's own, whose clocks go on.
 */
export function hasStandingClocks(): boolean {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers' || 'WebSocketPair' in globalThis
}

/** The platform's cryptographically secure randomness. */
export const platformRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes))
