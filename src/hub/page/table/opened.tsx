/** The modal that is open over a table, and what becomes of the table when it has done its work. */
import type { IssuedText, RequestedText } from '../../../admin/client-types.ts'
import type { Token } from '../../../core/token-view.ts'
import type { BootPlan } from '../../boot.ts'
import { type Aim, menuId, nameId, neighbour } from '../focus.ts'
import { count, type Kind, t } from '../hub.ts'
import { Edit, RevokeMany, Waiting, Wizard } from '../later.tsx'

import type { Selection } from '../plan/selection.tsx'
import { Refresh } from '../token/refresh.tsx'
import { Revoke } from '../token/revoke.tsx'
import { SecretBox } from '../token/secret-box.tsx'

/** The modal that is open. */
export type Open =
  | { readonly what: 'create'; readonly like?: Token }
  | { readonly what: 'waiting'; readonly token: Token; readonly isNew: boolean }
  | { readonly what: 'edit' | 'refresh' | 'revoke'; readonly token: Token }
  | { readonly what: 'many' }
  | { readonly what: 'secret'; readonly issued: IssuedText; readonly isNew: boolean }

interface OpenedProps {
  readonly open: Open
  readonly plan: BootPlan
  readonly kind: Kind
  /** Those that are shown. */
  readonly tokens: readonly Token[]
  readonly selection: Selection
  /** Nothing is known to have been done. */
  leave(token?: Token): void
  /** It is done: says so, and where the focus goes. */
  finish(text: string, aim: Aim): void
  saved(token: Token, isWaiting: boolean): void
  issued(result: IssuedText | RequestedText, isNew: boolean): void
  told(token: Token, isNew: boolean): void
  stored(issued: IssuedText, isNew: boolean): void
}

/** Draws it. */
export function Opened(props: OpenedProps) {
  const { open, plan, kind, tokens, selection, leave, finish, saved, issued, told, stored } = props
  const first: Aim = { id: nameId(tokens[0]?.id ?? '') }
  switch (open.what) {
    case 'create':
      return (
        <Wizard
          plan={plan}
          kind={kind}
          like={open.like}
          onIssued={(result) => issued(result, true)}
          onClose={() => leave(open.like)}
        />
      )
    case 'edit':
      return <Edit plan={plan} token={open.token} onSaved={saved} onClose={() => leave(open.token)} />
    case 'refresh':
      return (
        <Refresh token={open.token} onIssued={(result) => issued(result, false)} onClose={() => leave(open.token)} />
      )
    case 'revoke':
      return (
        <Revoke
          token={open.token}
          onRevoked={({ name, id }) => finish(t('revoked', { token: name }), { id: menuId(neighbour(tokens, id)) })}
          onClose={() => leave(open.token)}
        />
      )
    case 'many':
      return (
        <RevokeMany
          planId={plan.id}
          tokens={selection.tokens}
          onClose={(revoked) => {
            if (revoked.length === 0) return leave()
            selection.set([...selection.tokens.values()].filter(({ id }) => !revoked.includes(id)))
            finish(count(revoked.length, 'manyDone'), first)
          }}
        />
      )
    case 'waiting':
      return <Waiting token={open.token} plan={plan} isNew={open.isNew} onDone={() => told(open.token, open.isNew)} />
    case 'secret':
      return <SecretBox issued={open.issued} onDone={() => stored(open.issued, open.isNew)} />
  }
}
