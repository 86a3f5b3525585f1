/**
 * What one may ask of the tokens of a plan, and what is answered: filters, an order, a page. The same types are read by the page
 * (hub/page/view.ts). What a filter means: hub/overview/judge.ts.
 */
import * as z from 'zod/mini'
import type { EventType } from '../../core/event.ts'
import type { IssueCode } from '../../core/issue.ts'
import type { Sentence } from '../../core/sentence.ts'
import { matching, type Output, text } from '../../core/shape.ts'
import { textProblem } from '../../core/text.ts'
import type { Token } from '../../core/token-view.ts'
import { CURSORS, NO_CURSOR } from '../../service/cursor.ts'
import { given } from '../../service/input.ts'
import { isLanguage } from '../language.ts'
import { OVERVIEW_SORTS } from './words.ts'

const oneOf = <const T extends readonly string[]>(values: T) => z.exactOptional(z.literal([...values]))
const DAYS = ['7', '30', '90'] as const

/** The query of the route, judged here and not by the engine. Numbers stand as text, as they do in an address. */
export const OVERVIEW_QUERY = z.strictObject({
  type: z.exactOptional(given),
  status: oneOf(['active', 'pending', 'expired', 'revoked']),
  search: z.exactOptional(text((value) => textProblem(value, 1, 200))),
  sort: oneOf(OVERVIEW_SORTS),
  dir: oneOf(['asc', 'desc']),
  page: z.exactOptional(matching(/^[1-9]\d{0,6}$/, ['must be the number of a page.', 'not_whole_from', { least: 1 }])),
  /** Tokens of a page: of one that shows them, or of one that picks them. */
  size: oneOf(['50', '500']),
  expiring: oneOf(DAYS),
  unused: oneOf(DAYS),
  never: oneOf(['true']),
  oldSecret: oneOf(['true']),
  scope: z.exactOptional(given),
  resource: z.exactOptional(
    matching(/^\S{1,2048}$/, ['must be a link, or a kind and an id such as "file:ABC".', 'link_malformed']),
  ),
  by: z.exactOptional(given),
  lang: z.exactOptional(
    text((value) => (isLanguage(value) ? undefined : ['must be a language such as "en" or "pt-BR".', 'not_valid'])),
  ),
  after: z.exactOptional(matching(CURSORS.list, NO_CURSOR)),
  since: z.exactOptional(matching(/^\d{1,15}$/, ['must be the number of an event.', 'not_whole_from', { least: 0 }])),
})
/** The query, read. */
export type OverviewQuery = Output<typeof OVERVIEW_QUERY>

/** How many tokens of a tab there are of each sort that somebody looks for. */
export interface Counts {
  readonly all: number
  readonly active: number
  readonly pending: number
  readonly expired: number
  readonly revoked: number
  /** Active ones that end within so many days. */
  readonly expiring7: number
  readonly expiring30: number
  readonly expiring90: number
  /** Active ones that nobody has used for 90 days, and are older than that. */
  readonly unused: number
  readonly never: number
  /** Active ones whose secret from before a refresh is still in use. */
  readonly oldSecret: number
}

/** A value that a filter can have, and how many tokens have it. */
export interface Facet {
  readonly value: string
  readonly count: number
}

/** What somebody else did. */
export interface News {
  readonly seq: number
  readonly type: EventType
  readonly actor: string | null
  readonly tokenId: string
  /** What the token is called by now. */
  readonly name: string
}

/** What is known of all tokens of a tab. */
export interface Whole {
  /** How many fit. */
  readonly total: number
  readonly page: number
  readonly pages: number
  readonly counts: Counts
  readonly makers: readonly Facet[]
  readonly scopes: readonly Facet[]
}

/** A page of tokens and what is known of all of them. */
export interface Overview {
  /** The newest event of the plan's log that it knows of. */
  readonly seq: number
  readonly tokens: readonly Token[]
  /** Absent of a plan with more tokens than are kept: then it is a page of the engine's list. */
  readonly whole?: Whole
  /** The `after` of the next page of the engine's list. */
  readonly next?: string
  /** What others did since the event that was named in `since`, the newest last. */
  readonly news: readonly News[]
  /** Why the filter by resource was left out. */
  readonly mistake?: Sentence<IssueCode>
}
