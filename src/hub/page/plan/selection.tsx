/** Tokens that are picked in the table, kept from page to page, and the bar that says how many and what can be done with them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { TokenPage } from '../../../service/manage.ts'
import { persistently } from '../api.ts'
import { useCall } from '../hooks.ts'
import { count, t } from '../hub.ts'
import { Action, FailureNote } from '../parts/parts.tsx'

/** What is picked, by id. */
export interface Selection {
  readonly tokens: ReadonlyMap<string, Token>
  /** Picks some or leaves them out; only what is active can be picked. */
  pick(tokens: readonly Token[], isOn: boolean): void
  /** These and no others. */
  set(tokens: readonly Token[]): void
}

/** More are not picked at a time. */
const MOST = 10_000

/** What can be picked: a revocation of many leaves alone what has ended, and a request is declined. */
const isPickable = ({ status }: Token): boolean => status === 'active'

export function useSelection(): Selection {
  const [tokens, setTokens] = useState<ReadonlyMap<string, Token>>(new Map())
  const set = (list: readonly Token[]): void =>
    setTokens(new Map(list.filter(isPickable).map((token) => [token.id, token])))
  return {
    tokens,
    set,
    pick(some, isOn) {
      const ids = new Set(some.map(({ id }) => id))
      const others = [...tokens.values()].filter(({ id }) => !ids.has(id))
      set(isOn ? [...others, ...some] : others)
    },
  }
}

interface PickProps {
  readonly selection: Selection
  readonly token: Token
}

/** The check mark of a row. One that cannot be picked has its room. */
export function PickToken({ selection, token }: PickProps) {
  if (!isPickable(token)) return <span class="pick" />
  return (
    <input
      type="checkbox"
      class="pick"
      aria-label={t('select', { token: token.name })}
      checked={selection.tokens.has(token.id)}
      onChange={({ currentTarget }) => selection.pick([token], currentTarget.checked)}
    />
  )
}

/** The check mark above the rows, for all of a page. */
export function PickPage({ selection, tokens }: { readonly selection: Selection; readonly tokens: readonly Token[] }) {
  const pickable = tokens.filter(isPickable)
  const picked = pickable.filter(({ id }) => selection.tokens.has(id)).length
  if (pickable.length === 0) return <span class="pick" />
  return (
    <input
      type="checkbox"
      class="pick"
      aria-label={t('selectPage')}
      checked={picked === pickable.length}
      indeterminate={picked > 0 && picked < pickable.length}
      onChange={({ currentTarget }) => selection.pick(pickable, currentTarget.checked)}
    />
  )
}

interface BarProps {
  readonly selection: Selection
  /** A page of what matches what is looked at, active ones alone; the first without a cursor. */
  load(after?: string): Promise<TokenPage>
  /** Whether there is more that matches than what is shown. */
  readonly hasMore: boolean
  onRevoke(): void
  onClear(): void
}

/** How many there are, and what can be done. It is there as long as something is picked; for another view it has to be mounted anew. */
export function SelectionBar({ selection, load, hasMore, onRevoke, onClear }: BarProps) {
  const [all, setAll] = useState<{ readonly count: number; readonly isWhole: boolean }>()
  const call = useCall()
  const isHere = useRef(true)
  useEffect(
    () => () => {
      isHere.current = false
    },
    [],
  )
  const { size } = selection.tokens
  const pickAll = async (): Promise<void> => {
    const found = await call.run(() => matching(load))
    if (!found || !isHere.current) return
    selection.set(found.tokens)
    setAll({ count: found.tokens.length, isWhole: found.isWhole })
  }
  if (size === 0) return null
  const isAll = all?.count === size
  return (
    <section class="selection" aria-label={t('selectionBar')}>
      <FailureNote failure={call.failure} />
      <div>
        <p role="status">
          <strong>{isAll ? count(size, all.isWhole ? 'selectedAll' : 'selectedMost') : count(size, 'selected')}</strong>
        </p>
        {hasMore && !isAll && (
          <button type="button" class="quiet" aria-disabled={call.isBusy || undefined} onClick={pickAll}>
            {t(call.isBusy ? 'working' : 'selectMatching')}
          </button>
        )}
        <button type="button" class="quiet" onClick={onClear}>
          {t('selectClear')}
        </button>
        <Action look="danger" isBusy={call.isBusy} onClick={onRevoke}>
          {t('manyRevoke')}
        </Action>
      </div>
    </section>
  )
}

async function matching(load: BarProps['load']): Promise<{ tokens: readonly Token[]; isWhole: boolean }> {
  const tokens: Token[] = []
  let after: string | undefined
  do {
    const page = await persistently(() => load(after))
    tokens.push(...page.tokens.filter(isPickable))
    after = page.next
  } while (after !== undefined && tokens.length < MOST)
  return { tokens: tokens.slice(0, MOST), isWhole: after === undefined && tokens.length <= MOST }
}
