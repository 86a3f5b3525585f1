/** State of calls: one that a person asked for, and the page of tokens that is shown. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { BootPlan, TokenPage } from '../boot.ts'
import { api, type Failure, failureOf, newKey, persistently } from './api.ts'
import { boot, type Kind, kinds } from './hub.ts'

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

/** What of a plan's tokens is looked at. */
export interface Filter {
  readonly search: string
  readonly status: '' | 'active' | 'expired' | 'revoked'
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
  reload(): void
}

const SEARCH_PAUSE = 200

/** The first page of the first tab came with the HTML; it is good once. */
let delivered = boot.first

function takeDelivered(plan: BootPlan, kind: Kind): TokenPage | undefined {
  const page = plan === boot.plans[0] && kind === kinds[0] ? delivered : undefined
  delivered = undefined
  return page
}

/** Loads the tokens of a plan and a tab, page by page. For another plan or tab it has to be mounted anew. */
export function useTokens(plan: BootPlan, kind: Kind, filter: Filter): Listed {
  const [page, setPage] = useState<TokenPage | undefined>(() => takeDelivered(plan, kind))
  const isFirst = useRef(page !== undefined)
  const [cursors, setCursors] = useState<readonly string[]>([])
  /** Of the page that is shown; the next one may be on its way. */
  const [number, setNumber] = useState(1)
  const [turn, setTurn] = useState(0)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const after = cursors.at(-1)
  const { search, status } = filter
  const question = `${status}/${search.trim()}`
  const asked = useRef(question)

  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    // Pages of another question are no pages of this one.
    const isNew = asked.current !== question
    asked.current = question
    if (isNew && cursors.length > 0) return setCursors([])
    let isStale = false
    setBusy(true)
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
      setFailure(problem)
      if (!found) return
      setPage(found)
      setNumber(cursors.length + 1)
    }
    const timer = setTimeout(load, isNew ? SEARCH_PAUSE : 0)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [question, after, turn])

  const next = page?.next
  return {
    page,
    isBusy,
    failure,
    hasPrevious: number > 1,
    number,
    previous: () => setCursors(cursors.slice(0, -1)),
    more() {
      // What is on its way may be of another question, or the page after this one already, as in a double click.
      if (isBusy || next === undefined) return
      setCursors((known) => (known.at(-1) === next ? known : [...known, next]))
    },
    reload: () => setTurn(turn + 1),
  }
}
