/** The filters of the table: a button with all of them, and what is chosen as pills that can be taken out. */
import { useId, useRef, useState } from 'preact/hooks'
import type { Facet, Whole } from '../../overview/query.ts'
import { OVERVIEW_SORTS, type OverviewSort } from '../../overview/words.ts'
import type { TextKey } from '../../texts/index.ts'
import { boot, count, holdsSecret, t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import { Popover } from '../parts/popover.tsx'
import { personOf } from '../people.ts'
import { FILTERS, type Filter, type Filters, isAllowed, type View, withFilter } from '../view.ts'

export const FILTER_BUTTON = 'filter-button'

interface FiltersProps {
  readonly view: View
  /** What is known of all tokens; without it only the status can be chosen. */
  readonly whole: Whole | undefined
  readonly isCapped: boolean
  onLook(change: Partial<View>): void
}

/** The button, and all filters below it. What is chosen holds at once. */
export function FilterButton(props: FiltersProps) {
  const { view, whole, onLook } = props
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const chosen = Object.keys(view.filters).length
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        id={FILTER_BUTTON}
        type="button"
        class="filter"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {t('filter')} {chosen > 0 && <span class="badge count">{chosen}</span>}
      </button>
      {isOpen && (
        <Popover label={t('filters')} anchor={button.current} onClose={() => setOpen(false)}>
          <Choices {...props} />
          <div class="foot">
            {chosen > 0 && (
              <button
                type="button"
                onClick={() => {
                  onLook({ filters: {} })
                  close()
                }}
              >
                {t('filterClear')}
              </button>
            )}
            <button type="button" class="main" onClick={close}>
              {whole ? count(whole.total, 'filterDone') : t('filterClose')}
            </button>
          </div>
        </Popover>
      )}
    </>
  )
}

const DAYS = [7, 30, 90] as const
const COLUMNS: { readonly [sort in OverviewSort]: TextKey } = {
  name: 'columnName',
  status: 'status',
  expires: 'columnExpires',
  used: 'columnUsed',
  created: 'columnCreated',
}

function Choices({ view, whole, isCapped, onLook }: FiltersProps) {
  const { filters } = view
  const set = (filter: Filter, value: string): void => onLook({ filters: withFilter(filters, filter, value) })
  const use = ['unused', 'never', 'oldSecret'] as const
  const used = use.find((one) => filters[one] !== undefined)
  const setUse = (value: string): void => {
    const [name, of = ''] = value.split(':')
    const others = use.reduce<Filters>((rest, one) => withFilter(rest, one, undefined), filters)
    onLook({ filters: name === '' ? others : withFilter(others, name as Filter, of) })
  }
  return (
    <>
      <Choice label={t('status')} value={filters.status ?? ''} onChange={(value) => set('status', value)}>
        {[
          ['', t('statusAll')],
          ['active', t('statusActive')],
          ...(boot.features.approvals ? [['pending', t('statusPending')] as const] : []),
          ['expired', t('statusExpired')],
          ['revoked', t('statusRevoked')],
        ]}
      </Choice>
      {!isCapped && (
        <>
          <Choice
            label={t('filterExpires')}
            value={filters.expiring ?? ''}
            onChange={(value) => set('expiring', value)}
          >
            {[['', t('filterAny')], ...DAYS.map((days) => [String(days), count(days, 'filterExpiring')] as const)]}
          </Choice>
          <Choice label={t('filterUse')} value={used ? `${used}:${filters[used]}` : ''} onChange={setUse}>
            {[
              ['', t('filterAny')],
              ...DAYS.map((days) => [`unused:${days}`, count(days, 'filterUnused')] as const),
              ['never:true', t('filterNever')],
              ['oldSecret:true', t('filterOldSecret')],
            ]}
          </Choice>
          <Choice label={t('filterScope')} value={filters.scope ?? ''} onChange={(value) => set('scope', value)}>
            {facetsOf(whole?.scopes, filters.scope)}
          </Choice>
          <Choice label={t('filterBy')} value={filters.by ?? ''} onChange={(value) => set('by', value)}>
            {facetsOf(whole?.makers, filters.by, personOf)}
          </Choice>
          <Resource value={filters.resource ?? ''} onChange={(value) => set('resource', value)} />
          <div class="narrow">
            <Choice
              label={t('sortBy')}
              value={`${view.sort}:${view.dir}`}
              onChange={(value) => {
                const [sort, dir] = value.split(':')
                onLook({ sort: sort as OverviewSort, dir: dir as View['dir'] })
              }}
            >
              {OVERVIEW_SORTS.flatMap((sort) => [
                [`${sort}:asc`, t('sortUp', { column: t(COLUMNS[sort]) })] as const,
                [`${sort}:desc`, t('sortDown', { column: t(COLUMNS[sort]) })] as const,
              ])}
            </Choice>
          </div>
        </>
      )}
    </>
  )
}

/** The values that tokens have, and the one that is chosen, which may be none of these any more. */
function facetsOf(
  facets: readonly Facet[] = [],
  chosen: string | undefined,
  nameOf: (value: string) => string = (value) => value,
): readonly (readonly [string, string])[] {
  const isThere = chosen === undefined || facets.some(({ value }) => value === chosen)
  return [
    ['', t('filterAny')],
    ...(isThere ? [] : [[chosen, nameOf(chosen)] as const]),
    ...facets.map((facet) => [facet.value, t('facet', { value: nameOf(facet.value), count: facet.count })] as const),
  ]
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  onChange(value: string): void
  /** A value and its text each. */
  readonly children: readonly (readonly [string, string] | readonly string[])[]
}

function Choice({ label, value, onChange, children }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select {...control} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {children.map(([one, text]) => (
            <option key={one} value={one} selected={one === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** A link that somebody pastes; it is asked for once it is whole. */
function Resource({ value, onChange }: { readonly value: string; onChange(value: string): void }) {
  const [text, setText] = useState(value)
  const [mistake, setMistake] = useState<string>()
  const commit = (): void => {
    const link = text.trim()
    const isGood = link === '' || isAllowed('resource', link)
    setMistake(isGood ? undefined : t(holdsSecret(link) ? 'filterSecret' : 'filterResourceWrong'))
    if (isGood && link !== value) onChange(link)
  }
  return (
    <Field label={t('filterResource')} hint={t('filterResourceHint')} mistake={mistake}>
      {(control) => (
        <input
          {...control}
          type="text"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onChange={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit()
          }}
        />
      )}
    </Field>
  )
}

/** What is chosen, each with a button that takes it out. */
export function Pills({ view, onLook }: Pick<FiltersProps, 'view' | 'onLook'>) {
  const chosen = FILTERS.filter((filter) => view.filters[filter] !== undefined)
  const id = useId()
  return (
    <ul class="pills" id={id} aria-label={t('filters')}>
      {chosen.map((filter) => {
        const text = pillOf(filter, view.filters[filter] ?? '')
        return (
          <li key={filter}>
            <button
              type="button"
              class="pill"
              title={text}
              aria-label={t('filterRemove', { filter: text })}
              onClick={() => {
                onLook({ filters: withFilter(view.filters, filter, undefined) })
                document.getElementById(FILTER_BUTTON)?.focus()
              }}
            >
              <bdi>{text}</bdi> <span aria-hidden="true">×</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}

const STATUSES: { readonly [status: string]: TextKey } = {
  active: 'statusActive',
  pending: 'statusPending',
  expired: 'statusExpired',
  revoked: 'statusRevoked',
}

function pillOf(filter: Filter, value: string): string {
  const texts: { readonly [filter in Filter]: () => string } = {
    status: () => t('pillStatus', { value: t(STATUSES[value] ?? 'statusAll') }),
    expiring: () => count(Number(value), 'pillExpiring'),
    unused: () => count(Number(value), 'filterUnused'),
    never: () => t('filterNever'),
    oldSecret: () => t('filterOldSecret'),
    scope: () => t('pillScope', { value }),
    resource: () => t('pillResource', { value }),
    by: () => t('pillBy', { value: personOf(value) }),
  }
  return texts[filter]()
}
