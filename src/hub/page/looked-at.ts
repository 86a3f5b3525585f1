/** When the page is looked at again: what it shows may have changed in another tab, or by somebody else. */
import { useEffect, useRef } from 'preact/hooks'

/** Changing to and fro between windows asks no more often than this. */
const REST_MS = 2_000

/**
 * Calls `look` when the tab of the page is shown, its window gets the focus, or the browser brings it back as it was left. At
 * most once in two seconds: what comes sooner is made up for at their end.
 */
export function useLookedAt(look: () => unknown): void {
  const newest = useRef(look)
  newest.current = look
  useEffect(() => {
    let last = Date.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const call = (): void => {
      timer = undefined
      last = Date.now()
      if (document.visibilityState === 'visible') newest.current()
    }
    const seen = (): void => {
      if (document.visibilityState === 'visible') timer ??= setTimeout(call, Math.max(0, last + REST_MS - Date.now()))
    }
    const back = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) seen()
    }
    document.addEventListener('visibilitychange', seen)
    addEventListener('focus', seen)
    addEventListener('pageshow', back)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
      removeEventListener('focus', seen)
      removeEventListener('pageshow', back)
    }
  }, [])
}
