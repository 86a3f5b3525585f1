/** What a tab shows of a plan: search, filters, table, pages, and the modals that one opens from there. */
import { useEffect } from 'preact/hooks'
import type { BootPlan } from '../../boot.ts'
import { tell } from '../engine.tsx'
import { menuId, nameId, useAim } from '../focus.ts'
import { zoneName } from '../format.ts'
import { closedReason, type Kind, t } from '../hub.ts'
import { Empty, Skeleton } from '../parts/empty.tsx'
import { FailureNote } from '../parts/parts.tsx'
import { takeOver } from '../places.ts'
import { SelectionBar, useSelection } from '../plan/selection.tsx'
import { Drawer } from '../token/drawer.tsx'
import { isFiltered, parametersOf, withFilter } from '../view.ts'
import { FILTER_BUTTON } from './filters.tsx'
import { NewsList, useNews } from './news.tsx'
import { Opened } from './opened.tsx'
import { Pager } from './pager.tsx'
import { useFocusLeft, useHeadInSight, useMarkInSight, withMarked } from './sight.ts'
import { TokenTable } from './table.tsx'
import { Said, Toolbar, totalOf } from './toolbar.tsx'
import { useLooked } from './use-looked.ts'
import { useModals } from './use-modals.ts'
import { matchingPage, useTokens } from './use-tokens.ts'
import { Views } from './views.tsx'

interface PanelProps {
  readonly plan: BootPlan
  readonly kind: Kind
  readonly labelledBy: string
  readonly id: string
}

/** One tab of one plan. For another plan or tab it has to be mounted anew. */
export function Panel({ plan, kind, labelledBy, id }: PanelProps) {
  const selection = useSelection()
  const news = useNews()
  const { view, asked, mistake, isCut, setView, setCut, turnTo, look } = useLooked(
    // So that the address leads a colleague, who may have other plans, to the same.
    { plan: plan.id, type: kind.type.name },
    () => {
      // What was said and marked is of the tokens before.
      modals.setSaid('')
      modals.setMark(undefined)
    },
    () => modals.setShown(takeOver()),
  )
  const modals = useModals((isQuiet) => listed.reload(isQuiet))
  const { open, shown, said, mark, setOpen, setShown, setSaid, setAim, act } = modals
  const listed = useTokens(plan, kind, asked, news.add)
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
  useAim(modals.aim, !open && !shown)
  const rows = useMarkInSight(tokens, mark)
  useFocusLeft(rows, tokens)
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
          turn={modals.turn}
          onTab={(tab) => setShown({ ...shown, tab })}
          onAct={act}
          onDone={(text) => modals.finish(text, { id: menuId(shown.token) })}
          onIssued={(result) => modals.issued(result, false)}
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
        onView={(id) => void modals.viewToken(id)}
        onClose={(seq) => {
          news.close(seq)
          document.getElementById(FILTER_BUTTON)?.focus()
        }}
        onClear={news.clear}
      />
      {open && <Opened {...{ open, plan, kind, selection, ...modals.done }} tokens={tokens ?? []} />}
    </section>
  )
}
