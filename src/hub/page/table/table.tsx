/** The table of tokens. Its parts have their roles spelled out, since on a phone they are drawn as cards. */
import { useEffect, useState } from 'preact/hooks'
import type { SecretView, Token } from '../../../core/token.ts'
import { menuId, nameId, rowId, useFocusKept } from '../focus.ts'
import { awayOf, dayOf, isSoon, minuteOf, usedOf } from '../format.ts'
import { count, now, rich, t } from '../hub.ts'
import { Menu, type MenuEntry } from '../parts/menu.tsx'
import { StatusBadge } from '../parts/parts.tsx'

/** What can be done with a token. */
export type TokenAct = 'edit' | 'refresh' | 'revoke' | 'replace' | 'details' | 'copyId'

interface TableProps {
  readonly tokens: readonly Token[]
  readonly label: string
  /** What was done to a token just now: its row is marked. */
  readonly mark: Mark | undefined
  onAct(act: TokenAct, token: Token): void
  /** Says a sentence aloud. */
  onSay(text: string): void
}

/** A token that was made or changed just now, as it is since. */
export interface Mark {
  readonly token: Token
  readonly isNew: boolean
}

const COLUMNS = [
  'columnName',
  'status',
  'columnExpires',
  'columnAccess',
  'columnUsed',
  'columnCreated',
  'columnActions',
] as const

/** About as many rows as a window shows. */
const FIRST_ROWS = 20

/** Shows them, in the order in which they come. */
export function TokenTable({ tokens, label, mark, onAct, onSay }: TableProps) {
  const body = useFocusKept(tokens)
  // The first rows at once and the others in a task of their own: all of them would keep a click waiting.
  const [drawn, setDrawn] = useState(FIRST_ROWS)
  useEffect(() => {
    const timer = setTimeout(() => setDrawn(Number.POSITIVE_INFINITY))
    return () => clearTimeout(timer)
  }, [])
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: a table that is drawn as blocks loses its roles without them.
    <table role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((column) => (
            <th key={column} role="columnheader" scope="col">
              <span class={column === 'columnActions' ? 'unseen' : undefined}>{t(column)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} role="rowgroup">
        {tokens.slice(0, drawn).map((token) => (
          <Row
            key={token.id}
            token={token}
            mark={mark?.token.id === token.id ? mark : undefined}
            onAct={onAct}
            onSay={onSay}
          />
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above.
  )
}

function Row({ token, mark, onAct, onSay }: { readonly token: Token } & Pick<TableProps, 'mark' | 'onAct' | 'onSay'>) {
  const { id, name, description, status, expiresAt, scopes, resources, lastUsedAt, createdAt, createdBy, revokedAt } =
    token
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: as above.
    <tr role="row" id={rowId(id)} class={mark ? `${status} marked` : status}>
      <td role="cell" class="name">
        <div>
          <button type="button" class="link" id={nameId(id)} title={name} onClick={() => onAct('details', token)}>
            <bdi>{name}</bdi>
          </button>{' '}
          {token.legacy && (
            <span class="badge" title={t('legacyHint')}>
              {t('legacy')}
            </span>
          )}{' '}
          {mark && <span class="badge mark">{t(mark.isNew ? 'markNew' : 'markChanged')}</span>}
          {description !== '' && (
            <p class="hint" title={description}>
              <bdi>{description}</bdi>
            </p>
          )}
        </div>
      </td>
      <td role="cell" data-label={t('status')}>
        <StatusBadge token={token} />
      </td>
      <td role="cell" data-label={t('columnExpires')}>
        {revokedAt === null ? (
          <time dateTime={new Date(expiresAt).toISOString()} title={minuteOf(expiresAt)}>
            {dayOf(expiresAt)}
          </time>
        ) : (
          <span title={minuteOf(revokedAt)}>{t('revokedOn', { date: dayOf(revokedAt) })}</span>
        )}{' '}
        {status === 'active' && <span class={isSoon(expiresAt) ? 'hint soon' : 'hint'}>{awayOf(expiresAt)}</span>}
      </td>
      <td role="cell" data-label={t('columnAccess')}>
        <span title={scopes.join(', ')}>{count(scopes.length, 'scopeCount')}</span>{' '}
        <span class="hint">{resources === 'all' ? t('allResources') : count(resources.length, 'resourceCount')}</span>
      </td>
      <td role="cell" data-label={t('columnUsed')}>
        {usedOf(lastUsedAt)} <OldSecret token={token} />
      </td>
      <td role="cell" data-label={t('columnCreated')}>
        <time dateTime={new Date(createdAt).toISOString()} title={minuteOf(createdAt)}>
          {dayOf(createdAt)}
        </time>{' '}
        <span class="hint">{rich('createdBy', { actor: <bdi>{createdBy}</bdi> })}</span>
      </td>
      <td role="cell" class="actions">
        <Menu
          label={t('columnActions')}
          id={menuId(id)}
          about={nameId(id)}
          entries={entriesOf(token, onAct)}
          onOff={onSay}
        />
      </td>
    </tr>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above.
  )
}

/** Whether the secret before the newest is still in use, as long as it works. */
function OldSecret({ token: { secrets, status } }: { readonly token: Token }) {
  const old: SecretView | undefined = secrets.at(-2)
  if (status !== 'active' || !old?.worksUntil || old.worksUntil <= now()) return null
  const { lastUsedAt, worksUntil } = old
  const used =
    typeof lastUsedAt === 'number'
      ? t('oldSecretUsed', { when: awayOf(lastUsedAt) })
      : lastUsedAt === null && t('oldSecretUnused')
  const sentence = `${used || ''} ${t('oldSecretUntil', { date: minuteOf(worksUntil) })}`.trim()
  return (
    <span class="badge soon" title={sentence}>
      <span aria-hidden="true">{t('oldSecret')}</span>
      <span class="unseen">{sentence}</span>
    </span>
  )
}

function entriesOf(token: Token, onAct: TableProps['onAct']): readonly MenuEntry[] {
  const off = token.status === 'active' ? undefined : t('notActive')
  const entry = (act: TokenAct, more: Partial<MenuEntry> = {}): MenuEntry => ({
    label: t(act),
    act: () => onAct(act, token),
    ...more,
  })
  return [
    entry('edit', { off }),
    entry('refresh', { off }),
    entry('revoke', { off: token.status === 'revoked' ? t('alreadyRevoked') : undefined, isDangerous: true }),
    ...(token.status === 'active' ? [] : [entry('replace')]),
    entry('details'),
    entry('copyId'),
  ]
}
