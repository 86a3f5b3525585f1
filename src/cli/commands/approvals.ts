/** `approve`, `decline`, `collect`: what waits for another admin. Whoever approves is shown what it is, and approves exactly that. */
import { confirmed } from '../ask.ts'
import { oneLine } from '../io.ts'
import type { Session } from '../session.ts'
import { showToken } from '../show.ts'
import { taken } from '../taken.ts'
import { showIssued, tellToken } from './tokens.ts'

/** Flags of `approve`. */
export interface ApproveOptions {
  readonly ifVersion?: number
  readonly yes?: boolean
}

export async function approve({ io, source }: Session, id: string, { ifVersion, yes }: ApproveOptions): Promise<void> {
  const calls = await source()
  let version = ifVersion
  if (version === undefined) {
    const token = await calls.get({ id })
    if (!io.json) showToken(io, token)
    const what = token.proposal ? `the edit of ${oneLine(token.name)} (${oneLine(token.id)})` : oneLine(token.name)
    await confirmed(io, `Approve ${what}, as it is shown here?`, yes)
    version = token.version
  }
  const token = await calls.approve({ id, version })
  if (!io.json && token.request) io.say(`Approved. ${oneLine(token.request.by)} may collect its secret.`)
  tellToken(io, token)
}

/** Flags of `decline`. */
export interface DeclineOptions {
  readonly reason?: string
}

export async function decline({ io, source }: Session, id: string, options: DeclineOptions): Promise<void> {
  tellToken(io, await (await source()).decline({ id, ...taken(options, ['reason']) }))
}

/** Flags of `collect`. */
export interface CollectOptions {
  readonly idempotencyKey?: string
}

export async function collect({ io, source }: Session, id: string, options: CollectOptions): Promise<void> {
  showIssued(io, await (await source()).collect({ id, ...taken(options, ['idempotencyKey']) }), 'collected')
}
