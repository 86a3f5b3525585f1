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
    /** With four processes of 32 to one of 32. */
    readonly manyTo32: number
  }
  readonly writtenAndRefused: number
  /** Engines that are not on this machine, with the command that installs them. */
  readonly skipped: readonly string[]
}

/**
 * What each figure may be at most, or at least. The commit that is compared with is all that differs: on a machine whose
 * processors are the limit, as they are with four processes on two of them, the rest of an edit counts on both sides.
 */
export const COMMITS_LIMITS: { readonly [figure: string]: number | { readonly atLeast: number } } = {
  'ratios.toLockFirst.32': { atLeast: 1.4 },
  'ratios.toLockFirst.4x32': { atLeast: 1.4 },
  // What the lock may cost.
  'ratios.toPlainSequence.32': { atLeast: 0.6 },
  'ratios.toPlainSequence.4x32': { atLeast: 0.6 },
  writtenAndRefused: 0,
}

const KINDS: readonly CommitKind[] = ['ours', 'lockFirst', 'plainSequence']

interface Scale {
  readonly rounds: number
  readonly seconds: number
}

export async function commits({ quick }: { readonly quick: boolean }): Promise<CommitsResult> {
  temporaryFolder()
  const scale: Scale = quick ? { rounds: 2, seconds: 2 } : { rounds: 6, seconds: 3 }
  const postgres = await ofPostgres(scale)
  const mariadb = hasMariadb ? await ofMariadb(scale) : undefined
  const loads = Object.keys(LOADS) as Load[]
  const rate = (load: Load, kind: CommitKind): number => postgres[load][kind].perSecond
  const ratios = (kind: CommitKind) =>
    Object.fromEntries(loads.map((load) => [load, rounded(rate(load, 'ours') / rate(load, kind))])) as {
      [L in Load]: number
    }
  const own = [...loads.map((load) => postgres[load].ours), ...loads.map((load) => mariadb?.[load].ours)]
  return {
    postgres,
    mariadb,
    ratios: {
      toLockFirst: ratios('lockFirst'),
      toPlainSequence: ratios('plainSequence'),
      manyTo32: rounded(rate('4x32', 'ours') / rate('32', 'ours')),
    },
    writtenAndRefused: own.reduce((sum, edits) => sum + (edits?.writtenAndRefused ?? 0), 0),
    skipped: hasMariadb ? [] : [`mariadb (skipped without it: ${MARIADB_COMMAND})`],
  }
}

async function ofPostgres(scale: Scale): Promise<Rates<CommitKind>> {
  const server = await startServer()
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
  const rates: { [load: string]: unknown } = {}
  for (const [load, [processes, admins]] of Object.entries(LOADS)) {
    const source = await newSource()
    await prepare(source)
    const edits = await editsPerSecond(processes, { source, kinds, admins }, scale)
    console.error(`… ${source.kind}, ${load} admins: ${JSON.stringify(edits)}`)
    rates[load] = edits
  }
  return rates as Rates<Kind>
}
