/**
 * Every protection of docs/freshness.md, and how the library reads with it taken out. The simulation must find each of them
 * missing; `finds` is what it says then.
 */
import type { Focus } from './deployment.ts'
import type { Patch } from './library.ts'

export interface Protection {
  /** The rule of docs/freshness.md. */
  readonly rule: number
  readonly name: string
  readonly without: readonly Patch[]
  /** The schedules that are most likely to show it. */
  readonly focus?: Focus
  /**
   * Where the search begins, if not at 1: the first seed that showed it when this was written, so that no test run goes through
   * thousands of schedules for it. Where the library draws other random numbers since, the search goes on from there.
   */
  readonly seed?: number
}

const freshness = (from: string, to: string): Patch => ({ file: 'service/freshness.ts', from, to })
const lookUps = (from: string, to: string): Patch => ({ file: 'service/look-ups.ts', from, to })
const cache = (from: string, to: string): Patch => ({ file: 'service/cache.ts', from, to })

export const PROTECTIONS: readonly Protection[] = [
  {
    rule: 1,
    name: 'a change waits until the bound has passed',
    without: [freshness('if (longest === 0) return', 'return')],
  },
  {
    rule: 2,
    name: 'a writer waits for the largest bound of the deployment, not for its own',
    without: [freshness('Math.max(bound, freshnessMs)', 'freshnessMs')],
  },
  {
    rule: 2,
    name: 'a writer reads the bound after its commit, each time',
    seed: 471,
    without: [
      freshness('let isClosed =', 'let known: Promise<number> | undefined\n  let isClosed ='),
      freshness('store.bound ? await store.bound(0) : 0', '((known ??= store.bound?.(0)), (await known) ?? 0)'),
    ],
  },
  {
    rule: 2,
    name: 'a process raises the bound before it remembers anything',
    without: [freshness('readBound(await soon(Promise.resolve(store.bound?.(freshnessMs))), freshnessMs)', '')],
  },
  {
    rule: 3,
    name: 'a reader counts wall time too, for a machine that was suspended',
    seed: 521,
    without: [
      {
        file: 'service/platform.ts',
        from: 'Math.max(monotonic - from.monotonic, wall - from.wall)',
        to: 'monotonic - from.monotonic',
      },
    ],
  },
  {
    rule: 3,
    name: 'a reader counts monotonic time too, for a wall clock that is put back',
    seed: 112,
    without: [
      {
        file: 'service/platform.ts',
        from: 'Math.max(monotonic - from.monotonic, wall - from.wall)',
        to: 'wall - from.wall',
      },
    ],
  },
  {
    rule: 3,
    name: 'a writer counts monotonic time alone, for a wall clock that is put forward',
    seed: 334,
    without: [
      freshness('const committed = clock.monotonic()', 'const committed = clock.now()'),
      freshness(
        'for (let left = end - clock.monotonic(); left > 0; left = end - clock.monotonic())',
        'for (let left = end - clock.now(); left > 0; left = end - clock.now())',
      ),
    ],
  },
  {
    rule: 3,
    name: 'a writer waits one per cent longer, for clocks that run differently',
    seed: 4_948,
    focus: 'drift',
    without: [freshness('longest * 1.1 + 5', 'longest')],
  },
  {
    rule: 3,
    name: 'a writer looks again after its timer, since timers fire early',
    seed: 144,
    without: [
      freshness(
        'for (let left = end - clock.monotonic(); left > 0; left = end - clock.monotonic()) await clock.sleep(left)',
        'await clock.sleep(end - clock.monotonic())',
      ),
    ],
  },
  {
    rule: 4,
    name: 'memory is used only with a proof',
    without: [
      freshness('memory !== undefined && elapsed(memory.proved, at) < freshnessMs', 'memory !== undefined'),
      freshness('age < freshnessMs ? memory', 'memory ? memory'),
    ],
  },
  {
    rule: 4,
    name: 'memory is used at once only with a proof too',
    without: [freshness('age < freshnessMs ? memory', 'memory ? memory')],
  },
  {
    rule: 4,
    name: 'a proof finds the last event again, for a store that was restored',
    seed: 16_837,
    focus: 'restores',
    without: [
      freshness(
        'page[0]?.seq !== seq || page[0].id !== id || !page.every((event, i) => event.seq === seq + i)',
        '!page.every((event, i) => i === 0 || event.seq > seq)',
      ),
    ],
  },
  {
    rule: 4,
    name: 'a proof compares the id of the last event, not its number alone',
    seed: 16_837,
    focus: 'restores',
    without: [freshness(' || page[0].id !== id', '')],
  },
  {
    rule: 4,
    name: 'a proof counts from when it was sent, not from when it was answered',
    without: [freshness('mine.proved = sent', 'mine.proved = momentOf(clock)')],
  },
  {
    rule: 4,
    name: 'a proof reads the news to the end',
    without: [freshness('if (page.length === 1) {', '{')],
  },
  {
    rule: 4,
    name: 'news make a process forget what they made old',
    without: [cache('if (entry && entry.record.eventId !== id) forget(entry)', '')],
  },
  {
    rule: 5,
    name: 'only look-ups that began after the first cursor are kept',
    seed: 48_389,
    focus: 'starts',
    without: [
      lookUps(
        'before?.keep(digest, answer, news)',
        'cache()?.keep(digest, answer, before ? news : (cache()?.news() ?? 0))',
      ),
    ],
  },
  {
    rule: 6,
    name: 'a shared look-up is used only if it began late enough',
    seed: 278,
    without: [lookUps('other && elapsed(other.began, arrived) < forMs()', 'other && forMs() > 0')],
  },
  {
    rule: 6,
    name: 'a look-up is not kept if a newer version was seen meanwhile',
    without: [cache('news - since > MAX_NEWS || known.eventId !== eventId', 'false')],
  },
  {
    rule: 6,
    name: 'a look-up is told from what a restored store gave the same version',
    seed: 43_367,
    focus: 'restores',
    without: [
      cache('known.eventId !== eventId', 'known.version > version'),
      cache('entry && entry.record.eventId !== id', 'entry && entry.record.version < version'),
    ],
  },
  {
    rule: 6,
    name: 'a look-up is not kept if more was seen meanwhile than is remembered',
    seed: 895,
    without: [cache('news - since > MAX_NEWS || ', '')],
  },
  {
    rule: 7,
    name: 'a new secret empties the table of unknown digests',
    without: [cache('if (!BRING_SECRETS.has(type)) return', 'return')],
  },
  {
    rule: 7,
    name: 'a secret that was collected is a new one',
    focus: 'approvals',
    without: [cache("  'collected',\n", '')],
  },
  {
    rule: 1,
    name: 'what was approved waits as every change does',
    focus: 'approvals',
    without: [
      {
        file: 'approvals/decide.ts',
        from: 'await engine.freshness.untilSeenEverywhere()\n  return showOne(engine, changed)\n}\n\n/** Says no',
        to: 'return showOne(engine, changed)\n}\n\n/** Says no',
      },
    ],
  },
  {
    rule: 7,
    name: 'an unknown digest is not kept if a secret was issued meanwhile',
    seed: 2_537,
    without: [cache('if (since !== news) return', '')],
  },
  {
    rule: 8,
    name: 'an answer of the directory counts from the start of the call',
    seed: 584,
    without: [
      {
        file: 'service/answers.ts',
        from: 'table.set(key, { began, answer })',
        to: 'table.set(key, { began: momentOf(clock), answer })',
      },
    ],
  },
  {
    rule: 8,
    name: 'an answer of the directory is not used beyond its age',
    without: [{ file: 'service/answers.ts', from: 'known && elapsed(known.began, began) < maxAgeMs', to: 'known' }],
  },
  {
    rule: 9,
    name: 'a process without a proof asks the store',
    without: [
      freshness(
        'isProved(arrived) ? fromMemory(digest, arrived, asked) : fetch(digest, arrived)',
        'fromMemory(digest, arrived, asked)',
      ),
    ],
  },
  {
    rule: 9,
    name: 'a process asks for so many at once and no more',
    seed: 57,
    without: [lookUps('if (free > 0) free -= 1', 'if (free > 0 || true) free -= 1')],
  },
]
