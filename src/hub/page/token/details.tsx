/** Everything about one token: dates, secrets, scopes, resources, how it is used, its history, and a place to try it. */
import { useState } from 'preact/hooks'
import type { Token } from '../../../core/token.ts'
import { Deprecated } from '../form/scope-chooser.tsx'
import { minuteOf, usedOf } from '../format.ts'
import { useFresh, useOnceFor } from '../hooks.ts'
import { kindOf, now, rich, t } from '../hub.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Action, FailureNote, StatusBadge } from '../parts/parts.tsx'
import { TokenId } from '../parts/token-id.tsx'
import { History } from './history.tsx'
import { TryIt } from './try-it.tsx'
import { UsageLines } from './usage-lines.tsx'

interface DetailsProps {
  readonly token: Token
  readonly onClose: () => void
}

/** Shows it as it is when it is opened, and whenever it is looked at again. */
export function Details({ token: known, onClose }: DetailsProps) {
  const { token, isBusy, failure, load } = useFresh(known)
  const [told, setTold] = useState(0)
  useOnceFor(told, !isBusy && told > token.version, load)
  const { id, description, status, createdAt, createdBy, lifetimeDays, expiresAt, lastUsedAt } = token
  const { lifetimeDays: longest } = kindOf(token.type).surface.limits
  return (
    <Dialog title={<bdi>{token.name}</bdi>} isWide onLeave={onClose}>
      <FailureNote failure={failure} onRetry={load} />
      {failure && <p class="hint">{t('detailsOld')}</p>}
      {description !== '' && (
        <p>
          <bdi>{description}</bdi>
        </p>
      )}
      <dl aria-busy={isBusy}>
        <dt>{t('id')}</dt>
        <dd>
          <TokenId id={id} />
        </dd>
        <dt>{t('status')}</dt>
        <dd>
          <StatusBadge token={token} />
        </dd>
        <dt>{t('columnExpires')}</dt>
        <dd>{minuteOf(expiresAt)}</dd>
        <dt>{t('lifetime')}</dt>
        <dd>
          {t('lifetimeDays', { days: lifetimeDays })}
          {longest < lifetimeDays && `. ${t('lifetimeShortened', { days: longest })}`}
        </dd>
        <dt>{t('columnCreated')}</dt>
        <dd>
          {minuteOf(createdAt)} {rich('createdBy', { actor: <bdi>{createdBy}</bdi> })}
        </dd>
        <dt>{t('columnUsed')}</dt>
        <dd>{usedOf(lastUsedAt)}</dd>
      </dl>
      <h3>{t('secrets')}</h3>
      {token.legacy && (
        <p class="hint">
          <span class="badge">{t('legacy')}</span> {t('legacyHint')}
        </p>
      )}
      <Secrets token={token} />
      <h3>{t('scopes')}</h3>
      <Scopes token={token} />
      <h3>{t('resources')}</h3>
      <Resources token={token} />
      <UsageLines type={token.type} />
      {status === 'active' && <TryIt token={token} />}
      <History token={token} onTold={setTold} />
      <footer>
        <Action onClick={onClose}>{t('close')}</Action>
      </footer>
    </Dialog>
  )
}

function Secrets({ token: { secrets, status } }: { readonly token: Token }) {
  return (
    <ul>
      {[...secrets].reverse().map(({ issuedAt, worksUntil, lastUsedAt }) => {
        const isOver = worksUntil !== null && (worksUntil <= now() || status !== 'active')
        const until =
          worksUntil === 0 ? t('endedAtOnce') : t(isOver ? 'ended' : 'worksUntil', { date: minuteOf(worksUntil ?? 0) })
        return (
          <li key={issuedAt}>
            {t(worksUntil === null ? 'secretNewest' : 'secretOlder')}: {t('issued', { date: minuteOf(issuedAt) })}
            {worksUntil !== null && `, ${until}`}
            {lastUsedAt !== undefined &&
              `, ${lastUsedAt === null ? t('neverUsed') : t('lastUsed', { when: usedOf(lastUsedAt) })}`}
          </li>
        )
      })}
    </ul>
  )
}

function Scopes({ token }: { readonly token: Token }) {
  const known = new Map(kindOf(token.type).surface.scopes.map((scope) => [scope.name, scope]))
  return (
    <ul>
      {token.scopes.map((name) => {
        const { title, deprecated } = known.get(name) ?? {}
        return (
          <li key={name}>
            <code>{name}</code> {title} {deprecated !== undefined && <Deprecated why={deprecated} />}
          </li>
        )
      })}
      {token.warnings.map((warning) =>
        warning.code === 'scope_unknown' || warning.code === 'scope_not_grantable' ? (
          <li key={warning.scope}>
            <code>{warning.scope}</code> <span class="badge soon">{t('scopeLost')}</span>
          </li>
        ) : undefined,
      )}
    </ul>
  )
}

function Resources({ token: { resources } }: { readonly token: Token }) {
  if (resources === 'all') return <p>{t('allResources')}</p>
  return (
    <ul class="links">
      {resources.map(({ kind, id, link }) => (
        <li key={kind + id}>
          <span class="kind">{kind.replaceAll('_', ' ')}</span>{' '}
          {link.startsWith('https://') ? (
            <a href={link} target="_blank" rel="noreferrer">
              {link}
            </a>
          ) : (
            <code>{link}</code>
          )}
        </li>
      ))}
    </ul>
  )
}
