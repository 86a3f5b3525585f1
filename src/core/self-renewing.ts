/** What a policy says of tokens that renew themselves, and what such a token keeps. Types alone. Who reads them: self-renewal/. */

/** What a policy says of the tokens of a type that may renew themselves. */
export interface SelfRenewalRule {
  /** From which part of the life of its newest secret on a token may do it, above 0 and below 1: with 0.5, from half of it on. */
  readonly afterPart: number
  /** An admin has to act at least once in so many days, 1 to 36,500. Default 365. */
  readonly longestDays?: number
}

/** What is kept of a token that may renew itself. */
export interface SelfRenewing {
  /** From this moment on it may not any more, and no renewal lets it live longer, epoch milliseconds. */
  readonly until: number
  /** Whether an admin has chosen that moment. Otherwise it follows from the last thing that an admin did with the token. */
  readonly chosen?: true
}
