/** A line of text with its label, in which a browser neither fills in nor corrects anything. */
import type { ComponentChildren } from 'preact'
import { Field } from './parts.tsx'

interface TextFieldProps {
  readonly label: ComponentChildren
  readonly hint?: ComponentChildren
  readonly mistake?: string | undefined
  readonly value: string
  readonly maxLength?: number
  readonly inputMode?: 'numeric'
  /** Written from left to right in every language: an address, a path. */
  readonly dir?: 'ltr'
  readonly onText: (text: string) => void
}

export function TextField({ label, hint, mistake, value, onText, ...more }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} mistake={mistake}>
      {(control) => (
        <input
          {...control}
          {...more}
          type="text"
          autocomplete="off"
          spellcheck={false}
          value={value}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      )}
    </Field>
  )
}
