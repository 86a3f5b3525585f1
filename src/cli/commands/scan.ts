/**
 * `scan`: finds secrets of the policy's prefixes in files and in the history of git, and ends them with `--revoke`. The checksum
 * keeps what only looks like a secret out. What is found is told by its place; the secret itself is never printed.
 */
import { PREFIX_PATTERN } from '../../core/secret.ts'
import { confirmed, startProgress } from '../ask.ts'
import { CliError, EXIT_CODES } from '../exit.ts'
import { oneLine } from '../io.ts'
import type { Place, Watcher } from '../scan/files.ts'
import { scanFiles } from '../scan/files.ts'
import { scanHistory } from '../scan/history.ts'
import type { Session } from '../session.ts'
import { counted, showTable } from '../show.ts'
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

/** Prints where secrets stand; with `--revoke`, ends them. Ends with 1 where there is one. */
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
    missed: (file, why) => {
      const name = oneLine(file)
      missed.push(why.startsWith(name) ? oneLine(why) : `${name}: ${oneLine(why)}`)
    },
  }
  const places = await scanAll(where, history === true, prefixes, watcher).catch((thrown) => {
    progress.end('It could not be looked at everything.')
    throw thrown
  })
  progress.end(
    `${looked === 1 ? '1 file or object' : `${looked} files and objects`} looked at, ${counted(places.length, 'place')} with a secret.`,
  )
  for (const why of missed) io.warn(why)
  const secrets = [...new Set(places.map(({ secret }) => secret))]
  const known = await lookUp(source, secrets)
  if (places.length > 0) process.exitCode = EXIT_CODES.found.code
  if (!revoke) {
    tellPlaces(session, places, known, new Set())
    return refuseMissed(session, missed, places)
  }
  if (secrets.length > 0 && source) {
    if (!io.json) tellPlaces(session, places, known, new Set())
    await confirmed(io, `End ${counted(secrets.length, 'secret')}, and the tokens of those that are the newest?`, yes)
    const ended = new Set<string>()
    await endAll(source, secrets, ended).catch((thrown) => {
      if (io.json) tellPlaces(session, places, known, ended)
      else sayEnded(session, places, ended, secrets.length)
      throw thrown
    })
    if (!io.json) sayEnded(session, places, ended, secrets.length)
    else tellPlaces(session, places, known, ended)
  } else tellPlaces(session, places, known, new Set())
  refuseMissed(session, missed, places)
}

/** What could not be read may hold anything. Where a secret was found, that is the worse news, and the exit code says it. */
function refuseMissed({ io }: Session, missed: readonly string[], places: readonly Place[]): void {
  if (missed.length === 0) return
  const words = `${missed.length} files or folders could not be read; nothing is said of them.`
  if (places.length === 0) throw new CliError('files', 'files_missed', words)
  io.warn(words)
}

/** How many were ended, and where they stand, if there are others. */
function sayEnded({ io }: Session, places: readonly Place[], ended: ReadonlySet<string>, all: number): void {
  const where = places.filter(({ secret }) => ended.has(secret)).map((place) => oneLine(placeText(place)))
  const named = ended.size > 0 && ended.size < all ? ` Ended: ${where.join(', ')}.` : ''
  io.say(`${ended.size} of ${counted(all, 'secret')} ${all === 1 ? 'was' : 'were'} ended.${named}`)
}

const placeText = ({ file, line }: Pick<Place, 'file' | 'line'>): string =>
  line === undefined ? file : `${file}:${line}`

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

/** Ends them one after the other; those that were are in `ended` if a later one fails. */
async function endAll(source: Source, secrets: readonly string[], ended: Set<string>): Promise<void> {
  for (const secret of secrets) if (await source.revokeSecret(secret)) ended.add(secret)
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
    placeText({ file, ...(line !== undefined && { line }) }),
    ...[commit ?? '', prefix, WORDS[state], token ?? ''],
  ])
  showTable(io, ['PLACE', 'COMMIT', 'PREFIX', 'SECRET', 'TOKEN'], rows, 'No secrets.')
}

const WORDS = { works: 'works', ended: 'does not work', unknown: 'not looked up' }
