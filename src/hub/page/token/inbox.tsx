/** What waits in a plan for me, and what I have asked for: tokens, and edits of tokens. Where the host has approvals. */
import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { Requests } from '../../requests-route.ts'
import { api, type Failure, persistently, type Tagged } from '../api.ts'
import { awayOf, minuteOf } from '../format.ts'
import { useNewest } from '../hooks.ts'
import { boot, count, rich, t } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/parts.tsx'
import { isMe, personOf } from '../people.ts'
import { tokenAddress } from '../plan/views.ts'
import { namesOf, proposed, toldIn } from './changes.tsx'

/** What waits, as it is known. */
interface Inbox {
  /** What others have asked for and I may decide, the newest first. */
  readonly forMe: readonly Token[]
  /** What I have asked for: what waits for others, and what I may collect. */
  readonly mine: readonly Token[]
  /** How many wait for me to do something. */
  readonly count: number
  readonly isWhole: boolean
  /** Whether it was answered once. */
  readonly isKnown: boolean
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  load(): void
}

/**
 * Asks for what waits in a plan, at once and whenever the page is looked at again; not at all where there are no approvals. For another
 * plan it has to be mounted anew.
 */
function useInbox(planId: string, isOn: boolean): Inbox {
  const [found, setFound] = useState<Tagged<Requests>>()
  const asked = useNewest(() => persistently(() => api.requests({ planId, tag: found?.tag })), setFound)
  const { isBusy, failure } = asked
  const load = (): void => void (isOn && asked.load())
  useEffect(load, [])
  useLookedAt(load)
  const requests = found?.requests ?? []
  const mine = requests.filter((token) => isMe(askedBy(token)))
  const forMe = requests.filter((token) => !isMe(askedBy(token)) && token.request?.approvedBy === undefined)
  const collectable = mine.filter(({ request }) => request?.approvedBy !== undefined)
  return {
    ...{ forMe, mine, count: forMe.length + collectable.length },
    ...{ isWhole: found?.isWhole ?? true, isKnown: found !== undefined, isBusy, failure, load },
  }
}

const askedBy = ({ request, proposal }: Token): string => request?.by ?? proposal?.by ?? ''

/** A way to it from anywhere in a plan, with how much waits for me; one goes on to the token's own page. */
export function InboxButton({ planId }: { readonly planId: string }) {
  const [isOpen, setOpen] = useState(false)
  const inbox = useInbox(planId, boot.features.approvals)
  if (!boot.features.approvals) return null
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-haspopup="dialog"
        onClick={() => {
          inbox.load()
          setOpen(true)
        }}
      >
        {t('inboxTitle')}
        {inbox.count > 0 && (
          <>
            {' '}
            <span class="badge mark" aria-hidden="true">
              {inbox.count}
            </span>
            <span class="unseen">{count(inbox.count, 'inboxCount')}</span>
          </>
        )}
      </button>
      {isOpen && (
        <Dialog title={t('inboxTitle')} isWide onLeave={() => setOpen(false)}>
          <InboxView
            inbox={inbox}
            onOpen={({ id, type }) => {
              setOpen(false)
              // Once this modal is gone, and its place in the history with it.
              setTimeout(() => {
                location.hash = tokenAddress(planId, id, type)
              })
            }}
          />
        </Dialog>
      )}
    </>
  )
}

interface InboxProps {
  readonly inbox: Inbox
  /** Opens a token's own page, where it is decided. */
  readonly onOpen: (token: Token) => void
}

/** The view: two lists, each with its next step. */
function InboxView({ inbox, onOpen }: InboxProps) {
  const { forMe, mine, isWhole, isKnown, failure, isBusy, load } = inbox
  return (
    <div class="body inbox" aria-busy={isBusy}>
      <FailureNote failure={failure} onRetry={load} />
      {!isKnown && !failure && (
        <p class="hint" role="status">
          {t('working')}
        </p>
      )}
      {isKnown && (
        <>
          <List title={t('inboxForMe')} none={t('inboxForMeNone')} tokens={forMe} onOpen={onOpen} />
          <List title={t('inboxMine')} none={t('inboxMineNone')} tokens={mine} onOpen={onOpen} />
          {!isWhole && <p class="hint">{t('inboxMore')}</p>}
        </>
      )}
    </div>
  )
}

interface ListProps extends Pick<InboxProps, 'onOpen'> {
  readonly title: string
  readonly none: string
  readonly tokens: readonly Token[]
}

function List({ title, none, tokens, onOpen }: ListProps) {
  return (
    <section>
      <h3>{title}</h3>
      {tokens.length === 0 ? (
        <p class="empty">{none}</p>
      ) : (
        <ul class="rows requests">
          {tokens.map((token) => (
            <Request key={token.id} token={token} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Request({ token, onOpen }: Pick<InboxProps, 'onOpen'> & { readonly token: Token }) {
  const { request, proposal, expiresAt } = token
  const actor = <bdi title={askedBy(token)}>{personOf(askedBy(token))}</bdi>
  const isApproved = request?.approvedBy !== undefined
  return (
    <li>
      <button type="button" class="link" onClick={() => onOpen(token)}>
        <bdi>{token.name}</bdi>
      </button>
      <span>
        {request
          ? `${count(token.scopes.length, 'scopeCount')}, ${
              token.resources === 'all' ? t('allResources') : count(token.resources.length, 'resourceCount')
            }`
          : t('inboxEdit', { fields: proposal ? namesOf(toldIn(proposed(proposal.changes))) : '' })}
      </span>
      <span class="hint">
        {rich('inboxAsked', { actor, date: minuteOf(proposal?.at ?? request?.at ?? 0) })}
        {request && ` · ${t(isApproved ? 'inboxCollect' : 'inboxLapses', { away: awayOf(expiresAt) })}`}
      </span>
    </li>
  )
}
