/**
 * Puts the hub's page into an element of a page that is drawn in the browser, and takes it away again. What it needs comes from your
 * server as JSON: what `hub.parts(request)` gives (app.ts). One at a time, since there is one page in a document.
 */
import type { HubParts } from 'plan-access-tokens/hub'

let times = 0
/** The page before, until it is gone: the next one waits for that. */
let before: Promise<unknown> = Promise.resolve()

/**
 * Shows the page in a place. Gives what takes it away, as when one goes to another view of your application; it may be called at any
 * time, before the page is there too.
 *
 * @param failed told why there is no page.
 */
export function mountHub(place: HTMLElement, source: string, failed: (error: unknown) => void): () => void {
  const leaving = new AbortController()
  const { signal } = leaving
  const shown = before.then(() => show(place, source, signal))
  before = shown.catch((error) => signal.aborted || failed(error))
  return () => {
    leaving.abort()
    place.querySelector('#hub')?.dispatchEvent(new Event('hubleave'))
    place.replaceChildren()
  }
}

async function show(place: HTMLElement, source: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(source, { cache: 'no-store', signal })
  const { head, body } = (await answer.json()) as HubParts
  if (signal.aborted) return
  // Both are of your own server. Under Trusted Types this line needs a policy of yours.
  const [links, page] = [head, body].map((html) => document.createRange().createContextualFragment(html))
  const script = links?.querySelector('script')
  script?.remove()
  const isThere = (link: Element): boolean =>
    document.head.querySelector(`link[href="${CSS.escape(link.getAttribute('href') ?? '')}"]`) !== null
  document.head.append(...[...(links?.children ?? [])].filter((link) => !isThere(link)))
  place.replaceChildren(page ?? '')
  // A module runs once for each address.
  if (script) await import(`${script.src}?${times++}`)
}
