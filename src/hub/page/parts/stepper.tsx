/** The pages of a form: which one is shown, and ways to those where one has been. */
import { useId } from 'preact/hooks'
import { t } from '../hub.ts'
import { Icon } from './icon.tsx'

interface StepperProps {
  readonly steps: readonly string[]
  /** The one that is shown, from 0. */
  readonly step: number
  /** The last one that one has come to. */
  readonly furthest: number
  onGo(step: number): void
}

/** The steps in their order. */
export function Stepper({ steps, step, furthest, onGo }: StepperProps) {
  const id = useId()
  return (
    <nav class="stepper" aria-labelledby={id}>
      <p class="hint" id={id}>
        {t('step', { step: step + 1, steps: steps.length })}
      </p>
      <ol>
        {steps.map((text, at) => (
          <li key={text} aria-current={at === step ? 'step' : undefined}>
            <button type="button" disabled={at === step || at > furthest} onClick={() => onGo(at)}>
              <span class="dot">{at < step ? <Icon name="check" /> : t('number', { number: at + 1 })}</span>
              <span>{text}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}
