/**
 * Where one is, as entries of the browser's history: a plan, a tab and what is looked at there (all of it in the address), or a
 * modal. So Back leads to the place before, closes what is open, and leaves the page only from where one came to it. Nothing of it
 * is a secret. What of the table stands in an address: view.ts.
 */
import { holdsSecret } from './hub.ts'
import { parametersOf, VIEW_KEYS, type View, viewIn } from './view.ts'

/** What an entry remembers. One that was made for a modal looks like the one below it once the modal is closed. */
interface Entry {
  readonly isModal: boolean
}

/** The entry that is shown. An older version of the page may have left something else. */
const readEntry = (): Entry => ({
  isModal: (Object(history.state) as { readonly isModal?: unknown }).isModal === true,
})

let here = readEntry()
let address = location.hash

/** What the address says, by name. */
export const addressHere = (): URLSearchParams => new URLSearchParams(address.slice(1))

/** What of the table is looked at here, and whether something of the address had to be left out. */
export const viewHere = (): ReturnType<typeof viewIn> => viewIn(addressHere())

/** The address of another view; other names in it stay, but for those that are given. An empty one goes. */
function addressOfView(view: View, others: { readonly [name: string]: string }): string {
  const parameters = addressHere()
  for (const name of VIEW_KEYS) parameters.delete(name)
  for (const [name, value] of [...Object.entries(others), ...parametersOf(view)])
    if (value === '') parameters.delete(name)
    else parameters.set(name, value)
  const text = parameters.toString()
  return text === '' ? '' : `#${text}`
}

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
  const parameters = addressHere()
  const token = parameters.get('token')
  if (token === null) return undefined
  // What is asked about stands in the address of a request.
  const isSecret = holdsSecret(token)
  if (!here.isModal || isSecret) {
    address = withoutOver(address)
    write('replaceState', here)
  }
  if (isSecret) return undefined
  return { token, tab: parameters.get('tab') ?? '' }
}

/** Writes into the address what is shown over the table of a plan and a type. */
export function showOver(over: Over & { readonly plan: string; readonly type: string }): void {
  const parameters = addressHere()
  for (const [name, value] of Object.entries(over)) parameters.set(name, value)
  address = `#${parameters}`
  write('replaceState', here)
}

/** Takes a token that is not shown any more out of the address. */
export function hideOver(token: string): void {
  if (addressHere().get('token') !== token) return
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

/** Goes to another place, from which Back leads here. @param others what else the address says there. */
export function goTo(view: View, others: { readonly [name: string]: string } = {}): void {
  goToAddress(addressOfView(view, others))
}

/** Goes to a whole address of the page, from which Back leads here. */
export function goToAddress(next: string): void {
  if (next === address) return
  address = next
  write(isSpent() ? 'replaceState' : 'pushState', { isModal: false })
}

/** Looks otherwise at the same place: a search. */
export function lookAt(view: View, others: { readonly [name: string]: string } = {}): void {
  const next = addressOfView(view, others)
  if (next === address) return
  address = next
  write('replaceState', { isModal: ways.length > 0 })
}

/** Whether the entry that is shown was made for a modal that is closed by now. */
const isSpent = (): boolean => here.isModal && ways.length === 0

/** While a modal is open, Back calls the way out of it, and stays on the page. Gives what ends that. */
export function holdBack(leave: () => void): () => void {
  ways.push(leave)
  if (!here.isModal) write('pushState', { isModal: true })
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
      const isBelow = isSamePlace(left.address)
      address = left.address
      if (!isBelow) write('pushState', { isModal: false })
      write('pushState', { isModal: true })
    })
  } else if (here.isModal) {
    // Forward, to a modal that was closed.
    here = left.here
    history.back()
  } else if (left.here.isModal && address === left.address) {
    // Back, from the entry of a modal that was closed to the one below it, which looks the same: one goes on from there.
    write('replaceState', { isModal: false })
    history.back()
  } else tell()
}

/** Whether another address leads to the same place, whatever is shown over it. */
const isSamePlace = (other: string): boolean => withoutOver(address) === withoutOver(other)

function tell(): void {
  for (const listener of listeners) listener()
}

function typed(): void {
  if (location.hash !== address) moved()
}

/** From now on the address and the browser's history are the page's. Gives what ends that. */
export function arrive(): () => void {
  here = readEntry()
  address = location.hash
  addEventListener('popstate', moved)
  addEventListener('hashchange', typed)
  return () => {
    removeEventListener('popstate', moved)
    removeEventListener('hashchange', typed)
  }
}
