/** A modal with input: leaving it with something typed asks first, so that a slip of a key loses nothing. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { t } from './hub.ts'
import { Action } from './parts.tsx'

interface DraftDialogProps {
  readonly title: ComponentChildren
  /** Whether something was typed that would be lost. */
  readonly isDirty: boolean
  readonly isBusy: boolean
  readonly onSubmit: () => void
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** The buttons beside that to leave. */
  readonly buttons: ComponentChildren
}

/** A form in a modal. */
export function DraftDialog({ title, isDirty, isBusy, onSubmit, onClose, children, buttons }: DraftDialogProps) {
  const [isAsking, setAsking] = useState(false)
  const question = useRef<HTMLDivElement>(null)
  const leave = (): void => {
    if (isBusy) return
    if (isDirty && !isAsking) setAsking(true)
    else onClose()
  }
  useEffect(() => {
    if (isAsking) question.current?.querySelector('button')?.focus()
  }, [isAsking])
  return (
    <Dialog title={title} isWide onLeave={isAsking ? () => setAsking(false) : leave}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && !isAsking) onSubmit()
        }}
      >
        {children}
        {isAsking ? (
          <div ref={question} class="failure" role="alert">
            <p>{t('discardQuestion')}</p>
            <Action onClick={() => setAsking(false)}>{t('keep')}</Action>{' '}
            <Action look="danger" onClick={onClose}>
              {t('discard')}
            </Action>
          </div>
        ) : (
          <footer>
            <span role="status">{isBusy && t('working')}</span>
            <Action onClick={leave} isBusy={isBusy}>
              {t('cancel')}
            </Action>
            {buttons}
          </footer>
        )}
      </form>
    </Dialog>
  )
}

/** Puts the focus on the first control that is wrong, once it is marked. */
export function focusMistake(): void {
  requestAnimationFrame(() => {
    const dialog = document.querySelector('dialog[open]')
    const wrong = dialog?.querySelector<HTMLElement>('[aria-invalid=true], .mistake:not(:empty)')
    wrong?.scrollIntoView({ block: 'nearest' })
    wrong?.focus()
  })
}
