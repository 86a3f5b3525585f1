/**
 * `revoke --plan`: ends many tokens of a plan. Shows them first, and goes on only with their number: typed by a person, or given by
 * a script that has looked before. What the number does not cover is left alone.
 */
import { text } from '@clack/prompts'
import type { RevokeFilter } from '../../service/revoke-input.ts'
import type { RevokedMany } from '../../service/revoke-many.ts'
import { startProgress } from '../ask.ts'
import { CliError } from '../exit.ts'
import { type Io, oneLine } from '../io.ts'
import type { Session } from '../session.ts'
import { moment, showTable } from '../show.ts'
import { taken } from '../taken.ts'

/** Flags of `revoke` with a plan. */
export interface RevokeManyOptions {
  readonly plan: string
  readonly id?: readonly string[]
  readonly type?: string
  readonly status?: RevokeFilter['status']
  readonly search?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly metadataKey?: string
  readonly createdBy?: string
  readonly expiring?: number
  readonly scope?: string
  readonly canary?: boolean
  readonly reason?: string
  readonly dryRun?: boolean
  readonly count?: number
}

/** How many tokens are shown before the question. */
const SHOWN = 20

export async function revokeMany({ io, source }: Session, options: RevokeManyOptions): Promise<void> {
  const { plan: planId, id: ids, expiring, reason, dryRun, count: given } = options
  const filter: RevokeFilter = {
    ...taken(options, ['type', 'status', 'search', 'metadata', 'metadataKey', 'createdBy', 'scope', 'canary']),
    ...(ids && { ids }),
    ...(expiring !== undefined && { expiresBefore: expiring }),
  }
  const calls = await source()
  const { count, tokens, stamp } = await calls.previewRevoke({ planId, filter, limit: SHOWN })
  if (dryRun && io.json) return io.data(JSON.stringify({ count, tokens }))
  if (!io.json) {
    const rows = tokens.map(({ id, name, type, expiresAt }) => [id, name, type, moment(expiresAt)])
    showTable(io, ['ID', 'NAME', 'TYPE', 'EXPIRES (UTC)'], rows, 'No token fits.')
    if (count > tokens.length) io.say(`… and ${count - tokens.length} more.`)
  }
  if (dryRun) return
  if (count === 0) {
    if (io.json) io.data(JSON.stringify({ count, revoked: [], ended: [], changed: [], failed: [] }))
    return
  }
  await countConfirmed(io, planId, count, given)
  const done = { revoked: [] as string[], ended: [] as string[], changed: [] as string[], failed: [] as Failed[] }
  const progress = startProgress(io, `0 of ${count} tokens`)
  let after: string | undefined
  let broken: { readonly thrown: unknown } | undefined
  do {
    const input = { planId, filter, stamp, ...(reason !== undefined && { reason }) }
    let part: RevokedMany
    try {
      part = await calls.revokeMany({ ...input, ...(after !== undefined && { after }) })
    } catch (thrown) {
      if (after === undefined) throw thrown
      // What was done before is told first.
      broken = { thrown }
      break
    }
    done.revoked.push(...part.revoked)
    done.ended.push(...part.ended)
    done.changed.push(...part.changed)
    done.failed.push(...part.failed)
    progress.tell(`${done.revoked.length} of ${count} tokens`)
    // A store that fails would be asked for ever: what is left is for whoever makes the call again.
    if (part.next === after) break
    after = part.next
  } while (after !== undefined)
  // Of a call that broke off, the next one begins with the token at which it did.
  const dealtWith = new Set([...done.revoked, ...done.ended, ...done.changed])
  const failed = new Map(done.failed.map((one) => [one.id, one]))
  done.failed = [...failed.values()].filter(({ id }) => !dealtWith.has(id))
  progress.end(
    `${done.revoked.length} revoked, ${done.ended.length} had ended, ${done.changed.length} left alone since they were changed, ${done.failed.length} failed.`,
  )
  if (io.json) io.data(JSON.stringify({ count, ...done }))
  if (broken) throw broken.thrown
  const [first] = done.failed
  if (first)
    throw new CliError(
      'unavailable',
      first.code,
      `${done.failed.length} of ${count} tokens could not be revoked, such as ${oneLine(first.id)} (${first.code}). Make the same call again.`,
    )
}

interface Failed {
  readonly id: string
  readonly code: string
}

/** Goes on only with the number of tokens: a yes is said too easily to a question about many. */
async function countConfirmed(io: Io, planId: string, count: number, given: number | undefined): Promise<void> {
  const question = `Revoke ${count} ${count === 1 ? 'token' : 'tokens'} of plan ${oneLine(planId)} for good?`
  if (given !== undefined) {
    if (given === count) return
    throw new CliError(
      'refused',
      'not_confirmed',
      `${question} --count says ${given}. Nothing was done: look again with --dry-run.`,
    )
  }
  if (!io.canAsk)
    throw new CliError(
      'usage',
      'not_confirmed',
      `${question} There is no terminal to ask on: say --count ${count} to do it.`,
    )
  const typed = await text({ message: `${question} Type their number:`, output: process.stderr })
  if (String(typed).trim() !== String(count)) throw new CliError('interrupted', 'not_confirmed', 'Nothing was done.')
}
