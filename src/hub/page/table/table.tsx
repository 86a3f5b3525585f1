/** The table of tokens. Its parts have their roles spelled out, since on a phone they are drawn as cards. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { SecretView, Token } from '../../../core/token-view.ts'
import type { OverviewSort } from '../../overview/words.ts'
import type { TextKey } from '../../texts/index.ts'
import { menuId, nameId, rowId, useFocusKept } from '../focus.ts'
import { awayOf, dayOf, isSoon, minuteOf, usedOf } from '../format.ts'
import { count, now, rich, t } from '../hub.ts'
import { Menu, type MenuEntry } from '../parts/menu.tsx'
import { StatusBadge } from '../parts/parts.tsx'
import { personOf } from '../people.ts'
import { PickPage, PickToken, type Selection } from '../plan/selection.tsx'
import { leakedAtOf } from '../token/leaked.ts'
import type { View } from '../view.ts'

/** What can be done with a token. */
export type TokenAct = 'edit' | 'refresh' | 'revoke' | 'replace' | 'details' | 'copyId'

interface TableProps {
  readonly tokens: readonly Token[]
  readonly label: string
  /** What was done to a token just now: its row is marked. */
  readonly mark: Mark | undefined
  readonly selection: Selection
  onAct(act: TokenAct, token: Token): void
  /** Says a sentence aloud. */
  onSay(text: string): void
  /** How it is sorted. */
  readonly order: Pick<View, 'sort' | 'dir'>
  /** Sorts it otherwise; absent where it cannot be. */
  readonly onSort: ((order: Pick<View, 'sort' | 'dir'>) => void) | undefined
}

/** A token that was made or changed just now, as it is since. */
export interface Mark {
  readonly token: Token
  readonly isNew: boolean
}

/** The columns, and by what each is sorted. */
const COLUMNS: readonly { readonly text: TextKey; readonly sort?: OverviewSort }[] = [
  { text: 'columnName', sort: 'name' },
  { text: 'status', sort: 'status' },
  { text: 'columnExpires', sort: 'expires' },
  { text: 'columnAccess' },
  { text: 'columnUsed', sort: 'used' },
  { text: 'columnCreated', sort: 'created' },
  { text: 'columnActions' },
]

/** What one wants to see first: what was made last, and of all else what comes first. */
const firstDirOf = (sort: OverviewSort): View['dir'] => (sort === 'created' ? 'desc' : 'asc')

/** About as many rows as a window shows. */
const FIRST_ROWS = 20

/** Shows them, in the order in which they come. */
export function TokenTable({ tokens, label, mark, selection, onAct, onSay, order, onSort }: TableProps) {
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
          {COLUMNS.map(({ text, sort }) => (
            <Head key={text} text={text} sort={sort} order={order} onSort={onSort}>
              {text === 'columnName' && <PickPage selection={selection} tokens={tokens} />}
            </Head>
          ))}
        </tr>
      </thead>
      <tbody ref={body} role="rowgroup">
        {tokens.slice(0, drawn).map((token) => (
          <Row
            key={token.id}
            token={token}
            mark={mark?.token.id === token.id ? mark : undefined}
            selection={selection}
            onAct={onAct}
            onSay={onSay}
          />
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: as above.
  )
}

interface HeadProps extends Pick<TableProps, 'order' | 'onSort'> {
  readonly text: TextKey
  readonly sort: OverviewSort | undefined
  readonly children: ComponentChildren
}

/** The head of a column; a press sorts by it, and the next one the other way round. Where tokens are cards it is a text alone. */
function Head({ text, sort, order, onSort, children }: HeadProps) {
  const isBy = sort === order.sort
  const label = <span class={text === 'columnActions' ? 'unseen' : 'plain'}>{t(text)}</span>
  const press = (): void => {
    if (!sort) return
    const first = firstDirOf(sort)
    onSort?.({ sort, dir: isBy ? (order.dir === 'asc' ? 'desc' : 'asc') : first })
  }
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: as above.
      role="columnheader"
      scope="col"
      aria-sort={isBy ? (order.dir === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      {children}
      {label}
      {sort && onSort && (
        <button type="button" class="sort" onClick={press}>
          {t(text)}
        </button>
      )}
      {sort && !onSort && <span class="sort">{t(text)}</span>}
    </th>
  )
}

type RowProps = { readonly token: Token } & Pick<TableProps, 'mark' | 'selection' | 'onAct' | 'onSay'>

function Row({ token, mark, selection, onAct, onSay }: RowProps) {
  const { id, name, description, status, expiresAt, scopes, resources, lastUsedAt, createdAt, createdBy, revokedAt } =
    token
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: as above.
    <tr role="row" id={rowId(id)} class={mark ? `${status} marked` : status}>
      <td role="cell" class="name">
        <div>
          <PickToken selection={selection} token={token} />
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
        {leakedAtOf(token) !== undefined ? (
          <span class="badge alarming">{t('leaked')}</span>
        ) : (
          <StatusBadge token={token} />
        )}
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
        <span class="hint">{rich('createdBy', { actor: <bdi title={createdBy}>{personOf(createdBy)}</bdi> })}</span>
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
