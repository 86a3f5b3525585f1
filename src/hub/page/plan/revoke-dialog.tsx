/** The dialog before many tokens are revoked, while they are, and after: what there is, a number to type, and what became of each. */

import { millisecondsInDay } from 'date-fns/constants'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import { textMistake } from '../form/draft.ts'
import { dayOf, usedOf } from '../format.ts'
import { useCall } from '../hooks.ts'
import { count, holdsSecret, now, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, CallFooter, FailureNote } from '../parts/parts.tsx'
import { TextField } from '../parts/text-field.tsx'
import { type Previewed, previewMany, type Revoking, revokeMany } from './revoke-many.ts'
import { Outcome } from './revoke-outcome.tsx'

interface RevokeManyProps {
  readonly planId: string
  readonly tokens: ReadonlyMap<string, Token>
  /** It closes; with those that are revoked by now. */
  onClose(revoked: readonly string[]): void
}

const LONGEST_REASON = 1_000
const RECENT = 7 * millisecondsInDay

export function RevokeMany({ planId, tokens, onClose }: RevokeManyProps) {
  const [preview, setPreview] = useState<Previewed>()
  const [revoking, setRevoking] = useState<Revoking>()
  const [isStopping, setStopping] = useState(false)
  const [, setTold] = useState(0)
  const call = useCall()
  const look = async (): Promise<void> => {
    const found = await call.run(() => previewMany(planId, [...tokens.keys()]))
    if (found) setPreview(found)
  }
  useEffect(() => void look(), [])
  const run = async (one: Revoking): Promise<void> => {
    setStopping(false)
    setRevoking(one)
    await call.run(() => one.run(() => setTold((times) => times + 1)))
    setStopping(false)
  }
  const stop = (): void => {
    setStopping(true)
    revoking?.stop()
  }
  const revoked = [...(revoking?.fates ?? [])].filter(([, fate]) => fate === 'revoked').map(([id]) => id)
  const leave = (): void => {
    // Under way it is stopped first, and what was done is told.
    if (revoking && call.isBusy) stop()
    else onClose(revoked)
  }
  return (
    <Dialog title={count(preview?.count ?? tokens.size, 'manyTitle')} isWide onLeave={leave}>
      {preview && !revoking && (
        <Question
          preview={preview}
          selected={tokens.size}
          onCancel={() => onClose([])}
          onGo={(reason) => run(revokeMany(planId, preview, reason))}
        />
      )}
      {preview && revoking && (
        <Outcome
          revoking={revoking}
          total={preview.count}
          tokens={tokens}
          call={call}
          isStopping={isStopping}
          onStop={stop}
          onGoOn={() => {
            if (revoking.isThrough) revoking.again()
            run(revoking)
          }}
          onClose={leave}
        />
      )}
      {!preview && (
        <>
          <div class="body">
            {!call.failure && <p role="status">{t('manyLooking')}</p>}
            <FailureNote failure={call.failure} onRetry={look} />
          </div>
          <footer>
            <Action onClick={leave}>{t('cancel')}</Action>
          </footer>
        </>
      )}
    </Dialog>
  )
}

interface QuestionProps {
  readonly preview: Previewed
  readonly selected: number
  onCancel(): void
  onGo(reason: string): void
}

/** What would be revoked, and the number that says that one has read it. */
function Question({ preview, selected, onCancel, onGo }: QuestionProps) {
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [isTried, setTried] = useState(false)
  const first = useRef<HTMLParagraphElement>(null)
  const about = useId()
  const total = preview.count
  const recent = preview.tokens.filter(({ lastUsedAt }) => (lastUsedAt ?? 0) > now() - RECENT).length
  const isMatch = typed.trim() === String(total)
  const mistake = holdsSecret(reason) ? t('manyReasonSecret') : textMistake(reason.trim(), 0, LONGEST_REASON)
  useEffect(() => first.current?.focus(), [])
  if (total === 0)
    return (
      <>
        <div class="body">
          <p ref={first} tabIndex={-1}>
            {t('manyNone')}
          </p>
        </div>
        <footer>
          <Action onClick={onCancel}>{t('close')}</Action>
        </footer>
      </>
    )
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (isMatch && mistake === undefined) onGo(reason.trim())
      }}
    >
      <div class="body">
        <p ref={first} tabIndex={-1}>
          <strong>{t('manyLead')}</strong> {recent > 0 ? count(recent, 'manyUsed') : t('manyUnused')}
        </p>
        {selected > total && <p class="hint">{count(selected - total, 'manyOver')}</p>}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard. */}
        <ul class="many" tabIndex={0} aria-label={t('manyList')}>
          {preview.tokens.map(({ id, name, lastUsedAt, expiresAt }) => (
            <li key={id}>
              <bdi title={name}>{name}</bdi>
              <span class="hint">{usedOf(lastUsedAt)}</span>
              <span class="hint">{t('manyExpires', { date: dayOf(expiresAt) })}</span>
            </li>
          ))}
          {total > preview.tokens.length && <li class="hint">{count(total - preview.tokens.length, 'manyRest')}</li>}
        </ul>
        <TextField
          label={t('manyReason')}
          hint={t('manyReasonHint')}
          mistake={mistake}
          value={reason}
          onText={setReason}
        />
        <TextField
          label={<span id={about}>{t('manyCount', { count: String(total) })}</span>}
          mistake={isTried && !isMatch ? t('manyMismatch') : undefined}
          inputMode="numeric"
          value={typed}
          onText={setTyped}
        />
      </div>
      <CallFooter isBusy={false} onCancel={onCancel}>
        <Action look="danger" submits isOff={!isMatch || mistake !== undefined}>
          {count(total, 'manyGo')}
        </Action>
      </CallFooter>
    </form>
  )
}
