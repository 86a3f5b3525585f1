/** What a tab shows of a plan: search, filters, table, pages, and the modals that one opens from there. */
import { useEffect, useState } from 'preact/hooks'
import type { IssuedText, RequestedText } from '../../../admin/client-types.ts'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import { api, failureOf } from '../api.ts'
import { tell } from '../engine.tsx'
import { type Aim, menuId, nameId, useAim } from '../focus.ts'
import { textMistake } from '../form/draft.ts'
import { zoneName } from '../format.ts'
import { closedReason, holdsSecret, type Kind, t } from '../hub.ts'
import { Empty, Skeleton } from '../parts/empty.tsx'
import { FailureNote } from '../parts/parts.tsx'
import { goTo, lookAt, onPlace, takeOver, viewHere } from '../places.ts'
import { SelectionBar, useSelection } from '../plan/selection.tsx'
import { Drawer, type Shown } from '../token/drawer.tsx'
import { isFiltered, parametersOf, SEARCH_LENGTH, type View, withFilter } from '../view.ts'
import { FILTER_BUTTON } from './filters.tsx'
import { NewsList, useNews } from './news.tsx'
import { type Open, Opened } from './opened.tsx'
import { Pager } from './pager.tsx'
import { useFocusLeft, useHeadInSight, useMarkInSight, withMarked } from './sight.ts'
import { type Mark, type TokenAct, TokenTable } from './table.tsx'
import { Said, Toolbar, totalOf } from './toolbar.tsx'
import { matchingPage, useTokens } from './use-tokens.ts'
import { Views } from './views.tsx'

interface PanelProps {
  readonly plan: BootPlan
  readonly kind: Kind
  readonly labelledBy: string
  readonly id: string
}

/** What is looked at is part of the history once it has stood for so long. */
const VIEW_PAUSE = 300

/** One tab of one plan. For another plan or tab it has to be mounted anew. */
export function Panel({ plan, kind, labelledBy, id }: PanelProps) {
  const [view, setView] = useState(() => viewHere().view)
  const [isCut, setCut] = useState(() => viewHere().isCut)
  const [open, setOpen] = useState<Open>()
  /** The token whose own page is open, below what was opened from there. */
  const [shown, setShown] = useState<Shown | undefined>(takeOver)
  const [turn, setTurn] = useState(0)
  const [said, setSaid] = useState('')
  const [mark, setMark] = useState<Mark>()
  const [aim, setAim] = useState<Aim>()
  const selection = useSelection()
  // A search is part of an address, where no secret belongs.
  const mistake = holdsSecret(view.search) ? t('searchSecret') : textMistake(view.search, 0, SEARCH_LENGTH)
  const asked = mistake === undefined ? view : { ...view, search: '' }
  const news = useNews()
  /** So that the address leads a colleague, who may have other plans, to the same. */
  const place = { plan: plan.id, type: kind.type.name }
  /** Looks at other tokens: what was said and marked is of those before. */
  const change = (next: View): void => {
    setSaid('')
    setCut(false)
    setMark(undefined)
    setView(next)
  }
  /** The same as a place of its own, from which Back leads here. */
  const turnTo = (next: View): void => {
    lookAt(asked, place)
    goTo(mistake === undefined ? next : { ...next, search: '' }, place)
    change(next)
  }
  const listed = useTokens(plan, kind, asked, news.add)
  useEffect(
    () =>
      onPlace(() => {
        change(viewHere().view)
        setCut(viewHere().isCut)
        setShown(takeOver())
      }),
    [],
  )
  useEffect(() => {
    // Browsers refuse an entry of the history at each letter.
    const timer = setTimeout(() => lookAt(asked, asked === view && !hasAddress(view) ? {} : place), VIEW_PAUSE)
    return () => clearTimeout(timer)
  }, [view])
  const { overview, isAnswered, number } = listed
  const whole = overview?.whole
  const isCapped = isAnswered && whole === undefined
  useEffect(() => {
    // A page that there is not any more is the last one; a filter that names nothing is none.
    if (isAnswered && !listed.isBusy && number !== view.page) setView({ ...view, page: number })
    if (isCapped && Object.keys(view.filters).some((filter) => filter !== 'status')) {
      // The engine's own list goes by the status alone: what seems filtered must be.
      const { status } = view.filters
      setView({ ...view, filters: withFilter({}, 'status', status) })
      setCut(true)
    }
    if (overview?.mistake === undefined) return
    setView({ ...view, filters: withFilter(view.filters, 'resource', undefined) })
    setSaid(t('filterDropped', { reason: tell('issue', overview.mistake) }))
  }, [overview])
  const closed = closedReason(plan, kind.type.name)
  const tokens = overview && withMarked(overview.tokens, mark?.token)
  useAim(aim, !open && !shown)
  const rows = useMarkInSight(tokens, mark)
  useFocusLeft(rows, tokens)
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
  /** One of which a note tells; it may have gone meanwhile. */
  const viewToken = async (id: string): Promise<void> => {
    const token = await api.get({ id }).catch((error: unknown) => setSaid(failureOf(error).text))
    if (token) act('details', token)
  }
  const copyId = ({ id }: Token): void => {
    navigator.clipboard.writeText(id).then(
      () => setSaid(t('idCopied')),
      () => setSaid(id),
    )
  }
  const look = (part: Partial<View>): void => {
    // A search is at the same place, letter by letter; another filter or order is another one.
    if (part.search === undefined) turnTo({ ...view, ...part, page: 1 })
    else change({ ...view, ...part, page: 1 })
  }
  const hasNext = whole ? number < whole.pages : overview?.next !== undefined
  const isPaged = number > 1 || hasNext
  const head = useHeadInSight(listed)
  return (
    <section role="tabpanel" id={id} aria-labelledby={labelledBy}>
      {closed !== undefined && <p class="closed">{closed}</p>}
      <Toolbar view={view} whole={whole} isCapped={isCapped} mistake={mistake} onLook={look}>
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
      <Views
        plan={plan}
        kind={kind}
        view={view}
        whole={whole}
        isCapped={isCapped}
        known={overview?.tokens.length ?? 0}
        onChoose={turnTo}
        onLook={look}
        onSay={setSaid}
      />
      <div ref={head} />
      <Said outcome={said}>
        {isCut ? t('filterCut') : overview && !listed.isBusy && totalOf(overview, number, isFiltered(asked))}
      </Said>
      {isCapped && <p class="hint">{t('capped')}</p>}
      <FailureNote failure={listed.failure} onRetry={() => listed.reload()} />
      <div ref={rows} aria-busy={listed.isBusy} class="tokens">
        {tokens && tokens.length > 0 && (
          <TokenTable
            tokens={tokens}
            label={`${t('title')}, ${kind.tab}`}
            mark={mark}
            selection={selection}
            onAct={act}
            onSay={setSaid}
            order={view}
            onSort={isCapped ? undefined : look}
          />
        )}
        {tokens?.length === 0 && (
          <Empty
            isFound={isFiltered(asked)}
            isOpen={closed === undefined}
            onAll={() => look({ search: '', filters: {} })}
          />
        )}
        {!tokens && !listed.failure && <Skeleton />}
      </div>
      <SelectionBar
        key={JSON.stringify(parametersOf({ ...asked, page: 1 }))}
        selection={selection}
        hasMore={isPaged}
        load={(after) => matchingPage(plan, kind, asked, whole !== undefined, after)}
        onRevoke={() => setOpen({ what: 'many' })}
        onClear={() => {
          selection.set([])
          setAim({ id: nameId(tokens?.[0]?.id ?? '') })
        }}
      />
      {isPaged && isAnswered && (
        <Pager
          page={number}
          pages={whole?.pages}
          hasNext={hasNext}
          isBusy={listed.isBusy}
          onTurn={(page) => turnTo({ ...view, page })}
        />
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
      <NewsList
        news={news.news}
        onView={(id) => void viewToken(id)}
        onClose={(seq) => {
          news.close(seq)
          document.getElementById(FILTER_BUTTON)?.focus()
        }}
        onClear={news.clear}
      />
      {open && (
        <Opened
          {...{ open, plan, kind, selection, leave, finish, saved, issued, told, stored }}
          tokens={tokens ?? []}
        />
      )}
    </section>
  )
}

/** Whether an address has to tell of a view. */
const hasAddress = (view: View): boolean => parametersOf(view).length > 0
