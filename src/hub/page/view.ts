/**
 * What of the tokens of a tab is looked at, and how it stands in the address of the page. An address may be typed by hand or be an
 * old one: what cannot be is left out, and a text with a secret in it is neither read nor written. Where one is: places.ts.
 */
import { textProblem } from '../../core/text.ts'
import { OVERVIEW_SORTS, type OverviewSort } from '../overview/words.ts'
import { holdsSecret, own } from './hub.ts'

/** By what tokens are filtered; each stands in the address under its own name. */
export const FILTERS = ['status', 'expiring', 'unused', 'never', 'oldSecret', 'scope', 'resource', 'by'] as const
export type Filter = (typeof FILTERS)[number]
export type Filters = { readonly [filter in Filter]?: string }

/** What is looked at. */
export interface View {
  readonly search: string
  readonly filters: Filters
  readonly sort: OverviewSort
  readonly dir: 'asc' | 'desc'
  /** From 1. */
  readonly page: number
}

/** All tokens, from the first. */
export const WHOLE: View = { search: '', filters: {}, sort: 'expires', dir: 'asc', page: 1 }

/** The names in an address that are about the table. */
export const VIEW_KEYS: readonly string[] = ['search', ...FILTERS, 'sort', 'dir', 'page']

/** Longer than any name that somebody looks for; the API takes no more. */
export const SEARCH_LENGTH = 200

const isText = (most: number) => (value: string) => textProblem(value, 1, most) === undefined && value.trim() !== ''
const isDays = (value: string): boolean => value === '7' || value === '30' || value === '90'
const isTrue = (value: string): boolean => value === 'true'

/** Which values a filter can have. */
const ALLOWED: { readonly [filter in Filter]: (value: string) => boolean } = {
  status: (value) => ['active', 'pending', 'expired', 'revoked'].includes(value),
  expiring: isDays,
  unused: isDays,
  never: isTrue,
  oldSecret: isTrue,
  scope: isText(256),
  resource: (value) => isText(2_048)(value) && !/\s/.test(value),
  by: isText(256),
}

/** Whether a filter can have a value. */
export const isAllowed = (filter: Filter, value: string): boolean => ALLOWED[filter](value) && !holdsSecret(value)

/** Filters with one of them changed; without a value it is taken out. */
export function withFilter(filters: Filters, filter: Filter, value: string | undefined): Filters {
  const { [filter]: _, ...others } = filters
  return value === undefined || value === '' ? others : { ...others, [filter]: value }
}

/** What an address says, and whether something of it had to be left out. */
export function viewIn(parameters: URLSearchParams): { readonly view: View; readonly isCut: boolean } {
  let isCut = false
  const taken = (name: string, isGood: (value: string) => boolean): string | undefined => {
    const value = parameters.get(name)
    if (value === null || isGood(value)) return value ?? undefined
    isCut = true
    return undefined
  }
  const isSearch = (value: string): boolean => isText(SEARCH_LENGTH)(value) && !holdsSecret(value)
  const search = taken('search', isSearch) ?? ''
  const entries = FILTERS.flatMap((filter) => {
    const value = taken(filter, (given) => isAllowed(filter, given))
    return value === undefined ? [] : [[filter, value] as const]
  })
  const sort = taken('sort', (value) => OVERVIEW_SORTS.some((one) => one === value)) as OverviewSort | undefined
  const dir = taken('dir', (value) => value === 'asc' || value === 'desc') as View['dir'] | undefined
  const page = taken('page', (value) => /^[1-9]\d{0,5}$/.test(value))
  return {
    view: {
      search,
      filters: Object.fromEntries(entries),
      sort: sort ?? WHOLE.sort,
      dir: dir ?? WHOLE.dir,
      page: Number(page ?? 1),
    },
    isCut,
  }
}

/** How a view stands in an address: what is as usual is left out. */
export function parametersOf({ search, filters, sort, dir, page }: View): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string])[] = [
    ['search', search.trim()],
    ...FILTERS.map((filter) => [filter, own(filters as Record<string, string>, filter) ?? ''] as const),
    ['sort', sort === WHOLE.sort ? '' : sort],
    ['dir', dir === WHOLE.dir ? '' : dir],
    ['page', page === 1 ? '' : String(page)],
  ]
  return all.filter(([, value]) => value !== '')
}

/** Whether two views look at the same tokens in the same order, whatever the page. */
export const isSameView = (a: View, b: View): boolean =>
  JSON.stringify(parametersOf({ ...a, page: 1 })) === JSON.stringify(parametersOf({ ...b, page: 1 }))

/** Whether a view leaves tokens out. */
export const isFiltered = ({ search, filters }: View): boolean =>
  search.trim() !== '' || Object.keys(filters).length > 0
