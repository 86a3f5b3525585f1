/** What a tab shows of a plan: search, filter, table, pages, and the modals that one opens from there. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { IssuedText, RequestedText } from '../../../admin/client.ts'
import type { Token } from '../../../core/token.ts'
import type { TokenPage } from '../../../service/manage.ts'
import type { BootPlan } from '../../boot.ts'
import { type Aim, menuId, nameId, neighbour, rowId, useAim } from '../focus.ts'
import { textMistake } from '../form/draft.ts'
import { Edit } from '../form/edit.tsx'
import { Waiting } from '../form/waiting.tsx'
import { Wizard } from '../form/wizard.tsx'
import { zoneName } from '../format.ts'
import { type Listed, useTokens } from '../hooks.ts'
import { closedReason, count, holdsSecret, type Kind, t } from '../hub.ts'
import { Empty } from '../parts/empty.tsx'
import { Action, FailureNote } from '../parts/parts.tsx'
import { goTo, lookAt, onPlace, takeOver, type View, viewHere } from '../places.ts'
import { Drawer, type Shown } from '../token/drawer.tsx'
import { Refresh } from '../token/refresh.tsx'
import { Revoke } from '../token/revoke.tsx'
import { SecretBox } from '../token/secret-box.tsx'
import { type Mark, type TokenAct, TokenTable } from './table.tsx'
import { Said, Toolbar } from './toolbar.tsx'

/** The modal that is open. */
type Open =
  | { readonly what: 'create'; readonly like?: Token }
  | { readonly what: 'waiting'; readonly token: Token; readonly isNew: boolean }
  | { readonly what: 'edit' | 'refresh' | 'revoke'; readonly token: Token }
  | { readonly what: 'secret'; readonly issued: IssuedText; readonly isNew: boolean }

interface PanelProps {
  readonly plan: BootPlan
  readonly kind: Kind
  readonly labelledBy: string
  readonly id: string
}

/** Longer than any name that somebody looks for; the API takes no more. */
const SEARCH_LENGTH = 200
/** What is looked at is part of the history once it has stood for so long. */
const VIEW_PAUSE = 300

/** One tab of one plan. For another plan or tab it has to be mounted anew. */
export function Panel({ plan, kind, labelledBy, id }: PanelProps) {
  const [view, setView] = useState(viewHere)
  const [open, setOpen] = useState<Open>()
  /** The token whose own page is open, below what was opened from there. */
  const [shown, setShown] = useState<Shown | undefined>(takeOver)
  const [turn, setTurn] = useState(0)
  const [said, setSaid] = useState('')
  const [mark, setMark] = useState<Mark>()
  const [aim, setAim] = useState<Aim>()
  // A search is part of an address, where no secret belongs.
  const mistake = holdsSecret(view.search) ? t('searchSecret') : textMistake(view.search, 0, SEARCH_LENGTH)
  const asked = mistake === undefined ? view : { ...view, search: '' }
  /** Looks at other tokens: what was said and marked is of those before. */
  const change = (next: View): void => {
    setSaid('')
    setMark(undefined)
    setView(next)
  }
  const listed = useTokens(plan, kind, asked, (cursors) => {
    goTo({ ...asked, cursors })
    change({ ...view, cursors })
  })
  useEffect(
    () =>
      onPlace(() => {
        change(viewHere())
        setShown(takeOver())
      }),
    [],
  )
  useEffect(() => {
    // Browsers refuse an entry of the history at each letter.
    const timer = setTimeout(() => lookAt(asked), VIEW_PAUSE)
    return () => clearTimeout(timer)
  }, [view])
  const closed = closedReason(plan, kind.type.name)
  const tokens = listed.page && withMarked(listed.page.tokens, mark?.token)
  useAim(aim, !open && !shown)
  const rows = useMarkInSight(tokens, mark)
  const close = (): void => {
    setOpen(undefined)
    setTurn((before) => before + 1)
  }
  /** Leaves a modal that may have written something all the same, or seen that somebody else has. */
  const leave = (token?: Token): void => {
    close()
    if (token && !shown) setAim({ id: menuId(token.id), isSpare: true })
    listed.reload()
  }
  const finish = (text: string, next: Aim): void => {
    close()
    setSaid(text)
    if (!shown) setAim(next)
    listed.reload()
  }
  const saved = (token: Token, isWaiting: boolean): void => {
    setMark({ token, isNew: false })
    if (isWaiting) {
      setOpen({ what: 'waiting', token, isNew: false })
      listed.reload()
    } else finish(t('saved', { token: token.name }), { id: menuId(token.id) })
  }
  const issued = (result: IssuedText | RequestedText, isNew: boolean): void => {
    const { token, secret } = result
    setMark({ token, isNew })
    // Without a secret, another admin has to approve it first.
    setOpen(secret === undefined ? { what: 'waiting', token, isNew } : { what: 'secret', issued: result, isNew })
    listed.reload()
  }
  const told = ({ name, id }: Token, isNew: boolean): void => {
    close()
    setSaid(t(isNew ? 'asked' : 'proposed', { token: name }))
    if (!shown) setAim({ id: isNew ? nameId(id) : menuId(id) })
  }
  const stored = ({ token }: IssuedText, isNew: boolean): void => {
    close()
    setSaid(t(isNew ? 'made' : 'refreshed', { token: token.name }))
    if (!shown) setAim({ id: isNew ? nameId(token.id) : menuId(token.id) })
  }
  const act = (what: TokenAct, token: Token): void => {
    setSaid('')
    if (what === 'copyId') copyId(token)
    else if (what === 'details') setShown({ token: token.id, tab: '', known: token })
    else if (what === 'replace') setOpen({ what: 'create', like: token })
    else setOpen({ what, token })
  }
  const copyId = ({ id }: Token): void => {
    navigator.clipboard.writeText(id).then(
      () => setSaid(t('idCopied')),
      () => setSaid(id),
    )
  }
  const look = (part: Partial<View>): void => change({ ...view, ...part, cursors: [] })
  const isFiltered = view.search.trim() !== '' || view.status !== ''
  const isPaged = listed.hasPrevious || listed.page?.next !== undefined
  const head = useHeadInSight(listed)
  return (
    <section role="tabpanel" id={id} aria-labelledby={labelledBy}>
      {closed !== undefined && <p class="closed">{closed}</p>}
      <Toolbar view={view} mistake={mistake} onLook={look}>
        {closed === undefined && (
          <button
            type="button"
            class="main"
            onClick={() => {
              setSaid('')
              setOpen({ what: 'create' })
            }}
          >
            {t('generate', { type: kind.noun })}
          </button>
        )}
      </Toolbar>
      <div ref={head} />
      <Said outcome={said}>
        {listed.page && !listed.isBusy && (isFiltered || isPaged) && shownOf(listed.page, isPaged && listed.number)}
      </Said>
      <FailureNote failure={listed.failure} onRetry={() => listed.reload()} />
      <div ref={rows} aria-busy={listed.isBusy} class="tokens">
        {tokens && tokens.length > 0 && (
          <TokenTable tokens={tokens} label={`${t('title')}, ${kind.tab}`} mark={mark} onAct={act} onSay={setSaid} />
        )}
        {tokens?.length === 0 && (
          <Empty isFound={isFiltered} isOpen={closed === undefined} onAll={() => look({ search: '', status: '' })} />
        )}
        {!tokens && !listed.failure && <Skeleton />}
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
      {tokens && tokens.length > 0 && <p class="hint zone">{t('zone', { zone: zoneName() })}</p>}
      {shown && (
        <Drawer
          key={shown.token}
          plan={plan}
          kind={kind}
          shown={shown}
          said={said}
          turn={turn}
          onTab={(tab) => setShown({ ...shown, tab })}
          onAct={act}
          onDone={(text) => finish(text, { id: menuId(shown.token) })}
          onIssued={(result) => issued(result, false)}
          onClose={() => {
            setShown(undefined)
            setSaid('')
            setAim({ id: nameId(shown.token), isSpare: true })
            listed.reload(true)
          }}
        />
      )}
      {open?.what === 'create' && (
        <Wizard
          plan={plan}
          kind={kind}
          like={open.like}
          onIssued={(result) => issued(result, true)}
          onClose={() => leave(open.like)}
        />
      )}
      {open?.what === 'edit' && (
        <Edit plan={plan} token={open.token} onSaved={saved} onClose={() => leave(open.token)} />
      )}
      {open?.what === 'refresh' && (
        <Refresh token={open.token} onIssued={(result) => issued(result, false)} onClose={() => leave(open.token)} />
      )}
      {open?.what === 'revoke' && (
        <Revoke
          token={open.token}
          onRevoked={(token) =>
            finish(t('revoked', { token: token.name }), { id: menuId(neighbour(tokens ?? [], token.id)) })
          }
          onClose={() => leave(open.token)}
        />
      )}
      {open?.what === 'waiting' && (
        <Waiting token={open.token} plan={plan} isNew={open.isNew} onDone={() => told(open.token, open.isNew)} />
      )}
      {open?.what === 'secret' && <SecretBox issued={open.issued} onDone={() => stored(open.issued, open.isNew)} />}
    </section>
  )
}

/** Rows that are not there yet, in the size that they will have. */
function Skeleton() {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">{t('working')}</span>
      {[0, 1, 2, 3, 4].map((row) => (
        <div key={row} />
      ))}
    </div>
  )
}

/** The tokens of a page with one that is to be seen on it, at its place as it is now, or before all others. */
function withMarked(tokens: readonly Token[], marked: Token | undefined): readonly Token[] {
  if (!marked) return tokens
  if (!tokens.some(({ id }) => id === marked.id)) return [marked, ...tokens]
  return tokens.map((token) => (token.id === marked.id && token.version < marked.version ? marked : token))
}

/** Where the row that has the focus comes back at another place, since it was made or changed, it is brought into sight. */
function useMarkInSight(tokens: readonly Token[] | undefined, mark: Mark | undefined) {
  const rows = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const row = mark && document.activeElement?.closest(`#${CSS.escape(rowId(mark.token.id))}`)
    if (rows.current?.contains(row ?? null)) row?.scrollIntoView({ block: 'nearest' })
  }, [tokens])
  return rows
}

/** How many tokens are shown, and on which page, if there is more than one. */
function shownOf({ tokens }: TokenPage, page: number | false): string {
  return `${page === false ? '' : t('page', { page })} ${count(tokens.length, 'shown')}`.trim()
}

/** Whoever turns a page does so below the table, and wants to see the head of the next one. */
function useHeadInSight({ number }: Listed) {
  const head = useRef<HTMLDivElement>(null)
  const seen = useRef(number)
  useEffect(() => {
    if (seen.current === number) return
    seen.current = number
    head.current?.scrollIntoView({ block: 'nearest' })
  }, [number])
  return head
}
