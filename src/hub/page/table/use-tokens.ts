/**
 * The tokens that are shown: loaded for a view, asked again when the page is looked at, and every few seconds while it is in sight,
 * by a question that is mostly answered with "nothing new". Where one is: places.ts.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { TokenPage } from '../../../service/manage.ts'
import type { BootPlan } from '../../boot.ts'
import type { News, Overview, OverviewQuery } from '../../overview/query.ts'
import { api, type Failure, failureOf, persistently } from '../api.ts'
import { boot, type Kind, kinds } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { isSameView, parametersOf, type View, WHOLE } from '../view.ts'

/** The tokens that are shown. */
export interface Listed {
  /** Of the server, or the first page that came with the HTML, of which no counts are known yet. */
  readonly overview: Overview | undefined
  /** Whether the server has answered; without `whole` it keeps the plan in no memory. */
  readonly isAnswered: boolean
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  /** Of the page that is shown, from 1; the next one may be on its way. */
  readonly number: number
  /** Loads them again. Quietly: what is shown stays as it is until the answer is there, and a passing failure changes nothing. */
  reload(isQuiet?: boolean): void
}

/** How one asks: what is shown stays as it is meanwhile; nothing is said if nothing is new. */
interface Asking {
  readonly isQuiet: boolean
  readonly isPoll: boolean
}

const SEARCH_PAUSE = 200
/** How soon it is asked whether there is something new, and at the latest, while nothing happens. */
const [POLL_MS, POLL_MOST_MS] = [5_000, 30_000]
const SLOWER = 1.5

/** The first page of the first tab came with the HTML; it is good once. */
const taken = new WeakSet<typeof boot>()

function takeDelivered(plan: BootPlan, kind: Kind, view: View): Overview | undefined {
  const isFirst = plan === boot.plans[0] && kind === kinds[0] && isSameView(view, WHOLE) && view.page === 1
  const page = isFirst && !taken.has(boot) ? boot.first : undefined
  taken.add(boot)
  return page && { ...page, seq: 0, news: [] }
}

/** What is asked for a view. */
function queryOf(kind: Kind, view: View): OverviewQuery {
  const order = view.sort === 'name' ? { lang: boot.lang } : {}
  return { type: kind.type.name, ...order, ...Object.fromEntries(parametersOf(view)) }
}

/**
 * A page of all that a view looks at, for a selection of it: without `after` the first. Of a plan that is kept in memory a page has
 * a number, of another one a cursor.
 */
export async function matchingPage(
  plan: BootPlan,
  kind: Kind,
  view: View,
  isKept: boolean,
  after: string | undefined,
): Promise<TokenPage> {
  const where = after === undefined ? {} : isKept ? { page: after } : { after }
  const found = await api.overview({
    planId: plan.id,
    query: { ...queryOf(kind, { ...view, page: 1 }), size: '500', ...where },
  })
  const { tokens = [], whole, next } = found ?? {}
  const following = whole ? (whole.page < whole.pages ? String(whole.page + 1) : undefined) : next
  return { tokens, ...(following !== undefined && { next: following }) }
}

/** For another plan or tab it has to be mounted anew. */
export function useTokens(plan: BootPlan, kind: Kind, view: View, onNews: (news: readonly News[]) => void): Listed {
  const [shown, setShown] = useState(() => takeDelivered(plan, kind, view))
  const [isAnswered, setAnswered] = useState(false)
  const [number, setNumber] = useState(1)
  const [asking, setAsking] = useState<Asking>({ isQuiet: shown !== undefined, isPoll: false })
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  /** One more whenever an answer is there: from then on it is waited for the next one. */
  const [round, setRound] = useState(0)
  const busy = useRef(isBusy)
  busy.current = isBusy
  const pause = useRef(POLL_MS)
  const known = useRef<{ readonly question: string; readonly tag?: string; readonly seq?: number }>({ question: '' })
  /** Of a plan that is kept in no memory: where each page begins. */
  const cursors = useRef<ReadonlyMap<number, string>>(new Map())
  const question = JSON.stringify(parametersOf(view))
  const matched = JSON.stringify(parametersOf({ ...view, page: 1 }))
  const asked = useRef({ question, matched, search: view.search.trim() })

  useEffect(() => {
    const before = asked.current
    const isQuiet = asking.isQuiet && before.question === question
    const isTyped = before.search !== view.search.trim()
    if (before.matched !== matched) cursors.current = new Map()
    asked.current = { question, matched, search: view.search.trim() }
    let isStale = false
    if (!isQuiet) setBusy(true)
    if (!asking.isPoll) pause.current = POLL_MS
    const load = async (): Promise<void> => {
      const { tag, seq } = known.current
      const isSame = known.current.question === question
      const after = cursors.current.get(view.page)
      const input = {
        planId: plan.id,
        query: {
          ...queryOf(kind, view),
          ...(after !== undefined && { after }),
          ...(seq !== undefined && { since: String(seq) }),
        },
        ...(asking.isPoll && isSame && tag !== undefined && { tag }),
      }
      const call = (): ReturnType<typeof api.overview> => api.overview(input)
      const [found, problem] = await (asking.isPoll ? call() : persistently(call)).then(
        (answer) => [answer, undefined] as const,
        (error: unknown) => [undefined, failureOf(error)] as const,
      )
      if (isStale) return
      setBusy(false)
      if (!isQuiet || !problem || problem.isLoss) setFailure(problem)
      pause.current = found ? POLL_MS : Math.min(POLL_MOST_MS, pause.current * SLOWER)
      // Who may not see it any more is not asked for again until somebody looks.
      if (!problem?.isLoss) setRound((one) => one + 1)
      if (!found) return
      known.current = { question, seq: found.seq, ...(found.tag !== undefined && { tag: found.tag }) }
      const at = found.whole?.page ?? (after === undefined ? 1 : view.page)
      if (found.next !== undefined) cursors.current = new Map([...cursors.current, [at + 1, found.next]])
      setShown(found)
      setAnswered(true)
      setNumber(at)
      if (found.news.length > 0) onNews(found.news)
    }
    const timer = setTimeout(load, isTyped ? SEARCH_PAUSE : 0)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [question, asking])
  useEffect(() => {
    const timer = setTimeout(() => {
      if (round > 0 && !busy.current && document.visibilityState === 'visible')
        setAsking({ isQuiet: true, isPoll: true })
    }, pause.current)
    return () => clearTimeout(timer)
  }, [round])
  useLookedAt(() => isBusy || setAsking({ isQuiet: true, isPoll: false }))

  return {
    ...{ overview: shown, isAnswered, isBusy, failure, number },
    reload: (isQuiet = false) => setAsking({ isQuiet, isPoll: false }),
  }
}
