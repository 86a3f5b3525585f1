/**
 * How much a test of random or of very many cases goes through: all of it where `CI` is set, as `.ci/run` does, and a part of it on
 * a person's machine, whose run has to be over within minutes. Only volumes: what is asserted is the same.
 */

/** Whether this run is to hold everything, however long it takes. */
export const IN_CI = process.env.CI !== undefined

/** How many in CI, and how many elsewhere. */
export const rounds = ({ ci, here }: { readonly ci: number; readonly here: number }): number => (IN_CI ? ci : here)
