/** State of calls: one that a person asked for, and one token as it is now. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Token } from '../../core/token-view.ts'
import { api, type Failure, failureOf, newKey, persistently } from './api.ts'
import { useLookedAt } from './looked-at.ts'

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

/** Calls of which the newest counts. */
export interface Newest extends Pick<Call, 'isBusy' | 'failure'> {
  /** Asks; while an answer is on its way, once more after it. */
  load(): Promise<void>
}

/** Asks for what may change meanwhile: an answer that was on its way when one asked again is of before, and is not taken. */
export function useNewest<T>(ask: () => Promise<T>, take: (answer: NonNullable<T>) => void): Newest {
  const { isBusy, failure, run } = useCall()
  const newest = useRef({ ask, take })
  newest.current = { ask, take }
  const asking = useRef({ isUnderWay: false, isOld: false })
  const load = useCallback(async (): Promise<void> => {
    const state = asking.current
    state.isOld = state.isUnderWay
    if (state.isUnderWay) return
    state.isUnderWay = true
    do {
      state.isOld = false
      const found = await run(() => newest.current.ask())
      if (found != null && !state.isOld) newest.current.take(found)
    } while (state.isOld)
    state.isUnderWay = false
  }, [])
  return { isBusy, failure, load }
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
  const { isBusy, failure, load } = useNewest(() => persistently(() => api.get({ id: known.id })), setToken)
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
