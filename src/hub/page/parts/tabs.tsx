/** Tabs after the pattern of the ARIA Authoring Practices: one of them in the tab order, arrows between them. */
import { isRightToLeft } from '../hub.ts'

interface TabsProps {
  readonly label: string
  /** Of whoever is controlled by them: a panel, whose id it is, and of each tab with its name behind. */
  readonly panel: string
  readonly tabs: readonly { readonly name: string; readonly label: string }[]
  readonly chosen: string
  readonly onChoose: (name: string) => void
}

/** The id of a tab, by which its panel is labelled. */
export const tabId = (panel: string, name: string): string => `${panel}-tab-${name}`

/** A list of tabs; what they show is the panel's own. */
export function Tabs({ label, panel, tabs, chosen, onChoose }: TabsProps) {
  const at = tabs.findIndex(({ name }) => name === chosen)
  const move = (event: KeyboardEvent): void => {
    const last = tabs.length - 1
    const right = isRightToLeft() ? -1 : 1
    const to = { ArrowRight: at + right, ArrowLeft: at - right, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const name = tabs[to < 0 ? last : to > last ? 0 : to]?.name ?? chosen
    onChoose(name)
    const tab = document.getElementById(tabId(panel, name))
    tab?.focus()
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  return (
    <div role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(({ name, label: text }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={tabId(panel, name)}
          aria-selected={name === chosen}
          aria-controls={name === chosen ? panel : undefined}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          <bdi>{text}</bdi>
        </button>
      ))}
    </div>
  )
}
