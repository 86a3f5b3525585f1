/** The modal that changes a token. Two admins at once: what does not collide is kept, the rest is chosen. */
import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../../../core/token.ts'
import type { BootPlan } from '../../boot.ts'
import { api, failureOf } from '../api.ts'
import { useCall, useFresh } from '../hooks.ts'
import { kindOf, t } from '../hub.ts'
import { Action, EndedNote, FailureNote } from '../parts/parts.tsx'
import { TokenId } from '../parts/token-id.tsx'
import { type Conflict, ConflictNote, conflictOf, PARTS } from './conflict.tsx'
import { DescribeFields } from './describe-fields.tsx'
import { type Draft, describeMistakes, draftOf, type Faults, isRight, mistakesOf, scopeMistakes } from './draft.ts'
import { DraftDialog } from './draft-dialog.tsx'
import { useLinks } from './links.ts'
import { differing, EDITABLE, type Editable, type Values, valuesOf, valuesOfDraft } from './merge.ts'
import { ResourceChooser } from './resource-chooser.tsx'
import { ScopeChooser } from './scope-chooser.tsx'
import { useDraft, useMistakeFocus } from './use-draft.ts'

interface EditProps {
  readonly plan: BootPlan
  readonly token: Token
  readonly onSaved: (token: Token) => void
  readonly onClose: () => void
}

/** Name, description, scopes and resources, on one page. */
export function Edit({ plan, token, onSaved, onClose }: EditProps) {
  const kind = kindOf(token.type)
  const draftLike = (like: Token): Draft => ({ ...draftOf(kind, like), scopes: like.scopes })
  const [base, setBase] = useState(token)
  const [start, setStart] = useState(() => draftLike(token))
  const { draft, setDraft, mistakes, setMistakes, change } = useDraft(() => start)
  const [conflict, setConflict] = useState<Conflict>()
  const links = useLinks(draft, plan, kind)
  const call = useCall()
  const focusMistake = useMistakeFocus()

  const isDirty = JSON.stringify(draft) !== JSON.stringify(start)
  const { token: fresh } = useFresh(token)
  useEffect(() => {
    // What the table did not know yet. Into what somebody has typed nothing is put: a save will tell.
    if (isDirty || call.isBusy || fresh.version <= base.version) return
    const now = draftLike(fresh)
    setBase(fresh)
    setStart(now)
    setDraft(now)
  }, [fresh])

  const isSameResources = draft.isAll === start.isAll && draft.links === start.links
  const wanted = async (): Promise<Values | string> => {
    if (isSameResources) return { ...valuesOfDraft(draft, []), resources: valuesOf(base).resources }
    if (draft.isAll) return valuesOfDraft(draft, 'all')
    const settled = await links.settle()
    return 'mistake' in settled ? settled.mistake : valuesOfDraft(draft, settled.links)
  }
  const save = async (): Promise<void> => {
    const { days: _, ...early } = { ...describeMistakes(draft, kind), ...scopeMistakes(draft, kind) }
    setMistakes(early)
    if (!isRight(early)) return focusMistake()
    const done = await call.run(async () => {
      const mine = await wanted()
      if (typeof mine === 'string') return { mistakes: { links: mine } }
      const changed = differing(valuesOf(base), mine)
      if (changed.length === 0) return base
      const fields = Object.fromEntries(changed.map((field) => [field, mine[field]]))
      return api
        .edit({ id: base.id, version: base.version, ...fields })
        .catch(async (error: unknown): Promise<Faults | Conflict | Token> => {
          const isConflict = failureOf(error).code === 'version_conflict'
          return isConflict ? conflictOf(base, mine) : mistakesOf(error, mine.resources as 'all' | readonly string[])
        })
    })
    if (done === undefined) return
    if ('mistakes' in done) {
      setMistakes(done.mistakes)
      focusMistake()
    } else if ('theirs' in done) take(done)
    else onSaved(done)
  }
  /** Goes on from what the other one left, with everything that I changed, before I saved and since. */
  const take = (found: Conflict): void => {
    const theirs = draftLike(found.theirs)
    setBase(found.theirs)
    setStart(theirs)
    setDraft((typed) => {
      const isMine = (field: Editable): boolean =>
        found.changed.includes(field) || PARTS[field].some((part) => typed[part] !== draft[part])
      const parts = EDITABLE.filter(isMine).flatMap((field) => PARTS[field])
      return { ...theirs, ...Object.fromEntries(parts.map((part) => [part, typed[part]])) }
    })
    setConflict(found)
  }
  const fields = { draft, kind, mistakes, onChange: change }
  return (
    <DraftDialog
      title={t('edit')}
      isDirty={isDirty}
      isBusy={call.isBusy}
      onSubmit={save}
      onClose={onClose}
      buttons={
        <Action look="main" submits isBusy={call.isBusy}>
          {t('save')}
        </Action>
      }
    >
      <EndedNote token={fresh} />
      {conflict && <ConflictNote conflict={conflict} draft={draft} theirs={start} onChange={change} />}
      <FailureNote failure={call.failure} hasInput isWrite />
      <h3>{t('describe')}</h3>
      <DescribeFields {...fields} />
      <div class="field">
        <span class="label">{t('id')}</span>
        <TokenId id={token.id} />
      </div>
      <h3>{t('chooseScopes')}</h3>
      <ScopeChooser {...fields} />
      <h3>{t('chooseResources')}</h3>
      <ResourceChooser {...fields} links={links} />
    </DraftDialog>
  )
}
