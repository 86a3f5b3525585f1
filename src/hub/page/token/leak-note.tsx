/** That a secret of a token was found where it should not be and goes on working: who found it, when, and what to do. */
import { useEffect, useState } from 'preact/hooks'
import type { TokenEvent } from '../../../core/event.ts'
import type { Token } from '../../../core/token-view.ts'
import { api, persistently } from '../api.ts'
import { minuteOf } from '../format.ts'
import { rich, t } from '../hub.ts'
import { Action } from '../parts/parts.tsx'
import type { TokenAct } from '../table/table.tsx'
import { sourceName } from './history.tsx'
import { leakedAtOf } from './leaked.ts'

interface LeakNoteProps {
  readonly token: Token
  readonly onAct: (act: TokenAct, token: Token) => void
}

/** Stands in the head of a token's page as long as such a secret works. */
export function LeakNote({ token, onAct }: LeakNoteProps) {
  const { id, planId, version } = token
  const leakedAt = leakedAtOf(token)
  const isShown = leakedAt !== undefined
  const [report, setReport] = useState<TokenEvent>()
  useEffect(() => {
    if (!isShown) return
    const query = { planId, tokenId: id, order: 'newest', limit: 100 } as const
    persistently(() => api.events(query)).then(
      ({ events }) => setReport(events.find(({ type }) => type === 'leak_reported')),
      // Without it, it is said that there was one.
      () => undefined,
    )
  }, [isShown, version])
  if (!isShown) return null
  const { source, at = leakedAt, url } = report ?? {}
  const date = minuteOf(at)
  return (
    <section class="note danger">
      <h3>
        {source === undefined
          ? t('leakTitle', { date })
          : rich('leakFoundTitle', { date, source: <bdi>{sourceName(source)}</bdi> })}
      </h3>
      {url !== undefined && (
        <p>
          <bdi>{url}</bdi>
        </p>
      )}
      <p>{t('leakLead')}</p>
      <div class="buttons">
        <Action look="danger" onClick={() => onAct('revoke', token)}>
          {t('revoke')}
        </Action>
        {!token.canary && (
          <Action look="main" onClick={() => onAct('refresh', token)}>
            {t('leakRefresh')}
          </Action>
        )}
      </div>
    </section>
  )
}
