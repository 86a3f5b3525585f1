/** The id of a token, to be read and copied. It is no secret: it names the token in the API, in logs and to support. */
import { useRef, useState } from 'preact/hooks'
import { t } from '../hub.ts'
import { Action } from './parts.tsx'

/** The id with a button. Where the browser does not let one copy, it is selected. */
export function TokenId({ id }: { readonly id: string }) {
  const shown = useRef<HTMLElement>(null)
  const [said, setSaid] = useState<'idCopied' | 'idSelected'>()
  const copy = (): void => {
    navigator.clipboard.writeText(id).then(
      () => setSaid('idCopied'),
      () => {
        getSelection()?.selectAllChildren(shown.current as HTMLElement)
        setSaid('idSelected')
      },
    )
  }
  return (
    <span class="id">
      <code ref={shown}>{id}</code> <Action onClick={copy}>{t('copyId')}</Action>{' '}
      <span role="status" class="hint">
        {said && t(said)}
      </span>
    </span>
  )
}
