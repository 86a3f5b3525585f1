/** The page: its head with the switch of organizations, the tabs, and below them what the chosen tab shows. */
import { useEffect, useState } from 'preact/hooks'
import { minuteOf } from './format.ts'
import { boot, kinds, now, t } from './hub.ts'
import { Log, Usage } from './later.tsx'
import { NoPlan } from './parts/empty.tsx'
import { Field } from './parts/parts.tsx'
import { StepUpQuestion } from './parts/step-up.tsx'
import { Tabs, tabId } from './parts/tabs.tsx'
import { addressHere, goToAddress, onPlace } from './places.ts'
import { Navigation } from './plan/navigation.tsx'
import { addressWith, type PlanView, viewInAddress } from './plan/views.ts'
import { Panel } from './table/panel.tsx'

/** Plan, tab and view out of the address, so that a reload shows the same. None is a secret. */
function chosenInAddress(): { readonly plan: string; readonly type: string; readonly view: PlanView } {
  const parameters = addressHere()
  return { plan: parameters.get('plan') ?? '', type: parameters.get('type') ?? '', view: viewInAddress() }
}

export function App() {
  const [chosen, setChosen] = useState(chosenInAddress)
  const named = boot.plans.find(({ id }) => id === chosen.plan)
  // An address that names another one is not answered with the first: what is done there would be done elsewhere.
  const plan = named ?? (chosen.plan === '' || boot.isPinned ? boot.plans[0] : undefined)
  const kind = kinds.find(({ type }) => type.name === chosen.type) ?? kinds[0]
  const choose = (change: Partial<typeof chosen>): void => {
    const next = { plan: plan?.id ?? '', type: kind?.type.name ?? '', view: chosen.view, ...change }
    if (next.plan === plan?.id && next.type === kind?.type.name && next.view === chosen.view) return
    goToAddress(addressWith(next))
    setChosen(next)
  }
  useEffect(() => onPlace(() => setChosen(chosenInAddress())), [])
  return (
    <main>
      <header>
        <div>
          {boot.product !== undefined && <p class="product">{boot.product}</p>}
          {plan && <p class="printed">{`${plan.name}, ${minuteOf(now())}`}</p>}
          <h1 tabIndex={-1}>{t('title')}</h1>
          <p class="hint">{t('lead')}</p>
        </div>
        {plan && !boot.isPinned && (
          <Field label={t('organization')}>
            {(control) => (
              <select
                {...control}
                value={plan.id}
                onChange={({ currentTarget }) => choose({ plan: currentTarget.value })}
              >
                {boot.plans.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </header>
      {plan && kind ? (
        <>
          <Navigation plan={plan} type={kind.type.name} view={chosen.view} onChoose={(view) => choose({ view })} />
          {chosen.view === 'log' && <Log key={plan.id} plan={plan} type={kind.type.name} />}
          {chosen.view === 'usage' && <Usage key={plan.id} plan={plan} />}
          {chosen.view === '' && (
            <>
              <Tabs
                label={t('tabs')}
                tabs={kinds.map(({ type, tab }) => ({ name: type.name, label: tab }))}
                chosen={kind.type.name}
                panel="panel"
                onChoose={(type) => choose({ type })}
              />
              <Panel
                key={`${plan.id} ${kind.type.name}`}
                id="panel"
                labelledBy={tabId('panel', kind.type.name)}
                plan={plan}
                kind={kind}
              />
            </>
          )}
        </>
      ) : (
        <NoPlan
          plans={boot.plans}
          addressOf={({ id }) => addressWith({ plan: id })}
          onChoose={({ id }) => choose({ plan: id })}
        />
      )}
      <StepUpQuestion />
    </main>
  )
}
