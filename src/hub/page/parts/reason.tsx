/** Why something is ended or declined, in one line that stands in the log. */
import { holdsSecret, t } from '../hub.ts'
import { TextField } from './text-field.tsx'

interface ReasonProps {
  readonly value: string
  readonly onChange: (reason: string) => void
}

/** Whether it may be sent: what stands in the log stays there. */
export const isReason = (reason: string): boolean => !holdsSecret(reason)

/** Why, for the log. Nobody has to say. */
export function ReasonField({ value, onChange }: ReasonProps) {
  return (
    <TextField
      label={t('reason')}
      hint={t('reasonHint')}
      mistake={isReason(value) ? undefined : t('manyReasonSecret')}
      maxLength={1_000}
      value={value}
      onText={onChange}
    />
  )
}
