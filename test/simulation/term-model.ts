/** Until when a token may renew itself, as the model of the page has it: what an admin says, and what whatever an admin does makes of it. */

/** Until when a token may; `null`: it may not. */
export type ModelTerm = { readonly until: number; readonly isChosen: boolean } | null

/** What is said of it at create and edit: that it may, that it may until a moment, or that it may not. */
export type RenewalWish = 'on' | 'off' | number | undefined

const YEAR = 365 * 24 * 3_600_000

/** Until when a token may, after somebody has said something of it. */
export function termAfter(now: number, wish: RenewalWish, before: ModelTerm): ModelTerm {
  if (wish === undefined) return before
  if (wish === 'off') return null
  if (typeof wish === 'number') return { until: wish, isChosen: true }
  return before?.isChosen && now < before.until ? before : { until: now + YEAR, isChosen: false }
}

/** Whatever an admin does starts the term again that nobody has chosen. */
export const termAgain = (now: number, before: ModelTerm): ModelTerm =>
  before && !before.isChosen ? { until: now + YEAR, isChosen: false } : before
