/** An application of React's, one of whose views is the hub's page. In strict mode each effect runs twice. */
/** @jsxImportSource react */
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { PlanAccessTokens } from './component.tsx'

interface ChoiceProps {
  readonly label: string
  readonly values: readonly string[]
  readonly chosen: string
  readonly onChoose: (value: string) => void
}

function Choice({ label, values, chosen, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}{' '}
      <select value={chosen} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {values.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </select>
    </label>
  )
}

function Application({
  plans,
  languages,
}: {
  readonly plans: readonly string[]
  readonly languages: readonly string[]
}) {
  const [isHome, setHome] = useState(true)
  const [plan, setPlan] = useState(plans[0] ?? '')
  const [lang, setLang] = useState(languages[0] ?? 'en')
  return (
    <>
      <nav>
        <button type="button" onClick={() => setHome(!isHome)}>
          {isHome ? 'Tokens of the organization' : 'Home'}
        </button>{' '}
        <Choice label="Workspace" values={plans} chosen={plan} onChoose={setPlan} />{' '}
        <Choice label="Speech" values={languages} chosen={lang} onChoose={setLang} />
      </nav>
      {isHome ? <h1>Welcome</h1> : <PlanAccessTokens src="/tokens.json" plan={plan} lang={lang} />}
    </>
  )
}

const root = document.getElementById('root')
const valuesOf = (name: string): readonly string[] => root?.dataset[name]?.split(' ') ?? []
if (root)
  createRoot(root).render(
    <StrictMode>
      <Application plans={valuesOf('plans')} languages={valuesOf('languages')} />
    </StrictMode>,
  )
