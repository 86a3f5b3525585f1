/** A modal: the browser's own dialog, which keeps the focus inside and gives it back, with Escape and Back in our hands. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { holdBack } from '../places.ts'

interface DialogProps {
  readonly title: ComponentChildren
  /** A person wants to leave, by Escape, by Back or by another way of the browser; nothing is closed yet. */
  readonly onLeave: () => void
  /** What Back does instead: it leads to the page of the modal before this one. */
  readonly onBack?: (() => void) | undefined
  readonly isWide?: boolean
  /** The id of what is read with the title: what one has to know before anything else. */
  readonly about?: string
  readonly children: ComponentChildren
}

/** Shows it for as long as it is mounted. */
export function Dialog({ title, onLeave, onBack, isWide, about, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const back = useRef(onLeave)
  back.current = onBack ?? onLeave
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    const release = holdBack(() => back.current())
    return () => {
      release()
      dialog?.close()
    }
  }, [])
  return (
    <dialog
      ref={element}
      class={isWide ? 'dialog wide' : 'dialog'}
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
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  )
}

/** A heading that takes the focus when it appears, so that a screen reader says where one is. */
export function StepHeading({ children }: { readonly children: ComponentChildren }) {
  const element = useRef<HTMLHeadingElement>(null)
  useEffect(() => element.current?.focus(), [])
  return (
    <h3 ref={element} tabIndex={-1}>
      {children}
    </h3>
  )
}
