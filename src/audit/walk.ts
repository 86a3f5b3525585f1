/** Follows the chain, one event after another. Where they come from: audit/verify.ts. */
import { CHAIN_START, hashOfEvent, linkOf } from '../core/chain.ts'
import type { Sha256 } from '../core/digest.ts'
import type { TokenEvent } from '../core/event.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Findings, LogReport } from './findings.ts'

/** Takes events in the order of the log. */
export interface Walker {
  /** Whether there is something between the last event and this one. */
  isGap(seq: number): boolean
  /** What is between them was swept meanwhile: the log begins anew. */
  passSwept(): void
  passUnreadable(seq: number): void
  take(event: TokenEvent): void
  end(): LogReport
}

/** Makes it. @param from what is before it is taken as it is. */
export function createWalker(
  sha256: Sha256,
  findings: Findings,
  checkpoints: readonly Checkpoint[],
  from: number,
): Walker {
  /** The number of the last event; `undefined` before the first. From the middle on, the one before the first is asked for too. */
  let last: number | undefined = from > 1 ? from - 2 : undefined
  /** The link that the next one has to follow from; `undefined` where it is not known. */
  let link: string | undefined
  /** Whether the log was read from its very first event on. */
  let isWhole = false
  let isStarted = false
  let vouchedFrom: number | undefined
  let head: LogReport['head']
  /** The checkpoint that comes next. */
  let next = 0
  let good = 0
  let earlier = 0
  const anchors = new Map(checkpoints.map(({ seq, chain }) => [seq, chain]))

  const judgeCheckpoints = (seq: number, chain: string | undefined): void => {
    for (let point = checkpoints[next]; point && point.seq <= seq; point = checkpoints[++next]) {
      if (point.seq < seq) {
        // Swept, or missing, which is told by itself.
        if (last === undefined || point.seq < from - 1) earlier += 1
      } else if (point.chain === chain) good += 1
      else findings.tell('checkpoint_differs', seq)
    }
  }

  const follow = (seq: number, hash: string, chain: string): void => {
    if (link !== undefined) {
      if (linkOf(sha256, link, seq, hash) !== chain) findings.tell('broken', seq)
      else vouchedFrom ??= seq
    } else if (linkOf(sha256, CHAIN_START, seq, hash) === chain) vouchedFrom ??= seq
    // A log that was read from its first line on has the beginning of its chain.
    else if (isWhole && !isStarted) findings.tell('broken', seq)
    isStarted = true
    link = chain
    head = { seq, chain }
  }

  return {
    isGap: (seq) => last !== undefined && seq > last + 1,
    passSwept() {
      last = undefined
      link = undefined
      vouchedFrom = undefined
      isWhole = false
    },
    passUnreadable(seq) {
      if (seq < 1) return findings.tell('inserted', seq)
      if (last !== undefined && seq > last + 1) findings.tell('missing', last + 1, seq - 1)
      findings.tell('unreadable', seq)
      last = seq
      link = undefined
      isWhole = false
    },
    take(event) {
      const { seq, hash, chain } = event
      // No store ever gives such a number.
      if (seq < 1) return findings.tell('inserted', seq)
      if (seq < from) {
        // The event before the first: what that one has to follow from.
        link = chain
        isStarted = chain !== undefined
        last = seq
        judgeCheckpoints(seq, chain)
        return
      }
      findings.saw(seq)
      if (last !== undefined && seq <= last) {
        findings.tell('misplaced', seq)
        return
      }
      if (last === undefined) {
        isWhole = seq === 1
        link ??= anchors.get(seq - 1)
      } else if (seq > last + 1) {
        findings.tell('missing', last + 1, seq - 1)
        link = anchors.get(seq - 1)
        isWhole = false
      }
      judgeCheckpoints(seq, chain)
      last = seq
      if (hash === undefined && chain === undefined) {
        if (isStarted) findings.unvouched(seq)
        return
      }
      if (hash === undefined || chain === undefined || hashOfEvent(sha256, event) !== hash)
        findings.tell('changed', seq)
      if (hash !== undefined && chain !== undefined) follow(seq, hash, chain)
      else link = chain
    },
    end() {
      const end = last ?? 0
      const cut = checkpoints.slice(next).filter(({ seq }) => seq > end)
      earlier += checkpoints.length - next - cut.length
      const furthest = cut.at(-1)?.seq
      if (furthest !== undefined) findings.tell('truncated', end + 1, furthest)
      return findings.report({
        ...(vouchedFrom !== undefined && { vouchedFrom }),
        ...(head && { head }),
        checkpoints: { good, earlier },
      })
    },
  }
}
