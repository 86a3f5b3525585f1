/**
 * Where one is, as entries of the browser's history: a plan and a tab (in the address), a page of the table, a modal. So Back
 * leads to the place before, closes what is open, and leaves the page only from where one came to it. Nothing of it is a secret.
 */
import { isDictionary } from '../../core/objects.ts'

/** What of the tokens of a tab is looked at. */
export interface View {
  readonly search: string
  readonly status: '' | 'active' | 'expired' | 'revoked'
  /** Where the pages before the shown one ended, of this search and status; none for the first page. */
  readonly cursors: readonly string[]
}

/** All tokens, from the first. */
export const WHOLE: View = { search: '', status: '', cursors: [] }

/** What an entry remembers. One that was made for a modal looks like the one below it once the modal is closed. */
interface Entry {
  readonly view: View
  readonly isModal: boolean
}

/** The entry that is shown, and the address that stands there. An older version of the page may have left something else. */
function readEntry(): Entry {
  const { view, isModal } = Object(history.state) as { readonly view?: unknown; readonly isModal?: unknown }
  return { view: isView(view) ? view : WHOLE, isModal: isModal === true }
}

function isView(view: unknown): view is View {
  if (!isDictionary(view) || !Array.isArray(view.cursors)) return false
  const { search, status, cursors } = view
  const isKnown = status === '' || status === 'active' || status === 'expired' || status === 'revoked'
  return typeof search === 'string' && isKnown && cursors.every((cursor) => typeof cursor === 'string')
}

let here = readEntry()
let address = location.hash

/** What of the table is looked at here. */
export const viewHere = (): View => here.view

function write(how: 'pushState' | 'replaceState', entry: Entry): void {
  try {
    history[how](entry, '', location.pathname + location.search + address)
    here = entry
  } catch {
    // A browser refuses too many in a short time. Then Back leads a place further, and all else is as it was.
  }
}

/** What is shown over the table, as the address names it: a token and a tab of its page. It is no place of its own: Back closes it. */
export interface Over {
  readonly token: string
  readonly tab: string
}

/** The token that the address names. Where one came to it directly, its entry becomes that of the table below. */
export function takeOver(): Over | undefined {
  const parameters = new URLSearchParams(address.slice(1))
  const token = parameters.get('token')
  if (token === null) return undefined
  if (!here.isModal) {
    address = withoutOver(address)
    write('replaceState', here)
  }
  return { token, tab: parameters.get('tab') ?? '' }
}

/** Writes into the address what is shown over the table of a plan and a type. */
export function showOver(over: Over & { readonly plan: string; readonly type: string }): void {
  const parameters = new URLSearchParams(address.slice(1))
  for (const [name, value] of Object.entries(over)) parameters.set(name, value)
  address = `#${parameters}`
  write('replaceState', here)
}

/** Takes a token that is not shown any more out of the address. */
export function hideOver(token: string): void {
  if (new URLSearchParams(address.slice(1)).get('token') !== token) return
  address = withoutOver(address)
  write('replaceState', here)
}

function withoutOver(hash: string): string {
  const parameters = new URLSearchParams(hash.slice(1))
  parameters.delete('token')
  parameters.delete('tab')
  return parameters.size === 0 ? '' : `#${parameters}`
}

/** The ways out of the modals that are open, the newest last. */
const ways: (() => void)[] = []

/** Goes to another place, from which Back leads here. */
export function goTo(view: View, hash = address): void {
  address = hash
  write(isSpent() ? 'replaceState' : 'pushState', { view, isModal: false })
}

/** Looks otherwise at the same place: a search, a filter. */
export function lookAt(view: View): void {
  if (JSON.stringify(view) !== JSON.stringify(here.view)) write('replaceState', { view, isModal: ways.length > 0 })
}

/** Whether the entry that is shown was made for a modal that is closed by now. */
const isSpent = (): boolean => here.isModal && ways.length === 0

/** While a modal is open, Back calls the way out of it, and stays on the page. Gives what ends that. */
export function holdBack(leave: () => void): () => void {
  ways.push(leave)
  if (!here.isModal) write('pushState', { ...here, isModal: true })
  return () => {
    ways.splice(ways.indexOf(leave), 1)
  }
}

const listeners = new Set<() => void>()

/** Tells when Back, Forward or an address typed by hand has brought another place. Gives what ends that. */
export function onPlace(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function moved(): void {
  const left = { here, address }
  here = readEntry()
  address = location.hash
  const leave = ways.at(-1)
  if (leave) {
    leave()
    // What asks first, or has a call under way, is still open once the page is drawn.
    setTimeout(() => {
      if (ways.length === 0) return tell()
      if (here.isModal) return
      const isBelow = isSamePlace(left)
      address = left.address
      if (!isBelow) write('pushState', { ...left.here, isModal: false })
      write('pushState', { ...left.here, isModal: true })
    })
  } else if (here.isModal) {
    // Forward, to a modal that was closed.
    here = left.here
    history.back()
  } else if (left.here.isModal && address === left.address && isSamePlace(left)) {
    // Back, from the entry of a modal that was closed to the one below it, which looks the same: one goes on from there.
    write('replaceState', { ...left.here, isModal: false })
    history.back()
  } else tell()
}

/** Whether the entry that is shown looks like another one. */
const isSamePlace = (other: { readonly here: Entry; readonly address: string }): boolean =>
  withoutOver(address) === withoutOver(other.address) && JSON.stringify(here.view) === JSON.stringify(other.here.view)

function tell(): void {
  for (const listener of listeners) listener()
}

addEventListener('popstate', moved)
addEventListener('hashchange', () => {
  if (location.hash !== address) moved()
})
