/** The one time that a secret is shown. It is in this part's hands alone, and gone with it. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { IssuedText } from '../../../admin/client.ts'
import { rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action } from '../parts/parts.tsx'
import { UsageLines } from './usage-lines.tsx'

interface SecretBoxProps {
  readonly issued: IssuedText
  readonly onDone: () => void
}

/** Shows it until one says that it is stored. Escape alone does not lose it. */
export function SecretBox({ issued: { token, secret }, onDone }: SecretBoxProps) {
  const shown = useRef<HTMLElement>(null)
  const about = useId()
  const [said, setSaid] = useState<'copied' | 'copyFailed' | 'secretNotStored'>()
  useEffect(() => {
    // A page that the browser keeps for its back button must not keep a secret.
    addEventListener('pagehide', onDone)
    return () => removeEventListener('pagehide', onDone)
  }, [])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret)
      setSaid('copied')
    } catch {
      getSelection()?.selectAllChildren(shown.current as HTMLElement)
      setSaid('copyFailed')
    }
  }
  return (
    <Dialog
      title={t('secretTitle')}
      about={about}
      onLeave={() => (said === 'copied' ? onDone() : setSaid('secretNotStored'))}
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
      <UsageLines type={token.type} />
      <footer>
        <Action onClick={onDone}>{t('done')}</Action>
      </footer>
    </Dialog>
  )
}
