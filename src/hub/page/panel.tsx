/** What a tab shows of a plan: search, filter, table, pages, and the modals that one opens from there. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { IssuedText } from '../../admin/client.ts'
import type { Token } from '../../core/token.ts'
import type { BootPlan } from '../boot.ts'
import { Details } from './details.tsx'
import { textMistake } from './draft.ts'
import { Edit } from './edit.tsx'
import { type Filter, type Listed, useTokens } from './hooks.ts'
import { closedReason, count, holdsSecret, type Kind, t } from './hub.ts'
import { Action, FailureNote, Field } from './parts.tsx'
import { Refresh } from './refresh.tsx'
import { Revoke } from './revoke.tsx'
import { SecretBox } from './secret-box.tsx'
import { type TokenAct, TokenTable } from './table.tsx'
import { Wizard } from './wizard.tsx'

/** The modal that is open. */
type Open =
  | { readonly what: 'create'; readonly like?: Token }
  | { readonly what: 'edit' | 'refresh' | 'revoke' | 'details'; readonly token: Token }
  | { readonly what: 'secret'; readonly issued: IssuedText }

interface PanelProps {
  readonly plan: BootPlan
  readonly kind: Kind
  readonly labelledBy: string
  readonly id: string
}

/** Longer than any name that somebody looks for; the API takes no more. */
const SEARCH_LENGTH = 200

/** One tab of one plan. For another plan or tab it has to be mounted anew. */
export function Panel({ plan, kind, labelledBy, id }: PanelProps) {
  const [filter, setFilter] = useState<Filter>({ search: '', status: '' })
  const [open, setOpen] = useState<Open>()
  const [said, setSaid] = useState('')
  // A search is part of an address, where no secret belongs.
  const mistake = holdsSecret(filter.search) ? t('searchSecret') : textMistake(filter.search, 0, SEARCH_LENGTH)
  const listed = useTokens(plan, kind, mistake === undefined ? filter : { ...filter, search: '' })
  const closed = closedReason(plan, kind.type.name)
  const tokens = listed.page?.tokens
  const close = (): void => setOpen(undefined)
  /** Leaves a modal that may have written something all the same, or seen that somebody else has. */
  const leave = (): void => {
    close()
    listed.reload()
  }
  const finish = (text: string): void => {
    close()
    setSaid(text)
    listed.reload()
  }
  const issued = (result: IssuedText): void => {
    setOpen({ what: 'secret', issued: result })
    listed.reload()
  }
  const act = (what: TokenAct, token: Token): void => {
    setSaid('')
    if (what === 'copyId') copyId(token)
    else if (what === 'replace') setOpen({ what: 'create', like: token })
    else setOpen({ what, token })
  }
  const copyId = ({ id }: Token): void => {
    navigator.clipboard.writeText(id).then(
      () => setSaid(t('idCopied')),
      () => setSaid(id),
    )
  }
  const look = (change: Partial<Filter>): void => {
    setSaid('')
    setFilter({ ...filter, ...change })
  }
  const isFiltered = filter.search.trim() !== '' || filter.status !== ''
  const isPaged = listed.hasPrevious || listed.page?.next !== undefined
  const head = useHeadInSight(listed)
  return (
    <section role="tabpanel" id={id} aria-labelledby={labelledBy}>
      {closed !== undefined && <p class="closed">{closed}</p>}
      <div class="toolbar">
        <Field label={t('search')} mistake={mistake}>
          {(control) => (
            <input
              {...control}
              type="search"
              autocomplete="off"
              placeholder={t('searchHint')}
              value={filter.search}
              onInput={({ currentTarget }) => look({ search: currentTarget.value })}
            />
          )}
        </Field>
        <StatusFilter value={filter.status} onChange={(status) => look({ status })} />
        {closed === undefined && (
          <button type="button" class="main" onClick={() => setOpen({ what: 'create' })}>
            {t('generate', { type: kind.noun })}
          </button>
        )}
      </div>
      <p ref={head} role="status" class="said">
        {said ||
          (tokens && !listed.isBusy && (isFiltered || isPaged) && shownOf(tokens.length, isPaged && listed.number))}
      </p>
      <FailureNote failure={listed.failure} onRetry={listed.reload} />
      <div aria-busy={listed.isBusy} class="tokens">
        {tokens && tokens.length > 0 && (
          <TokenTable tokens={tokens} label={`${t('title')}, ${kind.tab}`} onAct={act} onSay={setSaid} />
        )}
        {tokens?.length === 0 && <p class="empty">{t(isFiltered ? 'emptyFound' : 'empty')}</p>}
        {!tokens && !listed.failure && <p class="empty">{t('working')}</p>}
      </div>
      {isPaged && (
        <nav aria-label={t('pages')}>
          <Action isOff={!listed.hasPrevious} onClick={listed.previous}>
            {t('pagePrevious')}
          </Action>
          <Action isOff={listed.page?.next === undefined} onClick={listed.more}>
            {t('pageMore')}
          </Action>
        </nav>
      )}
      {open?.what === 'create' && <Wizard plan={plan} kind={kind} like={open.like} onIssued={issued} onClose={leave} />}
      {open?.what === 'edit' && (
        <Edit
          plan={plan}
          token={open.token}
          onSaved={({ name }) => finish(t('saved', { token: name }))}
          onClose={leave}
        />
      )}
      {open?.what === 'refresh' && <Refresh token={open.token} onIssued={issued} onClose={leave} />}
      {open?.what === 'revoke' && (
        <Revoke token={open.token} onRevoked={({ name }) => finish(t('revoked', { token: name }))} onClose={leave} />
      )}
      {open?.what === 'details' && <Details token={open.token} onClose={close} />}
      {open?.what === 'secret' && <SecretBox issued={open.issued} onDone={close} />}
    </section>
  )
}

/** How many tokens are shown, and on which page, if there is more than one. */
function shownOf(tokens: number, page: number | false): string {
  return `${page === false ? '' : t('page', { page })} ${count(tokens, 'shownOne', 'shown')}`.trim()
}

/** Whoever turns a page does so below the table, and wants to see the head of the next one. */
function useHeadInSight({ number }: Listed) {
  const head = useRef<HTMLParagraphElement>(null)
  const seen = useRef(number)
  useEffect(() => {
    if (seen.current === number) return
    seen.current = number
    head.current?.scrollIntoView({ block: 'nearest' })
  }, [number])
  return head
}

const STATUSES = [
  ['', 'statusAll'],
  ['active', 'statusActive'],
  ['expired', 'statusExpired'],
  ['revoked', 'statusRevoked'],
] as const

interface StatusFilterProps {
  readonly value: Filter['status']
  onChange(status: Filter['status']): void
}

function StatusFilter({ value, onChange }: StatusFilterProps) {
  return (
    <Field label={t('status')}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value as Filter['status'])}
        >
          {STATUSES.map(([status, text]) => (
            <option key={status} value={status}>
              {t(text)}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
