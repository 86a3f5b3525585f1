/** Three versions of a token's fields put together: as one opened it, as somebody else left it, and as one wants it. */
import type { Token } from '../../../core/token-view.ts'
import type { EditInput } from '../../../service/input.ts'
import { dayBefore, endOfDay } from './days.ts'
import { type Draft, entriesIn, metadataIn } from './draft.ts'

/** The fields that an edit can change. */
export type Editable = (typeof EDITABLE)[number]
export const EDITABLE = [
  ...(['name', 'description', 'scopes', 'resources'] as const),
  ...(['contact', 'metadata', 'addresses', 'selfRenewal'] as const),
] as const

/** Their values, in a form that can be compared. */
export type Values = { readonly [F in Editable]: string | readonly string[] }

/** What stands for the usual term of a token that may renew itself; any other text is a day, and none is one that may not. */
const USUAL_TERM = '-'

/** The values of a token. */
export function valuesOf(token: Token): Values {
  const { name, description, scopes, resources, contact = '', metadata = {}, addresses = [], selfRenewal } = token
  return {
    ...{ name, description, scopes: [...scopes].sort(), resources: resources === 'all' ? 'all' : linksIn(resources) },
    ...{ contact, metadata: pairsOf(metadata), addresses: [...addresses].sort() },
    selfRenewal: !selfRenewal ? '' : selfRenewal.chosen ? dayBefore(selfRenewal.until) : USUAL_TERM,
  }
}

const linksIn = (resources: readonly { readonly link: string }[]): readonly string[] =>
  resources.map(({ link }) => link).sort()

/** Words as texts that can be compared and read back. */
const pairsOf = (words: { readonly [key: string]: string }): readonly string[] =>
  Object.entries(words)
    .map((pair) => JSON.stringify(pair))
    .sort()

/** The values of a draft whose links were settled. */
export function valuesOfDraft(draft: Draft, links: 'all' | readonly string[]): Values {
  const { name, description, scopes, contact, addresses, isRenewing, renewUntil } = draft
  const resources = links === 'all' ? links : [...new Set(links)].sort()
  return {
    ...{ name: name.trim(), description: description.trim(), scopes: [...scopes].sort(), resources },
    ...{ contact: contact.trim(), metadata: pairsOf(metadataIn(draft)), addresses: [...entriesIn(addresses)].sort() },
    selfRenewal: isRenewing ? renewUntil || USUAL_TERM : '',
  }
}

/** What an edit is sent so that some fields are as they are wanted. */
export function editOf(base: Token, wanted: Values, fields: readonly Editable[]): Partial<EditInput> {
  const sent: { [F in Editable]?: unknown } & { renewUntil?: unknown } = {}
  for (const field of fields) {
    const value = wanted[field]
    if (field === 'metadata') {
      const words = Object.fromEntries([...value].map((pair) => JSON.parse(pair)))
      const gone = Object.keys(base.metadata ?? {}).filter((key) => !Object.hasOwn(words, key))
      sent.metadata = { ...Object.fromEntries(gone.map((key) => [key, null])), ...words }
    } else if (field === 'addresses') sent.addresses = value.length === 0 ? null : value
    else if (field === 'selfRenewal') {
      sent.selfRenewal = value !== ''
      if (value !== '') sent.renewUntil = value === USUAL_TERM ? null : endOfDay(String(value))
    } else sent[field] = value
  }
  return sent as Partial<EditInput>
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
