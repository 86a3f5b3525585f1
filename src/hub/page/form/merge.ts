/** Three versions of a token's fields put together: as one opened it, as somebody else left it, and as one wants it. */
import type { Token } from '../../../core/token.ts'
import type { Draft } from './draft.ts'

/** The fields that an edit can change. */
export type Editable = 'name' | 'description' | 'scopes' | 'resources'
export const EDITABLE: readonly Editable[] = ['name', 'description', 'scopes', 'resources']

/** Their values, in a form that can be compared. */
export type Values = { readonly [F in Editable]: string | readonly string[] }

/** The values of a token. */
export function valuesOf({ name, description, scopes, resources }: Token): Values {
  return { name, description, scopes: [...scopes].sort(), resources: resources === 'all' ? 'all' : linksIn(resources) }
}

const linksIn = (resources: readonly { readonly link: string }[]): readonly string[] =>
  resources.map(({ link }) => link).sort()

/** The values of a draft whose links were settled. */
export function valuesOfDraft({ name, description, scopes }: Draft, links: 'all' | readonly string[]): Values {
  const resources = links === 'all' ? links : [...new Set(links)].sort()
  return { name: name.trim(), description: description.trim(), scopes: [...scopes].sort(), resources }
}

/** The fields in which two differ. */
export function differing(one: Values, other: Values): readonly Editable[] {
  return EDITABLE.filter((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field]))
}

/** The fields that both changed, each to something else. */
export function conflicts(base: Values, mine: Values, theirs: Values): readonly Editable[] {
  const myFields = differing(base, mine)
  const theirFields = differing(base, theirs)
  return differing(mine, theirs).filter((field) => myFields.includes(field) && theirFields.includes(field))
}
