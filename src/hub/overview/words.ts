/** The names that a query of the overview and an address of the page have in common. */

/** What a table can be sorted by. */
export const OVERVIEW_SORTS = ['name', 'status', 'expires', 'used', 'created'] as const
/** One of them. */
export type OverviewSort = (typeof OVERVIEW_SORTS)[number]
