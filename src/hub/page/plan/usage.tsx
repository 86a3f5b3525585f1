/** How a plan's tokens are used, by day, and what expires when. The first only where the host gathers it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { BootPlan } from '../../boot.ts'
import { api, persistently } from '../api.ts'
import { type Call, useCall } from '../hooks.ts'
import { boot, count, t } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { FailureNote } from '../parts/parts.tsx'
import { planApi } from './calls.ts'
import { DaysChart, MonthsChart } from './chart.tsx'

/** Of one plan; for another one it has to be mounted anew. */
export function Usage({ plan }: { readonly plan: BootPlan }) {
  return (
    <div class="charts">
      {boot.features.usage && <Requests planId={plan.id} />}
      <Expiring planId={plan.id} />
    </div>
  )
}

/** What a call gives, at once and whenever the page is looked at again. */
function useLoaded<T>(load: () => Promise<T>): { readonly found: T | undefined; readonly call: Call; ask(): void } {
  const [found, setFound] = useState<T>()
  const call = useCall()
  const ask = async (): Promise<void> => {
    const answer = await call.run(() => persistently(load))
    if (answer !== undefined) setFound(answer)
  }
  useEffect(() => void ask(), [])
  useLookedAt(ask)
  return { found, call, ask }
}

function Requests({ planId }: { readonly planId: string }) {
  const { found, call, ask } = useLoaded(() => api.planUsage({ planId }))
  const days = found?.days ?? []
  const requests = days.reduce((sum, { allowed, refused }) => sum + allowed + refused, 0)
  const refused = days.reduce((sum, one) => sum + one.refused, 0)
  return (
    <Card title={t('usageRequests')} call={call} onRetry={ask} isLoaded={found !== undefined}>
      {found && (
        <>
          <p class="sum">
            {count(requests, 'usageSum')} <span class="hint">{count(refused, 'usageRefused')}</span>
          </p>
          {found.since === null && <p class="hint">{t('usageNotYet')}</p>}
          <DaysChart days={days} />
          <p class="hint">{t('usageUtc')}</p>
        </>
      )}
    </Card>
  )
}

function Expiring({ planId }: { readonly planId: string }) {
  const { found, call, ask } = useLoaded(() => planApi.expirations(planId))
  const tokens = found?.months.reduce((sum, one) => sum + one.count, 0) ?? 0
  return (
    <Card title={t('usageExpiring')} call={call} onRetry={ask} isLoaded={found !== undefined}>
      {found && (
        <>
          <p class="sum">{count(tokens, 'usageTokens')}</p>
          {!found.isWhole && <p class="hint">{count(tokens, 'usageMore')}</p>}
          <MonthsChart months={found.months} />
          <p class="hint">{t('usageMonthsUtc')}</p>
        </>
      )}
    </Card>
  )
}

interface CardProps {
  readonly title: string
  readonly call: Call
  readonly isLoaded: boolean
  onRetry(): void
  readonly children: ComponentChildren
}

function Card({ title, call, isLoaded, onRetry, children }: CardProps) {
  return (
    <section class="card" aria-label={title} aria-busy={call.isBusy}>
      <h2>{title}</h2>
      {!isLoaded && !call.failure && <p role="status">{t('working')}</p>}
      <FailureNote failure={call.failure} onRetry={onRetry} />
      {children}
    </section>
  )
}
