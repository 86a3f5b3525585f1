/** The modal that makes a token: three pages, with everything typed kept from one to the other. */
import { useState } from 'preact/hooks'
import type { IssuedText } from '../../../admin/client.ts'
import type { Token } from '../../../core/token.ts'
import type { BootPlan } from '../../boot.ts'
import { api, persistently } from '../api.ts'
import { useCall, useKey } from '../hooks.ts'
import { type Kind, t } from '../hub.ts'
import { StepHeading } from '../parts/dialog.tsx'
import { Action, FailureNote } from '../parts/parts.tsx'
import { DescribeFields, ExpirationField } from './describe-fields.tsx'
import {
  type Draft,
  daysOf,
  describeMistakes,
  draftOf,
  isRight,
  type Mistakes,
  mistakesOf,
  scopeMistakes,
} from './draft.ts'
import { DraftDialog } from './draft-dialog.tsx'
import { useLinks } from './links.ts'
import { ResourceChooser } from './resource-chooser.tsx'
import { ScopeChooser } from './scope-chooser.tsx'
import { useDraft, useMistakeFocus } from './use-draft.ts'

const STEPS = ['describe', 'chooseScopes', 'chooseResources'] as const
/** The page on which a field is. */
const STEP_OF: { readonly [field in keyof Draft]: number } = {
  name: 0,
  description: 0,
  days: 0,
  scopes: 1,
  isAll: 2,
  links: 2,
}

interface WizardProps {
  readonly plan: BootPlan
  readonly kind: Kind
  /** A token that ended, to make another one like it. */
  readonly like?: Token | undefined
  readonly onIssued: (issued: IssuedText) => void
  readonly onClose: () => void
}

/** Describes, chooses scopes, chooses resources, and makes the token. */
export function Wizard({ plan, kind, like, onIssued, onClose }: WizardProps) {
  const [start] = useState(() => draftOf(kind, like))
  const { draft, mistakes, setMistakes, change } = useDraft(() => start)
  const [step, setStep] = useState(0)
  const links = useLinks(draft, plan, kind)
  const call = useCall()
  const keyOf = useKey()
  const focusMistake = useMistakeFocus()

  const complain = (found: Mistakes): void => {
    setMistakes(found)
    const fields = (Object.keys(found) as (keyof Draft)[]).filter((field) => found[field] !== undefined)
    setStep(Math.min(...fields.map((field) => STEP_OF[field])))
    focusMistake()
  }
  const go = (to: number): void => {
    const found = [describeMistakes(draft, kind), scopeMistakes(draft, kind)][step] ?? {}
    if (to > step && !isRight(found)) {
      complain(found)
      return
    }
    call.clear()
    setMistakes({})
    setStep(to)
  }
  const create = async (): Promise<void> => {
    const early = { ...describeMistakes(draft, kind), ...scopeMistakes(draft, kind) }
    if (!isRight(early)) return complain(early)
    const issued = await call.run(async () => {
      const settled = draft.isAll ? { links: 'all' as const } : await links.settle()
      if ('mistake' in settled) return { mistakes: { links: settled.mistake } }
      const input = {
        ...{ planId: plan.id, type: kind.type.name, name: draft.name, description: draft.description },
        ...{ lifetimeDays: daysOf(draft, kind) ?? 0, scopes: draft.scopes, resources: settled.links },
      }
      const idempotencyKey = keyOf(input)
      return persistently(() => api.create({ ...input, idempotencyKey })).catch((error: unknown) =>
        mistakesOf(error, settled.links),
      )
    })
    if (!issued) return
    // What the server finds fault with is shown at its field, on the page where that is.
    if ('mistakes' in issued) complain(issued.mistakes)
    else onIssued(issued)
  }
  const fields = { draft, kind, mistakes, onChange: change }
  const isLast = step === STEPS.length - 1
  return (
    <DraftDialog
      title={t('generateTitle', { type: kind.noun })}
      isDirty={JSON.stringify(draft) !== JSON.stringify(start)}
      isBusy={call.isBusy}
      onSubmit={isLast ? create : () => go(step + 1)}
      onClose={onClose}
      onBack={step > 0 ? () => call.isBusy || go(step - 1) : undefined}
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
      <p class="hint">{t('step', { step: step + 1, steps: STEPS.length })}</p>
      <StepHeading key={step}>{t(STEPS[step] ?? 'describe')}</StepHeading>
      <FailureNote failure={call.failure} hasInput isWrite />
      {step === 0 && (
        <>
          <DescribeFields {...fields} />
          <ExpirationField {...fields} />
        </>
      )}
      {step === 1 && <ScopeChooser {...fields} />}
      {step === 2 && <ResourceChooser {...fields} links={links} />}
    </DraftDialog>
  )
}
