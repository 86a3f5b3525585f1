/** What the platform gives where the host gives nothing: time, timers and randomness. */
import type { Random } from '../core/secret.ts'
import type { Clock } from '../ports.ts'

/** A timer that keeps the process alive only while something waits for it. */
export interface Timer {
  busy(): void
  idle(): void
}

/** A clock with everything that the service needs. */
export interface FullClock {
  now(): number
  monotonic(): number
  sleep(ms: number): Promise<void>
  timer(ms: number, run: () => void): Timer
}

/** Completes a host's clock by the platform's. A clock that steers `sleep` steers the timers as well. */
export function completeClock(clock: Clock | undefined): FullClock {
  const sleep = clock?.sleep?.bind(clock)
  return {
    now: clock ? () => clock.now() : () => Date.now(),
    monotonic: clock?.monotonic ? clock.monotonic.bind(clock) : () => performance.now(),
    sleep: sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    timer: sleep ? (ms, run) => timerFromSleep(sleep, ms, run) : platformTimer,
  }
}

function timerFromSleep(sleep: (ms: number) => Promise<void>, ms: number, run: () => void): Timer {
  sleep(ms).then(run, run)
  return { busy() {}, idle() {} }
}

function platformTimer(ms: number, run: () => void): Timer {
  const handle: unknown = setTimeout(run, ms)
  const { ref, unref } = handle as { ref?: () => void; unref?: () => void }
  let busy = true
  return {
    busy() {
      if (!busy) ref?.call(handle)
      busy = true
    },
    idle() {
      if (busy) unref?.call(handle)
      busy = false
    },
  }
}

/** The platform's cryptographically secure randomness. */
export const platformRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes))
