/** The one time that a secret is shown. It is in this part's hands alone, and gone with it. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { IssuedText } from '../../../admin/client-types.ts'
import { rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useLeaveQuestion } from '../parts/leave-question.ts'
import { Action } from '../parts/parts.tsx'
import { graceOf } from './grace.ts'
import { UsageLines } from './usage-lines.tsx'

interface SecretBoxProps {
  readonly issued: IssuedText
  readonly onDone: () => void
}

/** Shows it until one says that it is stored. Nothing that may be a slip loses it: whoever has not copied it is asked. */
export function SecretBox({ issued: { token, secret }, onDone }: SecretBoxProps) {
  const shown = useRef<HTMLElement>(null)
  const about = useId()
  const question = useRef<HTMLDivElement>(null)
  const [said, setSaid] = useState<'copied' | 'copyFailed'>()
  const [isCopied, setCopied] = useState(false)
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    // A page that the browser keeps for its back button must not keep a secret.
    addEventListener('pagehide', onDone)
    return () => removeEventListener('pagehide', onDone)
  }, [])
  useLeaveQuestion(!isCopied)
  useEffect(() => {
    if (isAsking) question.current?.querySelector('button')?.focus()
  }, [isAsking])
  const take = (): void => {
    setCopied(true)
    setAsking(false)
  }
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret)
      setSaid('copied')
      take()
    } catch {
      getSelection()?.selectAllChildren(shown.current as HTMLElement)
      setSaid('copyFailed')
      setAsking(false)
    }
  }
  const leave = (): void => (isCopied ? onDone() : setAsking(true))
  return (
    <Dialog title={t('secretTitle')} about={about} onLeave={leave}>
      <div
        class="body"
        onCopy={() => {
          // By the keyboard or a menu of the browser, which may have taken only a part of it.
          if (getSelection()?.toString().includes(secret)) take()
        }}
      >
        <p id={about}>
          <strong>{t('secretLead')}</strong> {t('secretAdvice')}
        </p>
        <p class="label">{rich('secretLabel', { token: <bdi>{token.name}</bdi> })}</p>
        <div class="secret">
          <code ref={shown}>{secret}</code>
          <Action look="main" onClick={copy}>
            {t('copy')}
          </Action>
        </div>
        <p role="status" class={said === 'copied' ? 'good' : 'mistake'}>
          {said && t(said)}
        </p>
        {graceOf(token) && <p class="note">{graceOf(token)}</p>}
        <UsageLines type={token.type} />
      </div>
      {isAsking ? (
        <div ref={question} class="foot question" role="alert">
          <p>{t('secretNotStored')}</p>
          <Action onClick={() => setAsking(false)}>{t('secretBack')}</Action>
          <Action look="danger" onClick={onDone}>
            {t('secretLeave')}
          </Action>
        </div>
      ) : (
        <footer>
          <Action onClick={leave}>{t('done')}</Action>
        </footer>
      )}
    </Dialog>
  )
}
