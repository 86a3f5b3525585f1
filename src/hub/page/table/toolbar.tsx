/** What stands above the table: search, filter, the button that makes a token, and a line that says what was done. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import type { View } from '../places.ts'

interface ToolbarProps {
  readonly view: View
  /** What is wrong with the search. */
  readonly mistake: string | undefined
  onLook(change: Partial<View>): void
  readonly children: ComponentChildren
}

/** Search and filter, and what comes after them. */
export function Toolbar({ view, mistake, onLook, children }: ToolbarProps) {
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
      <StatusFilter value={view.status} onChange={(status) => onLook({ status })} />
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

const STATUSES = [
  ['', 'statusAll'],
  ['active', 'statusActive'],
  ['expired', 'statusExpired'],
  ['revoked', 'statusRevoked'],
] as const

interface StatusFilterProps {
  readonly value: View['status']
  onChange(status: View['status']): void
}

function StatusFilter({ value, onChange }: StatusFilterProps) {
  return (
    <Field label={t('status')}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value as View['status'])}
        >
          {STATUSES.map(([status, text]) => (
            <option key={status} value={status}>
              {t(text)}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
