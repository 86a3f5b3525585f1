/** `outbox`: how far the outboxes of a configuration are, their dead letters, sending those again, and one run for cron. */
import type { DeadLetter } from '../../outbox/dead.ts'
import type { Outbox } from '../../outbox/outbox.ts'
import { CliError } from '../exit.ts'
import { oneLine } from '../io.ts'
import { type Session, withStore } from '../session.ts'
import { moment, showTable } from '../show.ts'

/** Flags of `outbox`. */
export interface OutboxCommandOptions {
  readonly name?: string
  readonly dead?: boolean
  readonly resend?: readonly string[]
  readonly run?: boolean
}

export async function outbox({ io, config }: Session, options: OutboxCommandOptions): Promise<void> {
  const { outboxes = [] } = withStore(await config(), 'outbox')
  const { name, dead, resend, run } = options
  if (resend || run) {
    const one = theOne(outboxes, name)
    const counts = {
      ...(resend && { resent: await one.resend(resend.includes('all') ? 'all' : resend) }),
      ...(run && (await one.runOnce())),
    }
    if (io.json) return io.data(JSON.stringify(counts))
    if (counts.resent !== undefined)
      io.say(`${counts.resent} dead letters will be sent again, by the process that sends.`)
    if (counts.ran === false) io.say('Another process is the one that sends.')
    if (counts.ran === true)
      io.say(`Delivered ${counts.delivered}, failed ${counts.failed}, dead letters ${counts.dead}.`)
    return
  }
  if (dead) return showDead({ io }, await theOne(outboxes, name).deadLetters())
  const chosen = name === undefined ? outboxes : [theOne(outboxes, name)]
  const found = await Promise.all(chosen.map(async (one) => ({ name: one.name, ...(await one.status()) })))
  if (io.json) return io.data(JSON.stringify({ outboxes: found }))
  const rows = found.map(({ name: which, cursor, lag, waiting, dead: letters, leasedUntil }) => [
    ...[which, cursor === null ? 'never ran' : String(cursor), `${lag.events}`, `${Math.round(lag.seconds)} s`],
    ...[String(waiting.length), String(letters), leasedUntil === null ? 'nobody' : moment(leasedUntil)],
  ])
  const head = ['OUTBOX', 'UP TO SEQ', 'LAG', 'OLDEST', 'PLANS WAITING', 'DEAD LETTERS', 'SENDS UNTIL (UTC)']
  showTable(io, head, rows, 'The configuration names no outboxes.')
}

function theOne(outboxes: readonly Outbox[], name: string | undefined): Outbox {
  const names = outboxes.map((one) => one.name)
  const found = name === undefined && outboxes.length === 1 ? outboxes[0] : outboxes.find((one) => one.name === name)
  if (found) return found
  throw outboxes.length === 0
    ? new CliError(
        'config',
        'outbox_missing',
        'The configuration has no outboxes: give what createOutbox() returned, in a list.',
      )
    : new CliError('usage', 'usage', `Which outbox? Say --name with one of ${names.map(oneLine).join(', ')}.`)
}

function showDead({ io }: Pick<Session, 'io'>, letters: readonly DeadLetter[]): void {
  const rows = letters.map(({ id, type, planId, tokenId, tries, failedAt, error }) => [
    ...[id, type, planId, tokenId, String(tries), moment(failedAt)],
    [error.code ?? error.name, error.status].filter((part) => part !== undefined).join(' '),
  ])
  if (io.json) io.data(JSON.stringify({ letters }))
  else showTable(io, ['ID', 'TYPE', 'PLAN', 'TOKEN', 'TRIES', 'LAST TRY (UTC)', 'ERROR'], rows, 'No dead letters.')
}
