/** Why something is ended or declined, in one line that stands in the log. */
import { holdsSecret, t } from '../hub.ts'
import { Field } from './parts.tsx'

interface ReasonProps {
  readonly value: string
  readonly onChange: (reason: string) => void
}

/** Whether it may be sent: what stands in the log stays there. */
export const isReason = (reason: string): boolean => !holdsSecret(reason)

/** Why, for the log. Nobody has to say. */
export function ReasonField({ value, onChange }: ReasonProps) {
  return (
    <Field label={t('reason')} hint={t('reasonHint')} mistake={isReason(value) ? undefined : t('manyReasonSecret')}>
      {(control) => (
        <input
          {...control}
          type="text"
          autocomplete="off"
          maxLength={1_000}
          value={value}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </Field>
  )
}
