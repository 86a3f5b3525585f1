/**
 * What an operation's security means for a token of a plan: whether it is open to one, and which scopes it takes. Requirement
 * objects are alternatives; the schemes of one object, and the scopes of one list, are needed together (OpenAPI, "Security
 * Requirement Object").
 */
import type { Requirement } from './operations.ts'
import type { ReportReason } from './report.ts'

/** What a security scheme of the document means for tokens of a plan. */
export interface SchemeUse {
  /** Whether a token of a plan is taken where the document asks for this scheme. */
  readonly token: boolean
  /**
   * How a list of scopes under this scheme is read: all of them are needed, as OpenAPI says (`'all'`, the default), any one is
   * enough (`'any'`), or the list means nothing here (`'ignore'`). The lists of a scheme whose tokens are not taken count where
   * it is named here and those that are taken list none.
   */
  readonly scopes?: 'all' | 'any' | 'ignore'
}

/** What is known of an operation's security. */
export type Security =
  /** It needs no token. */
  | { readonly access: 'public'; readonly scopes: readonly ScopeSet[] }
  /** It takes no token of a plan. */
  | { readonly access: 'closed'; readonly scopes: readonly ScopeSet[] }
  /** It takes one that has all scopes of one of these sets. */
  | { readonly access: 'open'; readonly scopes: readonly ScopeSet[] }
  | { readonly access: 'unknown'; readonly reason: ReportReason; readonly scopes: readonly ScopeSet[] }

/** Scopes that are needed together. */
export type ScopeSet = readonly string[]

/** How many alternatives one operation may have. */
const MAX_SETS = 100

/** What an operation's requirements say. */
export function securityOf(
  requirements: readonly Requirement[] | undefined,
  schemes: { readonly [name: string]: SchemeUse },
): Security {
  const unknown = (reason: ReportReason): Security => ({ access: 'unknown', reason, scopes: [] })
  const write = 'scopes: […], an empty list if it needs none.'
  if (!requirements) {
    const message = 'Neither the operation nor the document says which credentials it needs.'
    return unknown({ code: 'security_unsaid', message, write })
  }
  if (requirements.length === 0) return { access: 'public', scopes: [] }
  if (requirements.some((requirement) => Object.keys(requirement).length === 0)) {
    const message = 'The document lets it be called with credentials and without, and what is checked then is not said.'
    return unknown({ code: 'security_optional', message, write })
  }
  const useOf = (name: string): SchemeUse | undefined => (Object.hasOwn(schemes, name) ? schemes[name] : undefined)
  const taken = requirements.filter((requirement) => Object.keys(requirement).every((name) => useOf(name)?.token))
  const known = requirements.filter((requirement) => Object.keys(requirement).every((name) => useOf(name)))
  const listed = setsOf(taken, useOf) ?? []
  const scopes = listed.length > 0 ? listed : setsOf(known, useOf)
  if (!scopes || scopes.length > MAX_SETS) {
    const message = `It takes more than ${MAX_SETS} combinations of scopes.`
    return unknown({ code: 'scopes_too_many', message, write: 'scopes: […].' })
  }
  if (taken.length === 0 && known.length < requirements.length) {
    const names = requirements.flatMap((requirement) => Object.keys(requirement)).filter((name) => !useOf(name))
    const message = `It asks for ${[...new Set(names)].join(', ')}, of which "schemes" says nothing.`
    return unknown({
      code: 'security_unknown',
      message,
      write: `schemes: { ${JSON.stringify(names[0])}: { token: true } }, or ${write}`,
    })
  }
  if (taken.length === 0) return { access: 'closed', scopes }
  if (scopes.length > 0) return { access: 'open', scopes }
  const message = 'It is open to tokens of a plan, and the document lists no scopes for it.'
  return { access: 'unknown', reason: { code: 'scopes_unsaid', message, write }, scopes }
}

/** The sets of scopes of some requirements, without those that list none; `undefined` if there are too many. */
function setsOf(
  requirements: readonly Requirement[],
  useOf: (name: string) => SchemeUse | undefined,
): readonly ScopeSet[] | undefined {
  const sets = new Map<string, ScopeSet>()
  for (const requirement of requirements) {
    let combined: readonly ScopeSet[] = [[]]
    for (const [name, list] of Object.entries(requirement)) {
      const how = useOf(name)?.scopes ?? 'all'
      const own: readonly ScopeSet[] =
        list.length === 0 || how === 'ignore' ? [[]] : how === 'all' ? [list] : list.map((scope) => [scope])
      if (combined.length * own.length > MAX_SETS) return undefined
      combined = combined.flatMap((before) => own.map((set) => [...new Set([...before, ...set])]))
    }
    for (const set of combined) if (set.length > 0) sets.set(JSON.stringify(set.toSorted()), set)
  }
  return [...sets.values()]
}
