/**
 * A modal: the browser's own dialog, which keeps the focus inside and gives it back, with Escape and Back in our hands. Each has the
 * same head, with its title and a way out; what scrolls is the `.body` in it.
 */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../hub.ts'
import { holdBack } from '../places.ts'
import { Icon } from './icon.tsx'

interface DialogProps {
  readonly title: ComponentChildren
  /** A person wants to leave, by Escape, by Back or by another way of the browser; nothing is closed yet. */
  readonly onLeave: () => void
  /** What Back does instead: it leads to the page of the modal before this one. */
  readonly onBack?: (() => void) | undefined
  readonly isWide?: boolean
  /** Keeps its height whatever is in it. */
  readonly isTall?: boolean
  /** Drawn as a drawer at the end of the page, with a button of its own to close it. */
  readonly isDrawer?: boolean
  /** The id of what is read with the title: what one has to know before anything else. */
  readonly about?: string
  readonly children: ComponentChildren
}

const FIRST = ':is(.body, footer) :is(input, select, textarea, button)'

/** Shows it for as long as it is mounted. */
export function Dialog({ title, onLeave, onBack, isWide, isTall, isDrawer, about, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const back = useRef(onLeave)
  back.current = onBack ?? onLeave
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    // The way out stands first, and is not what one has come for.
    if (!isDrawer) dialog?.querySelector<HTMLElement>(FIRST)?.focus()
    const release = holdBack(() => back.current())
    return () => {
      release()
      dialog?.close()
    }
  }, [])
  return (
    <dialog
      ref={element}
      class={`dialog ${isDrawer ? 'drawer' : `framed ${isTall ? 'tall' : 'low'} ${isWide ? 'wide' : ''}`}`}
      aria-labelledby={titleId}
      aria-describedby={about}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        onLeave()
      }}
      onCancel={(event) => {
        event.preventDefault()
        onLeave()
      }}
      onClose={() => {
        // A browser may insist, as on a phone at the second press of its own button; what was typed is still there.
        if (!element.current?.isConnected) return
        element.current.showModal()
        onLeave()
      }}
    >
      {isDrawer ? (
        <h2 id={titleId}>{title}</h2>
      ) : (
        <div class="head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="quiet square" aria-label={t('close')} onClick={onLeave}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {children}
    </dialog>
  )
}
