/** Name, description and, for a new token, how long it lives. */
import { useState } from 'preact/hooks'
import { dayAhead, zoneName } from '../format.ts'
import { count, type Kind, t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import { type Draft, daysOf, type Mistakes } from './draft.ts'

export interface FieldsProps {
  readonly draft: Draft
  readonly kind: Kind
  readonly mistakes: Mistakes
  onChange(change: Partial<Draft>): void
}

/** Name and description. */
export function DescribeFields({ draft, mistakes, onChange }: FieldsProps) {
  return (
    <>
      <Field label={t('name')} hint={t('nameHint')} mistake={mistakes.name}>
        {(control) => (
          <input
            {...control}
            type="text"
            autocomplete="off"
            value={draft.name}
            onInput={({ currentTarget }) => onChange({ name: currentTarget.value })}
          />
        )}
      </Field>
      <Field label={t('description')} hint={t('descriptionHint')} mistake={mistakes.description}>
        {(control) => (
          <textarea
            {...control}
            rows={3}
            value={draft.description}
            onInput={({ currentTarget }) => onChange({ description: currentTarget.value })}
          />
        )}
      </Field>
    </>
  )
}

const CHOICES = [1, 7, 30, 60, 90, 180, 365]
const OTHER = 'other'

/** How long a new token lives, with the date that comes of it. */
export function ExpirationField({ draft, kind, mistakes, onChange }: FieldsProps) {
  const longest = kind.surface.limits.lifetimeDays
  const choices = [...new Set([...CHOICES.filter((days) => days < longest), longest])]
  const [isOther, setOther] = useState(!choices.map(String).includes(draft.days))
  const days = daysOf(draft, kind)
  return (
    <>
      <Field
        label={t('expiration')}
        hint={t('zone', { zone: zoneName() })}
        mistake={isOther ? undefined : mistakes.days}
      >
        {(control) => (
          <select
            {...control}
            value={isOther ? OTHER : draft.days}
            onChange={({ currentTarget: { value } }) => {
              setOther(value === OTHER)
              if (value !== OTHER) onChange({ days: value })
            }}
          >
            {choices.map((choice) => (
              <option key={choice} value={String(choice)}>
                {count(choice, 'expirationDays', { date: dayAhead(choice) })}
              </option>
            ))}
            <option value={OTHER}>{t('expirationOther')}</option>
          </select>
        )}
      </Field>
      {isOther && (
        <Field
          label={t('days')}
          hint={t('daysHint', { days: longest, date: days === undefined ? '…' : dayAhead(days) })}
          mistake={mistakes.days}
        >
          {(control) => (
            <input
              {...control}
              type="text"
              inputMode="numeric"
              autocomplete="off"
              value={draft.days}
              onInput={({ currentTarget }) => onChange({ days: currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
