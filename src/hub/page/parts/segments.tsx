/** A few choices beside each other, of which one holds: radio buttons underneath, with all that browsers do for those. */
import { useId } from 'preact/hooks'

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly choices: readonly { readonly value: T; readonly text: string }[]
  /** `undefined`: none of them, as after a choice of another kind. */
  readonly chosen: T | undefined
  onChoose(value: T): void
}

/** The choices. */
export function Segments<T extends string>({ label, choices, chosen, onChoose }: SegmentsProps<T>) {
  const name = useId()
  return (
    <div role="radiogroup" aria-label={label} class="segments">
      {choices.map(({ value, text }) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </div>
  )
}
