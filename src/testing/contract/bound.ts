/** The store contract: the deployment's freshness bound. */
import { casesOf, check, same, together, upTo } from './case.ts'
import { shown } from './difference.ts'
import { recordOf, write } from './records.ts'

const BREAKS =
  'A process that revokes waits too short a time, and servers that answer from memory still let the token through.'

export const BOUND = casesOf('bound', [
  {
    name: 'bound starts at 0, is raised to what is asked for, returns the larger one and never falls',
    breaks: BREAKS,
    async check({ store, other }) {
      let bound = 0
      for (const [i, atLeast] of [0, 0, 200, 50, 0, 200, 60_000, 1, 0, 59_999].entries()) {
        bound = Math.max(bound, atLeast)
        same(
          await (i % 2 ? other : store).bound(atLeast),
          bound,
          `bound(${atLeast}), after at most ${bound} was asked for`,
        )
      }
      await write(store, recordOf('token'))
      same(await other.bound(0), bound, 'bound(0) after a commit')
    },
  },
  {
    name: 'bound is raised by many at the same moment and ends at the largest',
    breaks: BREAKS,
    async check({ store, other }) {
      const asked = upTo(20).map((i) => ((i * 7) % 20) * 10)
      const answers: unknown[] = await together(asked.map((ms, i) => () => (i % 2 ? other : store).bound(ms)))
      for (const [i, answer] of answers.entries())
        check(Number(answer) >= (asked[i] ?? 0), `bound(${asked[i]}) answered ${shown(answer)}, which is less.`)
      for (const reader of [store, other])
        same(await reader.bound(0), 190, 'bound(0) after bounds up to 190 at the same moment')
    },
  },
])
