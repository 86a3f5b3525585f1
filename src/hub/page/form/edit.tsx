/** The modal that changes a token. Two admins at once: what does not collide is kept, the rest is chosen. */
import { useEffect, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import { api, failureOf } from '../api.ts'
import { useCall, useFresh } from '../hooks.ts'
import { kindOf, t } from '../hub.ts'
import { Icon } from '../parts/icon.tsx'
import { Action, EndedNote, FailureNote } from '../parts/parts.tsx'
import { TokenId } from '../parts/token-id.tsx'
import { AddressesField } from './addresses-field.tsx'
import { useBounds } from './bounds.ts'
import { type Conflict, ConflictNote, conflictOf, PARTS } from './conflict.tsx'
import { DescribeFields } from './describe-fields.tsx'
import { addressMistakes, type Draft, describeMistakes, draftOf, isRight, scopeMistakes } from './draft.ts'
import { DraftDialog } from './draft-dialog.tsx'
import { type Faults, mistakesOf } from './faults.ts'
import { useLinks } from './links.ts'
import { differing, EDITABLE, type Editable, editOf, type Values, valuesOf, valuesOfDraft } from './merge.ts'
import { MoreOptions } from './more-options.tsx'
import { ResourceChooser } from './resource-chooser.tsx'
import { ScopeChooser } from './scope-chooser.tsx'
import { useDraft, useMistakeFocus } from './use-draft.ts'

interface EditProps {
  readonly plan: BootPlan
  readonly token: Token
  /** It is saved, or, where it lets the token do more and another admin has to approve that, it waits. */
  readonly onSaved: (token: Token, isWaiting: boolean) => void
  readonly onClose: () => void
}

/** Everything that can be changed, on one page. */
export function Edit({ plan, token, onSaved, onClose }: EditProps) {
  const kind = kindOf(token.type)
  const draftLike = (like: Token): Draft => ({ ...draftOf(kind, like), scopes: like.scopes })
  const [base, setBase] = useState(token)
  const [start, setStart] = useState(() => draftLike(token))
  const { draft, setDraft, mistakes, setMistakes, change } = useDraft(() => start)
  const [conflict, setConflict] = useState<Conflict>()
  const bounds = useBounds(kind, plan)
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
    const { days: _, ...early } = {
      ...describeMistakes(draft, bounds),
      ...scopeMistakes(draft, kind),
      // A token from before the rule may go without for as long as nobody touches that.
      ...(draft.addresses !== start.addresses && addressMistakes(draft, bounds)),
    }
    setMistakes(early)
    if (!isRight(early)) return focusMistake()
    const done = await call.run(async () => {
      const mine = await wanted()
      if (typeof mine === 'string') return { mistakes: { links: mine } }
      const changed = differing(valuesOf(base), mine)
      if (changed.length === 0) return base
      const fields = editOf(base, mine, changed)
      return api
        .edit({ ...fields, id: base.id, version: base.version })
        .catch(async (error: unknown): Promise<Faults | Conflict | Token> => {
          const isConflict = failureOf(error).code === 'version_conflict'
          return isConflict ? conflictOf(base, mine, draft) : mistakesOf(error, fields)
        })
    })
    if (done === undefined) return
    if ('mistakes' in done) {
      setMistakes(done.mistakes)
      focusMistake()
    } else if ('theirs' in done) take(done)
    else onSaved(done, done.proposal !== undefined && done.proposal.at !== base.proposal?.at)
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
  const fields = { draft, kind, bounds, mistakes, onChange: change }
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
      {bounds.needsApproval && (
        <p class="note">
          <Icon name="people" /> {t('editApprovalNeeded', { plan: plan.name })}
        </p>
      )}
      <h3>{t('describe')}</h3>
      <DescribeFields {...fields} />
      <div class="field">
        <span class="label">{t('id')}</span>
        <TokenId id={token.id} />
      </div>
      <MoreOptions {...fields} />
      <h3>{t('chooseScopes')}</h3>
      <ScopeChooser {...fields} />
      <h3>{t('chooseResources')}</h3>
      <ResourceChooser {...fields} links={links} />
      <AddressesField {...fields} />
    </DraftDialog>
  )
}
