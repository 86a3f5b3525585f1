/** A text with a button that copies it. Where the browser does not allow that, the text is selected. */
import { useRef, useState } from 'preact/hooks'
import { t } from '../hub.ts'

interface CopyTextProps {
  readonly text: string
  /** What is copied, for those who do not see it beside the button. */
  readonly label: string
}

/** Lines to take over. */
export function CopyText({ text, label }: CopyTextProps) {
  const shown = useRef<HTMLPreElement>(null)
  const [said, setSaid] = useState<'linesCopied' | 'linesSelected'>()
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid('linesCopied'),
      () => {
        getSelection()?.selectAllChildren(shown.current as HTMLElement)
        setSaid('linesSelected')
      },
    )
  }
  return (
    <div class="lines">
      <pre ref={shown}>{text}</pre>
      <button type="button" class="small" aria-label={t('copyLines', { lines: label })} onClick={copy}>
        {t('copy')}
      </button>
      <p role="status" class="hint">
        {said && t(said)}
      </p>
    </div>
  )
}
