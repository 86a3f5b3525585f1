/** The hub's page as a custom element: `<plan-access-tokens src="/tokens.json"></plan-access-tokens>`. */
import { mountHub } from './mount.ts'

class PlanAccessTokens extends HTMLElement {
  #mounted: Promise<() => void> | undefined

  connectedCallback(): void {
    this.#mounted = mountHub(this, this.getAttribute('src') ?? '')
  }

  disconnectedCallback(): void {
    this.#mounted?.then((leave) => leave())
  }
}

customElements.define('plan-access-tokens', PlanAccessTokens)
