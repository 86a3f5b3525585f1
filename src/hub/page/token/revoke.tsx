/** The modal before a revoke, which cannot be undone: one types what the token is called. */
import { useId, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import { api, persistently } from '../api.ts'
import { awayOf } from '../format.ts'
import { useCall, useFresh } from '../hooks.ts'
import { rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, CallFooter, FailureNote } from '../parts/parts.tsx'
import { isReason, ReasonField } from '../parts/reason.tsx'
import { TextField } from '../parts/text-field.tsx'

interface RevokeProps {
  readonly token: Token
  readonly onRevoked: (token: Token) => void
  readonly onClose: () => void
}

/** Asks for the name, and revokes. Twice is no error, so it is tried again unasked. */
export function Revoke({ token: known, onRevoked, onClose }: RevokeProps) {
  const { token } = useFresh(known)
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const [isWrong, setWrong] = useState(false)
  const call = useCall()
  const about = useId()
  // What was copied out of a sentence may have brought the marks that keep a name apart; no name has one.
  const isMatch = typed.replace(/[\u2068\u2069]/g, '').trim() === token.name
  const revoke = async (): Promise<void> => {
    setWrong(!isMatch)
    if (!isMatch || !isReason(reason)) return
    const why = reason.trim()
    const input = { id: token.id, receipt: true, ...(why !== '' && { reason: why }) } as const
    const revoked = await call.run(() => persistently(() => api.revoke(input)))
    if (revoked) onRevoked(revoked.token)
  }
  return (
    <Dialog
      title={rich('revokeTitle', { token: <bdi>{token.name}</bdi> })}
      about={about}
      onLeave={() => call.isBusy || onClose()}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!call.isBusy) revoke()
        }}
      >
        <div class="body">
          <p id={about}>
            <strong>{t(token.status === 'pending' ? 'revokeRequestLead' : 'revokeLead')}</strong>{' '}
            {token.lastUsedAt && t('revokeUsed', { when: awayOf(token.lastUsedAt) })}{' '}
            {token.status === 'revoked' && t('alreadyRevoked')}
          </p>
          <TextField
            label={rich('revokeConfirm', {
              token: (
                <strong>
                  <bdi>{token.name}</bdi>
                </strong>
              ),
            })}
            mistake={isWrong && !isMatch ? t('revokeMismatch') : undefined}
            value={typed}
            onText={setTyped}
          />
          <details>
            <summary>{t('reasonAdd')}</summary>
            <ReasonField value={reason} onChange={setReason} />
          </details>
          <FailureNote failure={call.failure} isWrite />
        </div>
        <CallFooter isBusy={call.isBusy} onCancel={onClose}>
          <Action look="danger" submits isBusy={call.isBusy} isOff={!isMatch || !isReason(reason)}>
            {t('revoke')}
          </Action>
        </CallFooter>
      </form>
    </Dialog>
  )
}
