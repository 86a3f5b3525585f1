/** One entry of the log: when, what was done to which token, from where and why; what it changed is behind a disclosure. */
import type { TokenEvent } from '../../../core/event.ts'
import { late, minuteOf } from '../format.ts'
import { boot, rich, t } from '../hub.ts'
import { ChangeList, toldIn } from '../token/changes.tsx'
import { changesOf, Sentence } from '../token/history.tsx'
import { tokenAddress } from './views.ts'

const time = late(() => new Intl.DateTimeFormat(boot.lang, { timeStyle: 'short' }))

interface LogEntryProps {
  readonly event: TokenEvent
  /** What the token is called by now, if it is there. */
  readonly name: string | undefined
  /** The plan in which it lies by now, if that is another one. */
  readonly movedTo: string | undefined
  onAbout(tokenId: string): void
}

export function LogEntry({ event, name, movedTo, onAbout }: LogEntryProps) {
  const { at, planId, tokenId, address, reason, url } = event
  const changes = changesOf(event)
  const lies = movedTo ?? planId
  // The page may be for one organization alone.
  const isReached = boot.plans.some(({ id }) => id === lies)
  return (
    <li>
      <time dateTime={new Date(at).toISOString()} title={minuteOf(at)}>
        {time().format(at)}
      </time>
      <div>
        <p>
          {name === undefined ? (
            <code>{tokenId}</code>
          ) : isReached ? (
            <a class="plain" href={tokenAddress(lies, tokenId)}>
              <bdi>{name}</bdi>
            </a>
          ) : (
            <bdi>{name}</bdi>
          )}{' '}
          <Sentence event={event} />
        </p>
        {(address ?? url) !== undefined && (
          <p class="hint">
            {address !== undefined && rich('logAddress', { address: <bdi>{address}</bdi> })}{' '}
            {url !== undefined && rich('logFound', { url: <bdi>{url}</bdi> })}
          </p>
        )}
        {reason !== undefined && (
          <p class="reason">
            <bdi>{reason}</bdi>
          </p>
        )}
        {toldIn(changes).length > 0 && (
          <details>
            <summary>{t('logChanges')}</summary>
            <ChangeList changes={changes} />
          </details>
        )}
      </div>
      <button
        type="button"
        class="quiet only"
        aria-label={t('logOnlyOf', { token: name ?? tokenId })}
        onClick={() => onAbout(tokenId)}
      >
        {t('logOnly')}
      </button>
    </li>
  )
}
