/** The hub's page as a component of React. */
/** @jsxImportSource react */
import { useEffect, useRef, useState } from 'react'
import { mountHub } from './mount.ts'

interface PlanAccessTokensProps {
  /** Where your server has the parts. */
  readonly src: string
  /** Which organization the page is for, and its language: your server gives both to the hub (main.ts). */
  readonly plan: string
  readonly lang: string
}

/** Shows the page for as long as it is mounted, and another one when a prop changes. Without one, the error boundary above is told. */
export function PlanAccessTokens({ src, plan, lang }: PlanAccessTokensProps) {
  const place = useRef<HTMLDivElement>(null)
  const [failure, setFailure] = useState<{ readonly error: unknown }>()
  useEffect(() => {
    if (!place.current) return
    return mountHub(place.current, `${src}?${new URLSearchParams({ plan, lang })}`, (error) => setFailure({ error }))
  }, [src, plan, lang])
  if (failure) throw failure.error
  return <div ref={place} />
}
