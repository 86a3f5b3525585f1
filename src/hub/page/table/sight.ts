/** What is in sight, and where the focus is, when the tokens of the table become others. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import { isLost, rowId } from '../focus.ts'
import { FILTER_BUTTON } from './filters.tsx'
import type { Mark } from './table.tsx'
import type { Listed } from './use-tokens.ts'

/** The tokens of a page with one that is to be seen on it, at its place as it is now, or before all others. */
export function withMarked(tokens: readonly Token[], marked: Token | undefined): readonly Token[] {
  if (!marked) return tokens
  if (!tokens.some(({ id }) => id === marked.id)) return [marked, ...tokens]
  return tokens.map((token) => (token.id === marked.id && token.version < marked.version ? marked : token))
}

/** Where the row that has the focus comes back at another place, since it was made or changed, it is brought into sight. */
export function useMarkInSight(tokens: readonly Token[] | undefined, mark: Mark | undefined) {
  const rows = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const row = mark && document.activeElement?.closest(`#${CSS.escape(rowId(mark.token.id))}`)
    if (rows.current?.contains(row ?? null)) row?.scrollIntoView({ block: 'nearest' })
  }, [tokens])
  return rows
}

/** Where the row that has the focus was the last one, the filters have it: they are why there is none. */
export function useFocusLeft(
  rows: { readonly current: HTMLElement | null },
  tokens: readonly Token[] | undefined,
): void {
  const isIn = rows.current?.contains(document.activeElement) === true
  useLayoutEffect(() => {
    if (isIn && isLost()) document.getElementById(FILTER_BUTTON)?.focus()
  }, [tokens])
}

/** Whoever turns a page does so below the table, and wants to see the head of the next one. */
export function useHeadInSight({ number }: Listed) {
  const head = useRef<HTMLDivElement>(null)
  const seen = useRef(number)
  useEffect(() => {
    if (seen.current === number) return
    seen.current = number
    head.current?.scrollIntoView({ block: 'nearest' })
  }, [number])
  return head
}
