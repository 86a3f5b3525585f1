/** What stands where something would be: that there is nothing, and what one can do next. */
import type { ComponentChildren } from 'preact'
import type { BootPlan } from '../../boot.ts'
import { t } from '../hub.ts'

const KEY = 'M8 19.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm3-7 8-8m-3 3 3 3m-6 0 2 2'
const GLASS = 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-2 5 5'

function Nothing({ picture, children }: { readonly picture: string; readonly children: ComponentChildren }) {
  return (
    <div class="empty">
      <svg viewBox="0 0 24 24" width="32" height="32" fill="none" stroke="currentColor" aria-hidden="true">
        <path d={picture} />
      </svg>
      {children}
    </div>
  )
}

interface EmptyProps {
  /** What was not found, if somebody looks for something. */
  readonly isFound: boolean
  /** Whether one can be made here. */
  readonly isOpen: boolean
  /** Looks at all of them again. */
  readonly onAll: () => void
}

/** Where tokens would be. */
export function Empty({ isFound, isOpen, onAll }: EmptyProps) {
  return (
    <Nothing picture={isFound ? GLASS : KEY}>
      <p>{t(isFound ? 'emptyFound' : 'empty')}</p>
      {isFound ? (
        <button
          type="button"
          onClick={() => {
            // It goes, and the focus with it.
            document.querySelector<HTMLElement>('[type=search]')?.focus()
            onAll()
          }}
        >
          {t('showAll')}
        </button>
      ) : (
        isOpen && <p class="hint">{t('emptyHint')}</p>
      )}
    </Nothing>
  )
}

interface NoPlanProps {
  /** Those that the person has. */
  readonly plans: readonly BootPlan[]
  readonly addressOf: (plan: BootPlan) => string
  readonly onChoose: (plan: BootPlan) => void
}

/** Where a plan would be: the same for one of others as for one that there is not. */
export function NoPlan({ plans, addressOf, onChoose }: NoPlanProps) {
  if (plans.length === 0)
    return (
      <Nothing picture={KEY}>
        <p>{t('noPlans')}</p>
      </Nothing>
    )
  return (
    <Nothing picture={GLASS}>
      <p role="alert">{t('planMissing')}</p>
      <p class="hint" id="plans-of-mine">
        {t('planMissingNext')}
      </p>
      <ul aria-labelledby="plans-of-mine">
        {plans.map((plan) => (
          <li key={plan.id}>
            <a
              href={addressOf(plan)}
              onClick={(event) => {
                event.preventDefault()
                // It goes, and the focus with it.
                document.querySelector<HTMLElement>('#hub h1')?.focus()
                onChoose(plan)
              }}
            >
              <bdi>{plan.name}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </Nothing>
  )
}

/** Rows that are not there yet, in the size that they will have. */
export function Skeleton() {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">{t('working')}</span>
      {[0, 1, 2, 3, 4].map((row) => (
        <div key={row} />
      ))}
    </div>
  )
}
