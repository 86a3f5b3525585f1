/** What is found in an audit log, gathered: each problem with its place and a sentence, and how far the log is vouched for. */

/**
 * What is wrong. `changed`: a line does not say what it said. `broken`: it does not follow from the one before. `missing`: lines are
 * not there. `inserted`: a line with a number below 1, which no store gives. `misplaced`: a number that came before. `unreadable`: a line that cannot be read. `truncated`: the end is not there.
 * `checkpoint_differs`: another line stood there when the checkpoint was signed. `checkpoint_refused`: a checkpoint that none of the
 * keys has signed.
 */
export type LogProblemCode =
  | 'changed'
  | 'broken'
  | 'missing'
  | 'inserted'
  | 'misplaced'
  | 'unreadable'
  | 'truncated'
  | 'checkpoint_differs'
  | 'checkpoint_refused'

/** One thing that is wrong, with its place. */
export interface LogProblem {
  readonly code: LogProblemCode
  /** The first event that it is about; absent of a checkpoint that was refused. */
  readonly seq?: number
  /** The last one, where there are several. */
  readonly to?: number
  /** For a checkpoint: which one of those that were given, from 0. */
  readonly checkpoint?: number
  readonly message: string
}

/** A stretch of the log. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** What `verifyLog` found. */
export interface LogReport {
  /** Whether nothing was found to be touched. */
  readonly ok: boolean
  /** How many events were looked at. */
  readonly events: number
  /** The `seq` of the first and of the last one; absent of an empty log. */
  readonly from?: number
  readonly to?: number
  /** The first event that is vouched for: those before it have no hash, or follow from one that is not there any more. */
  readonly vouchedFrom?: number
  /** The newest link. */
  readonly head?: { readonly seq: number; readonly chain: string }
  /** Stretches behind it that have no links, since an older version wrote them: nobody vouches for these. The first 100. */
  readonly unvouched: readonly Stretch[]
  readonly checkpoints: {
    /** How many fit the log. */
    readonly good: number
    /** How many are of events that a sweep has removed, or that are before `from`: they say nothing of what is left. */
    readonly earlier: number
  }
  /** The first 100. */
  readonly problems: readonly LogProblem[]
  /** How many there are. */
  readonly problemCount: number
}

/** How many problems, and how many stretches, are kept. */
const MOST = 100

/** Gathers what is found. */
export interface Findings {
  /** Tells of a problem; one that goes on from the event before is told once, with its end. */
  tell(code: LogProblemCode, seq: number, to?: number): void
  /** Tells of a checkpoint that is none. */
  refuse(checkpoint: number, why: 'unreadable' | 'unproved'): void
  /** Tells of an event that has no link. */
  unvouched(seq: number): void
  /** An event was looked at. */
  saw(seq: number): void
  progress(): { readonly events: number; readonly from?: number; readonly to?: number }
  report(rest: Pick<LogReport, 'vouchedFrom' | 'head' | 'checkpoints'>): LogReport
}

/** Makes it. */
export function createFindings(): Findings {
  const problems: (Omit<LogProblem, 'message'> & { last: number })[] = []
  const stretches: { from: number; to: number }[] = []
  let problemCount = 0
  let events = 0
  let from: number | undefined
  let to: number | undefined
  /** The last event that each kind of problem was told of. */
  const latest = new Map<LogProblemCode, (typeof problems)[number]>()
  const progress = () => ({ events, ...(from !== undefined && { from }), ...(to !== undefined && { to }) })
  return {
    tell(code, seq, end = seq) {
      const before = latest.get(code)
      if (before && before.last + 1 === seq) {
        before.last = end
        return
      }
      const problem = { code, seq, last: end }
      latest.set(code, problem)
      problemCount += 1
      if (problems.length < MOST) problems.push(problem)
    },
    refuse(checkpoint, why) {
      problemCount += 1
      const code = why === 'unreadable' ? UNREADABLE_CHECKPOINT : UNPROVED_CHECKPOINT
      if (problems.length < MOST) problems.push({ code: 'checkpoint_refused', checkpoint, last: code })
    },
    unvouched(seq) {
      const last = stretches.at(-1)
      if (last && last.to + 1 === seq) last.to = seq
      else if (stretches.length < MOST) stretches.push({ from: seq, to: seq })
    },
    saw(seq) {
      events += 1
      from ??= seq
      to = Math.max(to ?? 0, seq)
    },
    progress,
    report: (rest) => ({
      ok: problemCount === 0,
      ...progress(),
      ...rest,
      unvouched: stretches,
      problems: problems.map(said),
      problemCount,
    }),
  }
}

const [UNREADABLE_CHECKPOINT, UNPROVED_CHECKPOINT] = [0, 1]

function said({ code, seq, checkpoint, last }: Omit<LogProblem, 'message'> & { last: number }): LogProblem {
  if (seq === undefined)
    return {
      code,
      checkpoint: checkpoint ?? 0,
      message:
        last === UNREADABLE_CHECKPOINT
          ? `Checkpoint ${(checkpoint ?? 0) + 1} cannot be read: it is no line that createCheckpoint gave.`
          : `Checkpoint ${(checkpoint ?? 0) + 1} was signed by none of the keys: it is forged, changed, or of another key.`,
    }
  const isOne = last === seq
  const events = isOne ? `Event ${seq}` : `Events ${seq} to ${last}`
  return { code, seq, ...(!isOne && { to: last }), message: SENTENCES[code](events, isOne) }
}

const SENTENCES: { readonly [C in LogProblemCode]: (events: string, isOne: boolean) => string } = {
  changed: (events, isOne) =>
    `${events} ${isOne ? 'does' : 'do'} not say what ${isOne ? 'it' : 'they'} said when written.`,
  broken: (events, isOne) =>
    `${events} ${isOne ? 'does' : 'do'} not follow from what stands before: changed, put in, or moved, there or right before.`,
  missing: (events, isOne) => `${events} ${isOne ? 'is' : 'are'} not there.`,
  inserted: (events, isOne) => `${events} ${isOne ? 'was' : 'were'} put in: the first event of a log has the number 1.`,
  misplaced: (events, isOne) => `${events} ${isOne ? 'stands' : 'stand'} behind a later one, or twice.`,
  unreadable: (events) => `${events} cannot be read.`,
  truncated: (events, isOne) =>
    `${events} ${isOne ? 'was' : 'were'} there when a checkpoint was signed, and ${isOne ? 'is' : 'are'} not now: the end was cut off.`,
  checkpoint_differs: (events) =>
    `${events} had another link when a checkpoint was signed: the log was written anew, or is another one.`,
  checkpoint_refused: (events) => `${events} has a checkpoint that none of the keys has signed.`,
}
