/** The modal that makes a token: three pages, with everything typed kept from one to the other, and a review before it is made. */
import { useEffect, useState } from 'preact/hooks'
import type { IssuedText, RequestedText } from '../../../admin/client-types.ts'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import { api, persistently } from '../api.ts'
import { useCall, useKey } from '../hooks.ts'
import { boot, type Kind, t } from '../hub.ts'
import { Icon } from '../parts/icon.tsx'
import { Action, FailureNote } from '../parts/parts.tsx'
import { Stepper } from '../parts/stepper.tsx'
import { AddressesField } from './addresses-field.tsx'
import { type Bounds, useBounds } from './bounds.ts'
import { daysIn, endOfDay } from './days.ts'
import { DescribeFields } from './describe-fields.tsx'
import {
  addressMistakes,
  type Draft,
  describeMistakes,
  draftOf,
  entriesIn,
  isRight,
  type Mistakes,
  metadataIn,
  scopeMistakes,
} from './draft.ts'
import { DraftDialog } from './draft-dialog.tsx'
import { ExpirationField } from './expiration-field.tsx'
import { mistakesOf } from './faults.ts'
import { useLinks } from './links.ts'
import { MoreOptions } from './more-options.tsx'
import { ResourceChooser } from './resource-chooser.tsx'
import { ScopeChooser } from './scope-chooser.tsx'
import { StepPage } from './step-page.tsx'
import { Summary, SummaryLine } from './summary.tsx'
import { useDraft, useMistakeFocus } from './use-draft.ts'

const STEPS = ['describe', 'chooseScopes', 'chooseResources'] as const
/** The page on which a field is. */
const STEP_OF: { readonly [field in keyof Draft]: number } = {
  ...{ name: 0, description: 0, days: 0, contact: 0, words: 0, isRenewing: 0, renewUntil: 0 },
  ...{ scopes: 1, isAll: 2, links: 2, addresses: 2 },
}

interface WizardProps {
  readonly plan: BootPlan
  readonly kind: Kind
  /** A token that ended, to make another one like it. */
  readonly like?: Token | undefined
  readonly onIssued: (issued: IssuedText | RequestedText) => void
  readonly onClose: () => void
}

/** Describes, chooses scopes, chooses resources, and makes the token. */
export function Wizard({ plan, kind, like, onIssued, onClose }: WizardProps) {
  const [start, setStart] = useState(() => draftOf(kind, like))
  const { draft, mistakes, setMistakes, change } = useDraft(() => start)
  const [step, setStep] = useState(0)
  const [furthest, setFurthest] = useState(0)
  const bounds = useBounds(kind, plan)
  const links = useLinks(draft, plan, kind)
  const call = useCall()
  const keyOf = useKey()
  const focusMistake = useMistakeFocus()
  useEffect(() => {
    // Nobody has chosen the lifetime that the form began with, so it gives way to what the rules of the plan allow.
    if (draft.days !== start.days || Number(draft.days) <= bounds.longest) return
    const days = String(bounds.longest)
    setStart({ ...start, days })
    change({ days })
  }, [bounds.longest])

  const wrongOn = (page: number): Mistakes =>
    [describeMistakes(draft, bounds), scopeMistakes(draft, kind), addressMistakes(draft, bounds)][page] ?? {}
  const complain = (found: Mistakes): void => {
    setMistakes(found)
    const fields = (Object.keys(found) as (keyof Draft)[]).filter((field) => found[field] !== undefined)
    setStep(Math.min(...fields.map((field) => STEP_OF[field])))
    focusMistake()
  }
  const go = (to: number): void => {
    if (call.isBusy) return
    const wrong = [0, 1, 2].slice(step, to).find((page) => !isRight(wrongOn(page)))
    if (wrong !== undefined) {
      complain(wrongOn(wrong))
      return
    }
    call.clear()
    setMistakes({})
    setStep(to)
    setFurthest(Math.max(furthest, to))
  }
  const create = async (): Promise<void> => {
    const early = { ...wrongOn(0), ...wrongOn(1), ...wrongOn(2) }
    if (!isRight(early)) return complain(early)
    const issued = await call.run(async () => {
      const settled = draft.isAll ? { links: 'all' as const } : await links.settle()
      if ('mistake' in settled) return { mistakes: { links: settled.mistake } }
      const input = {
        ...{ planId: plan.id, type: kind.type.name, name: draft.name, description: draft.description },
        ...{ lifetimeDays: daysIn(draft.days, bounds.longest) ?? 0, scopes: draft.scopes, resources: settled.links },
        ...detailsOf(draft, kind, bounds),
      }
      const idempotencyKey = keyOf(input)
      return persistently(() => api.create({ ...input, idempotencyKey })).catch((error: unknown) =>
        mistakesOf(error, input),
      )
    })
    if (!issued) return
    // What the server finds fault with is shown at its field, on the page where that is.
    if ('mistakes' in issued) complain(issued.mistakes)
    else onIssued(issued)
  }
  const fields = { draft, kind, bounds, mistakes, onChange: change }
  const isLast = step === STEPS.length - 1
  return (
    <DraftDialog
      title={t('generateTitle', { type: kind.noun })}
      isDirty={JSON.stringify(draft) !== JSON.stringify(start)}
      isBusy={call.isBusy}
      onSubmit={isLast ? create : () => go(step + 1)}
      onClose={onClose}
      onBack={step > 0 ? () => go(step - 1) : undefined}
      head={
        <Stepper steps={[t('stepDescribe'), t('stepScopes'), t('stepResources')]} {...{ step, furthest }} onGo={go} />
      }
      aside={<Summary {...fields} {...{ links, step, isLast }} onGo={go} />}
      line={<SummaryLine {...fields} links={links} />}
      buttons={
        <>
          {step > 0 && (
            <Action onClick={() => go(step - 1)} isBusy={call.isBusy}>
              {t('back')}
            </Action>
          )}
          <Action look="main" submits isBusy={call.isBusy}>
            {t(isLast ? 'create' : 'next')}
          </Action>
        </>
      }
    >
      <FailureNote failure={call.failure} hasInput isWrite />
      <StepPage key={step} title={t(STEPS[step] ?? 'describe')}>
        {step === 0 && (
          <>
            {bounds.needsApproval && (
              <p class="note">
                <Icon name="people" /> {t('approvalNeeded', { plan: plan.name })}
              </p>
            )}
            <DescribeFields {...fields} />
            <ExpirationField {...fields} />
            <MoreOptions {...fields} />
          </>
        )}
        {step === 1 && <ScopeChooser {...fields} />}
        {step === 2 && (
          <>
            <ResourceChooser {...fields} links={links} />
            <AddressesField {...fields} />
          </>
        )}
      </StepPage>
    </DraftDialog>
  )
}

/** What need not be said of a token, where it is. */
function detailsOf(draft: Draft, { type }: Kind, { hasAddresses }: Bounds): object {
  const metadata = metadataIn(draft)
  const addresses = hasAddresses ? entriesIn(draft.addresses) : []
  const isRenewing = draft.isRenewing && boot.features.selfRenewal && type.selfRenewal !== undefined
  return {
    ...(draft.contact.trim() !== '' && { contact: draft.contact }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(addresses.length > 0 && { addresses }),
    ...(isRenewing && { selfRenewal: true }),
    ...(isRenewing && draft.renewUntil !== '' && { renewUntil: endOfDay(draft.renewUntil) }),
  }
}
