/** What stands above the log: its filters. A day or a type counts at once, a name when one has typed it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { EVENT_TYPES } from '../../plan/event-types.ts'
import type { TextKey } from '../../texts/index.ts'
import { holdsSecret, t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import { EVERYTHING, type LogChoice } from './log-filter.ts'
import { TYPE_NAMES } from './type-names.ts'

interface LogFiltersProps {
  readonly choice: LogChoice
  onChoose(choice: LogChoice): void
  readonly children: ComponentChildren
}

export function LogFilters({ choice, onChoose, children }: LogFiltersProps) {
  const change = (part: Partial<LogChoice>): void => onChoose({ ...choice, ...part })
  return (
    <search class="toolbar" aria-label={t('logFilters')}>
      <Field label={t('logEvent')}>
        {(control) => (
          <select
            {...control}
            value={choice.event}
            onChange={({ currentTarget }) => change({ event: currentTarget.value as LogChoice['event'] })}
          >
            <option value="">{t('logAnyEvent')}</option>
            {EVENT_TYPES.map((type) => (
              <option key={type} value={type}>
                {t(TYPE_NAMES[type])}
              </option>
            ))}
          </select>
        )}
      </Field>
      <NameField label="logActor" value={choice.actor} onChange={(actor) => change({ actor })} />
      <NameField label="logAbout" value={choice.about} onChange={(about) => change({ about })} />
      <DayField label="logFrom" value={choice.from} onChange={(from) => change({ from })} />
      <DayField label="logTo" value={choice.to} onChange={(to) => change({ to })} />
      {JSON.stringify(choice) !== JSON.stringify(EVERYTHING) && (
        <button type="button" class="quiet" onClick={() => onChoose(EVERYTHING)}>
          {t('logClear')}
        </button>
      )}
      {children}
    </search>
  )
}

interface FieldProps {
  readonly label: TextKey
  readonly value: string
  onChange(value: string): void
}

function NameField({ label, value, onChange }: FieldProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  // What is asked for stands in an address, where no secret belongs.
  const isSecret = holdsSecret(typed)
  return (
    <Field label={t(label)} mistake={isSecret ? t('logSecret') : undefined}>
      {(control) => (
        <input
          {...control}
          type="text"
          autocomplete="off"
          spellcheck={false}
          maxLength={256}
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onChange={({ currentTarget }) => {
            const text = currentTarget.value.trim()
            if (!holdsSecret(text) && text !== value) onChange(text)
          }}
        />
      )}
    </Field>
  )
}

function DayField({ label, value, onChange }: FieldProps) {
  return (
    <Field label={t(label)}>
      {(control) => (
        <input
          {...control}
          type="date"
          value={value}
          onChange={({ currentTarget }) => currentTarget.validity.valid && onChange(currentTarget.value)}
        />
      )}
    </Field>
  )
}
