/** What stands above the table: search, filters, the button that makes a token, and a line that says what was done. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Overview, Whole } from '../../overview/query.ts'
import { boot, count, t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import type { View } from '../view.ts'
import { FilterButton } from './filters.tsx'

interface ToolbarProps {
  readonly view: View
  readonly whole: Whole | undefined
  readonly isCapped: boolean
  /** What is wrong with the search. */
  readonly mistake: string | undefined
  onLook(change: Partial<View>): void
  readonly children: ComponentChildren
}

/** Search and filters, and what comes after them. */
export function Toolbar({ view, whole, isCapped, mistake, onLook, children }: ToolbarProps) {
  return (
    <div class="toolbar">
      <Field label={t('search')} mistake={mistake}>
        {(control) => (
          <input
            {...control}
            type="search"
            autocomplete="off"
            placeholder={t('searchHint')}
            value={view.search}
            onInput={({ currentTarget }) => onLook({ search: currentTarget.value })}
          />
        )}
      </Field>
      <FilterButton view={view} whole={whole} isCapped={isCapped} onLook={onLook} />
      {children}
    </div>
  )
}

/** How long an outcome stays in sight, wherever in a long table one is. */
const SIGHT_MS = 8_000

/** What was done, or else what is shown. An outcome stays at the top of the window for a while, and then at its place. */
export function Said({ outcome, children }: { readonly outcome: string; readonly children: ComponentChildren }) {
  const [isOld, setOld] = useState(false)
  useEffect(() => {
    setOld(false)
    const timer = setTimeout(() => setOld(true), SIGHT_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  return (
    <p role="status" class={outcome === '' ? 'said' : isOld ? 'said outcome' : 'said outcome new'}>
      {outcome || children}
    </p>
  )
}

/** How many tokens there are, and which of them a page shows. */
export function totalOf({ tokens, whole }: Overview, page: number, isFound: boolean): string {
  if (!whole) return ''
  const total = count(whole.total, isFound ? 'tokenFound' : 'tokenCount')
  if (whole.pages === 1 || tokens.length === 0) return total
  const from = (page - 1) * boot.pageSize
  return t('range', { from: from + 1, to: from + tokens.length, total })
}
