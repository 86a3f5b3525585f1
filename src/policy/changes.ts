/** What differs between the data of two policies, field by field. What it means for requests: policy/compare.ts. */
import { pathText } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'

/** A field of the data that differs. Absent sides were not there. */
export interface PolicyChange {
  /** The place as text: `endpoints["GET /v1/files/{file_key}"].scopes`. */
  readonly path: string
  readonly at: readonly string[]
  readonly before?: unknown
  readonly after?: unknown
}

/** Every field that differs; a list is one field. */
export function changesBetween(before: unknown, after: unknown, at: readonly string[] = []): readonly PolicyChange[] {
  if (isDictionary(before) && isDictionary(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) => changesBetween(own(before, name), own(after, name), [...at, name]))
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const sides = { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }
  return [{ path: pathText(at), at, ...sides }]
}

const own = (of: { readonly [name: string]: unknown }, name: string): unknown =>
  Object.hasOwn(of, name) ? of[name] : undefined

/** Whether a change lies at one of some places, below it, or is of all that holds it. */
export function isAt({ at }: PolicyChange, places: readonly (readonly string[])[]): boolean {
  return places.some((place) => place.every((name, i) => i >= at.length || at[i] === name))
}

/** What pages show of scopes and types; nobody gains or loses by it. */
export function isOfText({ at: [section = '', , field = ''] }: PolicyChange): boolean {
  return ['scopes', 'reserved', 'types'].includes(section) && ['title', 'group', 'deprecated'].includes(field)
}

/** How much of a value is shown in a line. */
const MOST = 120

/** A change in one line: `tiers: ["team"] → ["team","business"]`. */
export function changeText({ path, before, after }: PolicyChange): string {
  return `${path}: ${valueText(before)} → ${valueText(after)}`
}

function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text
}
