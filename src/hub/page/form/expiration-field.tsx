/** How long a new token lives: a usual time, or a day of the calendar, within what the policy and the plan allow. */
import { useState } from 'preact/hooks'
import { dayAhead, zoneName } from '../format.ts'
import { count, t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import { choicesUpTo, dayIn, daysIn, daysTo } from './days.ts'
import type { FieldsProps } from './describe-fields.tsx'

const OTHER = 'other'
const YEAR = 365

/** The choices, each with the date that comes of it, and under the last one a calendar. */
export function ExpirationField({ draft, bounds, mistakes, onChange }: FieldsProps) {
  const { longest, isLongestByRule, plan } = bounds
  const choices = choicesUpTo(longest)
  const [isCustom, setCustom] = useState(false)
  const isOther = isCustom || !choices.map(String).includes(draft.days)
  const limit = isLongestByRule ? count(longest, 'expirationRuled', { plan: plan.name }) : ''
  return (
    <>
      <Field
        label={t('expiration')}
        hint={`${limit} ${t('zone', { zone: zoneName() })}`.trim()}
        mistake={isOther ? undefined : mistakes.days}
      >
        {(control) => (
          <select
            {...control}
            value={isOther ? OTHER : draft.days}
            onChange={({ currentTarget: { value } }) => {
              setCustom(value === OTHER)
              if (value !== OTHER) onChange({ days: value })
            }}
          >
            {choices.map((choice) => (
              <option key={choice} value={String(choice)}>
                {choice === YEAR
                  ? t('expirationYear', { date: dayAhead(choice) })
                  : count(choice, 'expirationDays', { date: dayAhead(choice) })}
              </option>
            ))}
            <option value={OTHER}>{t('expirationOther')}</option>
          </select>
        )}
      </Field>
      {isOther && <DayField {...{ draft, bounds, mistakes, onChange }} />}
    </>
  )
}

/** A day of the calendar. What was typed of one that is not right stays in the field. */
function DayField({
  draft,
  bounds: { longest },
  mistakes,
  onChange,
}: Pick<FieldsProps, 'draft' | 'bounds' | 'mistakes' | 'onChange'>) {
  const days = daysIn(draft.days, longest)
  const [day, setDay] = useState(() => (Number(draft.days) > 0 ? dayIn(Number(draft.days)) : ''))
  return (
    <Field
      label={t('expirationDay')}
      hint={days === undefined ? t('expirationDayHint', range(longest)) : count(days, 'expirationDayIs')}
      mistake={mistakes.days}
    >
      {(control) => (
        <input
          {...control}
          type="date"
          min={dayIn(1)}
          max={dayIn(longest)}
          value={day}
          onInput={({ currentTarget }) => {
            setDay(currentTarget.value)
            onChange({ days: daysTo(currentTarget.value) })
          }}
        />
      )}
    </Field>
  )
}

/** The days between which one can choose. */
const range = (longest: number): { readonly first: string; readonly last: string } => ({
  first: dayAhead(1),
  last: dayAhead(longest),
})
