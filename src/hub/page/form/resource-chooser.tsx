/** What a token may reach: everything, or the places behind pasted links, each of which is judged as one types. */
import { useId, useRef } from 'preact/hooks'
import { t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import type { FieldsProps } from './describe-fields.tsx'
import { LinkRows } from './link-rows.tsx'
import { type Links, type Span, tooManyOf } from './links.ts'

/** Two radio buttons, and a field for links under the second. */
export function ResourceChooser(props: FieldsProps & { readonly links: Links }) {
  const { draft, bounds, onChange } = props
  const name = useId()
  return (
    <fieldset>
      <legend>{t('resources')}</legend>
      <Choice
        name={name}
        label={t('allResources')}
        hint={bounds.hasAll ? t('allResourcesHint') : t('allResourcesRuled', { plan: bounds.plan.name })}
        isChosen={draft.isAll}
        // What a token has from before may stay as it is until it is changed.
        isOff={!bounds.hasAll && !draft.isAll}
        onChoose={() => onChange({ isAll: true })}
      />
      <Choice
        name={name}
        label={t('onlySelected')}
        hint={t('onlySelectedHint')}
        isChosen={!draft.isAll}
        onChoose={() => onChange({ isAll: false })}
      />
      {!draft.isAll && <LinksField {...props} />}
    </fieldset>
  )
}

function LinksField({ draft, kind, mistakes, links, onChange }: FieldsProps & { readonly links: Links }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const { report, isChecking, failure } = links
  const tooMany = report && tooManyOf(report, kind)
  const unplaced = report?.unplaced?.length ?? 0
  const show = ({ start, end }: Span): void => {
    if (area.current) select(area.current, start, end)
  }
  return (
    <div class="linked">
      <Field
        label={t('links')}
        hint={t('linksHint', { count: kind.surface.limits.links })}
        mistake={mistakes.links ?? tooMany}
      >
        {(control) => (
          <textarea
            {...control}
            ref={area}
            class="links"
            rows={4}
            spellcheck={false}
            autocomplete="off"
            placeholder="https://"
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
      {report && (
        <LinkRows
          text={draft.links}
          report={report}
          onShow={show}
          onChange={(text) => {
            area.current?.focus()
            onChange({ links: text })
          }}
        />
      )}
    </div>
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
  readonly isOff?: boolean
  onChoose(): void
}

function Choice({ name, label, hint, isChosen, isOff, onChoose }: ChoiceProps) {
  const id = useId()
  return (
    <div class="choice">
      <input
        id={id}
        type="radio"
        name={name}
        checked={isChosen}
        disabled={isOff}
        aria-describedby={`${id}-about`}
        onChange={onChoose}
      />
      <div>
        <label for={id}>{label}</label>
        <p class="hint" id={`${id}-about`}>
          {hint}
        </p>
      </div>
    </div>
  )
}
