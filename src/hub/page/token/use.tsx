/** How a token is used: its days, routes, resources and refusals, and what of it is not used. Where the host gathers it. */
import { Fragment } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { Day, TokenAdvice, TokenUsage } from '../../../core/usage.ts'
import { api, persistently } from '../api.ts'
import { Told } from '../engine.tsx'
import { dayOfUtc, usedOf } from '../format.ts'
import { useCall } from '../hooks.ts'
import { count, listed, rich, t } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { Action, FailureNote, Field } from '../parts/parts.tsx'
import { DaysChart } from '../plan/chart.tsx'
import { Narrow } from './narrow.tsx'

interface UseProps {
  readonly token: Token
  /** The token was narrowed. */
  readonly onNarrowed: (token: Token) => void
}

/** The tab. */
export function Use({ token, onNarrowed }: UseProps) {
  const [usage, setUsage] = useState<TokenUsage>()
  const call = useCall()
  const load = async (): Promise<void> => {
    const found = await call.run(() => persistently(() => api.usage({ id: token.id })))
    if (found) setUsage(found)
  }
  useEffect(() => void load(), [])
  useLookedAt(load)
  return (
    <>
      <FailureNote failure={call.failure} onRetry={load} />
      {!usage && call.isBusy && <p class="hint">{t('working')}</p>}
      {usage && <Shown usage={usage} token={token} />}
      <Advice token={token} onNarrowed={onNarrowed} />
    </>
  )
}

function Shown({
  usage: { days, routes, resources, refused, complete, since },
  token,
}: {
  readonly usage: TokenUsage
  readonly token: Token
}) {
  const allowed = days.reduce((sum, day) => sum + day.allowed, 0)
  const turnedAway = days.reduce((sum, day) => sum + day.refused, 0)
  return (
    <>
      <dl class="facts">
        <dt>{t('columnUsed')}</dt>
        <dd>{usedOf(token.lastUsedAt)}</dd>
        <dt>{t('useDays')}</dt>
        <dd>
          {count(allowed, 'useAllowed')}, {count(turnedAway, 'useRefused')}
        </dd>
      </dl>
      {!complete && <p class="hint">{since === null ? t('useSinceNone') : t('useSince', { date: dayOfUtc(since) })}</p>}
      <DaysChart days={days} />
      <Table
        title={t('useRoutes')}
        none={t('useRoutesNone')}
        rows={routes.map(({ route, requests, lastUsedOn }) => [route, requests, lastUsedOn] as const)}
      />
      {resources.length > 0 && (
        <Table
          title={t('useResources')}
          rows={resources.map(
            ({ kind, id, requests, lastUsedOn }) =>
              [`${kind.replaceAll('_', ' ')} ${id}`, requests, lastUsedOn] as const,
          )}
        />
      )}
      {refused.length > 0 && (
        <Table
          title={t('useTurnedAway')}
          rows={refused.map(
            ({ route, code, requests, lastRefusedOn }) => [`${route} · ${code}`, requests, lastRefusedOn] as const,
          )}
        />
      )}
      <p class="hint">{t('useUtc')}</p>
    </>
  )
}

interface TableProps {
  readonly title: string
  /** What is said of no rows. */
  readonly none?: string
  readonly rows: readonly (readonly [what: string, requests: number, last: Day])[]
}

/** What was used, how often and when last. */
function Table({ title, none, rows }: TableProps) {
  return (
    <>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p class="hint">{none}</p>
      ) : (
        <ul class="rows used">
          {rows.map(([what, requests, last]) => (
            <li key={what}>
              <code>{what}</code>
              <span class="hint">
                {count(requests, 'requests')}, {t('useLast', { date: dayOfUtc(last) })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** How many days are looked at. */
const WINDOWS = [7, 30, 90, 365] as const

/** What was not used, and the way to take it away. */
function Advice({ token, onNarrowed }: UseProps) {
  const [advice, setAdvice] = useState<TokenAdvice>()
  const [isOpen, setOpen] = useState(false)
  const [days, setDays] = useState<number>(WINDOWS[2])
  const call = useCall()
  const load = async (): Promise<void> => {
    const found = await call.run(() => persistently(() => api.advice({ id: token.id, window: days })))
    if (found) setAdvice(found)
  }
  useEffect(() => void load(), [token.version, days])
  if (token.status !== 'active') return null
  const { edit, scopes = [], resources = [], withheld = [], window = 0, unused } = advice ?? {}
  return (
    <section class="advice">
      <h3>{t('adviceHeading')}</h3>
      <Field label={t('adviceWindow')}>
        {(control) => (
          <select {...control} value={days} onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}>
            {WINDOWS.map((one) => (
              <option key={one} value={one}>
                {count(one, 'adviceDays')}
              </option>
            ))}
          </select>
        )}
      </Field>
      <FailureNote failure={call.failure} onRetry={load} />
      {edit && (
        <div class="note">
          <h4>{t('adviceTitle')}</h4>
          <p>
            {rich('adviceLead', {
              what: (
                <strong>
                  {listed([
                    ...(scopes.length > 0 ? [count(scopes.length, 'scopeCount')] : []),
                    ...(resources.length > 0 ? [count(resources.length, 'resourceCount')] : []),
                  ])}
                </strong>
              ),
              days: count(window, 'lifetimeDays'),
            })}
          </p>
          <div class="buttons">
            <Action look="main" onClick={() => setOpen(true)}>
              {t('narrowOpen')}
            </Action>
          </div>
        </div>
      )}
      {advice && !edit && (
        <p class="hint">
          {unused ? count(window, 'adviceUnused') : t(withheld.length > 0 ? 'adviceWithheld' : 'adviceNone')}{' '}
          {!unused &&
            withheld.map((one) => (
              <Fragment key={one.code}>
                <Told about="withheld" of={one} />{' '}
              </Fragment>
            ))}
        </p>
      )}
      {isOpen && advice && (
        <Narrow
          token={token}
          advice={advice}
          onNarrowed={(narrowed) => {
            setOpen(false)
            onNarrowed(narrowed)
          }}
          onClose={() => {
            setOpen(false)
            load()
          }}
        />
      )}
    </section>
  )
}
