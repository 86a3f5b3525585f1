/** The modal before a token is narrowed to what it uses: what goes, and the proof that what was used stays allowed. */
import { useId } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { TokenAdvice } from '../../../core/usage.ts'
import { api } from '../api.ts'
import { Told } from '../engine.tsx'
import { useCall } from '../hooks.ts'
import { count, kindOf, rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, CallFooter, FailureNote } from '../parts/parts.tsx'
import { useNames } from './use-names.ts'

interface NarrowProps {
  readonly token: Token
  readonly advice: TokenAdvice
  readonly onNarrowed: (token: Token) => void
  readonly onClose: () => void
}

/** Makes the edit of the version that was looked at, and of no other. */
export function Narrow({ token, advice, onNarrowed, onClose }: NarrowProps) {
  const { edit, scopes, resources, proof, withheld, window } = advice
  const call = useCall()
  const about = useId()
  const names = useNames(token)
  const nameOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string =>
    names.get(`${kind}:${id}`) ?? id
  const titles = new Map(kindOf(token.type).surface.scopes.map(({ name, title }) => [name, title]))
  const narrow = async (): Promise<void> => {
    if (!edit) return
    const narrowed = await call.run(() => api.edit({ id: token.id, ...edit }))
    if (narrowed) onNarrowed(narrowed)
  }
  return (
    <Dialog
      title={rich('narrowTitle', { token: <bdi>{token.name}</bdi> })}
      isWide
      about={about}
      onLeave={() => call.isBusy || onClose()}
    >
      <div class="body">
        <p id={about}>{count(window, 'narrowLead')}</p>
        <h3>{t('narrowGoes')}</h3>
        <ul class="rows">
          {scopes.map((name) => (
            <li key={name}>
              <del>{titles.get(name) ?? name}</del>
              <code>{name}</code>
            </li>
          ))}
          {resources.map(({ kind, id }) => (
            <li key={kind + id}>
              <del>
                <span class="kind">{kind.replaceAll('_', ' ')}</span> <bdi>{nameOf({ kind, id })}</bdi>
              </del>
            </li>
          ))}
        </ul>
        <h3>{t('narrowProof')}</h3>
        <p class="hint">{t('narrowProofLead')}</p>
        <ul class="rows used">
          {proof.map(({ route, resource }) => (
            <li key={`${route} ${resource?.kind} ${resource?.id}`}>
              <code>{route}</code>
              <span class="hint">
                {resource && (
                  <>
                    {resource.kind.replaceAll('_', ' ')} <bdi>{nameOf(resource)}</bdi>
                    {' · '}
                  </>
                )}
                <span class="good">{t('narrowAllowed')}</span>
              </span>
            </li>
          ))}
        </ul>
        {withheld.map(({ code, message }) => (
          <p key={code} class="hint">
            <Told about="withheld" of={{ code, message }} />
          </p>
        ))}
        <FailureNote failure={call.failure} isWrite />
      </div>
      <CallFooter isBusy={call.isBusy} onCancel={onClose}>
        <Action look="main" onClick={narrow} isBusy={call.isBusy}>
          {t('narrow')}
        </Action>
      </CallFooter>
    </Dialog>
  )
}
