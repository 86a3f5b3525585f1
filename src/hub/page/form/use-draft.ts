/** The state of a form: what is typed, and what is wrong with it until it is changed. What is wrong: hub/page/form/draft.ts. */
import { useEffect, useState } from 'preact/hooks'
import type { Draft, Mistakes } from './draft.ts'

/** A form's state, with the ways to change it. */
export function useDraft(start: () => Draft) {
  const [draft, setDraft] = useState(start)
  const [mistakes, setMistakes] = useState<Mistakes>({})
  /** Changes fields. What was wrong with them is for the next look; links are judged by more than their text. */
  const change = (changed: Partial<Draft>): void => {
    setDraft({ ...draft, ...changed })
    const changedFields = Object.keys(changed).map((field) => [field, undefined])
    setMistakes({ ...mistakes, ...Object.fromEntries(changedFields), links: undefined })
  }
  return { draft, setDraft, mistakes, setMistakes, change }
}

/** Gives a call that puts the focus on the first control that is wrong, once it is marked and on the page. */
export function useMistakeFocus(): () => void {
  const [times, setTimes] = useState(0)
  // After the effects of what is inside, such as a heading that takes the focus.
  useEffect(() => {
    if (times === 0) return
    const wrong = document.querySelector<HTMLElement>('dialog[open] [aria-invalid=true]')
    wrong?.focus({ preventScroll: true })
    // First the control, then what is said of it, which may stand above; both, where there is room for both.
    wrong?.scrollIntoView({ block: 'nearest' })
    const told = wrong?.getAttribute('aria-describedby')?.split(' ') ?? []
    for (const id of told) document.querySelector(`#${CSS.escape(id)}.mistake`)?.scrollIntoView({ block: 'nearest' })
  }, [times])
  return () => setTimes((before) => before + 1)
}
