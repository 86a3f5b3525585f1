/** The hub's page as a custom element: `<plan-access-tokens src="/tokens.json"></plan-access-tokens>`. */
import { mountHub } from './mount.ts'

class PlanAccessTokens extends HTMLElement {
  #leave: (() => void) | undefined

  connectedCallback(): void {
    this.#leave = mountHub(this, this.getAttribute('src') ?? '', (error) =>
      this.dispatchEvent(new ErrorEvent('error', { error })),
    )
  }

  disconnectedCallback(): void {
    this.#leave?.()
  }
}

customElements.define('plan-access-tokens', PlanAccessTokens)
