/**
 * Every text of the page, in one table, so that a host can translate it. `{name}` is a hole that the page fills; a text in
 * another language must keep each one. The labels that the page of the worked policy names are kept.
 */
import { CONFLICT_TEXTS } from './conflict.ts'
import { ENGINE_TEXTS } from './engine.ts'
import { FAILURES_TEXTS } from './failures.ts'
import { FORM_TEXTS } from './form.ts'
import { PAGE_TEXTS } from './page.ts'
import { PLAN_TEXTS } from './plan.ts'
import { REASON_TEXTS } from './reasons.ts'
import { SECRET_TEXTS } from './secret.ts'
import { STATES_TEXTS } from './states.ts'
import { TABLE_TEXTS } from './table.ts'
import { TOKEN_TEXTS } from './token.ts'
import { VIEWS_TEXTS } from './views.ts'

/**
 * A text about a number of things: a sentence for each category of plurals that a language has (`Intl.PluralRules`), and `other`
 * for all else.
 */
export type PluralText = { readonly other: string } & {
  readonly [category in Exclude<Intl.LDMLPluralRule, 'other'>]?: string
}

/** The texts of the page in English. */
export const HUB_TEXTS = {
  ...PAGE_TEXTS,
  ...TABLE_TEXTS,
  ...STATES_TEXTS,
  ...FORM_TEXTS,
  ...SECRET_TEXTS,
  ...CONFLICT_TEXTS,
  ...TOKEN_TEXTS,
  ...FAILURES_TEXTS,
  ...VIEWS_TEXTS,
  ...PLAN_TEXTS,
  ...ENGINE_TEXTS,
  ...REASON_TEXTS,
} as const

type English = typeof HUB_TEXTS

/** The texts of the page. */
export type HubTexts = {
  readonly [K in keyof typeof HUB_TEXTS]: (typeof HUB_TEXTS)[K] extends string ? string : PluralText
}

/** The names of texts that are one sentence. */
export type TextKey = { [K in keyof English]: English[K] extends string ? K : never }[keyof English]

/** The names of texts that are about a number. */
export type PluralKey = Exclude<keyof English, TextKey>
