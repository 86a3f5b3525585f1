/** An application of the browser's with two views, one of which is the hub's page. */
import { render } from 'preact'
import { useState } from 'preact/hooks'
import { PlanAccessTokens } from './component.tsx'

function Application() {
  const [isHome, setHome] = useState(true)
  return (
    <>
      <nav>
        <button type="button" onClick={() => setHome(!isHome)}>
          {isHome ? 'Tokens of the organization' : 'Home'}
        </button>
      </nav>
      {isHome ? <h1>Welcome</h1> : <PlanAccessTokens src="/tokens.json" />}
    </>
  )
}

const root = document.getElementById('root')
if (root) render(<Application />, root)
