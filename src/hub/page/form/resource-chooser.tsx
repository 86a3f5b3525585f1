/** What a token may reach: everything, or the places behind pasted links, each of which is judged as one types. */
import { useId, useRef } from 'preact/hooks'
import type { NamedLink, PlacedMistake } from '../../../service/check-links.ts'
import { t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import type { FieldsProps } from './describe-fields.tsx'
import { type Links, tooManyOf, without } from './links.ts'

/** So many are drawn; of the rest only the number is told, since nobody reads 5,000 lines. */
const SHOWN = 100

/** Two radio buttons, and a field for links under the second. */
export function ResourceChooser({ draft, kind, mistakes, links, onChange }: FieldsProps & { readonly links: Links }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const name = useId()
  const { report, isChecking, failure } = links
  const most = kind.surface.limits.links
  const tooMany = report && tooManyOf(report, kind)
  const unplaced = report?.unplaced?.length ?? 0
  const show = ({ start, end }: PlacedMistake): void => {
    if (area.current) select(area.current, start, end)
  }
  return (
    <fieldset>
      <legend>{t('resources')}</legend>
      <Choice
        name={name}
        label={t('allResources')}
        hint={t('allResourcesHint')}
        isChosen={draft.isAll}
        onChoose={() => onChange({ isAll: true })}
      />
      <Choice
        name={name}
        label={t('onlySelected')}
        hint={t('onlySelectedHint')}
        isChosen={!draft.isAll}
        onChoose={() => onChange({ isAll: false })}
      />
      {!draft.isAll && (
        <>
          <Field label={t('links')} hint={t('linksHint', { count: most })} mistake={mistakes.links ?? tooMany}>
            {(control) => (
              <textarea
                {...control}
                ref={area}
                class="links"
                rows={6}
                spellcheck={false}
                autocomplete="off"
                value={draft.links}
                onInput={({ currentTarget }) => onChange({ links: currentTarget.value })}
              />
            )}
          </Field>
          {/* Seen, and not said: at every pause in typing it would talk over what was typed. */}
          <p class="hint">{isChecking && t('linksChecking')}</p>
          <p role="status" class="hint">
            {failure && `${t('linksUnchecked')} ${failure.text}`}
            {report && report.mistakes.length > 0 && t('linksBad', { count: report.mistakes.length })}{' '}
            {unplaced > 0
              ? t('linksUnplaced', { count: unplaced })
              : report && t('linksGood', { count: report.resources.length })}
          </p>
          {report && report.mistakes.length > 0 && (
            <Mistaken
              mistakes={report.mistakes}
              onShow={show}
              onRemove={() => {
                area.current?.focus()
                onChange({ links: without(draft.links, report.mistakes) })
              }}
            />
          )}
          {report && report.resources.length > 0 && <Recognized resources={report.resources} />}
        </>
      )}
    </fieldset>
  )
}

/** Selects a part of a text and brings it into sight, which browsers do not do: a copy says how far down it is. */
function select(area: HTMLTextAreaElement, start: number, end: number): void {
  const copy = area.cloneNode() as HTMLTextAreaElement
  copy.removeAttribute('id')
  copy.rows = 1
  copy.value = area.value.slice(0, end)
  area.after(copy)
  const down = copy.scrollHeight
  copy.remove()
  area.focus()
  area.setSelectionRange(start, end)
  area.scrollTop = down - area.clientHeight / 2
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly isChosen: boolean
  onChoose(): void
}

function Choice({ name, label, hint, isChosen, onChoose }: ChoiceProps) {
  const id = useId()
  return (
    <div class="choice">
      <input id={id} type="radio" name={name} checked={isChosen} aria-describedby={`${id}-about`} onChange={onChoose} />
      <div>
        <label for={id}>{label}</label>
        <p class="hint" id={`${id}-about`}>
          {hint}
        </p>
      </div>
    </div>
  )
}

interface MistakenProps {
  readonly mistakes: readonly PlacedMistake[]
  onShow(mistake: PlacedMistake): void
  onRemove(): void
}

function Mistaken({ mistakes, onShow, onRemove }: MistakenProps) {
  return (
    <>
      <ul class="links mistaken" aria-label={t('linksBad', { count: mistakes.length })}>
        {mistakes.slice(0, SHOWN).map((mistake) => (
          <li key={mistake.start}>
            <code>{mistake.link}</code>
            <p class="mistake">{mistake.message}</p>
            <button type="button" onClick={() => onShow(mistake)}>
              {t('linkShow')}
            </button>
          </li>
        ))}
      </ul>
      <Rest of={mistakes.length} />
      <button type="button" onClick={onRemove}>
        {t('linksRemove')}
      </button>
    </>
  )
}

function Recognized({ resources }: { readonly resources: readonly NamedLink[] }) {
  return (
    <>
      <ul class="links" aria-label={t('linksGood', { count: resources.length })}>
        {resources.slice(0, SHOWN).map(({ kind, id, name, link }, i) => (
          <li key={i}>
            <span class="kind">{kind.replaceAll('_', ' ')}</span> <bdi>{name ?? id}</bdi>
            {name !== undefined && <code>{link}</code>}
          </li>
        ))}
      </ul>
      <Rest of={resources.length} />
    </>
  )
}

const Rest = ({ of }: { readonly of: number }) =>
  of > SHOWN ? <p class="hint">{t('linksMoreShown', { count: of - SHOWN })}</p> : null
