/** Where the page begins. Built by scripts/build-hub.ts. */
import { render } from 'preact'
import { App } from './app.tsx'

const place = document.getElementById('hub')
if (place) {
  place.textContent = ''
  render(<App />, place)
}
