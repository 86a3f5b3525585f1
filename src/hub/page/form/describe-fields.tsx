/** Name and description of a token; how long a new one lives is in form/expiration-field.tsx. */
import { type Kind, t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import { TextField } from '../parts/text-field.tsx'
import type { Bounds } from './bounds.ts'
import type { Draft, Mistakes } from './draft.ts'

export interface FieldsProps {
  readonly draft: Draft
  readonly kind: Kind
  readonly bounds: Bounds
  readonly mistakes: Mistakes
  onChange(change: Partial<Draft>): void
}

/** Name and description. */
export function DescribeFields({ draft, mistakes, onChange }: FieldsProps) {
  return (
    <>
      <TextField
        label={t('name')}
        hint={t('nameHint')}
        mistake={mistakes.name}
        value={draft.name}
        onText={(text) => onChange({ name: text })}
      />
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
