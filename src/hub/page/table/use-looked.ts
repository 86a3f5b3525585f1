/** Which tokens of a plan one looks at, and where that stands: in the address and in the history. What is shown of them: table/panel.tsx. */
import { useEffect, useState } from 'preact/hooks'
import { textMistake } from '../form/draft.ts'
import { holdsSecret, t } from '../hub.ts'
import { goTo, lookAt, onPlace, viewHere } from '../places.ts'
import { parametersOf, SEARCH_LENGTH, type View } from '../view.ts'

/** What is looked at is part of the history once it has stood for so long, in milliseconds. */
const VIEW_PAUSE = 300

/**
 * @param place what an address says besides the view.
 * @param onChange is called when one looks at other tokens.
 * @param onPlaceChange is called when Back or Forward has led to another place.
 */
export function useLooked(
  place: { readonly plan: string; readonly type: string },
  onChange: () => void,
  onPlaceChange: () => void,
) {
  const [view, setView] = useState(() => viewHere().view)
  const [isCut, setCut] = useState(() => viewHere().isCut)
  // A search is part of an address, where no secret belongs.
  const mistake = holdsSecret(view.search) ? t('searchSecret') : textMistake(view.search, 0, SEARCH_LENGTH)
  const asked = mistake === undefined ? view : { ...view, search: '' }
  const change = (next: View): void => {
    onChange()
    setCut(false)
    setView(next)
  }
  /** The same as a place of its own, from which Back leads here. */
  const turnTo = (next: View): void => {
    lookAt(asked, place)
    goTo(mistake === undefined ? next : { ...next, search: '' }, place)
    change(next)
  }
  useEffect(
    () =>
      onPlace(() => {
        change(viewHere().view)
        setCut(viewHere().isCut)
        onPlaceChange()
      }),
    [],
  )
  useEffect(() => {
    // Browsers refuse an entry of the history at each letter.
    const timer = setTimeout(() => lookAt(asked, asked === view && !hasAddress(view) ? {} : place), VIEW_PAUSE)
    return () => clearTimeout(timer)
  }, [view])
  const look = (part: Partial<View>): void => {
    // A search is at the same place, letter by letter; another filter or order is another one.
    if (part.search === undefined) turnTo({ ...view, ...part, page: 1 })
    else change({ ...view, ...part, page: 1 })
  }
  return { view, asked, mistake, isCut, setView, setCut, turnTo, look }
}

/** Whether an address has to tell of a view. */
const hasAddress = (view: View): boolean => parametersOf(view).length > 0
