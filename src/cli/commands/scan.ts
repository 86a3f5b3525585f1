/**
 * `scan`: finds secrets of the policy's prefixes in files and in the history of git, and ends them with `--revoke`. The checksum
 * keeps what only looks like a secret out. What is found is told by its place; the secret itself is never printed.
 */
import { PREFIX_PATTERN } from '../../core/secret.ts'
import { confirmed, startProgress } from '../ask.ts'
import { CliError, EXIT_CODES } from '../exit.ts'
import type { Place, Watcher } from '../scan/files.ts'
import { scanFiles } from '../scan/files.ts'
import { scanHistory } from '../scan/history.ts'
import type { Session } from '../session.ts'
import { showTable } from '../show.ts'
import type { Source } from '../source.ts'

/** Flags of `scan`. */
export interface ScanOptions {
  readonly history?: boolean
  readonly prefix?: readonly string[]
  readonly revoke?: boolean
  readonly yes?: boolean
}

/** What is known of a secret. */
interface Known {
  /** `works`, `ended` (or never was one), or `unknown` where nobody could be asked. */
  readonly state: 'works' | 'ended' | 'unknown'
  readonly token?: string
}

export async function scan(session: Session, paths: readonly string[], options: ScanOptions): Promise<void> {
  const { io } = session
  const { history, prefix, revoke, yes } = options
  if (prefix && revoke)
    throw new CliError('usage', 'usage', '--prefix looks without the configuration, which --revoke needs.')
  const source = prefix ? undefined : await session.source()
  const prefixes = source ? await prefixesOf(source) : readPrefixes(prefix ?? [])
  const where = paths.length === 0 ? ['.'] : paths
  const progress = startProgress(io, 'Looking for secrets')
  const missed: string[] = []
  let looked = 0
  const watcher: Watcher = {
    looked: () => {
      looked++
      if (looked % 100 === 0) progress.tell(`Looking for secrets: ${looked} looked at`)
    },
    missed: (_, why) => void missed.push(why),
  }
  const places = await scanAll(where, history === true, prefixes, watcher).catch((thrown) => {
    progress.end('It could not be looked at everything.')
    throw thrown
  })
  progress.end(`${looked} files and objects looked at, ${places.length} places with a secret.`)
  for (const why of missed) io.warn(why)
  const secrets = [...new Set(places.map(({ secret }) => secret))]
  const known = await lookUp(source, secrets)
  if (places.length > 0) process.exitCode = EXIT_CODES.found.code
  if (!revoke) {
    tellPlaces(session, places, known, new Set())
    return refuseMissed(missed)
  }
  if (secrets.length > 0 && source) {
    if (!io.json) tellPlaces(session, places, known, new Set())
    await confirmed(io, `End these ${secrets.length} secrets, and the tokens of those that are the newest?`, yes)
    const ended = await endAll(source, secrets)
    if (!io.json) io.say(`${ended.size} of ${secrets.length} secrets were ended.`)
    else tellPlaces(session, places, known, ended)
  } else tellPlaces(session, places, known, new Set())
  refuseMissed(missed)
}

/** What could not be read may hold anything. */
function refuseMissed(missed: readonly string[]): void {
  if (missed.length > 0)
    throw new CliError(
      'files',
      'files_missed',
      `${missed.length} files or folders could not be read; nothing is said of them.`,
    )
}

async function prefixesOf(source: Source): Promise<ReadonlySet<string>> {
  return new Set((await source.policies()).flatMap(({ types }) => types.map(({ prefix }) => prefix)))
}

function readPrefixes(prefixes: readonly string[]): ReadonlySet<string> {
  for (const prefix of prefixes)
    if (!PREFIX_PATTERN.test(prefix))
      throw new CliError('usage', 'usage', `--prefix ${JSON.stringify(prefix)} is no prefix of secrets.`)
  return new Set(prefixes)
}

async function scanAll(
  paths: readonly string[],
  history: boolean,
  prefixes: ReadonlySet<string>,
  watcher: Watcher,
): Promise<readonly Place[]> {
  const inFiles = await scanFiles(paths, prefixes, watcher)
  if (!history) return inFiles
  const inHistory: Place[] = []
  for (const path of paths) inHistory.push(...(await scanHistory(path, prefixes, watcher)))
  return [...inFiles, ...inHistory]
}

async function lookUp(source: Source | undefined, secrets: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>()
  for (const secret of secrets) {
    if (!source?.inspect) known.set(secret, { state: 'unknown' })
    else {
      const { active, id } = await source.inspect(secret)
      known.set(secret, { state: active ? 'works' : 'ended', ...(id !== undefined && { token: id }) })
    }
  }
  return known
}

async function endAll(source: Source, secrets: readonly string[]): Promise<ReadonlySet<string>> {
  const ended = new Set<string>()
  for (const secret of secrets) if (await source.revokeSecret(secret)) ended.add(secret)
  return ended
}

function tellPlaces(
  { io }: Session,
  places: readonly Place[],
  known: ReadonlyMap<string, Known>,
  ended: ReadonlySet<string>,
): void {
  const found = places.map(({ secret, file, line, commit }) => ({
    file,
    ...(line !== undefined && { line }),
    ...(commit !== undefined && { commit }),
    prefix: secret.slice(0, secret.lastIndexOf('_')),
    ...(known.get(secret) as Known),
    ...(ended.has(secret) && { revoked: true }),
  }))
  if (io.json) {
    io.data(JSON.stringify({ found }))
    return
  }
  const rows = found.map(({ file, line, commit, prefix, state, token }) => [
    line === undefined ? file : `${file}:${line}`,
    ...[commit ?? '', prefix, WORDS[state], token ?? ''],
  ])
  showTable(io, ['PLACE', 'COMMIT', 'PREFIX', 'SECRET', 'TOKEN'], rows, 'No secrets.')
}

const WORDS = { works: 'works', ended: 'does not work', unknown: 'not looked up' }
