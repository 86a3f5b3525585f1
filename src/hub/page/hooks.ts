/** State of calls: one that a person asked for, the page of tokens that is shown, and one token as it is now. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Token } from '../../core/token.ts'
import type { TokenPage } from '../../service/manage.ts'
import type { BootPlan } from '../boot.ts'
import { api, type Failure, failureOf, newKey, persistently } from './api.ts'
import { boot, type Kind, kinds } from './hub.ts'
import { useLookedAt } from './looked-at.ts'
import { type View, WHOLE } from './places.ts'

/** A call under way or its failure. */
export interface Call {
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  /** Makes a call, one at a time; `undefined` if it failed. */
  run<T>(call: () => Promise<T>): Promise<T | undefined>
  clear(): void
}

/** Calls that a person asks for. */
export function useCall(): Call {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const underWay = useRef(false)
  const run = useCallback(async <T>(call: () => Promise<T>): Promise<T | undefined> => {
    if (underWay.current) return undefined
    underWay.current = true
    setBusy(true)
    setFailure(undefined)
    try {
      return await call()
    } catch (error) {
      setFailure(failureOf(error))
      return undefined
    } finally {
      underWay.current = false
      setBusy(false)
    }
  }, [])
  return { isBusy, failure, run, clear: () => setFailure(undefined) }
}

/** The key of a call whose answer may be lost: the same for the same input, a new one for another. */
export function useKey(): (input: object) => string {
  const known = useRef({ input: '', key: '' })
  return (input) => {
    const text = JSON.stringify(input)
    if (known.current.input !== text) known.current = { input: text, key: newKey() }
    return known.current.key
  }
}

/** The tokens that are shown. */
export interface Listed {
  readonly page: TokenPage | undefined
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  readonly hasPrevious: boolean
  /** Of the page, from 1. */
  readonly number: number
  previous(): void
  more(): void
  /** Loads them again. Quietly: what is shown stays as it is until the answer is there, and a passing failure changes nothing. */
  reload(isQuiet?: boolean): void
}

const SEARCH_PAUSE = 200

/** The first page of the first tab came with the HTML; it is good once. */
let delivered = boot.first

function takeDelivered(plan: BootPlan, kind: Kind, view: View): TokenPage | undefined {
  const isFirst = plan === boot.plans[0] && kind === kinds[0] && JSON.stringify(view) === JSON.stringify(WHOLE)
  const page = isFirst ? delivered : undefined
  delivered = undefined
  return page
}

/**
 * Loads the tokens of a plan and a tab, page by page; `turn` goes to another page. For another plan or tab it has to be mounted
 * anew. They come back fresh when the page is looked at again.
 */
export function useTokens(plan: BootPlan, kind: Kind, view: View, turn: (cursors: readonly string[]) => void): Listed {
  const [page, setPage] = useState<TokenPage | undefined>(() => takeDelivered(plan, kind, view))
  const isFirst = useRef(page !== undefined)
  /** Of the page that is shown; the next one may be on its way. */
  const [number, setNumber] = useState(1)
  const [asking, setAsking] = useState({ isQuiet: false })
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const { search, status, cursors } = view
  const question = `${status}/${search.trim()}`
  const after = cursors.at(-1)
  const asked = useRef({ question, after })

  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    const isSame = asked.current.question === question && asked.current.after === after
    const isQuiet = isSame && asking.isQuiet
    const isTyped = asked.current.question !== question
    asked.current = { question, after }
    let isStale = false
    if (!isQuiet) setBusy(true)
    const load = async (): Promise<void> => {
      const input = {
        ...({ planId: plan.id, type: kind.type.name, order: 'expiry', limit: boot.pageSize } as const),
        ...(search.trim() !== '' && { search: search.trim() }),
        ...(status !== '' && { status }),
        ...(after !== undefined && { after }),
      }
      const [found, problem] = await persistently(() => api.list(input)).then(
        (answer) => [answer, undefined] as const,
        (error: unknown) => [undefined, failureOf(error)] as const,
      )
      if (isStale) return
      setBusy(false)
      if (found || !isQuiet || problem?.isLoss) setFailure(problem)
      if (!found) return
      setPage(found)
      setNumber(cursors.length + 1)
    }
    const timer = setTimeout(load, isTyped ? SEARCH_PAUSE : 0)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [question, after, asking])
  useLookedAt(() => isBusy || setAsking({ isQuiet: true }))

  const next = page?.next
  return {
    page,
    isBusy,
    failure,
    hasPrevious: number > 1,
    number,
    previous: () => turn(cursors.slice(0, -1)),
    more() {
      // What is on its way may be of another question, or the page after this one already, as in a double click.
      if (!isBusy && next !== undefined && cursors.at(-1) !== next) turn([...cursors, next])
    },
    reload: (isQuiet = false) => setAsking({ isQuiet }),
  }
}

/** A token as it is now. */
export interface Fresh {
  /** As the server has it; until it has answered, as it was known. */
  readonly token: Token
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  load(): void
}

/** Asks for a token that was known from before, at once and whenever the page is looked at again. */
export function useFresh(known: Token): Fresh {
  const [token, setToken] = useState(known)
  const { isBusy, failure, run } = useCall()
  const load = async (): Promise<void> => {
    const found = await run(() => persistently(() => api.get({ id: known.id })))
    if (found) setToken(found)
  }
  useEffect(() => void load(), [])
  useLookedAt(load)
  return { token, isBusy, failure, load }
}

/** Calls once for each version, as soon as it is due: what does not agree is asked again, and not for ever. */
export function useOnceFor(version: number, isDue: boolean, call: () => unknown): void {
  const last = useRef<number>(undefined)
  useEffect(() => {
    if (!isDue || last.current === version) return
    last.current = version
    call()
  }, [version, isDue])
}
