/** `verify` and `checkpoint`: whether the audit log was touched, and what it says now, signed. */
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createCheckpoint } from '../../audit/checkpoint.ts'
import type { LogReport } from '../../audit/findings.ts'
import { readExport } from '../../audit/read-export.ts'
import { verifyLog } from '../../audit/verify.ts'
import type { TokenStore } from '../../ports.ts'
import { engineBehind } from '../../service/engines.ts'
import { CliError } from '../exit.ts'
import { oneLine } from '../io.ts'
import { keyIn } from '../keys.ts'
import { type Session, withStore } from '../session.ts'
import { counted } from '../show.ts'
import { engineOf } from '../source.ts'

/** Flags of `verify`. */
export interface VerifyOptions {
  readonly checkpoints?: string
  readonly key?: readonly string[]
  readonly from?: number
  readonly file?: string
}

/** Flags of `checkpoint`. */
export interface CheckpointOptions {
  readonly key: string
}

/** Tells what is wrong with the log, and ends with 1 if anything is. */
export async function verify({ io, config }: Session, options: VerifyOptions): Promise<void> {
  const { checkpoints: file, key: files = [], from } = options
  if ((file === undefined) !== (files.length === 0))
    throw new CliError(
      'usage',
      'usage',
      'Say --checkpoints and --key together: a checkpoint proves nothing without its key.',
    )
  const checkpoints = file === undefined ? [] : linesOf(await readFile(file, 'utf8'))
  if (file !== undefined && checkpoints.length === 0)
    throw new CliError(
      'usage',
      'checkpoints_missing',
      `${oneLine(file)} holds no checkpoint, and without one the end proves nothing.`,
    )
  const keys = await Promise.all(files.map((one) => keyIn(one, 'public')))
  const report = await verifyLog({
    store: options.file === undefined ? storeOf(await config(), 'verify') : await exported(options.file),
    checkpoints,
    ...(keys.length > 0 && { key: keys }),
    ...(from !== undefined && { from }),
  })
  if (io.json) io.data(JSON.stringify(report))
  else for (const line of wordsOf(report)) io.data(line)
  if (report.ok && report.unvouched.length > 0 && !io.json)
    io.warn('Events that an older version wrote are not vouched for. Update every process that writes.')
  if (!report.ok)
    throw new CliError('found', 'log_touched', `The log was touched, or a checkpoint is wrong: ${countOf(report)}.`)
}

/** Prints a checkpoint. */
export async function checkpoint({ io, config }: Session, { key }: CheckpointOptions): Promise<void> {
  const line = await createCheckpoint({
    store: storeOf(await config(), 'checkpoint'),
    key: await keyIn(key, 'private'),
  })
  io.data(io.json ? JSON.stringify({ checkpoint: line }) : line)
}

const countOf = ({ problemCount }: LogReport): string => counted(problemCount, 'problem')

function wordsOf(report: LogReport): readonly string[] {
  const { events, from, to, vouchedFrom, head, unvouched, checkpoints, problems, problemCount } = report
  const { good, earlier } = checkpoints
  return [
    from === undefined ? 'No events.' : `${counted(events, 'event')}, from ${from} to ${to}.`,
    ...(from === undefined
      ? []
      : [vouchedFrom === undefined ? 'Nothing vouches for them.' : `Vouched for from event ${vouchedFrom} on.`]),
    ...unvouched.map((one) => `Without a link: ${one.from === one.to ? one.from : `${one.from} to ${one.to}`}.`),
    ...(good > 0 ? [good === 1 ? '1 checkpoint fits.' : `${good} checkpoints fit.`] : []),
    ...(earlier > 0 ? [`${earlier} checkpoints are of events that are not there any more.`] : []),
    ...(head ? [`The newest link is ${head.chain}, of event ${head.seq}.`] : []),
    ...problems.map(({ code, message }) => oneLine(`${code}: ${message}`)),
    ...(problemCount > problems.length ? [`And ${problemCount - problems.length} more.`] : []),
    ...(report.ok ? ['Nothing was touched, as far as this tells.'] : []),
  ]
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '')

function storeOf(config: Awaited<ReturnType<Session['config']>>, what: string): TokenStore {
  const stored = withStore(config, what)
  if ('store' in stored) return stored.store
  const store = engineBehind(engineOf(stored))?.store
  if (store) return store
  throw new CliError('config', 'setup', 'The configuration names tokens that createPlanTokens has not given.')
}

/** The lines of a file, which is known to be there before the first one is asked for. */
async function exported(file: string): Promise<ReturnType<typeof readExport>> {
  const handle = await open(file)
  await handle.close()
  return readExport(createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY }))
}
