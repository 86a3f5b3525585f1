/** A button that copies a text which stands on the page and is no secret, and says what came of it. */
import { useState } from 'preact/hooks'
import { t } from '../hub.ts'
import { Action } from './parts.tsx'

/** Where the browser does not let one copy, the text is shown, to be selected. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState<'copiedText' | 'copyTextFailed'>()
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('copiedText'),
      () => setSaid('copyTextFailed'),
    )
  }
  return (
    <p>
      <Action onClick={copy}>{label}</Action>{' '}
      <span role="status" class="hint">
        {said && t(said)}
      </span>
      {said === 'copyTextFailed' && <pre>{text}</pre>}
    </p>
  )
}
