/**
 * Views that a person has saved under a name: kept by the browser, for each plan and tab. A browser that keeps nothing, or has no
 * room, loses nothing else: then they last as long as the page. No secret is in them, since none is in a view.
 */
import { useEffect, useState } from 'preact/hooks'
import { boot, holdsSecret, type Kind } from '../hub.ts'
import { parametersOf, type View, viewIn } from '../view.ts'

/** A view and its name. */
export interface SavedView {
  readonly name: string
  readonly view: View
}

/** More would not fit a line, whatever the window. */
export const MOST_VIEWS = 20

/** Whether a view can have a name. */
export const isViewName = (name: string, others: readonly SavedView[]): boolean => {
  const length = [...name.trim()].length
  return length >= 1 && length <= 40 && !holdsSecret(name) && !others.some((other) => other.name === name.trim())
}

/** The saved views, and what keeps others in their place; it says whether the browser has kept them. */
export function useSaved(planId: string, kind: Kind) {
  const key = `hub-views ${boot.base} ${planId} ${kind.type.name}`
  const [saved, setSaved] = useState(() => read(key))
  useEffect(() => {
    const other = (event: StorageEvent): void => {
      if (event.key === key || event.key === null) setSaved(read(key))
    }
    addEventListener('storage', other)
    return () => removeEventListener('storage', other)
  }, [])
  return {
    saved,
    keep(next: readonly SavedView[]): boolean {
      setSaved(next)
      try {
        const entries = next.map(({ name, view }) => [
          name,
          new URLSearchParams(parametersOf(view) as never).toString(),
        ])
        if (entries.length === 0) localStorage.removeItem(key)
        else localStorage.setItem(key, JSON.stringify(entries))
        return true
      } catch {
        return false
      }
    },
  }
}

/** What the browser has; whatever else stands there, from another version or hand, is left out. */
function read(key: string): readonly SavedView[] {
  try {
    const entries: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    if (!Array.isArray(entries)) return []
    const views: SavedView[] = []
    for (const entry of entries.slice(0, MOST_VIEWS)) {
      const [name, text] = Array.isArray(entry) ? (entry as unknown[]) : []
      if (typeof name === 'string' && typeof text === 'string' && isViewName(name, views))
        views.push({ name: name.trim(), view: viewIn(new URLSearchParams(text)).view })
    }
    return views
  } catch {
    return []
  }
}
