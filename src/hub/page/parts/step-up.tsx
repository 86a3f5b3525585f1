/** "Confirm that it is you": where a call needs a stronger or a more recent session. What waits for it: page/step-up.ts. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { StepUp } from '../../../core/step-up.ts'
import { boot, count, t } from '../hub.ts'
import { useLookedAt } from '../looked-at.ts'
import { type Asked, onStepUp } from '../step-up.ts'
import { Dialog } from './dialog.tsx'
import { Action } from './parts.tsx'

/** Stands once in the page, over whatever has asked. */
export function StepUpQuestion() {
  const [asked, setAsked] = useState<Asked>()
  useEffect(() => onStepUp(setAsked), [])
  return asked ? <Confirm key={String(asked.isAgain)} {...asked} /> : null
}

function Confirm({ stepUp, isAgain, answer }: Asked) {
  const about = useId()
  /** Whether the other tab was opened, so that who comes back may have confirmed. */
  const isOpened = useRef(false)
  const address = addressFor(stepUp)
  useLookedAt(() => isOpened.current && answer(true))
  return (
    <Dialog title={t('stepUpTitle')} about={about} onLeave={() => answer(false)}>
      <div class="body">
        <div id={about} class="step-up">
          {isAgain && (
            <p class="mistake" role="alert">
              {t('stepUpAgain')}
            </p>
          )}
          <p>
            {t('stepUpLead')}{' '}
            {stepUp.maxAgeSeconds !== undefined &&
              count(Math.max(1, Math.round(stepUp.maxAgeSeconds / 60)), 'stepUpRecent')}{' '}
            {stepUp.acr && t('stepUpStronger')}
          </p>
          <p class="hint">{t(address ? 'stepUpHow' : 'stepUpHowElse')}</p>
        </div>
      </div>
      <footer>
        <Action onClick={() => answer(false)}>{t('cancel')}</Action>
        <Action onClick={() => answer(true)} look={address ? undefined : 'main'}>
          {t('stepUpDone')}
        </Action>
        {address && (
          <a
            class="button"
            href={address}
            target="_blank"
            rel="noreferrer"
            onClick={() => {
              isOpened.current = true
            }}
          >
            {t('stepUpGo')}
          </a>
        )}
      </footer>
    </Dialog>
  )
}

/** The host's own page to sign in at, with what the rules ask for (RFC 9470, section 4). */
function addressFor({ acr, maxAgeSeconds }: StepUp): string | undefined {
  const page = boot.stepUp ?? boot.signIn
  if (page === undefined) return undefined
  const url = new URL(page, location.href)
  if (acr) url.searchParams.set('acr_values', acr.join(' '))
  if (maxAgeSeconds !== undefined) url.searchParams.set('max_age', String(maxAgeSeconds))
  return url.href
}
