/** The modal before a refresh: both dates first, and a way to end the old secret at once. */
import { useEffect, useId, useState } from 'preact/hooks'
import type { IssuedText } from '../../../admin/client-types.ts'
import type { Token } from '../../../core/token-view.ts'
import { api, persistently } from '../api.ts'
import { momentOf } from '../format.ts'
import { useCall, useKey, useNewest } from '../hooks.ts'
import { count, kindOf, rich, t } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, CallFooter, FailureNote } from '../parts/parts.tsx'
import { leakedAtOf } from './leaked.ts'

interface RefreshProps {
  readonly token: Token
  readonly onIssued: (issued: IssuedText) => void
  readonly onClose: () => void
}

/** Shows the dates that a refresh gives, and refreshes. */
export function Refresh({ token, onIssued, onClose }: RefreshProps) {
  const [dates, setDates] = useState<{ readonly expiresAt: number; readonly previousWorksUntil: number }>()
  const [isLeaked, setLeaked] = useState(leakedAtOf(token) !== undefined)
  const call = useCall()
  const keyOf = useKey()
  const about = useId()
  const preview = useNewest(() => persistently(() => api.previewRefresh({ id: token.id })), setDates)
  useEffect(() => void preview.load(), [])
  // The dates are counted from now.
  useLookedAt(preview.load)
  const { graceHours, lifetimeDays: longest } = kindOf(token.type).surface.limits
  const days = Math.min(token.lifetimeDays, longest)
  const hours = Math.min(graceHours, days * 24)
  const refresh = async (): Promise<void> => {
    const input = { id: token.id, retirePrevious: isLeaked ? ('now' as const) : ('afterGrace' as const) }
    const issued = await call.run(() => persistently(() => api.refresh({ ...input, idempotencyKey: keyOf(input) })))
    if (issued) onIssued(issued)
  }
  return (
    <Dialog
      title={rich('refreshTitle', { token: <bdi>{token.name}</bdi> })}
      about={about}
      onLeave={() => call.isBusy || onClose()}
    >
      <div class="body">
        <p id={about}>
          {count(days, 'refreshLead')} {!isLeaked && count(hours, 'refreshGrace')}
        </p>
        <dl>
          <dt>{t('refreshExpires')}</dt>
          <dd>{dates ? momentOf(dates.expiresAt) : '…'}</dd>
          <dt>{t('refreshPrevious')}</dt>
          <dd>{isLeaked ? t('refreshNow') : dates ? momentOf(dates.previousWorksUntil) : '…'}</dd>
        </dl>
        <div class="choice">
          <input
            id="leaked"
            type="checkbox"
            checked={isLeaked}
            aria-describedby="leaked-about"
            onChange={({ currentTarget }) => setLeaked(currentTarget.checked)}
          />
          <div>
            <label for="leaked">{t('refreshLeaked')}</label>
            <p class="hint" id="leaked-about">
              {t('refreshLeakedHint')}
            </p>
          </div>
        </div>
        <FailureNote failure={preview.failure} onRetry={preview.load} />
        <FailureNote failure={call.failure} isWrite />
      </div>
      <CallFooter isBusy={call.isBusy} onCancel={onClose}>
        <Action look="main" onClick={() => dates && refresh()} isBusy={call.isBusy} isOff={!dates}>
          {t('refresh')}
        </Action>
      </CallFooter>
    </Dialog>
  )
}
