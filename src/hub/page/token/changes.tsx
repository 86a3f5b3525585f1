/** What a change was of: each field before and after, in words. Of the log, and of an edit that waits for another admin. */
import type { ComponentChildren } from 'preact'
import type { Change } from '../../../core/event.ts'
import { isDictionary } from '../../../core/objects.ts'
import type { Token } from '../../../core/token-view.ts'
import type { ProposedChanges } from '../../../core/waiting.ts'
import type { TextKey } from '../../texts/index.ts'
import { minuteOf } from '../format.ts'
import { count, listed, own, t } from '../hub.ts'

/** Changes by field, as the log has them. */
export type Changes = { readonly [field: string]: Change }

/** What each field is called. What is not named here is told by the sentence of its event. */
const FIELDS: { readonly [field: string]: TextKey } = {
  name: 'name',
  description: 'description',
  scopes: 'scopes',
  resources: 'resources',
  addresses: 'addresses',
  contact: 'contact',
  metadata: 'metadata',
  selfRenewal: 'selfRenewal',
  expiresAt: 'columnExpires',
  previousWorksUntil: 'oldSecretEnds',
}

/** The fields of a change that are told, in the order in which people read them. */
export const toldIn = (changes: Changes): readonly string[] =>
  Object.keys(FIELDS).filter((field) => Object.hasOwn(changes, field))

/** What the fields are called, for a sentence. */
export const namesOf = (fields: readonly string[]): string =>
  listed(fields.map((field) => t(own(FIELDS, field) ?? 'name')))

/** An edit that is asked for, on a token as it is, or on one of which nothing is known. */
export function proposed(changes: ProposedChanges, token?: Token): Changes {
  return Object.fromEntries(
    Object.entries(changes).map(([field, after]) => {
      const before = token && ((token as unknown as { readonly [field: string]: unknown })[field] ?? null)
      return [field, { before, after: field === 'metadata' && token ? merged(token.metadata, after) : after }]
    }),
  )
}

/** Words of a token with others merged into them (RFC 7396). */
function merged(words: Token['metadata'], changed: unknown): unknown {
  if (!isDictionary(changed)) return changed
  return Object.fromEntries(Object.entries({ ...words, ...changed }).filter(([, word]) => word !== null))
}

/** Each field of them with what it was and what it is. */
export function ChangeList({ changes }: { readonly changes: Changes }) {
  const fields = toldIn(changes)
  if (fields.length === 0) return null
  return (
    <dl class="changes">
      {fields.map((field) => (
        <Difference key={field} field={field} change={own(changes, field) as Change} />
      ))}
    </dl>
  )
}

function Difference({ field, change: { before, after } }: { readonly field: string; readonly change: Change }) {
  const isList = Array.isArray(before) && Array.isArray(after)
  const [was, is] = isList ? [without(before, after), without(after, before)] : [before, after]
  return (
    <>
      <dt>{namesOf([field])}</dt>
      <dd>
        {before !== undefined && field !== 'previousWorksUntil' && !(isList && Object(was).length === 0) && (
          <del>
            <span class="unseen">{t(isList ? 'removed' : 'before')}: </span>
            {shown(field, was)}
          </del>
        )}{' '}
        {!(isList && Object(is).length === 0) && (
          <ins>
            <span class="unseen">{t(isList ? 'added' : 'after')}: </span>
            {shown(field, is)}
          </ins>
        )}
      </dd>
    </>
  )
}

/** What of a list is not in another one. */
function without(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const known = new Set(other.map((one) => JSON.stringify(one)))
  return list.filter((one) => !known.has(JSON.stringify(one)))
}

const MOST_SHOWN = 10

/** A value of the log as text: lists by their entries, resources by their links, dates as dates. */
function shown(field: string, value: unknown): ComponentChildren {
  if (field === 'resources' && value === 'all') return t('allResources')
  if (value === 0 && field === 'previousWorksUntil') return t('endedAtOnce')
  if (typeof value === 'number') return minuteOf(value)
  if (field === 'addresses' && value === null) return t('addressesAny')
  if (field === 'selfRenewal') return renewalOf(value)
  if (field === 'metadata') return isDictionary(value) ? pairsOf(value) : '—'
  if (!Array.isArray(value)) return <bdi>{String(value ?? '') || '—'}</bdi>
  // Of text nothing is looked up: each has a `link` of its own, which is a function.
  const texts = value.slice(0, MOST_SHOWN).map((one: unknown) => String(isDictionary(one) ? one.link : one))
  const rest = value.length - MOST_SHOWN
  return listed(texts) + (rest > 0 ? ` ${count(rest, 'changesMore')}` : '') || '—'
}

const pairsOf = (words: { readonly [key: string]: unknown }): string =>
  listed(Object.entries(words).map(([key, word]) => `${key}: ${word ?? '—'}`)) || '—'

function renewalOf(value: unknown): string {
  const until = isDictionary(value) ? value.until : undefined
  return typeof until === 'number' ? t('worksUntilDate', { date: minuteOf(until) }) : t('off')
}
