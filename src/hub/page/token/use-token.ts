/** One token by its id, as the server has it now; known from the table before it is, or not at all. */
import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import { api, type Failure, persistently } from '../api.ts'
import { useNewest } from '../hooks.ts'
import { useLookedAt } from '../looked-at.ts'

/** What is known of a token. */
export interface Looked {
  readonly token: Token | undefined
  /** There is none of this id that this person may see, in this plan: which of these is told to nobody. */
  readonly isMissing: boolean
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  load(): void
}

/** What is answered for an id of nothing, of another plan, and of what is no id at all. */
const MISSING = new Set(['token_not_found', 'invalid_input'])

/** Asks at once, whenever the page is looked at again, and whenever `turn` changes. */
export function useToken(plan: BootPlan, id: string, known: Token | undefined, turn: number): Looked {
  const [token, setToken] = useState(known)
  const { isBusy, failure, load } = useNewest(() => persistently(() => api.get({ id })), setToken)
  useEffect(() => void load(), [turn])
  useLookedAt(load)
  const isElsewhere = token !== undefined && token.planId !== plan.id
  const isMissing = isElsewhere || (failure !== undefined && MISSING.has(failure.code))
  return { token: isMissing ? undefined : token, isMissing, isBusy, failure, load }
}
