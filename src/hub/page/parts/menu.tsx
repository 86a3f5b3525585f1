/** The menu of a row, after the menu button pattern of the ARIA Authoring Practices: arrows, Home, End, letters, Escape. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { place } from './popover.tsx'

/** One entry. One that is `off` says why when it is chosen. */
export interface MenuEntry {
  readonly label: string
  readonly act: () => void
  readonly off?: string | undefined
  readonly isDangerous?: boolean
}

interface MenuProps {
  readonly label: string
  /** The id of its button. */
  readonly id: string
  /** The id of what it is about. */
  readonly about: string
  readonly entries: readonly MenuEntry[]
  readonly onOff: (why: string) => void
}

/** A button `…` and its menu. */
export function Menu({ label, id, about, entries, onOff }: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        class="dots"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={label}
        aria-describedby={about}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        …
      </button>
      {isOpen && (
        <Entries
          label={label}
          about={about}
          anchor={button.current}
          entries={entries}
          onOff={onOff}
          onClose={close}
          onGone={() => setOpen(false)}
        />
      )}
    </>
  )
}

interface EntriesProps extends Omit<MenuProps, 'id'> {
  readonly anchor: HTMLElement | null
  readonly onClose: () => void
  /** It was dismissed by a click elsewhere; the focus is where the click was. */
  readonly onGone: () => void
}

function Entries({ label, about, anchor, entries, onOff, onClose, onGone }: EntriesProps) {
  const element = useRef<HTMLDivElement>(null)
  const items = (): HTMLElement[] => [...(element.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
  useLayoutEffect(() => {
    element.current?.showPopover()
    items()[0]?.focus({ preventScroll: true })
    const follow = (): void => {
      if (element.current && anchor) place(element.current, anchor)
    }
    addEventListener('resize', follow)
    return () => removeEventListener('resize', follow)
  }, [])
  // At every drawing, since the row may be at another place by then. It is placed on the page, so it scrolls with its row.
  useLayoutEffect(() => {
    if (element.current && anchor) place(element.current, anchor)
  })
  const move = (to: number): void => {
    const all = items()
    all.at(to % all.length)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = items().indexOf(document.activeElement as HTMLElement)
    if (event.key === 'Tab') {
      // The focus goes on from the button.
      onClose()
      return
    }
    if (event.key === 'Escape') onClose()
    else if (event.key === 'ArrowDown') move(at + 1)
    else if (event.key === 'ArrowUp') move(at - 1)
    else if (event.key === 'Home') move(0)
    else if (event.key === 'End') move(-1)
    else if (isLetter(event)) {
      const after = items().findIndex((item, i) => i > at && startsWith(item, event.key))
      const first = items().findIndex((item) => startsWith(item, event.key))
      move(after !== -1 ? after : first !== -1 ? first : at)
    } else return
    event.preventDefault()
  }
  return (
    <div
      ref={element}
      role="menu"
      class="menu"
      popover="auto"
      aria-label={label}
      aria-describedby={about}
      onKeyDown={onKeyDown}
      onToggle={(event) => {
        if (event.newState === 'closed') onGone()
      }}
    >
      {entries.map(({ label: text, act, off, isDangerous }) => (
        <button
          key={text}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={isDangerous ? 'danger' : undefined}
          aria-disabled={off !== undefined}
          title={off}
          onClick={() => {
            onClose()
            if (off === undefined) act()
            else onOff(off)
          }}
        >
          {text}
        </button>
      ))}
    </div>
  )
}

const isLetter = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey

const startsWith = ({ textContent }: HTMLElement, letter: string): boolean =>
  textContent?.toLowerCase().startsWith(letter.toLowerCase()) === true
