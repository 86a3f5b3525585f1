/** What one looks for often, one press away: views that every plan has, with how many tokens each has, and those that were saved. */
import { useRef, useState } from 'preact/hooks'
import type { BootPlan } from '../../boot.ts'
import type { Counts, Whole } from '../../overview/query.ts'
import type { TextKey } from '../../texts/index.ts'
import { count, type Kind, t } from '../hub.ts'
import { Menu } from '../parts/menu.tsx'
import { Popover } from '../parts/popover.tsx'
import { TextField } from '../parts/text-field.tsx'
import { type Filters, isFiltered, isSameView, type View, WHOLE } from '../view.ts'
import { Pills } from './filters.tsx'
import { isViewName, MOST_VIEWS, type SavedView, useSaved } from './saved.ts'

interface Quick {
  readonly text: TextKey
  readonly filters: Filters
  readonly count: keyof Counts
}

const QUICK: readonly Quick[] = [
  { text: 'viewAll', filters: {}, count: 'all' },
  { text: 'viewActive', filters: { status: 'active' }, count: 'active' },
  { text: 'viewExpiring', filters: { expiring: '30' }, count: 'expiring30' },
  { text: 'viewUnused', filters: { unused: '90' }, count: 'unused' },
  { text: 'viewPending', filters: { status: 'pending' }, count: 'pending' },
]
/** What the engine's own list can look for. */
const OF_LIST: readonly (keyof Counts)[] = ['all', 'active', 'pending']

/** With fewer tokens than this all of them are in sight, and nothing is offered that nobody needs. */
const FEW = 10

interface ViewsProps {
  readonly plan: BootPlan
  readonly kind: Kind
  readonly view: View
  readonly whole: Whole | undefined
  readonly isCapped: boolean
  /** How many tokens are known of before all are counted: then room is kept. */
  readonly known: number
  onChoose(view: View): void
  onLook(change: Partial<View>): void
  onSay(text: string): void
}

/** The views, and below them the filters that are chosen. */
export function Views({ plan, kind, view, whole, isCapped, known: seen, onChoose, onLook, onSay }: ViewsProps) {
  const { saved, keep } = useSaved(plan.id, kind)
  const [renamed, setRenamed] = useState<SavedView>()
  const isChanged = isFiltered(view)
  const known = saved.find((one) => isSameView(one.view, view))
  /** The order stays, whichever tokens one looks at. */
  const viewOf = ({ filters }: Quick): View => ({ ...WHOLE, filters, sort: view.sort, dir: view.dir })
  const quick = QUICK.filter((one) => one.count !== 'pending' || whole?.counts.pending || isSameView(viewOf(one), view))
  const isQuick = quick.some((one) => isSameView(viewOf(one), view))
  const isQuiet = (whole?.counts.all ?? seen) < FEW && saved.length === 0 && !isChanged
  if (isQuiet) return null
  const store = (next: readonly SavedView[], text: string): void =>
    onSay(keep(next) ? text : `${text} ${t('viewNotKept')}`.trim())
  return (
    <div class="views">
      {(whole || isCapped) && (
        <ul class="quick" aria-label={t('views')}>
          {quick
            .filter((one) => !isCapped || OF_LIST.includes(one.count))
            .map((one) => (
              <li key={one.text}>
                <Chip isCurrent={!known && isSameView(viewOf(one), view)} onClick={() => onChoose(viewOf(one))}>
                  {t(one.text)} {whole && <span class="hint">{t('number', { number: whole.counts[one.count] })}</span>}
                </Chip>
              </li>
            ))}
          {saved.map((one, i) => (
            <li key={one.name}>
              <Chip id={`view-${i}`} isCurrent={one === known} onClick={() => onChoose({ ...one.view, page: 1 })}>
                <bdi>{one.name}</bdi>
              </Chip>
              {one === known && (
                <Menu
                  id={`view-menu-${i}`}
                  label={t('viewMenu')}
                  about={`view-${i}`}
                  onOff={onSay}
                  entries={[
                    { label: t('viewRename'), act: () => setRenamed(one) },
                    {
                      label: t('viewDelete'),
                      isDangerous: true,
                      act: () => {
                        const others = saved.filter((other) => other !== one)
                        store(others, t('viewDeleted', { view: one.name }))
                      },
                    },
                  ]}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {isChanged && (
        <div class="chosen">
          {Object.keys(view.filters).length > 0 && <Pills view={view} onLook={onLook} />}
          {isChanged && !known && !isQuick && (
            <Save
              taken={saved}
              onSave={(name) => store([...saved, { name, view: { ...view, page: 1 } }], t('viewSaved', { view: name }))}
              onFull={() => onSay(count(MOST_VIEWS, 'viewsFull'))}
            />
          )}
        </div>
      )}
      {renamed && (
        <NameForm
          anchor={document.getElementById(`view-menu-${saved.indexOf(renamed)}`)}
          name={renamed.name}
          taken={saved.filter((other) => other !== renamed)}
          onClose={() => setRenamed(undefined)}
          onName={(name) => {
            const next = saved.map((one) => (one === renamed ? { ...one, name } : one))
            store(next, t('viewSaved', { view: name }))
          }}
        />
      )}
    </div>
  )
}

interface ChipProps {
  readonly id?: string
  readonly isCurrent: boolean
  readonly onClick: () => void
  readonly children: preact.ComponentChildren
}

function Chip({ id, isCurrent, onClick, children }: ChipProps) {
  return (
    <button type="button" id={id} class="chip" aria-current={isCurrent ? 'true' : undefined} onClick={onClick}>
      {children}
    </button>
  )
}

interface SaveProps {
  readonly taken: readonly SavedView[]
  readonly onSave: (name: string) => void
  readonly onFull: () => void
}

function Save({ taken, onSave, onFull }: SaveProps) {
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        ref={button}
        type="button"
        class="quiet"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => (taken.length < MOST_VIEWS ? setOpen(!isOpen) : onFull())}
      >
        {t('viewSave')}
      </button>
      {isOpen && (
        <NameForm anchor={button.current} name="" taken={taken} onClose={() => setOpen(false)} onName={onSave} />
      )}
    </>
  )
}

interface NameFormProps {
  readonly anchor: HTMLElement | null
  readonly name: string
  readonly taken: readonly SavedView[]
  readonly onClose: () => void
  readonly onName: (name: string) => void
}

function NameForm({ anchor, name: before, taken, onClose, onName }: NameFormProps) {
  const [name, setName] = useState(before)
  const [isWrong, setWrong] = useState(false)
  return (
    <Popover label={t('viewName')} anchor={anchor} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isViewName(name, taken)) return setWrong(true)
          onName(name.trim())
          onClose()
          anchor?.focus()
        }}
      >
        <TextField
          label={t('viewName')}
          mistake={isWrong && !isViewName(name, taken) ? t('viewNameWrong') : undefined}
          value={name}
          onText={setName}
        />
        <div class="foot">
          <button type="submit" class="main">
            {t('save')}
          </button>
        </div>
      </form>
    </Popover>
  )
}
