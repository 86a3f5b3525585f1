/** The scopes of a token type: in groups, searchable, each with what it lets a token do. */
import { useId, useState } from 'preact/hooks'
import type { ScopeView } from '../../../core/policy.ts'
import { t } from '../hub.ts'
import { Field, Mistake } from '../parts/parts.tsx'
import type { FieldsProps } from './describe-fields.tsx'

/** Checkboxes, or, for a type whose scopes are fixed, their list. */
export function ScopeChooser({ draft, kind, mistakes, onChange }: FieldsProps) {
  const [search, setSearch] = useState('')
  const mistakeId = useId()
  const { type, surface } = kind
  const known = new Map(surface.scopes.map((scope) => [scope.name, scope]))
  const viewOf = (name: string): ScopeView => known.get(name) ?? { name, types: [] }
  if (type.fixed.length > 0)
    return (
      <>
        <p>{t('scopesFixed')}</p>
        <ul>
          {type.fixed.map((name) => (
            <li key={name}>
              <code>{name}</code> {viewOf(name).title}
            </li>
          ))}
        </ul>
      </>
    )
  // What a token has from before stays in sight, even if nobody could choose it now.
  const offered = [...new Set([...type.scopes, ...draft.scopes])].map(viewOf)
  const found = offered.filter((scope) => holds(scope, search))
  const groups = new Map<string, ScopeView[]>()
  for (const scope of found) {
    const group = scope.group ?? t('otherScopes')
    groups.set(group, [...(groups.get(group) ?? []), scope])
  }
  const toggle = (name: string, isChosen: boolean): void =>
    onChange({ scopes: isChosen ? [...draft.scopes, name] : draft.scopes.filter((one) => one !== name) })
  return (
    <>
      <Field
        label={t('searchScopes')}
        hint={t('scopesChosen', { count: draft.scopes.length })}
        mistake={found.length === 0 ? mistakes.scopes : undefined}
      >
        {(control) => (
          <input
            {...control}
            type="search"
            autocomplete="off"
            value={search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        )}
      </Field>
      <Mistake id={mistakeId}>{found.length > 0 && mistakes.scopes}</Mistake>
      <div class="scopes">
        {[...groups].map(([group, scopes]) => (
          <fieldset key={group}>
            <legend>{group}</legend>
            {scopes.map((scope) => (
              <ScopeBox
                key={scope.name}
                scope={scope}
                isChosen={draft.scopes.includes(scope.name)}
                isOffered={type.scopes.includes(scope.name)}
                mistakeId={mistakes.scopes === undefined ? undefined : mistakeId}
                onToggle={toggle}
              />
            ))}
          </fieldset>
        ))}
        {found.length === 0 && <p>{t('scopesNoneFound')}</p>}
      </div>
    </>
  )
}

function holds({ name, title = '', group = '' }: ScopeView, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/)
  const text = `${name} ${title} ${group}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

interface ScopeBoxProps {
  readonly scope: ScopeView
  readonly isChosen: boolean
  readonly isOffered: boolean
  /** What is wrong with the choice as a whole, if anything is. */
  readonly mistakeId: string | undefined
  onToggle(name: string, isChosen: boolean): void
}

function ScopeBox({ scope: { name, title, deprecated }, isChosen, isOffered, mistakeId, onToggle }: ScopeBoxProps) {
  const id = useId()
  return (
    <div class="choice">
      <input
        id={id}
        type="checkbox"
        checked={isChosen}
        aria-describedby={mistakeId === undefined ? `${id}-about` : `${mistakeId} ${id}-about`}
        aria-invalid={mistakeId === undefined ? undefined : true}
        onChange={({ currentTarget }) => onToggle(name, currentTarget.checked)}
      />
      <div>
        <label for={id}>
          <code>{name}</code>
        </label>
        <p class="hint" id={`${id}-about`}>
          {title} {deprecated !== undefined && <Deprecated why={deprecated} />} {!isOffered && t('scopeKept')}
        </p>
      </div>
    </div>
  )
}

/** The mark of a scope that should not be used any more, and what to use. */
export function Deprecated({ why }: { readonly why: string }) {
  return (
    <span>
      <span class="badge soon">{t('deprecated')}</span> {why}
    </span>
  )
}
