/** The scopes of a token type: in groups, searchable, each with what it lets a token do. How far a scope goes: form/scope-levels.ts. */
import { useId, useState } from 'preact/hooks'
import type { ScopeView } from '../../../core/policy.ts'
import { count, t } from '../hub.ts'
import { Deprecated } from '../parts/deprecated.tsx'
import { Field, Mistake } from '../parts/parts.tsx'
import { Segments } from '../parts/segments.tsx'
import type { FieldsProps } from './describe-fields.tsx'
import { choosable, type Level, levelIn, levelsOf, presetsOf } from './scope-levels.ts'

/** Checkboxes, or, for a type whose scopes are fixed, their list. */
export function ScopeChooser(props: FieldsProps) {
  const { draft, kind, bounds, mistakes, onChange } = props
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
        {!type.fixed.every(bounds.isAllowed) && <p class="note">{t('scopesFixedRuled', { plan: bounds.plan.name })}</p>}
      </>
    )
  // What a token has from before stays in sight, even if nobody could choose it now.
  const offered = [...new Set([...type.scopes, ...draft.scopes])].map(viewOf)
  const found = offered.filter((scope) => holds(scope, search))
  const groups = new Map<string, ScopeView[]>()
  for (const scope of found) {
    const group = groupOf(scope)
    groups.set(group, [...(groups.get(group) ?? []), scope])
  }
  const choose = (scopes: readonly string[]): void => onChange({ scopes })
  return (
    <>
      <Presets {...props} />
      <Field
        label={t('searchScopes')}
        hint={count(draft.scopes.length, 'scopesChosen')}
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
            {search.trim() === '' && <Access {...props} names={scopes.map(({ name }) => name)} onChoose={choose} />}
            {scopes.map((scope) => (
              <ScopeBox
                key={scope.name}
                scope={scope}
                isChosen={draft.scopes.includes(scope.name)}
                why={
                  !type.scopes.includes(scope.name)
                    ? t('scopeKept')
                    : bounds.isAllowed(scope.name)
                      ? undefined
                      : t('scopeRuled', { plan: bounds.plan.name })
                }
                mistakeId={mistakes.scopes === undefined ? undefined : mistakeId}
                onToggle={(isChosen) =>
                  choose(isChosen ? [...draft.scopes, scope.name] : draft.scopes.filter((one) => one !== scope.name))
                }
              />
            ))}
          </fieldset>
        ))}
        {found.length === 0 && <p>{t('scopesNoneFound')}</p>}
      </div>
    </>
  )
}

/** The group of a policy that has some, else what the name says it is about. */
const groupOf = ({ name, group }: ScopeView): string =>
  group ?? (/^[^:]+(?=:)/.exec(name)?.[0].replaceAll('_', ' ') || t('otherScopes'))

function holds({ name, title = '', group = '' }: ScopeView, search: string): boolean {
  const words = search.toLowerCase().split(/\s+/)
  const text = `${name} ${title} ${group}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

const PRESET_TEXTS = { readOnly: 'presetReadOnly', ci: 'presetCi' } as const

/** Choices that are often made, in place of what is chosen. */
function Presets({ draft, kind, bounds, onChange }: FieldsProps) {
  const presets = presetsOf(kind, bounds)
  if (presets.length === 0) return null
  const isChosen = (scopes: readonly string[]): boolean =>
    scopes.length === draft.scopes.length && scopes.every((scope) => draft.scopes.includes(scope))
  return (
    <fieldset class="presets">
      <legend>{t('presets')}</legend>
      {presets.map(({ id, scopes }) => (
        <button
          key={id}
          type="button"
          class="small"
          aria-pressed={isChosen(scopes)}
          onClick={() => onChange({ scopes })}
        >
          {t(PRESET_TEXTS[id])}
        </button>
      ))}
      {draft.scopes.length > 0 && (
        <button type="button" class="small" onClick={() => onChange({ scopes: [] })}>
          {t('scopesClear')}
        </button>
      )}
    </fieldset>
  )
}

interface AccessProps extends FieldsProps {
  readonly names: readonly string[]
  onChoose(scopes: readonly string[]): void
}

const LEVEL_TEXTS = { none: 'levelNone', read: 'levelRead', write: 'levelWrite' } as const

/** How far the scopes of a group go, where some of them can be told apart by it. */
function Access({ draft, kind, bounds, names, onChoose }: AccessProps) {
  const levels = levelsOf(choosable(kind, bounds).filter(({ name }) => names.includes(name)))
  if (levels.size === 1) return null
  const chosen = draft.scopes.filter((scope) => names.includes(scope))
  const choose = (level: Level): void =>
    onChoose([...draft.scopes.filter((scope) => !names.includes(scope)), ...(levels.get(level) ?? [])])
  return (
    <Segments
      label={t('access')}
      choices={[...levels.keys()].map((level) => ({ value: level, text: t(LEVEL_TEXTS[level]) }))}
      chosen={levelIn(levels, chosen)}
      onChoose={choose}
    />
  )
}

interface ScopeBoxProps {
  readonly scope: ScopeView
  readonly isChosen: boolean
  /** Why it cannot be chosen; of one that is chosen, why it could not be again. */
  readonly why: string | undefined
  /** What is wrong with the choice as a whole, if anything is. */
  readonly mistakeId: string | undefined
  onToggle(isChosen: boolean): void
}

function ScopeBox({ scope: { name, title, deprecated }, isChosen, why, mistakeId, onToggle }: ScopeBoxProps) {
  const id = useId()
  const isOff = why !== undefined && !isChosen
  return (
    <div class="choice">
      <input
        id={id}
        type="checkbox"
        checked={isChosen}
        disabled={isOff}
        aria-describedby={mistakeId === undefined ? `${id}-about` : `${mistakeId} ${id}-about`}
        aria-invalid={mistakeId !== undefined && !isOff ? true : undefined}
        onChange={({ currentTarget }) => onToggle(currentTarget.checked)}
      />
      <label for={id}>
        <code>{name}</code>
      </label>
      <p class="hint" id={`${id}-about`}>
        {title} {deprecated !== undefined && <Deprecated why={deprecated} />} {why}
      </p>
    </div>
  )
}
