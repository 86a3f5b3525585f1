/** What is open above the table, and what is said, marked and focused when it closes. What stands in it: table/opened.tsx. */
import { useState } from 'preact/hooks'
import type { IssuedText, RequestedText } from '../../../admin/client-types.ts'
import type { Token } from '../../../core/token-view.ts'
import { api, failureOf } from '../api.ts'
import { type Aim, menuId, nameId } from '../focus.ts'
import { t } from '../hub.ts'
import { takeOver } from '../places.ts'
import type { Shown } from '../token/drawer.tsx'
import type { Open } from './opened.tsx'
import type { Mark, TokenAct } from './table.tsx'

/** @param reload asks for the tokens of the table anew. */
export function useModals(reload: (isQuiet?: boolean) => void) {
  const [open, setOpen] = useState<Open>()
  /** The token whose own page is open, below what was opened from there. */
  const [shown, setShown] = useState<Shown | undefined>(takeOver)
  const [turn, setTurn] = useState(0)
  const [said, setSaid] = useState('')
  const [mark, setMark] = useState<Mark>()
  const [aim, setAim] = useState<Aim>()
  const close = (): void => {
    setOpen(undefined)
    setTurn((before) => before + 1)
  }
  /** Leaves a modal that may have written something all the same, or seen that somebody else has. */
  const leave = (token?: Token): void => {
    close()
    if (token && !shown) setAim({ id: menuId(token.id), isSpare: true })
    reload()
  }
  const finish = (text: string, next: Aim): void => {
    close()
    setSaid(text)
    if (!shown) setAim(next)
    reload()
  }
  const saved = (token: Token, isWaiting: boolean): void => {
    setMark({ token, isNew: false })
    if (isWaiting) {
      setOpen({ what: 'waiting', token, isNew: false })
      reload()
    } else finish(t('saved', { token: token.name }), { id: menuId(token.id) })
  }
  const issued = (result: IssuedText | RequestedText, isNew: boolean): void => {
    const { token, secret } = result
    setMark({ token, isNew })
    // Without a secret, another admin has to approve it first.
    setOpen(secret === undefined ? { what: 'waiting', token, isNew } : { what: 'secret', issued: result, isNew })
    reload()
  }
  const told = ({ name, id }: Token, isNew: boolean): void => {
    close()
    setSaid(t(isNew ? 'asked' : 'proposed', { token: name }))
    if (!shown) setAim({ id: isNew ? nameId(id) : menuId(id) })
  }
  const stored = ({ token }: IssuedText, isNew: boolean): void => {
    close()
    setSaid(t(isNew ? 'made' : 'refreshed', { token: token.name }))
    if (!shown) setAim({ id: isNew ? nameId(token.id) : menuId(token.id) })
  }
  const act = (what: TokenAct, token: Token): void => {
    setSaid('')
    if (what === 'copyId') copyId(token)
    else if (what === 'details') setShown({ token: token.id, tab: '', known: token })
    else if (what === 'replace') setOpen({ what: 'create', like: token })
    else setOpen({ what, token })
  }
  /** One of which a note tells; it may have gone meanwhile. */
  const viewToken = async (id: string): Promise<void> => {
    const token = await api.get({ id }).catch((error: unknown) => setSaid(failureOf(error).text))
    if (token) act('details', token)
  }
  const copyId = ({ id }: Token): void => {
    navigator.clipboard.writeText(id).then(
      () => setSaid(t('idCopied')),
      () => setSaid(id),
    )
  }
  return {
    ...{ open, shown, turn, said, mark, aim, setOpen, setShown, setSaid, setMark, setAim },
    ...{ act, viewToken, finish, issued },
    /** What a modal says of its end. */
    done: { leave, finish, saved, issued, told, stored },
  }
}
