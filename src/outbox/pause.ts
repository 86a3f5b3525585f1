/** How long it is waited before the next try: longer each time, and drawn by lot, so that many do not come back together. */

/** Between which two pauses, in milliseconds. */
export interface Pauses {
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

/** By how much each pause is longer than the one before. */
const GROWTH = 4

/**
 * @param tries how many have failed.
 * @param least what the receiver asked for, in milliseconds; no more than the longest pause is granted, and nothing where it is no
 * number.
 * @param lot a number from 0 up to below 1.
 */
export function pauseAfter(
  { firstPauseMs, longestPauseMs }: Pauses,
  tries: number,
  least = 0,
  lot = Math.random(),
): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * GROWTH ** (tries - 1))
  // A deliverer may have read it wrong. A pause that is no number would never end, and could not be written down.
  const wanted = Number.isNaN(Number(least)) ? 0 : Number(least)
  return Math.round(Math.max(whole / 2 + (whole / 2) * lot, Math.min(wanted, longestPauseMs)))
}
