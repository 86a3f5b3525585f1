/** The hub's page as a component. For React, import the two hooks from `react`: they are the same. */
import { useEffect, useRef } from 'preact/hooks'
import { mountHub } from './mount.ts'

/** Shows the page for as long as it is mounted. */
export function PlanAccessTokens({ src }: { readonly src: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const mounted = place.current && mountHub(place.current, src)
    return () => void mounted?.then((leave) => leave())
  }, [src])
  return <div ref={place} />
}
