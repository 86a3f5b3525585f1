/**
 * Whether an address is in a list. A list is made once, and remembers what it has said of the last addresses: to read one takes
 * longer than all the rest of a request (bench/engine.ts). How an address is read: addresses/parse.ts.
 */
import { createRecent } from '../core/recent.ts'
import { parseRange } from './parse.ts'

/** How many addresses a list remembers. */
const MOST_ADDRESSES = 256
/** How many lists are kept, for records that a store makes anew for each request. */
const MOST_LISTS = 1_000
/** No address of either kind is longer; what is longer is not even kept. */
const LONGEST = 45

/** Says of an address whether it is in a list. */
export type Holds = (address: unknown) => boolean

/** Makes lists, each once. */
export function createLists(): (ranges: readonly unknown[]) => Holds {
  const made = createRecent<Holds>(MOST_LISTS)
  return (ranges) => {
    const key = JSON.stringify(ranges)
    return made.get(key) ?? made.put(key, holdsFor(ranges))
  }
}

function holdsFor(ranges: readonly unknown[]): Holds {
  const spans = spansOf(ranges)
  const said = createRecent<boolean>(MOST_ADDRESSES)
  return (address) => {
    if (typeof address !== 'string' || address.length > LONGEST) return false
    return said.get(address) ?? said.put(address, isWithin(spans, address))
  }
}

/** From the first address to the last. */
type Span = readonly [first: bigint, last: bigint]

/** The spans of ranges in their order, without those that lie in another: two networks never overlap in any other way. */
function spansOf(ranges: readonly unknown[]): readonly Span[] {
  const spans = ranges
    .flatMap((range) => (typeof range === 'string' ? (parseRange(range) ?? []) : []))
    .filter(({ isNetwork }) => isNetwork)
    .sort((one, other) => (one.first === other.first ? compare(other.last, one.last) : compare(one.first, other.first)))
  const outer: Span[] = []
  for (const { first, last } of spans) {
    const before = outer.at(-1)
    if (!before || first > before[1]) outer.push([first, last])
  }
  return outer
}

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : Number(one > other))

/** Whether each of some ranges lies in one of others. */
export function areWithin(ranges: readonly unknown[], others: readonly unknown[]): boolean {
  const spans = spansOf(others)
  return ranges.every((range) => {
    const parsed = typeof range === 'string' ? parseRange(range) : undefined
    return parsed !== undefined && spans.some(([first, last]) => first <= parsed.first && parsed.last <= last)
  })
}

function isWithin(spans: readonly Span[], text: string): boolean {
  // A network is no address to come from.
  const range = text.includes('/') ? undefined : parseRange(text)
  if (!range) return false
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle] as Span)[1] < range.first) low = middle + 1
    else high = middle
  }
  const span = spans[low]
  return span !== undefined && span[0] <= range.first
}
