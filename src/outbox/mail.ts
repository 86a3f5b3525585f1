/** Notices as mail to all admins of the plan: subject and text; your own function sends it. The words: outbox/texts.ts. */
import * as z from 'zod/mini'
import { readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Awaitable } from '../ports.ts'
import { type Attempt, type Deliver, DeliveryError } from './deliver.ts'
import type { Notice, NoticeType } from './notice.ts'
import { NOTICE_TYPES, sentenceOf, todoOf } from './texts.ts'

/** A mail to be sent. */
export interface Mail {
  /** The same whenever it is sent again: many services drop a second one by such a key. */
  readonly id: string
  /** All admins of the plan, as `admins` gave them. */
  readonly to: readonly string[]
  /** In one line. */
  readonly subject: string
  /** Plain text: what happened, what to do, and where. */
  readonly text: string
  readonly notice: Notice
}

/** What `mail` takes. */
export interface MailOptions {
  /** Sends it. What it throws is tried again. */
  readonly send: (mail: Mail, attempt: Attempt) => Awaitable<unknown>
  /** The addresses of a plan's admins. Where there are none the notice is not delivered, since nobody would learn of it. */
  readonly admins: (planId: string) => Awaitable<readonly string[]>
  /** The page where they manage the token; default none. */
  readonly link?: (notice: Notice) => string | undefined
  /** Which notices are sent; default all. The others count as delivered. */
  readonly types?: readonly NoticeType[]
}

const schema = z.strictObject({
  send: callable(),
  admins: callable(),
  link: z.exactOptional(callable()),
  types: z.exactOptional(judged(typesProblem)),
})

/** A type that there is not would be mailed never, and nobody would hear of it. */
function typesProblem(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every((type) => typeof type === 'string'))
    return 'must be a list of types of notices, such as "token.expiring".'
  const unknown = value.find((type: string) => !NOTICE_TYPES.includes(type))
  return unknown === undefined ? undefined : `has "${unknown}", which no notice is.${didYouMean(unknown, NOTICE_TYPES)}`
}

/**
 * A deliverer that writes to all admins of the plan what happened and what they should do.
 *
 * @throws SetupError, which is a TypeError, with every mistake.
 * @example
 * deliver: mail({
 *   admins: async (planId) => (await adminsOf(planId)).map(({ email }) => email),
 *   send: ({ id, to, subject, text }) => transport.sendMail({ to, subject, text, headers: { 'Message-Key': id } }),
 * })
 */
export function mail(options: MailOptions): Deliver {
  const { send, admins, link, types } = readOptions<MailOptions>('mail', schema, options)
  return async (notice, attempt) => {
    if (types && !types.includes(notice.type)) return
    const to: unknown = await admins(notice.planId)
    if (!Array.isArray(to) || to.length === 0 || !to.every((one) => typeof one === 'string' && one !== ''))
      throw new DeliveryError(
        'admins() gave no list of addresses of the plan, so that there is nobody whom a mail could be sent to.',
        { code: 'no_admins' },
      )
    const subject = sentenceOf(notice)
    const where = link?.(notice)
    const lines = [subject, todoOf(notice), ...(where === undefined ? [] : [`Manage it: ${where}`])]
    const place = `Plan ${notice.planId}, token ${notice.tokenId}, notice ${notice.id}.`
    await send({ id: notice.id, to, subject, text: `${[...lines, place].join('\n\n')}\n`, notice }, attempt)
  }
}
