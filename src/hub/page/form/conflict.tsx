/** What one is told when somebody else saved first: who and when, and, field by field, which of both is kept. */
import { useId, useState } from 'preact/hooks'
import type { TokenEvent } from '../../../core/event.ts'
import type { Token } from '../../../core/token-view.ts'
import { api } from '../api.ts'
import { awayOf } from '../format.ts'
import { listed, rich, t } from '../hub.ts'
import { useInSight } from '../parts/parts.tsx'
import { type Draft, entriesIn } from './draft.ts'
import { conflicts, differing, type Editable, type Values, valuesOf } from './merge.ts'

/** Another one's edit that collides with mine. */
export interface Conflict {
  readonly theirs: Token
  /** Who did it, if the log says. */
  readonly event: TokenEvent | undefined
  /** What I changed. */
  readonly changed: readonly Editable[]
  /** What both changed, each to something else. */
  readonly fields: readonly Editable[]
  readonly mine: Partial<Draft>
}

/** Looks what the other one did. A token that is as one wants it was saved by oneself, in a call whose answer was lost. */
export async function conflictOf(base: Token, mine: Values, draft: Draft): Promise<Conflict | Token> {
  const theirs = await api.get({ id: base.id })
  if (differing(mine, valuesOf(theirs)).length === 0) return theirs
  const log = await api
    .events({ planId: base.planId, tokenId: base.id, order: 'newest', limit: 1 })
    .catch(() => ({ events: [] }))
  const { resources } = mine
  const isAll = resources === 'all'
  return {
    theirs,
    event: log.events[0],
    changed: differing(valuesOf(base), mine),
    fields: conflicts(valuesOf(base), mine, valuesOf(theirs)),
    mine: { ...draft, isAll, links: isAll ? '' : [...resources].join('\n') },
  }
}

interface ConflictNoteProps {
  readonly conflict: Conflict
  readonly draft: Draft
  readonly theirs: Draft
  onChange(change: Partial<Draft>): void
}

/** The draft's fields behind a field of the token. */
export const PARTS: { readonly [F in Editable]: readonly (keyof Draft)[] } = {
  name: ['name'],
  description: ['description'],
  scopes: ['scopes'],
  resources: ['isAll', 'links'],
  contact: ['contact'],
  metadata: ['words'],
  addresses: ['addresses'],
  selfRenewal: ['isRenewing', 'renewUntil'],
}

/** Tells it, and lets one choose; what is chosen stands in the form below at once. */
export function ConflictNote({ conflict, theirs, onChange }: ConflictNoteProps) {
  const { event, fields, mine } = conflict
  return (
    <section ref={useInSight<HTMLElement>(conflict)} class="failure" role="alert">
      <h3>{t('conflictTitle')}</h3>
      <p>
        {event && rich('conflictBy', { actor: <bdi>{event.actor ?? t('someHolder')}</bdi>, when: awayOf(event.at) })}{' '}
        {fields.length > 0 ? t('conflictLead') : t('conflictKept')}
      </p>
      {fields.map((field) => (
        <Side
          key={`${conflict.theirs.version} ${field}`}
          field={field}
          mine={mine}
          theirs={theirs}
          onChoose={(side) => onChange(Object.fromEntries(PARTS[field].map((part) => [part, side[part]])))}
        />
      ))}
    </section>
  )
}

interface SideProps {
  readonly field: Editable
  readonly mine: Partial<Draft>
  readonly theirs: Draft
  onChoose(side: Partial<Draft>): void
}

function Side({ field, mine, theirs, onChoose }: SideProps) {
  const name = useId()
  const [side, setSide] = useState<'mine' | 'theirs'>('mine')
  const sides = { mine, theirs }
  return (
    <fieldset>
      <legend>{t(field)}</legend>
      {(['mine', 'theirs'] as const).map((one) => (
        <div key={one} class="choice">
          <input
            id={`${name}-${one}`}
            type="radio"
            name={name}
            checked={side === one}
            onChange={() => {
              setSide(one)
              onChoose(sides[one])
            }}
          />
          <label for={`${name}-${one}`}>
            {t(one === 'mine' ? 'conflictMine' : 'conflictTheirs')}: <bdi>{shown(field, sides[one])}</bdi>
          </label>
        </div>
      ))}
    </fieldset>
  )
}

function shown(field: Editable, side: Partial<Draft>): string {
  if (field === 'scopes') return listed(side.scopes ?? [])
  if (field === 'resources')
    return side.isAll ? t('allResources') : (side.links ?? '').split('\n').slice(0, 10).join(', ')
  if (field === 'metadata') return (side.words ?? []).map(({ key, value }) => `${key}: ${value}`).join(', ') || '—'
  if (field === 'addresses')
    return (
      entriesIn(side.addresses ?? '')
        .slice(0, 10)
        .join(', ') || '—'
    )
  if (field === 'selfRenewal') return side.isRenewing ? side.renewUntil || t('selfRenewalOn') : '—'
  return side[field] || '—'
}
