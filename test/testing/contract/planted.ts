/**
 * Stores with one mistake each, and the cases of the contract that have to find it: mistakes of the kinds that are made, such
 * as a look-up in two steps, a column that folds letter case, a cache, an offset.
 */
import { MISTAKEN_CHAINS } from './planted-chains.ts'
import { MISTAKEN_COMMITS } from './planted-commits.ts'
import { MISTAKEN_EXTRAS } from './planted-extras.ts'
import { MISTAKEN_LISTS } from './planted-lists.ts'
import { MISTAKEN_LOGS } from './planted-logs.ts'
import { MISTAKEN_LOOK_UPS } from './planted-look-ups.ts'
import { MISTAKEN_NAMED_VALUES } from './planted-named.ts'
import { MISTAKEN_PROCESSES } from './planted-processes.ts'
import type { Planted } from './planted-store.ts'
import { MISTAKEN_VALUES } from './planted-values.ts'

export const PLANTED: readonly Planted[] = [
  ...MISTAKEN_COMMITS,
  ...MISTAKEN_LOOK_UPS,
  ...MISTAKEN_VALUES,
  ...MISTAKEN_LISTS,
  ...MISTAKEN_LOGS,
  ...MISTAKEN_CHAINS,
  ...MISTAKEN_EXTRAS,
  ...MISTAKEN_NAMED_VALUES,
  ...MISTAKEN_PROCESSES,
]
