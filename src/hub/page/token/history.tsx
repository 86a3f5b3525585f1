/** Who did what to a token and when, newest first. */
import { useRef, useState } from 'preact/hooks'
import { isDictionary } from '../../../core/objects.ts'
import type { Change, EventType, Token, TokenEvent } from '../../../core/token.ts'
import type { TextKey } from '../../texts/index.ts'
import { api, persistently } from '../api.ts'
import { EDITABLE, type Editable } from '../form/merge.ts'
import { minuteOf } from '../format.ts'
import { useCall, useOnceFor } from '../hooks.ts'
import { rich, t } from '../hub.ts'
import { FailureNote } from '../parts/parts.tsx'

const SENTENCES: { readonly [type in EventType]: TextKey } = {
  created: 'eventCreated',
  adopted: 'eventAdopted',
  edited: 'eventEdited',
  refreshed: 'eventRefreshed',
  revoked: 'eventRevoked',
  secret_revoked: 'eventSecretRevoked',
  moving: 'eventMoving',
  moved: 'eventMoved',
  leak_reported: 'eventLeakReported',
  canary_used: 'eventCanaryUsed',
  requested: 'eventRequested',
  edit_requested: 'eventEditRequested',
  approved: 'eventApproved',
  declined: 'eventDeclined',
  collected: 'eventCollected',
  self_refreshed: 'eventSelfRefreshed',
  superseded_secret_used: 'eventSupersededSecretUsed',
}

interface HistoryProps {
  readonly token: Token
  /** The newest version of the token that the log tells of. */
  readonly onTold: (version: number) => void
}

/** The log of a token, some entries at a time. It is asked again when the token comes in a version that it does not tell of. */
export function History({ token, onTold }: HistoryProps) {
  const [events, setEvents] = useState<readonly TokenEvent[]>([])
  const [next, setNext] = useState<string>()
  const list = useRef<HTMLOListElement>(null)
  const call = useCall()
  const load = async (after?: string): Promise<void> => {
    const query = { planId: token.planId, tokenId: token.id, order: 'newest', limit: 20 } as const
    const page = await call.run(() =>
      persistently(() => api.events({ ...query, ...(after !== undefined && { after }) })),
    )
    if (!page) return
    if (after === undefined) {
      // What was read before stays, if it goes on from there.
      const older = events.filter((event) => !page.events.some(({ id }) => id === event.id))
      const isJoined = older.length < events.length
      setEvents(isJoined ? [...page.events, ...older] : page.events)
      if (!isJoined) setNext(page.next)
      onTold(page.events[0]?.version ?? 0)
      return
    }
    setEvents((known) => [...known, ...page.events])
    setNext(page.next)
    // With the last entries the button goes, and the focus must not go with it.
    if (page.next === undefined) list.current?.focus()
  }
  const newest = events[0]?.version
  useOnceFor(token.version, !call.isBusy && newest !== token.version, load)
  return (
    <>
      <h3>{t('history')}</h3>
      <ol ref={list} class="history" tabIndex={-1} aria-label={t('history')}>
        {events.map((event) => (
          <Entry key={event.id} event={event} />
        ))}
      </ol>
      <FailureNote failure={call.failure} onRetry={() => load(next)} />
      {next !== undefined && (
        <button type="button" onClick={() => load(next)}>
          {t('historyMore')}
        </button>
      )}
    </>
  )
}

function Entry({ event: { at, type, actor, reason, changes = {} } }: { readonly event: TokenEvent }) {
  const edited = type === 'edited' ? EDITABLE.filter((field) => Object.hasOwn(changes, field)) : []
  return (
    <li>
      <time dateTime={new Date(at).toISOString()}>{minuteOf(at)}</time>
      <span>
        {rich(SENTENCES[type], {
          actor: <bdi>{actor ?? t('someHolder')}</bdi>,
          fields: edited.map((field) => t(field)).join(', '),
        })}
      </span>
      {reason !== undefined && (
        <p class="hint">
          <bdi>{reason}</bdi>
        </p>
      )}
      {edited.length > 0 && (
        <dl>
          {edited.map((field) => (
            <Difference key={field} field={field} change={changes[field] as Change} />
          ))}
        </dl>
      )}
    </li>
  )
}

function Difference({ field, change: { before, after } }: { readonly field: Editable; readonly change: Change }) {
  return (
    <>
      <dt>{t(field)}</dt>
      <dd>
        <del>
          <span class="unseen">{t('before')}: </span>
          {shown(field, before)}
        </del>{' '}
        <ins>
          <span class="unseen">{t('after')}: </span>
          {shown(field, after)}
        </ins>
      </dd>
    </>
  )
}

const MOST_SHOWN = 10

/** A value of the log as text: lists by their entries, resources by their links. */
function shown(field: Editable, value: unknown): string {
  if (field === 'resources' && value === 'all') return t('allResources')
  if (!Array.isArray(value)) return String(value ?? '') || '—'
  // Of text nothing is looked up: each has a `link` of its own, which is a function.
  const texts = value.slice(0, MOST_SHOWN).map((one: unknown) => String(isDictionary(one) ? one.link : one))
  return texts.join(', ') + (value.length > MOST_SHOWN ? ` … (${value.length})` : '')
}
