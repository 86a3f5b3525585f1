/** The receipt of a token that has ended: where its end stands in the log, and since when nobody can have accepted it. */
import { useState } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { Receipt } from '../../../service/receipt.ts'
import { api, persistently } from '../api.ts'
import { useCall } from '../hooks.ts'
import { t } from '../hub.ts'
import { Copy } from '../parts/copy.tsx'
import { Moment } from '../parts/moment.tsx'
import { Action, FailureNote } from '../parts/parts.tsx'

/** Asks for it: to revoke once more changes nothing, and gives the receipt of the end that there is. */
export function ReceiptPart({ token }: { readonly token: Token }) {
  const [receipt, setReceipt] = useState<Receipt>()
  const call = useCall()
  const load = async (): Promise<void> => {
    const revoked = await call.run(() => persistently(() => api.revoke({ id: token.id, receipt: true })))
    if (revoked) setReceipt(revoked.receipt)
  }
  return (
    <section>
      <h3>{t('receipt')}</h3>
      <p class="hint">{t('receiptLead')}</p>
      <FailureNote failure={call.failure} onRetry={load} />
      {!receipt && !call.failure && (
        <p>
          <Action onClick={load} isBusy={call.isBusy}>
            {t('receiptShow')}
          </Action>
        </p>
      )}
      <div role="status">{receipt && <Shown receipt={receipt} />}</div>
      {receipt && <Copy text={JSON.stringify(receipt, null, 2)} label={t('receiptCopy')} />}
    </section>
  )
}

function Shown({ receipt: { seq, chain, revokedAt, notAcceptedSince } }: { readonly receipt: Receipt }) {
  return (
    <dl class="facts">
      <dt>{t('statusRevoked')}</dt>
      <dd>
        <Moment at={revokedAt} away={false} />
      </dd>
      <dt>{t('receiptSince')}</dt>
      <dd>
        <Moment at={notAcceptedSince} away={false} />
      </dd>
      <dt>{t('receiptEntry')}</dt>
      <dd>{seq ?? t('receiptEntryGone')}</dd>
      {chain !== undefined && (
        <>
          <dt>{t('receiptChain')}</dt>
          <dd>
            <code>{chain}</code>
          </dd>
        </>
      )}
    </dl>
  )
}
