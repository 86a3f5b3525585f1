/** What a person has typed about a token that is not saved yet, and what is wrong with it. What the server says: hub/page/form/faults.ts. */

import { ONE_LINK } from '../../../core/one-link.ts'
import { textProblem } from '../../../core/text.ts'
import type { Token } from '../../../core/token-view.ts'
import { count, holdsSecret, type Kind, t } from '../hub.ts'
import type { Bounds } from './bounds.ts'
import { dayBefore, daysIn, endOfDay, usualUpTo } from './days.ts'

/** A word of the plan's own, by its key. */
export interface Word {
  readonly key: string
  readonly value: string
}

/** The fields of the form. */
export interface Draft {
  readonly name: string
  readonly description: string
  /** As it was typed. */
  readonly days: string
  readonly scopes: readonly string[]
  readonly isAll: boolean
  readonly links: string
  readonly contact: string
  readonly words: readonly Word[]
  /** As they were typed. */
  readonly addresses: string
  readonly isRenewing: boolean
  /** The last day on which it may renew itself; empty for the usual term. */
  readonly renewUntil: string
}

/** What is wrong, by field. */
export type Mistakes = { readonly [field in keyof Draft]?: string | undefined }

const EMPTY = {
  ...{ name: '', description: '', scopes: [], isAll: false, links: '' },
  ...{ contact: '', words: [], addresses: '', isRenewing: false, renewUntil: '' },
} as const

/** A draft of nothing, or like a token that there is. */
export function draftOf(kind: Kind, like?: Token): Draft {
  const { lifetimeDays: longest } = kind.surface.limits
  if (!like) return { ...EMPTY, days: usualUpTo(longest) }
  const { name, description, lifetimeDays, scopes, resources, selfRenewal } = like
  const isAll = resources === 'all'
  return {
    ...{ name, description },
    days: String(Math.min(lifetimeDays, longest)),
    // A scope that cannot be chosen any more would only be refused.
    scopes: scopes.filter((scope) => kind.type.scopes.includes(scope)),
    isAll,
    links: isAll ? '' : resources.map(({ link }) => link).join('\n'),
    contact: like.contact ?? '',
    words: Object.entries(like.metadata ?? {}).map(([key, value]) => ({ key, value })),
    addresses: (like.addresses ?? []).join('\n'),
    isRenewing: selfRenewal !== undefined,
    renewUntil: selfRenewal?.chosen ? dayBefore(selfRenewal.until) : '',
  }
}

/** Links, one by one. */
export const linksIn = (text: string): readonly string[] => text.match(ONE_LINK) ?? []

/** Addresses, one by one. */
export const entriesIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter((entry) => entry !== '')

/** The words that somebody has written, without rows that were left empty. */
export const wordsIn = ({ words }: Draft): readonly Word[] => words.filter(({ key, value }) => key + value !== '')

/** The words by their keys; without a chain of prototypes, which a key could be part of. */
export const metadataIn = (draft: Draft): { readonly [key: string]: string } =>
  Object.fromEntries(wordsIn(draft).map(({ key, value }) => [key.trim(), value.trim()]))

/** What keeps a text of so many characters from being taken. */
export function textMistake(text: string, min: number, max: number): string | undefined {
  const trimmed = text.trim()
  if (holdsSecret(trimmed)) return t('textSecret')
  if (textProblem(trimmed, min, max) === undefined) return undefined
  const length = [...trimmed].length
  if (length < min) return t('textEmpty')
  return length > max ? count(max, 'textTooLong', { length }) : t('textRefused')
}

/** Everything that is wrong with name, description, lifetime, and what else is said of the token. */
export function describeMistakes(draft: Draft, bounds: Bounds): Mistakes {
  return {
    name: textMistake(draft.name, 1, 100),
    description: draft.description === '' ? undefined : textMistake(draft.description, 0, 1_000),
    days: daysIn(draft.days, bounds.longest) === undefined ? count(bounds.longest, 'daysWrong') : undefined,
    contact: draft.contact.trim() === '' ? undefined : textMistake(draft.contact, 0, 200),
    words: wordsMistake(wordsIn(draft)),
    renewUntil:
      draft.isRenewing && draft.renewUntil !== '' && Number.isNaN(endOfDay(draft.renewUntil))
        ? t('renewUntilWrong')
        : undefined,
  }
}

const [LONGEST_KEY, LONGEST_VALUE] = [40, 500]

function wordsMistake(words: readonly Word[]): string | undefined {
  const keys = words.map(({ key }) => key.trim())
  if (new Set(keys).size < keys.length) return t('metadataTwice')
  for (const { key, value } of words) {
    const mistake = textMistake(key, 1, LONGEST_KEY) ?? (value.trim() && textMistake(value, 0, LONGEST_VALUE))
    if (mistake) return `${key.trim() || t('metadataKey')}: ${mistake}`
  }
  return undefined
}

/** What is wrong with the scopes. */
export function scopeMistakes({ scopes }: Draft, { type }: Kind): Mistakes {
  return { scopes: type.fixed.length === 0 && scopes.length === 0 ? t('scopesNone') : undefined }
}

/** What is wrong with where it may be used from. */
export function addressMistakes({ addresses }: Draft, { needsAddresses, hasAddresses }: Bounds): Mistakes {
  const isMissing = hasAddresses && needsAddresses !== undefined && addresses.trim() === ''
  return { addresses: isMissing ? t('addressesMissing') : undefined }
}

/** Whether there is no mistake. */
export const isRight = (mistakes: Mistakes): boolean =>
  Object.values(mistakes).every((mistake) => mistake === undefined)
