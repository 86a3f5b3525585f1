/**
 * Requests to one endpoint that stand for all: one of each sort that two policies can tell apart. Which values those are:
 * policy/values.ts. Which paths: policy/frames.ts. What two policies say of them: policy/compare.ts.
 */
import type { CompiledEndpoint } from '../core/endpoints.ts'
import type { CompiledSource } from '../core/policy-names.ts'
import { buildBody, type InBody, type PlaceInBody } from './body.ts'
import { combinations } from './combinations.ts'
import { type Frame, framesOf } from './frames.ts'
import type { Route } from './overlap.ts'
import type { Side } from './side.ts'
import { type Asks, type Kinds, sortsOf } from './values.ts'
import type { Asking } from './witness.ts'

/** Requests that differ in one frame, the plainest first. */
export interface Requests {
  readonly plain: Iterable<Asking>
  /** What can be wrong with one of them as a whole: its body, or what a check says of it. */
  readonly variants: (asking: Asking) => readonly Asking[]
}

/**
 * Requests that lead to a route of one policy, or would but for another route that takes them away.
 *
 * @param side the policy that has the route.
 * @param other the policy that it is compared with, or the same.
 */
export function requestsTo(route: Route, side: Side, other: Side): readonly Requests[] {
  return framesOf(route, side.table, other.table).map((frame) => requestsIn(frame, route, side, other))
}

/** A place of a request, what policies ask of the value in it, and whether the route itself reads it. */
type Slot = { readonly asks: Asks[]; readonly isRead: boolean } & (
  | { readonly in: 'path'; readonly segment: number }
  | { readonly in: 'query'; readonly param: string }
  | { readonly in: 'body'; readonly source: CompiledSource & { readonly in: 'body' } }
)

/** What stands in a place. */
type Held = InBody | { readonly is: 'twice'; readonly value: string }

function requestsIn(frame: Frame, route: Route, side: Side, other: Side): Requests {
  const slots = new Map<string, Slot>()
  addSlots(slots, route, frame, side.kinds, true)
  for (const mate of frame.own) addSlots(slots, mate, frame, side.kinds, false)
  for (const mate of frame.others) addSlots(slots, mate, frame, other.kinds, false)
  const list = [...slots.values()]
  const limits = [side, other].map(({ judge }) => judge.policy.limits)
  const most = new Set(limits.map(({ resources }) => resources))
  const counts = most.size > 1 ? [Math.min(...most) + 2] : []
  const holds = list.map((slot, i) => heldIn(slot, i, frame, counts, side.sorts))
  return {
    plain: askings(route.method, frame, list, holds),
    variants: (asking) => variantsOf(asking, route.endpoint, frame, side, other),
  }
}

function* askings(
  method: string,
  frame: Frame,
  slots: readonly Slot[],
  holds: readonly (readonly Held[])[],
): Generator<Asking> {
  const choices = holds.map((list, i) => ({ list, leads: slots[i]?.asks.some(({ ask }) => ask === 'word') === true }))
  for (const combination of combinations(choices)) {
    const asking = askingOf(method, frame, slots, combination)
    if (!asking) continue
    yield asking
    if (asking.body === '{}') yield { ...asking, body: '[]' }
  }
}

/** Adds the places that an endpoint reads, less the segments that the frame gives. */
function addSlots(
  slots: Map<string, Slot>,
  { endpoint, literals }: Route,
  frame: Frame,
  kinds: Kinds,
  isRead: boolean,
): void {
  const segments = literals.flatMap((literal, i) => (literal === undefined ? [i] : []))
  const add = (key: string, slot: Slot, asks: readonly Asks[]): void => {
    const known = slots.get(key) ?? slot
    slots.set(key, known)
    known.asks.push(...asks)
  }
  const addSegment = (index: number, asks: readonly Asks[]): void => {
    const segment = segments[index] as number
    if (frame.segments[segment] === undefined) add(`path:${segment}`, { in: 'path', segment, asks: [], isRead }, asks)
  }
  const addSource = (source: CompiledSource, asks: Asks): void => {
    if (source.in === 'path') addSegment(source.index, [asks])
    else if (source.in === 'query') add(source.text, { in: 'query', param: source.param, asks: [], isRead }, [asks])
    else add(source.text, { in: 'body', source, asks: [], isRead }, [asks])
  }
  for (const [i, param] of endpoint.params.entries()) {
    const rule = endpoint.free.get(param)
    addSegment(i, rule === undefined ? [] : [{ ask: 'free', rule }])
  }
  if (endpoint.names.what !== 'resources') return
  for (const { kind, at, prefix, stem } of endpoint.names.list) {
    const of = typeof kind === 'string' ? [kind] : [...kind.of]
    addSource(at, { ask: 'id', kinds, of, prefix, stem })
    if (typeof kind !== 'string') addSource(kind.from, { ask: 'word', words: of })
  }
}

/** What can stand in a place, the plainest first; beside a value of its own the one that another place may have too. */
function heldIn(
  slot: Slot,
  place: number,
  frame: Frame,
  counts: readonly number[],
  sorts: Side['sorts'],
): readonly Held[] {
  const [own = '', ...rest] = valuesIn(slot, place, frame, sorts)
  const [common = ''] = place === 0 ? [own] : valuesIn(slot, 0, frame, sorts)
  const values = common === own ? [own, ...rest] : [own, common, ...rest]
  const held = values.map((value): Held => ({ is: 'value', value }))
  const value = own
  if (slot.in === 'path') return held
  // What cannot be read where the route reads it is refused by both.
  if (slot.in === 'query') return [...held, { is: 'absent' }, ...(slot.isRead ? [] : [{ is: 'twice', value } as const])]
  const { steps } = slot.source
  const isListed = steps.some(({ each }) => each)
  const many = isListed ? counts.map((count): Held => ({ is: 'many', value, count })) : []
  if (slot.isRead) return [...held, { is: 'absent' }, ...many]
  const unreadable = [
    { is: 'wrong' },
    ...(steps.length > 1 ? [{ is: 'hole' } as const] : []),
    ...(isListed ? [{ is: 'empty' } as const] : []),
  ] as const
  return [...held, { is: 'absent' }, ...unreadable, ...many]
}

function valuesIn(slot: Slot, place: number, frame: Frame, sorts: Side['sorts']): readonly string[] {
  const words = slot.in === 'path' ? frame.words[slot.segment] : undefined
  const key = JSON.stringify([place, slot.in === 'path', slot.asks.map(keyOf), [...(words ?? [])]])
  const values = sorts.get(key) ?? sortsOf(slot.asks, place, slot.in === 'path', words ?? new Set())
  sorts.set(key, values)
  return values
}

/** Kinds are those of one of two policies: told apart by what they say. */
function keyOf(asks: Asks): unknown {
  return asks.ask === 'id' ? [asks.of.map((kind) => [kind, asks.kinds.marks.get(kind)]), asks.prefix, asks.stem] : asks
}

function askingOf(
  method: string,
  frame: Frame,
  slots: readonly Slot[],
  combination: readonly Held[],
): Asking | undefined {
  const segments = [...frame.segments]
  const query: string[] = []
  const inBody: PlaceInBody[] = []
  for (const [i, slot] of slots.entries()) {
    const held = combination[i] as Held
    const value = 'value' in held ? encodeURIComponent(held.value) : ''
    if (slot.in === 'path') segments[slot.segment] = value
    else if (slot.in === 'body') inBody.push({ steps: slot.source.steps, holds: held as InBody })
    else if (held.is !== 'absent') query.push(...Array(held.is === 'twice' ? 2 : 1).fill(`${slot.param}=${value}`))
  }
  const body = inBody.length > 0 ? buildBody(inBody) : undefined
  if (inBody.length > 0 && !body) return undefined
  return {
    method,
    path: `/${segments.join('/')}`,
    query: query.join('&'),
    ...(body && { body: JSON.stringify(body) }),
    failing: [],
  }
}

function variantsOf(
  asking: Asking,
  endpoint: CompiledEndpoint,
  frame: Frame,
  side: Side,
  other: Side,
): readonly Asking[] {
  const endpoints = [endpoint, ...frame.others.map((mate) => mate.endpoint)]
  const checks = new Set(
    [side, other].flatMap(({ judge }) =>
      endpoints.flatMap(({ view }) => Object.keys(judge.data.endpoints[view.route]?.checks ?? {})),
    ),
  )
  const variants: Asking[] = [...checks].map((check) => ({ ...asking, failing: [check] }))
  const isRead = endpoints.some(
    ({ names, checks }) => checks.length > 0 || (names.what === 'resources' && names.needsBody),
  )
  if (!isRead) return variants
  const { body, ...bodiless } = asking
  const limits = [side, other].map(({ judge }) => judge.policy.limits.bodyBytes)
  const bodyBytes = Math.min(...limits) + 1
  variants.push(bodiless, { ...asking, body: '{' }, { ...asking, body: '5' })
  if (!limits.every((limit) => limit === limits[0])) variants.push({ ...asking, body: body ?? '{}', bodyBytes })
  // Also where one policy reads no body at all: it takes one of any length.
  variants.push({ ...asking, body: body ?? '{}', bodyBytes: Math.max(...limits) + 1 })
  return variants
}
