/** The audit log of a plan, the newest first: what was done, by whom, from where and why; filtered, and to be exported. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { TokenEvent } from '../../../core/event.ts'
import type { BootPlan } from '../../boot.ts'
import type { LogPage } from '../../plan/log-routes.ts'
import { persistently } from '../api.ts'
import { dayOf, zoneName } from '../format.ts'
import { useCall } from '../hooks.ts'
import { t } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { Action, FailureNote } from '../parts/parts.tsx'
import { goToAddress, onPlace } from '../places.ts'
import { planApi } from './calls.ts'
import { Export } from './export-dialog.tsx'
import { LogEntry } from './log-entry.tsx'
import { choiceInAddress, EVERYTHING, type LogChoice, queryOf } from './log-filter.ts'
import { LogFilters } from './log-filters.tsx'
import { addressWith } from './views.ts'

interface LogProps {
  readonly plan: BootPlan
  readonly type: string
}

/** Of one plan; for another one it has to be mounted anew. */
export function Log({ plan, type }: LogProps) {
  const [{ choice, isWhole }, setChosen] = useState(choiceInAddress)
  const [isExporting, setExporting] = useState(false)
  const choose = (next: LogChoice): void => {
    goToAddress(addressWith({ plan: plan.id, type, view: 'log', ...next }))
    setChosen({ choice: next, isWhole: true })
  }
  useEffect(() => onPlace(() => setChosen(choiceInAddress())), [])
  const isFiltered = JSON.stringify(choice) !== JSON.stringify(EVERYTHING)
  return (
    <section class="log" aria-labelledby="log-title">
      <h2 id="log-title" class="unseen">
        {t('viewLog')}
      </h2>
      <LogFilters choice={choice} onChoose={choose}>
        <Action onClick={() => setExporting(true)}>{t('logExport')}</Action>
      </LogFilters>
      {!isWhole && <p class="hint note">{t('logNonsense')}</p>}
      <Entries
        key={JSON.stringify(choice)}
        plan={plan}
        choice={choice}
        isFiltered={isFiltered}
        onAbout={(about) => choose({ ...choice, about })}
        onClear={() => choose(EVERYTHING)}
      />
      {isExporting && <Export plan={plan} choice={choice} onClose={() => setExporting(false)} />}
    </section>
  )
}

interface EntriesProps {
  readonly plan: BootPlan
  readonly choice: LogChoice
  readonly isFiltered: boolean
  onAbout(tokenId: string): void
  onClear(): void
}

/** What fits a filter, some entries at a time. For another filter it is mounted anew. */
function Entries({ plan, choice, isFiltered, onAbout, onClear }: EntriesProps) {
  const [page, setPage] = useState<LogPage>()
  const list = useRef<HTMLDivElement>(null)
  const call = useCall()
  const load = async (after?: string): Promise<void> => {
    const query = { ...queryOf(plan.id, choice), ...(after !== undefined && { after }) }
    const found = await call.run(() => persistently(() => planApi.log(query)))
    if (!found) return
    const isJoined = after !== undefined || isContinued(page, found)
    setPage(isJoined && page ? joined(page, found, after === undefined) : found)
    // With the last entries the button goes, and the focus must not go with it.
    if (after !== undefined && found.next === undefined) list.current?.focus()
  }
  useEffect(() => void load(), [])
  useLookedAt(() => call.isBusy || load())
  const events = page?.events ?? []
  return (
    <div ref={list} tabIndex={-1} class="entries" aria-busy={call.isBusy}>
      {daysOf(events).map(([day, ofDay]) => (
        <section key={day} aria-label={day}>
          <h3>{day}</h3>
          <ol class="logged">
            {ofDay.map((event) => (
              <LogEntry
                key={event.id}
                event={event}
                name={page?.names[event.tokenId]}
                movedTo={page?.moved[event.tokenId]}
                onAbout={onAbout}
              />
            ))}
          </ol>
        </section>
      ))}
      {page && events.length === 0 && page.next === undefined && (
        <div class="empty">
          <p>{t(isFiltered ? 'logEmptyFound' : 'logEmpty')}</p>
          {isFiltered && <Action onClick={onClear}>{t('logClear')}</Action>}
        </div>
      )}
      {!page && !call.failure && <p role="status">{t('working')}</p>}
      <FailureNote failure={call.failure} onRetry={() => load(page?.next)} />
      {page?.next !== undefined && !call.failure && (
        <p class="further">
          <Action isBusy={call.isBusy} onClick={() => load(page.next)}>
            {t('historyMore')}
          </Action>
          {page.lookedTo !== undefined && <span class="hint">{t('logLookedTo', { date: dayOf(page.lookedTo) })}</span>}
        </p>
      )}
      {events.length > 0 && <p class="hint zone">{t('zone', { zone: zoneName() })}</p>}
    </div>
  )
}

/** Whether a first page that was loaded again goes on where what is shown begins. */
function isContinued(shown: LogPage | undefined, { events }: LogPage): boolean {
  const known = new Set(shown?.events.map(({ id }) => id))
  return events.some(({ id }) => known.has(id))
}

function joined(shown: LogPage, found: LogPage, isBefore: boolean): LogPage {
  const names = { ...shown.names, ...found.names }
  const moved = { ...shown.moved, ...found.moved }
  const known = new Set(shown.events.map(({ id }) => id))
  const fresh = found.events.filter(({ id }) => !known.has(id))
  if (isBefore) return { ...shown, events: [...fresh, ...shown.events], names, moved }
  return { ...found, events: [...shown.events, ...fresh], names, moved }
}

/** Events by the day on which they were. */
function daysOf(events: readonly TokenEvent[]): [string, TokenEvent[]][] {
  const days = new Map<string, TokenEvent[]>()
  for (const event of events) {
    const day = dayOf(event.at)
    const known = days.get(day)
    if (known) known.push(event)
    else days.set(day, [event])
  }
  return [...days]
}
