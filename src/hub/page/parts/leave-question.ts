/** What a browser asks before it leaves the page, in words of its own: that something would be lost. */
import { useEffect } from 'preact/hooks'

/** Has it ask, for as long as something would be lost. */
export function useLeaveQuestion(isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isWanted])
}
