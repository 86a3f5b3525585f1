/** What one is told when another admin has to approve what one asked for: that it waits, for whom, until when, and what happens next. */

import { millisecondsInDay } from 'date-fns/constants'
import { useId, useState } from 'preact/hooks'
import { DECIDED_WITHIN_DAYS } from '../../../core/token.ts'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import { momentOf } from '../format.ts'
import { boot, rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Action } from '../parts/parts.tsx'
import { tokenAddress } from '../plan/views.ts'

interface WaitingProps {
  readonly token: Token
  readonly plan: BootPlan
  /** Whether it is a new token that waits, and not an edit. */
  readonly isNew: boolean
  readonly onDone: () => void
}

/** Tells it, with a link for whoever is to look at it. */
export function Waiting({ token, plan, isNew, onDone }: WaitingProps) {
  const about = useId()
  const [said, setSaid] = useState<'linkCopied' | 'linkNotCopied'>()
  const link = location.origin + boot.base + tokenAddress(plan.id, token.id, token.type)
  const lapse = isNew ? token.expiresAt : (token.proposal?.at ?? 0) + DECIDED_WITHIN_DAYS * millisecondsInDay
  const copy = (): void => {
    navigator.clipboard.writeText(link).then(
      () => setSaid('linkCopied'),
      () => setSaid('linkNotCopied'),
    )
  }
  return (
    <Dialog title={t('waitingTitle')} about={about} onLeave={onDone}>
      <div class="body">
        <p id={about} class="note">
          <Icon name="people" />
          <span>
            {rich(isNew ? 'waitingToken' : 'waitingEdit', { token: <bdi>{token.name}</bdi>, plan: plan.name })}
          </span>
        </p>
        <h3>{t('waitingNext')}</h3>
        <ol>
          <li>{t('waitingAsk', { plan: plan.name })}</li>
          <li>{t(isNew ? 'waitingCollect' : 'waitingApplied')}</li>
          <li>{t('waitingLapse', { date: momentOf(lapse) })}</li>
        </ol>
        <p class="field">
          <span class="label">{t('waitingLink')}</span>
          <code class="shown">{link}</code>
        </p>
        <p role="status" class={said === 'linkCopied' ? 'good' : 'mistake'}>
          {said && t(said)}
        </p>
      </div>
      <footer>
        <Action onClick={copy}>{t('copyLink')}</Action>
        <Action look="main" onClick={onDone}>
          {t('done')}
        </Action>
      </footer>
    </Dialog>
  )
}
