/**
 * What waits of a token for another admin, and what one may do about it: approve, decline with a reason, take back what one asked
 * for oneself, collect the secret. The server decides who may; this shows what it is about.
 */
import { millisecondsInDay } from 'date-fns/constants'
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { IssuedText } from '../../../admin/client-types.ts'
import { DECIDED_WITHIN_DAYS } from '../../../core/token.ts'
import type { Token } from '../../../core/token-view.ts'
import type { Proposal } from '../../../core/waiting.ts'
import { api, persistently } from '../api.ts'
import { awayOf, minuteOf } from '../format.ts'
import { type Call, useCall, useKey } from '../hooks.ts'
import { rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, CallFooter, FailureNote } from '../parts/parts.tsx'
import { isReason, ReasonField } from '../parts/reason.tsx'
import { isMe, personOf } from '../people.ts'
import { ChangeList, type Changes, proposed } from './changes.tsx'

interface WaitingProps {
  readonly token: Token
  /** What was done, as a sentence; the token is another one since. */
  readonly onDecided: (said: string) => void
  readonly onIssued: (issued: IssuedText) => void
  /** Somebody else may have changed it meanwhile. */
  readonly onStale: () => void
  /** To take back a token that one asked for ends it, which is asked about first. */
  readonly onCancel: () => void
}

/** What waits: a token, an edit, or neither. What went wrong stays in sight also where somebody else was quicker. */
export function Waiting(given: WaitingProps) {
  const { token, onStale } = given
  const { request, proposal, status } = token
  const call = useCall()
  const props: PartProps = {
    ...given,
    call,
    async attempt(make) {
      const done = await call.run(make)
      if (done === undefined) onStale()
      return done
    },
  }
  return (
    <>
      <FailureNote failure={call.failure} isWrite />
      {status === 'pending' && request && <TokenRequested {...props} request={request} />}
      {status === 'active' && proposal && <EditProposed {...props} proposal={proposal} />}
    </>
  )
}

interface PartProps extends WaitingProps {
  readonly call: Call
  /** Makes a call; one that fails shows what the token is by now. */
  attempt<T>(make: () => Promise<T>): Promise<T | undefined>
}

function Person({ id }: { readonly id: string }) {
  return (
    <strong>
      <bdi title={id}>{personOf(id)}</bdi>
    </strong>
  )
}

function TokenRequested(props: PartProps & { readonly request: NonNullable<Token['request']> }) {
  const { token, request, call, attempt, onIssued, onCancel } = props
  const { by, at, approvedBy } = request
  const keyOf = useKey()
  const until = { date: minuteOf(token.expiresAt), away: awayOf(token.expiresAt) }
  const collect = async (): Promise<void> => {
    const input = { id: token.id, at: request.approvedAt }
    const issued = await attempt(() => persistently(() => api.collect({ id: token.id, idempotencyKey: keyOf(input) })))
    if (issued) onIssued(issued)
  }
  if (approvedBy !== undefined)
    return (
      <Note title={rich('approvedTitle', { actor: <Person id={approvedBy} /> })}>
        <p>{isMe(by) ? t('collectLead', until) : rich('collectOther', { actor: <Person id={by} />, ...until })}</p>
        {isMe(by) && (
          <Buttons isBusy={call.isBusy}>
            <Action onClick={onCancel} isBusy={call.isBusy}>
              {t('cancelRequest')}
            </Action>
            <Action look="main" onClick={collect} isBusy={call.isBusy}>
              {t('collect')}
            </Action>
          </Buttons>
        )}
      </Note>
    )
  const asked = { actor: <Person id={by} />, date: minuteOf(at) }
  if (isMe(by))
    return (
      <Note title={t('ownRequestTitle')}>
        <p>{t('ownRequestLead', until)}</p>
        <Buttons>
          <Action onClick={onCancel}>{t('cancelRequest')}</Action>
        </Buttons>
      </Note>
    )
  return (
    <Note title={rich('requestTitle', asked)}>
      <p>{t('requestLead', until)}</p>
      <ChangeList changes={askedFor(token)} />
      <Decide {...props} />
    </Note>
  )
}

function EditProposed(props: PartProps & { readonly proposal: Proposal }) {
  const { token, proposal, call, attempt, onDecided } = props
  const lapses = proposal.at + DECIDED_WITHIN_DAYS * millisecondsInDay
  const until = { date: minuteOf(lapses), away: awayOf(lapses) }
  const isOwn = isMe(proposal.by)
  const withdraw = async (): Promise<void> => {
    const done = await attempt(() => api.edit({ id: token.id, version: token.version, ...asItIs(token, proposal) }))
    if (done) onDecided(t('proposalTakenBack'))
  }
  return (
    <Note
      title={
        isOwn
          ? t('ownEditTitle')
          : rich('editTitle', { actor: <Person id={proposal.by} />, date: minuteOf(proposal.at) })
      }
    >
      <p>{t(isOwn ? 'ownEditLead' : 'editLead', until)}</p>
      <ChangeList changes={proposed(proposal.changes, token)} />
      {isOwn ? (
        <Buttons isBusy={call.isBusy}>
          <Action onClick={withdraw} isBusy={call.isBusy}>
            {t('cancelRequest')}
          </Action>
        </Buttons>
      ) : (
        <Decide {...props} />
      )}
    </Note>
  )
}

/** An edit to what the token has already, of what the proposal is about: that takes the proposal away. */
function asItIs({ scopes, resources, addresses }: Token, { changes }: Proposal) {
  if (changes.scopes) return { scopes }
  if (changes.resources) return { resources: resources === 'all' ? resources : resources.map(({ link }) => link) }
  return { addresses: addresses ?? null }
}

/** What a token that was asked for would be allowed. */
function askedFor({ scopes, resources, addresses }: Token): Changes {
  return proposed({ scopes, resources, ...(addresses && { addresses }) })
}

/** Approve and decline, of exactly the version that is shown. */
function Decide({ token, call, attempt, onDecided, onStale }: PartProps) {
  const [isDeclining, setDeclining] = useState(false)
  const approve = async (): Promise<void> => {
    const done = await attempt(() => api.approve({ id: token.id, version: token.version }))
    if (done) onDecided(t('approvedSaid'))
  }
  return (
    <>
      <Buttons isBusy={call.isBusy}>
        <Action onClick={() => setDeclining(true)} isBusy={call.isBusy}>
          {t('declineOpen')}
        </Action>
        <Action look="main" onClick={approve} isBusy={call.isBusy}>
          {t('approve')}
        </Action>
      </Buttons>
      {isDeclining && (
        <Decline
          token={token}
          onDone={() => {
            setDeclining(false)
            onDecided(t('declinedSaid'))
          }}
          onClose={() => {
            setDeclining(false)
            // It may be that somebody else was quicker.
            onStale()
          }}
        />
      )}
    </>
  )
}

interface DeclineProps {
  readonly token: Token
  readonly onDone: () => void
  readonly onClose: () => void
}

function Decline({ token, onDone, onClose }: DeclineProps) {
  const [reason, setReason] = useState('')
  const call = useCall()
  const about = useId()
  const isEnd = token.status === 'pending'
  const decline = async (): Promise<void> => {
    const why = reason.trim()
    const done = await call.run(() =>
      api.decline({ id: token.id, version: token.version, ...(why !== '' && { reason: why }) }),
    )
    if (done) onDone()
  }
  return (
    <Dialog
      title={rich('declineTitle', { token: <bdi>{token.name}</bdi> })}
      about={about}
      onLeave={() => call.isBusy || onClose()}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!call.isBusy && isReason(reason)) decline()
        }}
      >
        <div class="body">
          <p id={about}>{t(isEnd ? 'declineEnds' : 'declineDrops')}</p>
          <ReasonField value={reason} onChange={setReason} />
          <FailureNote failure={call.failure} hasInput={reason !== ''} isWrite />
        </div>
        <CallFooter isBusy={call.isBusy} onCancel={onClose}>
          <Action look="danger" submits isBusy={call.isBusy} isOff={!isReason(reason)}>
            {t('decline')}
          </Action>
        </CallFooter>
      </form>
    </Dialog>
  )
}

function Note({ title, children }: { readonly title: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <section class="note">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function Buttons({ isBusy, children }: { readonly isBusy?: boolean; readonly children: ComponentChildren }) {
  return (
    <div class="buttons">
      <span role="status">{isBusy && t('working')}</span>
      {children}
    </div>
  )
}
