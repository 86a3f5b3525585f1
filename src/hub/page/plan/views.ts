/** What one looks at of a plan, as the address names it: its tokens, its log, how it is used. */
import { boot } from '../hub.ts'
import { addressHere } from '../places.ts'

/** Beside the tokens, which are where no view is named. */
export const VIEWS = ['', 'log', 'usage'] as const
export type PlanView = (typeof VIEWS)[number]

/** The view in the address; the tokens for what is none. */
export function viewInAddress(): PlanView {
  const named = addressHere().get('view')
  return VIEWS.find((view) => view === named) ?? ''
}

/** An address of the page: what is empty or unknown is left out. */
export function addressWith(parameters: { readonly [name: string]: string | undefined }): string {
  const said = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return `#${new URLSearchParams(said)}`
}

/** The address of a token's own page. */
export const tokenAddress = (planId: string, id: string, type?: string): string =>
  addressWith({ plan: planId, type, token: id })

/** What the view of usage is called: without a count of requests it shows when tokens expire, and nothing else. */
export const usageName = () => (boot.features.usage ? ('viewUsage' as const) : ('viewExpirations' as const))
