/** What a token would be allowed to do: a method and a URL, and every question with its answer. */
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import type { ExplanationView } from '../../../admin/client-types.ts'
import type { Token } from '../../../core/token-view.ts'
import { api } from '../api.ts'
import { Refused, Told, tell } from '../engine.tsx'
import { useCall } from '../hooks.ts'
import { kindOf, t } from '../hub.ts'
import { Action, FailureNote, Field } from '../parts/parts.tsx'
import { TextField } from '../parts/text-field.tsx'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']

/** A form, and below it what the engine says. Nothing is sent to the API that the token is for. */
export function TryIt({ token }: { readonly token: Token }) {
  const [method, setMethod] = useState('GET')
  const [url, setUrl] = useState('')
  // Of a network, the address that it is called by: without one, a token with a list would be refused whatever it is asked.
  const [address, setAddress] = useState(token.addresses?.[0]?.replace(/\/.*/, '') ?? '')
  const [explained, setExplained] = useState<ExplanationView>()
  const call = useCall()
  const explain = async (): Promise<void> => {
    const { surface } = kindOf(token.type).surface
    const target = targetOf(url.trim())
    setExplained(
      await call.run(() =>
        api.explain({ id: token.id, method, url: target, surface, ...(address.trim() && { address: address.trim() }) }),
      ),
    )
  }
  return (
    <section>
      <h3>{t('tryIt')}</h3>
      <p class="hint">{t('tryLead')}</p>
      <form
        class="try"
        onSubmit={(event) => {
          event.preventDefault()
          explain()
        }}
      >
        <Field label={t('tryMethod')}>
          {(control) => (
            <select {...control} value={method} onChange={({ currentTarget }) => setMethod(currentTarget.value)}>
              {METHODS.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <TextField label={t('tryUrl')} dir="ltr" hint={t('tryUrlHint')} value={url} onText={setUrl} />
        {token.addresses && <TextField label={t('tryAddress')} dir="ltr" value={address} onText={setAddress} />}
        <Action submits isBusy={call.isBusy}>
          {t('tryGo')}
        </Action>
      </form>
      <FailureNote failure={call.failure} />
      <div role="status">{explained && <Verdict {...explained} />}</div>
    </section>
  )
}

/** What a server gets of a whole address: neither the host nor the fragment. A path is left as it is. */
function targetOf(url: string): string {
  const [, rest] = /^https?:\/\/[^/?#]*([^#]*)/i.exec(url) ?? []
  if (rest === undefined) return url || '/'
  return rest.startsWith('/') ? rest : `/${rest}`
}

function Verdict({ decision, rules }: ExplanationView) {
  return (
    <>
      <p class={decision.allowed ? 'good' : 'mistake'}>
        {decision.allowed ? t('tryAllowed') : t('tryRefused', { status: String(decision.status), code: decision.code })}{' '}
        {!decision.allowed && <Refused of={decision} />}
      </p>
      <details>
        <summary>{t('tryRules')}</summary>
        <ol>
          {rules.map(({ rule, ok, code, reasons }) => (
            <li key={rule}>
              <span class={`badge ${ok ? 'active' : 'expired'}`}>{t(ok ? 'ruleYes' : 'ruleNo')}</span>{' '}
              {tell('rule', { code: rule, message: '' }) || <code>{rule}</code>}{' '}
              {reasons.map((one) => (
                <Fragment key={one.code}>
                  <Told about={one.code === code ? 'refusal' : 'reason'} of={one} />{' '}
                </Fragment>
              ))}
            </li>
          ))}
        </ol>
      </details>
    </>
  )
}
