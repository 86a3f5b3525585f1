/**
 * Frames of paths: the segments that are given, and which routes a path in them can lead to. A frame stands for each other route
 * that can take a path away, as it is written and in other spellings of a literal. What stands in the rest: policy/requests.ts.
 */
import type { Route, RouteTable } from './overlap.ts'

/** Some segments of a path, and whom the path concerns. */
export interface Frame {
  /** The raw segment, or `undefined` where anything can stand. */
  readonly segments: readonly (string | undefined)[]
  /** Routes, of the same policy and of the other one, that a path in the frame can lead to. */
  readonly own: readonly Route[]
  readonly others: readonly Route[]
  /** For each segment, the literals that routes have there, in one letter case. */
  readonly words: readonly ReadonlySet<string>[]
}

/** With more routes than these that differ, no two of them are taken together. */
const MOST_PAIRED = 8

/** The frames of paths that could lead to a route. The first gives nothing but the literals of the route itself. */
export function framesOf(route: Route, own: RouteTable, others: RouteTable): readonly Frame[] {
  const [here, there] = [own.meeting(route), others.meeting(route)]
  const words = route.literals.map((_, i) => new Set([...here, ...there].flatMap(({ folded }) => folded[i] ?? [])))
  const makeFrame = (segments: Frame['segments']): Frame => ({
    segments,
    own: here.filter((mate) => mate.endpoint !== route.endpoint && isOpenTo(mate, segments)),
    others: there.filter((mate) => isOpenTo(mate, segments)),
    words,
  })
  const given = new Map<string, Frame['segments']>()
  const give = (segments: Frame['segments']): void => void given.set(JSON.stringify(segments), segments)
  give(route.literals)
  const differing = differingRoutes(route, own, others)
  for (const mate of differing) for (const segments of spellingsOf(route, mate)) give(segments)
  if (differing.length <= MOST_PAIRED)
    for (const mate of differing)
      for (const second of differing) give(together(together(route.literals, mate.literals), second.literals))
  return [...given.values()].map(makeFrame)
}

/**
 * The routes beside one that only one policy has, or that take other values in each: no others can make a difference, unless letter
 * case has a meaning in one policy alone.
 */
export function differingRoutes(route: Route, own: RouteTable, others: RouteTable): readonly Route[] {
  const [here, there] = [own.meeting(route), others.meeting(route)]
  const mark = ({ endpoint }: Route): string => JSON.stringify([endpoint.view.route, [...endpoint.free]])
  const [marks, otherMarks] = [new Set(here.map(mark)), new Set(there.map(mark))]
  const isOwn = (mate: Route): boolean => mate.endpoint.view.route === route.endpoint.view.route
  if (own.isMixed(route.method) !== others.isMixed(route.method))
    return [...here, ...there].filter((mate) => !isOwn(mate))
  return [
    ...here.filter((mate) => !isOwn(mate) && !otherMarks.has(mark(mate))),
    ...there.filter((mate) => !isOwn(mate) && !marks.has(mark(mate))),
  ]
}

/** Whether a path of these segments can lead to a route. */
function isOpenTo({ literals }: Route, segments: Frame['segments']): boolean {
  return literals.every((literal, i) => literal === undefined || literal === segments[i])
}

/** The literals of one route, and in the places of its parameters those of another. */
function together(segments: Frame['segments'], literals: Route['literals']): Frame['segments'] {
  return segments.map((segment, i) => segment ?? literals[i])
}

/** The other route's literals in the places of parameters: as they are written, and each in another spelling. */
function* spellingsOf(route: Route, mate: Route): Generator<Frame['segments']> {
  const plain = together(route.literals, mate.literals)
  yield plain
  for (const [i, segment] of plain.entries()) {
    if (segment === undefined || route.literals[i] !== undefined) continue
    for (const spelling of [inOtherCase(segment), encoded(segment)])
      if (spelling !== segment) yield plain.map((other, j) => (i === j ? spelling : other))
  }
}

function inOtherCase(segment: string): string {
  const upper = segment.toUpperCase()
  return upper === segment ? segment.toLowerCase() : upper
}

/** With one character percent-encoded that may be: no letter, digit, `-`, `.` or `_`. */
function encoded(segment: string): string {
  return segment.replace(/[^\w.-]/, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
