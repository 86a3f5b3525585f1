/** What is chosen of a new token, at a glance: beside the form while one fills it in, and as a review before it is made. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { dayAhead } from '../format.ts'
import { count, listed, rich, t } from '../hub.ts'
import { Icon } from '../parts/icon.tsx'
import { daysIn } from './days.ts'
import type { FieldsProps } from './describe-fields.tsx'
import { entriesIn, linksIn, wordsIn } from './draft.ts'
import { kindsIn } from './link-rows.tsx'
import type { Links } from './links.ts'

/** So many scopes are named; of the rest the number. */
const SHOWN = 12

interface SummaryProps extends FieldsProps {
  readonly links: Links
  /** Which page is shown, of which the last one is that before the token is made. */
  readonly step: number
  readonly isLast: boolean
  onGo(step: number): void
}

/** The parts of the form with what they say. */
export function Summary(props: SummaryProps) {
  const { draft, kind, bounds, isLast } = props
  const id = useId()
  const days = daysIn(draft.days, bounds.longest)
  const scopes = kind.type.fixed.length > 0 ? kind.type.fixed : draft.scopes
  const addresses = bounds.hasAddresses ? entriesIn(draft.addresses) : []
  const words = wordsIn(draft)
  return (
    <aside class={isLast ? 'rail review' : 'rail'} aria-labelledby={id}>
      <h3 id={id}>{t(isLast ? 'review' : 'soFar')}</h3>
      <Part {...props} at={0} title={t('stepDescribe')}>
        <strong>
          <bdi>{draft.name.trim() || '—'}</bdi>
        </strong>
        {draft.description.trim() !== '' && <bdi class="hint">{draft.description}</bdi>}
        <span>{days === undefined ? '—' : count(days, 'expirationDays', { date: dayAhead(days) })}</span>
        {draft.contact.trim() !== '' && <span>{rich('contactIs', { contact: <bdi>{draft.contact}</bdi> })}</span>}
        {words.map(({ key, value }) => (
          <span key={key}>
            <bdi>{key}</bdi>: <bdi>{value}</bdi>
          </span>
        ))}
        {draft.isRenewing && <span>{t('selfRenewalOn')}</span>}
      </Part>
      <Part {...props} at={1} title={t('stepScopes')}>
        {scopes.length === 0 && '—'}
        {scopes.slice(0, SHOWN).map((scope) => (
          <code key={scope}>{scope}</code>
        ))}
        {scopes.length > SHOWN && <span class="hint">{count(scopes.length - SHOWN, 'linksMoreShown')}</span>}
      </Part>
      <Part {...props} at={2} title={t('stepResources')}>
        <span>{resourcesIn(props)}</span>
        {addresses.length > 0 && <span>{t('addressesAre', { addresses: listed(addresses.slice(0, SHOWN)) })}</span>}
      </Part>
      {bounds.needsApproval && (
        <p class="part hint">
          <Icon name="people" /> {t('approvalNeeded', { plan: bounds.plan.name })}
        </p>
      )}
    </aside>
  )
}

interface PartProps extends SummaryProps {
  readonly at: number
  readonly title: string
  readonly children: ComponentChildren
}

/** A page of the form, with a way back to it. */
const Part = ({ at, title, step, onGo, children }: PartProps) => (
  <section class="part">
    <h4>{title}</h4>
    {at < step && (
      <button type="button" class="link" aria-label={t('editPart', { part: title })} onClick={() => onGo(at)}>
        {t('editShort')}
      </button>
    )}
    <div>{children}</div>
  </section>
)

/** What it may reach, in a few words. */
function resourcesIn({ draft, links: { report } }: Pick<SummaryProps, 'draft' | 'links'>): string {
  if (draft.isAll) return t('allResources')
  const entries = linksIn(draft.links)
  if (entries.length === 0) return '—'
  if (!report || report.unplaced) return count(entries.length, 'resourceCount')
  const wrong = report.mistakes.length > 0 ? [t('linksBad', { count: report.mistakes.length })] : []
  return [kindsIn(report.resources), ...wrong].filter(Boolean).join('; ')
}

/** The same in one line, for screens without room beside the form. */
export function SummaryLine({ draft, kind, bounds, links }: Omit<SummaryProps, 'step' | 'isLast' | 'onGo'>) {
  const days = daysIn(draft.days, bounds.longest)
  const scopes = kind.type.fixed.length > 0 ? kind.type.fixed : draft.scopes
  const parts = [
    days === undefined ? '' : count(days, 'dayCount'),
    scopes.length === 0 ? '' : count(scopes.length, 'scopeCount'),
    draft.isAll || draft.links.trim() !== '' ? resourcesIn({ draft, links }) : '',
  ]
  return <p class="line">{parts.filter(Boolean).join(' · ')}</p>
}
