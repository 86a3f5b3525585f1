/** The links of a text as rows, in their order: what each names, or what is wrong with it, with a way to take it out. */
import { ONE_LINK } from '../../../core/one-link.ts'
import type { NamedLink, PlacedMistake, PlacedReport } from '../../../service/check-links.ts'
import { Told } from '../engine.tsx'
import { count, listed, t } from '../hub.ts'
import { Icon, iconOf } from '../parts/icon.tsx'
import { type Span, without } from './links.ts'

/** So many are drawn of those that are right and of those that are wrong; nobody reads 5,000 lines. */
const SHOWN = 100

interface Row extends Span {
  readonly resource?: NamedLink
  readonly mistake?: PlacedMistake
}

/** The rows of a text: each link that is wrong, and each resource at its first link. */
function rowsOf(text: string, { resources, mistakes }: PlacedReport): readonly Row[] {
  const wrong = new Map(mistakes.slice(0, SHOWN).map((mistake) => [mistake.start, mistake]))
  const right = new Map(resources.slice(0, SHOWN).map((resource) => [resource.link, resource]))
  const rows: Row[] = []
  for (const { 0: link, index: start } of text.matchAll(ONE_LINK)) {
    const mistake = wrong.get(start)
    const resource = mistake ? undefined : right.get(link)
    if (resource) right.delete(link)
    if (mistake) rows.push({ start, end: mistake.end, mistake })
    else if (resource) rows.push({ start, end: start + link.length, resource })
  }
  return rows
}

interface LinkRowsProps {
  readonly text: string
  readonly report: PlacedReport
  onShow(link: Span): void
  /** The text without some links. */
  onChange(text: string): void
}

/** The rows, and what takes out all that is wrong. */
export function LinkRows({ text, report, onShow, onChange }: LinkRowsProps) {
  const { resources, mistakes } = report
  const rows = rowsOf(text, report)
  const rest = Math.max(0, resources.length - SHOWN) + Math.max(0, mistakes.length - SHOWN)
  if (rows.length === 0) return null
  return (
    <>
      <ul class="linked-rows" aria-label={t('linksList')}>
        {rows.map(({ resource, mistake, ...span }) => (
          <li key={span.start} class={mistake && 'wrong'}>
            <Icon name={resource ? iconOf(resource.kind) : 'warning'} />
            {resource ? <Right resource={resource} /> : mistake && <Wrong mistake={mistake} />}
            {mistake && (
              <button type="button" class="small" onClick={() => onShow(span)}>
                {t('linkShow')}
              </button>
            )}
            <button
              type="button"
              class="quiet square"
              aria-label={t('removeEntry', { entry: resource?.name ?? text.slice(span.start, span.end) })}
              onClick={() => onChange(without(text, [span]))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 && <p class="hint">{count(rest, 'linksMoreShown')}</p>}
      {mistakes.length > 0 && (
        <button type="button" onClick={() => onChange(without(text, mistakes))}>
          {t('linksRemove')}
        </button>
      )}
    </>
  )
}

const Right = ({ resource: { kind, id, name, link } }: { readonly resource: NamedLink }) => (
  <div title={link}>
    <bdi>{name ?? id}</bdi> <span class="kind">{kindName(kind)}</span>
  </div>
)

const Wrong = ({ mistake }: { readonly mistake: PlacedMistake }) => (
  <div>
    <code>{mistake.link}</code>
    <p class="mistake">
      <Told about="issue" of={mistake} />
    </p>
  </div>
)

/** A kind of resource as people read it. */
const kindName = (kind: string): string => kind.replaceAll('_', ' ')

/** How many resources of each kind: `file: 2, team: 1`. */
export function kindsIn(resources: readonly NamedLink[]): string {
  const kinds = new Map<string, number>()
  for (const { kind } of resources) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return listed([...kinds].map(([kind, number]) => count(number, 'kindCount', { kind: kindName(kind) })))
}
