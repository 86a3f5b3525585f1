/**
 * `npm run bench -- commits [--quick]`: edits a second with 1, 8 and 32 admins in one process and 32 in each of four, over a real
 * PostgreSQL and MariaDB, beside commits by hand in the same run (bench/stores/by-hand.ts).
 */

import { hasMariadb, MARIADB_COMMAND, startMariadb } from '../test/support/mariadb.ts'
import { rounded } from './measure.ts'
import type { CommitKind } from './stores/by-hand.ts'
import { type Edits, editsPerSecond } from './stores/edits.ts'
import { prepare, type SqlSource } from './stores/engines.ts'
import { temporaryFolder } from './stores/folder.ts'
import { startServer } from './stores/postgres.ts'

/** Processes and the admins in each. */
const LOADS = { '1': [1, 1], '8': [1, 8], '32': [1, 32], '4x32': [4, 32] } as const
type Load = keyof typeof LOADS
type Rates<Kind extends CommitKind> = { readonly [L in Load]: { readonly [K in Kind]: Edits } }

export interface CommitsResult {
  readonly postgres: Rates<CommitKind>
  readonly mariadb: Rates<'ours'> | undefined
  readonly ratios: {
    readonly toLockFirst: { readonly [L in Load]: number }
    readonly toPlainSequence: { readonly [L in Load]: number }
    /** With more admins to fewer: 32 to 8, and four processes of 32 to one of 32. */
    readonly '32To8': number
    readonly manyTo32: number
  }
  readonly writtenAndRefused: { readonly postgres: number; readonly mariadb: number }
  /** Engines that are not on this machine, with the command that installs them. */
  readonly skipped: readonly string[]
}

/**
 * What each figure may be at most, or at least. The commit that is compared with is all that differs: on a machine whose
 * processors are the limit, as they are with four processes on two of them, the rest of an edit counts on both sides.
 */
export const COMMITS_LIMITS: { readonly [figure: string]: number | { readonly atLeast: number } } = {
  'ratios.toLockFirst.8': { atLeast: 2.5 },
  'ratios.toLockFirst.32': { atLeast: 2.5 },
  'ratios.toLockFirst.4x32': { atLeast: 2.5 },
  // Those that wait go together, which is worth more than what the lock costs.
  'ratios.toPlainSequence.32': { atLeast: 1 },
  'ratios.toPlainSequence.4x32': { atLeast: 1 },
  // None of it falls with more admins, as far as one run can tell.
  'ratios.32To8': { atLeast: 0.9 },
  'ratios.manyTo32': { atLeast: 0.9 },
  'writtenAndRefused.postgres': 0,
  'writtenAndRefused.mariadb': 0,
}

const KINDS: readonly CommitKind[] = ['ours', 'lockFirst', 'plainSequence']

interface Scale {
  /** How often all loads are measured, one after the other: what the machine does besides comes and goes. */
  readonly passes: number
  readonly rounds: number
  readonly seconds: number
}

export async function commits({ quick }: { readonly quick: boolean }): Promise<CommitsResult> {
  temporaryFolder()
  const scale: Scale = quick ? { passes: 2, rounds: 2, seconds: 1 } : { passes: 3, rounds: 2, seconds: 3 }
  const postgres = await ofPostgres(scale)
  const mariadb = hasMariadb ? await ofMariadb(scale) : undefined
  const loads = Object.keys(LOADS) as Load[]
  const rate = (load: Load, kind: CommitKind): number => postgres[load][kind].perSecond
  const ratios = (kind: CommitKind) =>
    Object.fromEntries(loads.map((load) => [load, rounded(rate(load, 'ours') / rate(load, kind))])) as {
      [L in Load]: number
    }
  const unkept = (rates: Rates<'ours'> | undefined): number =>
    loads.reduce((sum, load) => sum + (rates?.[load].ours.writtenAndRefused ?? 0), 0)
  return {
    postgres,
    mariadb,
    ratios: {
      toLockFirst: ratios('lockFirst'),
      toPlainSequence: ratios('plainSequence'),
      '32To8': rounded(rate('32', 'ours') / rate('8', 'ours')),
      manyTo32: rounded(rate('4x32', 'ours') / rate('32', 'ours')),
    },
    writtenAndRefused: { postgres: unkept(postgres), mariadb: unkept(mariadb) },
    skipped: hasMariadb ? [] : [`mariadb (skipped without it: ${MARIADB_COMMAND})`],
  }
}

async function ofPostgres(scale: Scale): Promise<Rates<CommitKind>> {
  const server = await startServer('on')
  try {
    return await ratesOf<CommitKind>(KINDS, scale, async () => {
      const config = await server.database()
      await server.admin('create sequence plain_sequence', config.database)
      return { kind: 'postgres', config, listens: false }
    })
  } finally {
    await server.close()
  }
}

async function ofMariadb(scale: Scale): Promise<Rates<'ours'>> {
  const server = await startMariadb()
  try {
    return await ratesOf(['ours'], scale, async () => ({ kind: 'mariadb', config: await server.database() }))
  } finally {
    await server.close()
  }
}

async function ratesOf<Kind extends CommitKind>(
  kinds: readonly Kind[],
  scale: Scale,
  newSource: () => Promise<SqlSource>,
): Promise<Rates<Kind>> {
  const found = Object.keys(LOADS).map((load) => [load, [] as { readonly [K in Kind]: Edits }[]] as const)
  for (let pass = 0; pass < scale.passes; pass++)
    for (const [load, edits] of found) {
      const [processes, admins] = LOADS[load as Load]
      const source = await newSource()
      await prepare(source)
      edits.push((await editsPerSecond(processes, { source, kinds, admins }, scale)) as { [K in Kind]: Edits })
      console.error(`… ${source.kind}, ${load} admins: ${JSON.stringify(edits.at(-1))}`)
    }
  const rates = found.map(([load, edits]) => {
    return [load, Object.fromEntries(kinds.map((kind) => [kind, together(edits.map((each) => each[kind]))]))]
  })
  return Object.fromEntries(rates) as Rates<Kind>
}

/** What came of several passes. */
function together(edits: readonly Edits[]): Edits {
  const sum = (of: (each: Edits) => number): number => edits.reduce((total, each) => total + of(each), 0)
  const codes = [...new Set(edits.flatMap(({ refused }) => Object.keys(refused)))]
  return {
    perSecond: rounded(sum(({ perSecond }) => perSecond) / edits.length),
    refused: Object.fromEntries(codes.map((code) => [code, sum(({ refused }) => refused[code] ?? 0)])),
    writtenAndRefused: sum(({ writtenAndRefused }) => writtenAndRefused),
  }
}
