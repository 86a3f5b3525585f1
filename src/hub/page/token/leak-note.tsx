/** That a secret of a token was found where it should not be and goes on working: who found it, when, and what to do. */
import { useEffect, useState } from 'preact/hooks'
import type { Token, TokenEvent } from '../../../core/token.ts'
import { api, persistently } from '../api.ts'
import { minuteOf } from '../format.ts'
import { rich, t } from '../hub.ts'
import { sourceName } from './history.tsx'

/** Stands in the head of a token's page as long as such a secret works. */
export function LeakNote({ token }: { readonly token: Token }) {
  const { id, planId, version, secrets, status } = token
  const leakedAt = secrets.findLast(({ leakedAt: at }) => at !== undefined)?.leakedAt
  const isShown = status === 'active' && leakedAt !== undefined
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
    </section>
  )
}
