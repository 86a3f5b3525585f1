/** What a person has typed about a token that is not saved yet, and what is wrong with it. */

import type { Issue } from '../../../core/issue.ts'
import { textProblem } from '../../../core/text.ts'
import type { Token } from '../../../core/token.ts'
import { failureOf } from '../api.ts'
import { holdsSecret, type Kind, own, t } from '../hub.ts'

/** The fields of the form. */
export interface Draft {
  readonly name: string
  readonly description: string
  /** As it was typed. */
  readonly days: string
  readonly scopes: readonly string[]
  readonly isAll: boolean
  readonly links: string
}

/** What is wrong, by field. */
export type Mistakes = { readonly [field in keyof Draft]?: string | undefined }

/** A draft of nothing, or like a token that there is. */
export function draftOf(kind: Kind, like?: Token): Draft {
  const { lifetimeDays: longest } = kind.surface.limits
  if (!like)
    return { name: '', description: '', days: String(Math.min(90, longest)), scopes: [], isAll: false, links: '' }
  const { name, description, lifetimeDays, scopes, resources } = like
  const isAll = resources === 'all'
  return {
    name,
    description,
    days: String(Math.min(lifetimeDays, longest)),
    // A scope that cannot be chosen any more would only be refused.
    scopes: scopes.filter((scope) => kind.type.scopes.includes(scope)),
    isAll,
    links: isAll ? '' : resources.map(({ link }) => link).join('\n'),
  }
}

/** Whole days, or `undefined`. */
export function daysOf(draft: Draft, { surface }: Kind): number | undefined {
  const days = Number(draft.days)
  return /^\d{1,4}$/.test(draft.days.trim()) && days >= 1 && days <= surface.limits.lifetimeDays ? days : undefined
}

/** What keeps a text of so many characters from being taken. */
export function textMistake(text: string, min: number, max: number): string | undefined {
  const trimmed = text.trim()
  if (holdsSecret(trimmed)) return t('textSecret')
  if (textProblem(trimmed, min, max) === undefined) return undefined
  const length = [...trimmed].length
  if (length < min) return t('textEmpty')
  return length > max ? t('textTooLong', { count: max, length }) : t('textRefused')
}

/** Everything that is wrong with name, description and lifetime. */
export function describeMistakes(draft: Draft, kind: Kind): Mistakes {
  const description = draft.description === '' ? undefined : textMistake(draft.description, 0, 1_000)
  return {
    name: textMistake(draft.name, 1, 100),
    description,
    days: daysOf(draft, kind) === undefined ? t('daysWrong', { days: kind.surface.limits.lifetimeDays }) : undefined,
  }
}

/** What is wrong with the scopes. */
export function scopeMistakes({ scopes }: Draft, { type }: Kind): Mistakes {
  return { scopes: type.fixed.length === 0 && scopes.length === 0 ? t('scopesNone') : undefined }
}

/** Whether there is no mistake. */
export const isRight = (mistakes: Mistakes): boolean =>
  Object.values(mistakes).every((mistake) => mistake === undefined)

/** The fields of the API, by those of the form. */
const FIELDS: { readonly [field: string]: keyof Draft } = {
  name: 'name',
  description: 'description',
  lifetimeDays: 'days',
  scopes: 'scopes',
  resources: 'links',
}

const fieldOf = ({ at }: Issue): keyof Draft | undefined => own(FIELDS, String(at[0] ?? ''))

/** The server's issues at the fields that they are about; of links that were sent, with the link. */
function mistakesIn(issues: readonly Issue[], links: 'all' | readonly string[]): Mistakes {
  const mistakes: { [field: string]: string } = {}
  for (const issue of issues) {
    const field = fieldOf(issue)
    const link = field === 'links' ? links[Number(issue.at[1])] : undefined
    if (field) mistakes[field] ??= link === undefined ? issue.message : `${link}: ${issue.message}`
  }
  const count = issues.filter((issue) => fieldOf(issue) === 'links').length - 1
  return count > 0 ? { ...mistakes, links: `${mistakes.links} ${t('linksMoreShown', { count })}` } : mistakes
}

/** What has to be mended before something is saved. */
export interface Faults {
  readonly mistakes: Mistakes
}

/** What the server finds fault with, if all of it is about fields; throws anything else on. */
export function mistakesOf(error: unknown, links: 'all' | readonly string[]): Faults {
  const { code, issues } = failureOf(error)
  if (code !== 'invalid_input' || issues.length === 0 || !issues.every(fieldOf)) throw error
  return { mistakes: mistakesIn(issues, links) }
}
