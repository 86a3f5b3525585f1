/** A modal with input: leaving it with something typed asks first, so that a slip of a key loses nothing. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useLeaveQuestion } from '../parts/leave-question.ts'
import { Action, CallFooter } from '../parts/parts.tsx'

interface DraftDialogProps {
  readonly title: ComponentChildren
  /** Whether something was typed that would be lost. */
  readonly isDirty: boolean
  readonly isBusy: boolean
  readonly onSubmit: () => void
  readonly onClose: () => void
  /** What Back does instead of leaving. */
  readonly onBack?: (() => void) | undefined
  /** What stands above the part that scrolls. */
  readonly head?: ComponentChildren
  /** What stands beside the fields, or after them on a screen without room for it. */
  readonly aside?: ComponentChildren
  /** What stands between the part that scrolls and the buttons. */
  readonly line?: ComponentChildren
  readonly children: ComponentChildren
  /** The buttons beside that to leave. */
  readonly buttons: ComponentChildren
}

/** A form in a modal. */
export function DraftDialog({
  title,
  isDirty,
  isBusy,
  onSubmit,
  onClose,
  onBack,
  head,
  aside,
  line,
  children,
  buttons,
}: DraftDialogProps) {
  const [isAsking, setAsking] = useState(false)
  const question = useRef<HTMLDivElement>(null)
  /** Where one was before the question. */
  const place = useRef<Element | null>(null)
  const leave = (): void => {
    if (isBusy) return
    if (isDirty && !isAsking) {
      place.current = document.activeElement
      setAsking(true)
    } else onClose()
  }
  const keep = (): void => {
    setAsking(false)
    if (place.current instanceof HTMLElement) place.current.focus()
  }
  useEffect(() => {
    if (isAsking) question.current?.querySelector('button')?.focus()
  }, [isAsking])
  useLeaveQuestion(isDirty)
  return (
    <Dialog title={title} isWide isTall onLeave={isAsking ? keep : leave} onBack={isAsking ? keep : onBack}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && !isAsking) onSubmit()
        }}
      >
        {head}
        <div class={aside ? 'body with-rail' : 'body'}>
          <div>{children}</div>
          {aside}
        </div>
        {line}
        {isAsking ? (
          <div ref={question} class="foot question" role="alert">
            <p>{t('discardQuestion')}</p>
            <Action onClick={keep}>{t('keep')}</Action>
            <Action look="danger" onClick={onClose}>
              {t('discard')}
            </Action>
          </div>
        ) : (
          <CallFooter isBusy={isBusy} onCancel={leave}>
            {buttons}
          </CallFooter>
        )}
      </form>
    </Dialog>
  )
}
