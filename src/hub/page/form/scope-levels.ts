/** Scopes by how far they go: what *Read* and *Write* choose of a group, and the choices that a person often makes. */
import type { ScopeView } from '../../../core/policy.ts'
import type { Kind } from '../hub.ts'
import type { Bounds } from './bounds.ts'

/** What a choice of a group is called. */
export type Level = 'none' | 'read' | 'write'

/** How the names of such scopes end. What ends otherwise is chosen by its own name alone. */
const ENDINGS = { read: /(^|[^a-z])(read|view|list)$/i, write: /(^|[^a-z])(write|edit|update)$/i } as const

const areOf = (level: 'read' | 'write', scopes: readonly ScopeView[]): readonly string[] =>
  scopes.filter(({ name }) => ENDINGS[level].test(name)).map(({ name }) => name)

/** What each level chooses of some scopes; a level that would choose no more than the one before is left out. */
export function levelsOf(scopes: readonly ScopeView[]): ReadonlyMap<Level, readonly string[]> {
  const read = areOf('read', scopes)
  const write = areOf('write', scopes)
  const levels: [Level, readonly string[]][] = [['none', []]]
  if (read.length > 0) levels.push(['read', read])
  if (write.length > 0) levels.push(['write', [...read, ...write]])
  return new Map(levels)
}

/** The level that some chosen scopes are, if they are one. */
export function levelIn(levels: ReadonlyMap<Level, readonly string[]>, chosen: readonly string[]): Level | undefined {
  const isSame = (scopes: readonly string[]): boolean =>
    scopes.length === chosen.length && scopes.every((scope) => chosen.includes(scope))
  return [...levels].find(([, scopes]) => isSame(scopes))?.[0]
}

/** Scopes that can be chosen at once: those that the type offers, the rules allow, and nobody advises against. */
export const choosable = ({ type, surface }: Kind, { isAllowed }: Bounds): readonly ScopeView[] =>
  surface.scopes.filter(
    ({ name, deprecated }) => deprecated === undefined && type.scopes.includes(name) && isAllowed(name),
  )

/** What a build needs, of the policies that come with the library: the first whose scopes there are. */
const CI = [['file_content:read', 'file_metadata:read', 'file_variables:read', 'library_content:read'], ['npm:read']]

/** A choice that is often made. */
export interface Preset {
  readonly id: 'readOnly' | 'ci'
  readonly scopes: readonly string[]
}

/** The choices that a kind has scopes for, each once. */
export function presetsOf(kind: Kind, bounds: Bounds): readonly Preset[] {
  const names = choosable(kind, bounds).map(({ name }) => name)
  const ci = CI.find((scopes) => scopes.every((scope) => names.includes(scope))) ?? []
  const readOnly = areOf('read', choosable(kind, bounds))
  const presets: readonly Preset[] = [
    { id: 'readOnly', scopes: readOnly },
    { id: 'ci', scopes: ci },
  ]
  return presets.filter(({ scopes }) => scopes.length > 0)
}
