/** Whose a secret is that somebody has found. It is sent in a body, kept nowhere, and gone when the dialog closes. */
import { useId, useRef, useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { Whose as Answer } from '../../plan/whose.ts'
import { persistently } from '../api.ts'
import { minuteOf, usedOf } from '../format.ts'
import { useCall } from '../hooks.ts'
import { boot, kindOf, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, CallFooter, FailureNote, Field, StatusBadge } from '../parts/parts.tsx'
import { Revoke } from '../token/revoke.tsx'
import { planApi } from './calls.ts'
import { tokenAddress } from './views.ts'

/** Longer than any secret; a whole line of a log may be pasted. */
const LONGEST = 10_000

export function Whose({ onClose }: { readonly onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null)
  const [answer, setAnswer] = useState<Answer>()
  const [isEmpty, setEmpty] = useState(false)
  const [revoking, setRevoking] = useState<Token>()
  const call = useCall()
  const about = useId()
  const ask = async (): Promise<void> => {
    const text = field.current?.value.trim() ?? ''
    setEmpty(text === '')
    setAnswer(undefined)
    if (text === '') return field.current?.focus()
    const found = await call.run(() => persistently(() => planApi.whose(text)))
    if (found) setAnswer(found)
  }
  const close = (): void => {
    if (field.current) field.current.value = ''
    onClose()
  }
  return (
    <Dialog title={t('whoseTitle')} about={about} onLeave={() => call.isBusy || close()}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!call.isBusy) ask()
        }}
      >
        <div class="body">
          <p id={about}>{t('whoseLead')}</p>
          <Field label={t('whoseField')} mistake={isEmpty ? t('whoseEmpty') : undefined}>
            {(control) => (
              // Not controlled: its text is in the field and nowhere else.
              <input
                {...control}
                ref={field}
                type="password"
                autocomplete="off"
                spellcheck={false}
                maxLength={LONGEST}
                data-1p-ignore
                data-lpignore="true"
                onInput={() => {
                  setAnswer(undefined)
                  setEmpty(false)
                }}
              />
            )}
          </Field>
          <FailureNote failure={call.failure} hasInput />
          <div role="status">
            {answer && !answer.token && <p class="answer">{t('whoseNobody')}</p>}
            {answer?.token && <Found answer={answer} token={answer.token} onLeave={close} onRevoke={setRevoking} />}
          </div>
        </div>
        <CallFooter isBusy={call.isBusy} onCancel={close}>
          <Action look="main" submits isBusy={call.isBusy}>
            {t('whoseGo')}
          </Action>
        </CallFooter>
      </form>
      {revoking && (
        <Revoke
          token={revoking}
          onRevoked={() => {
            setRevoking(undefined)
            ask()
          }}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </Dialog>
  )
}

interface FoundProps {
  readonly answer: Answer
  readonly token: Token
  onLeave(): void
  onRevoke(token: Token): void
}

function Found({ answer: { secret }, token, onLeave, onRevoke }: FoundProps) {
  const plan = boot.plans.find(({ id }) => id === token.planId)
  return (
    <section class="answer" aria-label={token.name}>
      <p class="found">
        <strong>
          <bdi>{token.name}</bdi>
        </strong>{' '}
        <StatusBadge token={token} />
      </p>
      <p>{secret && standingOf(secret)}</p>
      <dl>
        <dt>{t('organization')}</dt>
        <dd>
          <bdi>{plan?.name ?? token.planId}</bdi>
        </dd>
        <dt>{t('whoseType')}</dt>
        <dd>{kindOf(token.type).tab}</dd>
        <dt>{t('columnUsed')}</dt>
        <dd>{usedOf(secret?.lastUsedAt)}</dd>
        <dt>{t('id')}</dt>
        <dd>
          <code>{token.id}</code>
        </dd>
      </dl>
      <p class="acts">
        <a class="plain" href={tokenAddress(token.planId, token.id, token.type)} onClick={() => setTimeout(onLeave)}>
          {t('whoseShow')}
        </a>
        {token.status !== 'revoked' && (
          <button type="button" class="danger" onClick={() => onRevoke(token)}>
            {t('revoke')}
          </button>
        )}
      </p>
    </section>
  )
}

/** Which of its secrets it is, and whether it works. */
function standingOf({ isNewest, works, worksUntil }: NonNullable<Answer['secret']>): string {
  if (isNewest) return t(works ? 'whoseNewest' : 'whoseNewestOver')
  return works ? t('whoseOld', { date: minuteOf(worksUntil ?? 0) }) : t('whoseOldOver')
}
