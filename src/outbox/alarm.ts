/** Waiting that can be cut short. */
import type { FullClock } from '../service/platform.ts'

/** Wakes whoever waits. */
export interface Alarm {
  /** Resolves after so many milliseconds, or when it is rung; at once if it was rung since the last wait. */
  wait(ms: number): Promise<void>
  ring(): void
}

/** Makes an alarm by a clock. */
export function createAlarm(clock: FullClock): Alarm {
  let isRung = false
  let wake: (() => void) | undefined
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          if (wake !== done) return
          wake = undefined
          isRung = false
          cancel?.()
          resolve()
        }
        wake = done
        const cancel = isRung ? undefined : clock.timer(ms, done)
        if (isRung) done()
      }),
    ring() {
      isRung = true
      wake?.()
    },
  }
}
