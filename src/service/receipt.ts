/** The receipt of a revocation: where it stands in the log, and since when no process can have accepted the token. */
import { PlanTokenError } from '../core/errors.ts'
import type { TokenEvent } from '../core/event.ts'
import { isDate, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import { ask, readObjects } from './ask.ts'
import { type ManagingEngine, timeOf } from './engine.ts'

/** What proves that a token has ended, and since when. */
export interface Receipt {
  readonly tokenId: string
  readonly planId: string
  /** The event that ended it, whoever wrote it; `null` where the log does not go back to it any more. */
  readonly seq: number | null
  /** The link of that event in the chain over the log; absent in a store without one. */
  readonly chain?: string
  /** When it ended: epoch milliseconds. */
  readonly revokedAt: number
  /** For how long processes of the deployment may answer from memory; as long was waited. Milliseconds. */
  readonly boundMs: number
  /** Since when, at the latest, no process of the deployment can have accepted it: epoch milliseconds, by the clock of this one. */
  readonly notAcceptedSince: number
}

/** A token that has ended, with the receipt of its end. */
export interface RevokedWithReceipt {
  readonly token: Token
  readonly receipt: Receipt
}

/** How many events are read at a time: what moves a plan's tokens may stand behind the end. */
const PAGE = 100

/** The receipt of a token that has ended. Called once nobody can act on the state before. @param boundMs how long was waited. */
export async function receiptOf(engine: ManagingEngine, record: TokenRecord, boundMs: number): Promise<Receipt> {
  const notAcceptedSince = timeOf(engine)
  const { id: tokenId, planId, revokedAt } = record
  if (!isDate(revokedAt)) throw new PlanTokenError('unavailable', { message: 'The date of its end cannot be read.' })
  const event = await endOf(engine, tokenId)
  const chain = event?.chain
  const seq = event?.seq ?? null
  return { tokenId, planId, seq, ...(chain !== undefined && { chain }), revokedAt, boundMs, notAcceptedSince }
}

/** A revocation; or that a token which was asked for was declined. */
const isEnd = ({ type, changes }: TokenEvent): boolean =>
  type === 'revoked' || (type === 'declined' && changes?.revokedAt !== undefined)

/** The event that ended a token: there is one, and what comes after it only moves the token to another plan. */
async function endOf(engine: ManagingEngine, tokenId: string): Promise<TokenEvent | undefined> {
  for (let after: number | undefined; ; ) {
    const query = { tokenId, order: 'newest', limit: PAGE, ...(after !== undefined && { after }) } as const
    const page = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
    const found = page.find((event) => event.tokenId === tokenId && isEnd(event))
    const last = page.at(-1)?.seq
    if (found || page.length < PAGE || last === undefined || (after !== undefined && last >= after)) return found
    after = last
  }
}
