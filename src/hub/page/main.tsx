/** Where the page begins. Built by scripts/build-hub.ts. */
import { render } from 'preact'
import { App } from './app.tsx'
import { PREPARATIONS } from './format.ts'
import { readPage } from './hub.ts'
import { arrive } from './places.ts'

await readPage()

// Each in a task of its own, so that a click in between is not kept waiting for all of them.
for (const prepare of PREPARATIONS) {
  await new Promise((resolve) => setTimeout(resolve))
  prepare()
}
await new Promise((resolve) => setTimeout(resolve))
const place = document.getElementById('hub')
if (place) {
  place.textContent = ''
  const depart = arrive()
  render(<App />, place)
  // Whoever holds the page in one of the browser's own says so before it is taken away (examples/hub-element).
  place.addEventListener('hubleave', () => {
    render(null, place)
    depart()
  })
}
