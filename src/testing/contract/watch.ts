/** The store contract: the hint that there may be new events. A hint may come late or for nothing, but it has to come. */
import type { TokenStore } from '../../ports.ts'
import { casesOf, check, same } from './case.ts'
import { recordOf, write } from './records.ts'

/** How long a hint may take, and after how long there is another commit in case the watch was not yet set up: milliseconds. */
const PATIENCE = 8_000
const NUDGE = 250

/** A watch that can be waited for. */
function watcher(watch: (wake: () => void) => () => void) {
  let wakes = 0
  let heard = (): void => {}
  const stop = watch(() => {
    wakes += 1
    heard()
  })
  return {
    stop,
    wakes: () => wakes,
    /** Whether a wake comes within so many milliseconds. */
    next: (ms: number) =>
      new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), ms)
        heard = () => {
          clearTimeout(timer)
          resolve(true)
        }
      }),
  }
}

/** Commits until the watcher is woken, or for too long. */
async function wokenBy(store: TokenStore, name: string, watched: ReturnType<typeof watcher>): Promise<boolean> {
  for (let i = 0; i < PATIENCE / NUDGE; i++) {
    const woken = watched.next(NUDGE)
    await write(store, recordOf(`${name}-${i}`))
    if (await woken) return true
  }
  return false
}

export const WATCH = casesOf('watch', [
  {
    name: 'watch wakes after a commit',
    breaks: 'Servers learn of a revoke later than they could: only the bound makes them look.',
    async check({ store, other }) {
      const watched = watcher((wake) => store.watch(wake))
      try {
        for (const [writer, name] of [
          [store, 'own'],
          [other, 'other'],
        ] as const)
          check(await wokenBy(writer, name, watched), `No wake came within ${PATIENCE / 1_000} s of commits.`)
      } finally {
        watched.stop()
      }
    },
  },
  {
    name: 'what watch returns ends it',
    breaks: 'A process that closed its tokens is kept alive, and does work for nobody.',
    async check({ store }) {
      const ended = watcher((wake) => store.watch(wake))
      const going = watcher((wake) => store.watch(wake))
      try {
        check(await wokenBy(store, 'before', ended), `No wake came within ${PATIENCE / 1_000} s of commits.`)
        ended.stop()
        const wakes = ended.wakes()
        check(await wokenBy(store, 'after', going), 'Ending one watch ended another one too.')
        check(await wokenBy(store, 'later', going), 'Ending one watch ended another one too.')
        same(ended.wakes(), wakes, 'The number of wakes after the watch was ended')
        ended.stop()
      } finally {
        ended.stop()
        going.stop()
      }
    },
  },
])
