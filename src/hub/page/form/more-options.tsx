/** What need not be said of a token: whom to ask, words of the plan's own, and whether it may renew itself. Folded until it is wanted. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { boot, count, t } from '../hub.ts'
import { Icon } from '../parts/icon.tsx'
import { Action, Field, Mistake } from '../parts/parts.tsx'
import { TextField } from '../parts/text-field.tsx'
import { dayIn } from './days.ts'
import type { FieldsProps } from './describe-fields.tsx'
import type { Word } from './draft.ts'

const RENEWAL_DAYS = 365

/** The fields, folded unless one of them says something. */
export function MoreOptions(props: FieldsProps) {
  const { draft, kind, mistakes, onChange } = props
  const isWrong = [mistakes.contact, mistakes.words, mistakes.isRenewing, mistakes.renewUntil].some(Boolean)
  const [isOpen, setOpen] = useState(draft.contact !== '' || draft.words.length > 0 || draft.isRenewing)
  useEffect(() => {
    if (isWrong) setOpen(true)
  }, [isWrong])
  const { selfRenewal } = kind.type
  return (
    <details class="more" open={isOpen || isWrong} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('moreOptions')}</summary>
      <TextField
        label={t('contact')}
        hint={t('contactHint')}
        mistake={mistakes.contact}
        value={draft.contact}
        onText={(text) => onChange({ contact: text })}
      />
      <Words {...props} />
      {boot.features.selfRenewal && selfRenewal && (
        <SelfRenewal {...props} part={selfRenewal.afterPart} longest={selfRenewal.longestDays ?? RENEWAL_DAYS} />
      )}
    </details>
  )
}

/** Rows of a key and a value. */
function Words({ draft: { words }, mistakes, onChange }: FieldsProps) {
  const rows = useRef<HTMLFieldSetElement>(null)
  const mistakeId = useId()
  const change = (at: number, part: Partial<Word>): void =>
    onChange({ words: words.map((word, i) => (i === at ? { ...word, ...part } : word)) })
  /** Puts the focus on the key of a row, or on the button where there is none, once it is drawn. */
  const focus = (at: number): void => {
    setTimeout(() => {
      const keys = rows.current?.querySelectorAll<HTMLElement>('.word input:first-child, .add button')
      keys?.[Math.max(0, at)]?.focus()
    })
  }
  const control = { type: 'text', autocomplete: 'off', 'aria-invalid': mistakes.words !== undefined } as const
  return (
    <fieldset ref={rows}>
      <legend>{t('metadata')}</legend>
      <p class="hint">{t('metadataHint')}</p>
      {words.map(({ key, value }, at) => (
        <div key={at} class="word">
          <input
            {...control}
            aria-label={t('metadataKeyOf', { count: at + 1 })}
            aria-describedby={mistakeId}
            placeholder={t('metadataKey')}
            value={key}
            onInput={({ currentTarget }) => change(at, { key: currentTarget.value })}
          />
          <input
            {...control}
            aria-label={t('metadataValueOf', { count: at + 1 })}
            aria-describedby={mistakeId}
            placeholder={t('metadataValue')}
            value={value}
            onInput={({ currentTarget }) => change(at, { value: currentTarget.value })}
          />
          <button
            type="button"
            class="quiet square"
            aria-label={t('removeEntry', { entry: key || t('metadataKeyOf', { count: at + 1 }) })}
            onClick={() => {
              onChange({ words: words.filter((_, i) => i !== at) })
              focus(at - 1)
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <Mistake id={mistakeId}>{mistakes.words}</Mistake>
      <p class="add">
        <Action
          onClick={() => {
            onChange({ words: [...words, { key: '', value: '' }] })
            focus(words.length)
          }}
        >
          {t('metadataAdd')}
        </Action>
      </p>
    </fieldset>
  )
}

/** Whether it may get its next secret by itself, and until when. */
function SelfRenewal({
  draft,
  mistakes,
  part,
  longest,
  onChange,
}: FieldsProps & { readonly part: number; readonly longest: number }) {
  const id = useId()
  return (
    <>
      <div class="choice">
        <input
          id={id}
          type="checkbox"
          checked={draft.isRenewing}
          aria-describedby={`${id}-about ${id}-mistake`}
          aria-invalid={mistakes.isRenewing === undefined ? undefined : true}
          onChange={({ currentTarget }) => onChange({ isRenewing: currentTarget.checked })}
        />
        <div>
          <label for={id}>{t('selfRenewalLabel')}</label>
          <p class="hint" id={`${id}-about`}>
            {t('selfRenewalHint', { part: Math.round(part * 100) })}
          </p>
          <Mistake id={`${id}-mistake`}>{mistakes.isRenewing}</Mistake>
        </div>
      </div>
      {draft.isRenewing && (
        <Field label={t('renewUntil')} hint={count(longest, 'renewUntilHint')} mistake={mistakes.renewUntil}>
          {(control) => (
            <input
              {...control}
              type="date"
              min={dayIn(1)}
              max={dayIn(longest - 1)}
              value={draft.renewUntil}
              onInput={({ currentTarget }) => onChange({ renewUntil: currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
