/** From where a token may be used: open where it has to be said, folded elsewhere, and not there where the host has no such lists. */
import { useState } from 'preact/hooks'
import { t } from '../hub.ts'
import { Field } from '../parts/parts.tsx'
import type { FieldsProps } from './describe-fields.tsx'

/** The list of addresses and networks. */
export function AddressesField(props: FieldsProps) {
  const { draft, bounds, mistakes } = props
  const [isOpen, setOpen] = useState(draft.addresses !== '')
  if (!bounds.hasAddresses) return null
  if (bounds.needsAddresses !== undefined) return <List {...props} />
  const isShown = isOpen || mistakes.addresses !== undefined
  return (
    <details class="more" open={isShown} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('moreOptions')}</summary>
      <List {...props} />
    </details>
  )
}

function List({ draft, bounds: { needsAddresses, plan }, mistakes, onChange }: FieldsProps) {
  const why =
    needsAddresses === 'plan'
      ? t('addressesRuled', { plan: plan.name })
      : needsAddresses === 'type'
        ? t('addressesOfType')
        : t('addressesAnywhere')
  return (
    <Field label={t('addressesLabel')} hint={`${why} ${t('addressesHint')}`} mistake={mistakes.addresses}>
      {(control) => (
        <textarea
          {...control}
          class="links"
          rows={3}
          spellcheck={false}
          autocomplete="off"
          placeholder="203.0.113.0/24"
          value={draft.addresses}
          onInput={({ currentTarget }) => onChange({ addresses: currentTarget.value })}
        />
      )}
    </Field>
  )
}
