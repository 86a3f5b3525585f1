/** Quiet links to what one can look at of a plan, what waits in it, and the question whose a secret is. */
import { useState } from 'preact/hooks'
import type { BootPlan } from '../../boot.ts'
import { t } from '../hub.ts'
import { Whose } from '../later.tsx'
import { InboxButton } from '../token/inbox.tsx'
import { addressWith, type PlanView, usageName, VIEWS } from './views.ts'

interface NavigationProps {
  readonly plan: BootPlan
  readonly type: string
  readonly view: PlanView
  onChoose(view: PlanView): void
}

/** The view that is shown is `aria-current`. */
export function Navigation({ plan, type, view: shown, onChoose }: NavigationProps) {
  const [isAsking, setAsking] = useState(false)
  return (
    <nav class="places" aria-label={t('planViews')}>
      {VIEWS.map((view) => (
        <a
          key={view}
          href={addressWith({ plan: plan.id, type, view })}
          aria-current={view === shown ? 'page' : undefined}
          onClick={(event) => {
            // With a key held, the browser opens another tab.
            if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
            event.preventDefault()
            onChoose(view)
          }}
        >
          {t(view === '' ? 'viewTokens' : view === 'log' ? 'viewLog' : usageName())}
        </a>
      ))}
      <InboxButton key={plan.id} planId={plan.id} />
      <button type="button" class="quiet last" aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {t('whoseOpen')}
      </button>
      {isAsking && <Whose onClose={() => setAsking(false)} />}
    </nav>
  )
}
