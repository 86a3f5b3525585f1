/** Small parts that several places use: a field with its hint and mistake, a failure, the badge of a status. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { Failure } from '../api.ts'
import { Told } from '../engine.tsx'
import { isSoon } from '../format.ts'
import { boot, t } from '../hub.ts'

/** What a control of a field needs, so that its label, hint and mistake are read with it. */
interface Control {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': boolean
}

interface FieldProps {
  readonly label: ComponentChildren
  readonly hint?: ComponentChildren
  readonly mistake?: string | undefined
  readonly children: (control: Control) => ComponentChildren
}

/** A labelled control. */
export function Field({ label, hint, mistake, children }: FieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-mistake`, 'aria-invalid': mistake !== undefined })}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <Mistake id={`${id}-mistake`}>{mistake}</Mistake>
    </div>
  )
}

/** What is wrong, read out as soon as it is there. */
export function Mistake({ id, children }: { readonly id?: string; readonly children: ComponentChildren }) {
  return (
    <p class="mistake" id={id} role="alert">
      {children}
    </p>
  )
}

const SIGN_IN = new Set(['signed_out', 'actor_missing', 'answer_unreadable'])

interface FailureNoteProps {
  readonly failure: Failure | undefined
  /** Whether the person has typed something that is still there. */
  readonly hasInput?: boolean
  /** Whether the call writes. */
  readonly isWrite?: boolean
  readonly onRetry?: () => void
}

/** A part that is scrolled into sight when something new stands in it. */
export function useInSight<E extends HTMLElement>(content: unknown) {
  const element = useRef<E>(null)
  useEffect(() => {
    if (content !== undefined) element.current?.scrollIntoView({ block: 'nearest' })
  }, [content])
  return element
}

/** What went wrong and what to do. */
export function FailureNote({ failure, hasInput, isWrite, onRetry }: FailureNoteProps) {
  return (
    <div ref={useInSight<HTMLDivElement>(failure)} role="alert" class={failure ? 'failure' : undefined}>
      {failure && (
        <>
          <p>
            {failure.text} {failure.reason && <Told about="error" of={failure.reason} />} {hasInput && t('nothingLost')}{' '}
            {isWrite && failure.isUnknown && t('maybeDone')}
          </p>
          {failure.issues.length > 0 && (
            <ul>
              {failure.issues.slice(0, 20).map((issue) => (
                <li key={issue.path + issue.message}>
                  {issue.path && <code>{issue.path}</code>} <Told about="issue" of={issue} />
                </li>
              ))}
            </ul>
          )}
          {boot.signIn !== undefined && SIGN_IN.has(failure.code) && (
            <p>
              <a href={boot.signIn} target="_blank" rel="noreferrer">
                {t('signIn')}
              </a>
            </p>
          )}
          {onRetry && (
            <button type="button" onClick={onRetry}>
              {t('tryAgain')}
            </button>
          )}
        </>
      )}
    </div>
  )
}

/** That a token which was to be changed has ended, before one has typed in vain. */
export function EndedNote({ token }: { readonly token: Token }) {
  return (
    <div role="alert" class={token.status === 'active' ? undefined : 'failure'}>
      {token.status !== 'active' && <p>{t('failEnded')}</p>}
    </div>
  )
}

/** What a token is at a glance. */
export function StatusBadge({ token }: { readonly token: Token }) {
  const soon = token.status === 'active' && isSoon(token.expiresAt)
  const text = {
    active: t('statusActive'),
    pending: t('statusPending'),
    expired: t('statusExpired'),
    revoked: t('statusRevoked'),
  }[token.status]
  return soon ? <span class="badge soon">{t('statusSoon')}</span> : <span class={`status ${token.status}`}>{text}</span>
}

interface ActionProps {
  readonly children: ComponentChildren
  readonly onClick?: () => void
  readonly isBusy?: boolean
  /** Not to be used now; it stays in reach, so that one can find out why. */
  readonly isOff?: boolean
  readonly look?: 'main' | 'danger' | undefined
  readonly submits?: boolean
}

/** A button of a dialog. While something is under way it does nothing. */
export function Action({ children, onClick, isBusy, isOff, look, submits }: ActionProps) {
  return (
    <button
      type={submits ? 'submit' : 'button'}
      class={look}
      aria-disabled={isBusy || isOff ? true : undefined}
      onClick={(event) => {
        // The second half of a double click would meet what the first one brought.
        if (isBusy || event.detail > 1) event.preventDefault()
        else onClick?.()
      }}
    >
      {children}
    </button>
  )
}

interface CallFooterProps {
  readonly isBusy: boolean
  readonly onCancel: () => void
  /** What the modal is for, after the way out of it. */
  readonly children: ComponentChildren
}

/** The foot of a modal that makes a call: that one is under way, the way out, and the other buttons. */
export function CallFooter({ isBusy, onCancel, children }: CallFooterProps) {
  return (
    <footer>
      <span role="status">{isBusy && t('working')}</span>
      <Action onClick={onCancel} isBusy={isBusy}>
        {t('cancel')}
      </Action>
      {children}
    </footer>
  )
}
