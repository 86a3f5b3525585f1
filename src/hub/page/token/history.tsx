/** Who did what to a token and when, newest first, as sentences: by whom, from where, why, and what it was before. */
import { useRef, useState } from 'preact/hooks'
import type { EventType, TokenEvent } from '../../../core/event.ts'
import type { Token } from '../../../core/token-view.ts'
import type { Proposal } from '../../../core/waiting.ts'
import type { TextKey } from '../../texts/index.ts'
import { api, persistently } from '../api.ts'
import { minuteOf, utcOf } from '../format.ts'
import { useCall, useOnceFor } from '../hooks.ts'
import { rich, t } from '../hub.ts'
import { FailureNote } from '../parts/parts.tsx'
import { personOf } from '../people.ts'
import { ChangeList, type Changes, namesOf, proposed, toldIn } from './changes.tsx'

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
      <h3 class="unseen">{t('history')}</h3>
      {events.length === 0 && call.isBusy && <p class="hint">{t('working')}</p>}
      <ol ref={list} class="history timeline" tabIndex={-1} aria-label={t('history')}>
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

/** What is worth another look. */
const ALARMING: ReadonlySet<EventType> = new Set([
  ...(['leak_reported', 'canary_used', 'superseded_secret_used', 'revoked', 'secret_revoked', 'declined'] as const),
])

/** One line of the log, with what it changed. */
function Entry({ event }: { readonly event: TokenEvent }) {
  const { at, type, reason } = event
  return (
    <li class={ALARMING.has(type) ? 'alarming' : undefined}>
      <p>
        <Sentence event={event} />
      </p>
      <p class="hint">
        <time dateTime={new Date(at).toISOString()} title={utcOf(at)}>
          {minuteOf(at)}
        </time>
        <Origin event={event} />
      </p>
      {reason !== undefined && (
        <blockquote>
          <bdi>{reason}</bdi>
        </blockquote>
      )}
      <ChangeList changes={changesOf(event)} />
    </li>
  )
}

/** What is told of the changes of an event: those that are asked for too, and none of what a token began with. */
export function changesOf({ type, changes = {} }: TokenEvent): Changes {
  if (type === 'created' || type === 'requested' || type === 'adopted') return {}
  const asked = type === 'edit_requested' ? (changes.proposal?.after as Proposal | undefined) : undefined
  return asked ? proposed(asked.changes) : changes
}

/** Who did what. */
export function Sentence({ event: { type, actor, source, changes = {} } }: { readonly event: TokenEvent }) {
  const key = source !== undefined ? FOUND[type] : undefined
  return (
    <span>
      {rich(key ?? SENTENCES[type], {
        actor: (
          <bdi class="actor" title={actor ?? undefined}>
            {actor === null ? t('someHolder') : personOf(actor)}
          </bdi>
        ),
        source: <bdi>{sourceName(source ?? '')}</bdi>,
        fields: namesOf(toldIn(changes)),
      })}
    </span>
  )
}

/** What a scanner's report came to. */
const FOUND: { readonly [type in EventType]?: TextKey } = {
  leak_reported: 'eventLeakFound',
  revoked: 'eventRevokedFound',
  secret_revoked: 'eventSecretRevokedFound',
}

const NAMES: { readonly [source: string]: string } = { github: 'GitHub', gitguardian: 'GitGuardian', gitlab: 'GitLab' }

/** A scanner by the name that people know. */
export const sourceName = (source: string): string =>
  (Object.hasOwn(NAMES, source) ? NAMES[source] : undefined) ?? source

/** Where it came from: the address of a person, the place where a secret was found, and the id behind a name. */
function Origin({ event: { actor, address, session, url } }: { readonly event: TokenEvent }) {
  return (
    <>
      {actor !== null && personOf(actor) !== actor && (
        <>
          {' · '}
          <bdi>{actor}</bdi>
        </>
      )}
      {address !== undefined && <> · {rich('eventFrom', { address: <bdi>{address}</bdi> })}</>}
      {session !== undefined && <> · {rich('eventSession', { session: <bdi>{session}</bdi> })}</>}
      {url !== undefined && (
        <>
          {' · '}
          {rich('eventAt', { url: <bdi>{url}</bdi> })}
        </>
      )}
    </>
  )
}
