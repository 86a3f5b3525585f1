/** What opens below a button and is closed by a press elsewhere or Escape; and where such a thing is put. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { isRightToLeft } from '../hub.ts'

interface PopoverProps {
  readonly label: string
  /** The button that it belongs to. */
  readonly anchor: HTMLElement | null
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** Shows it for as long as it is mounted; its first control has the focus, and the button afterwards. */
export function Popover({ label, anchor, onClose, children }: PopoverProps) {
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    element.current?.showPopover()
    element.current?.querySelector<HTMLElement>('select, input')?.focus({ preventScroll: true })
    const follow = (): void => {
      if (element.current && anchor) place(element.current, anchor)
    }
    follow()
    addEventListener('resize', follow)
    return () => removeEventListener('resize', follow)
  }, [])
  return (
    <div
      ref={element}
      role="dialog"
      class="menu popover"
      popover="auto"
      aria-label={label}
      onToggle={(event) => {
        if (event.newState === 'closed') onClose()
      }}
    >
      {children}
    </div>
  )
}

/**
 * Puts what has opened below its button, or above where there is no room. It ends where the button ends, in either direction of
 * writing.
 */
export function place({ style, offsetHeight, offsetWidth }: HTMLElement, anchor: HTMLElement): void {
  const { top, bottom, left, right } = anchor.getBoundingClientRect()
  const isBelow = bottom + offsetHeight < innerHeight || top < offsetHeight
  style.top = `${scrollY + Math.max(4, isBelow ? bottom + 4 : top - offsetHeight - 4)}px`
  style.left = `${Math.max(4, isRightToLeft() ? left : right - offsetWidth)}px`
}
