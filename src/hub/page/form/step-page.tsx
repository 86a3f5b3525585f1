/** One page of the form, which puts the focus on its first field when it appears; whoever hears the page hears its heading with that. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface StepPageProps {
  readonly title: string
  readonly children: ComponentChildren
}

const FIELDS = 'input:not([type=radio]:not(:checked)), select, textarea'

/** The page. For another one it has to be mounted anew. */
export function StepPage({ title, children }: StepPageProps) {
  const id = useId()
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    element.current?.closest('.body')?.scrollTo(0, 0)
    const first = element.current?.querySelector<HTMLElement>(FIELDS) ?? element.current
    first?.focus({ preventScroll: true })
  }, [])
  return (
    <section ref={element} aria-labelledby={id} tabIndex={-1}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  )
}
