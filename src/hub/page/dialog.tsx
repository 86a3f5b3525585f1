/** A modal: the browser's own dialog, which keeps the focus inside and gives it back, with Escape in our hands. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'

interface DialogProps {
  readonly title: ComponentChildren
  /** A person wants to leave, by Escape or by the browser's own way; nothing is closed yet. */
  readonly onLeave: () => void
  readonly isWide?: boolean
  /** The id of what is read with the title: what one has to know before anything else. */
  readonly about?: string
  readonly children: ComponentChildren
}

/** Shows it for as long as it is mounted. */
export function Dialog({ title, onLeave, isWide, about, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useLayoutEffect(() => {
    const dialog = element.current
    dialog?.showModal()
    return () => dialog?.close()
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
