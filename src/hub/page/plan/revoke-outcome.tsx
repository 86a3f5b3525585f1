/** What has become of many tokens that are being revoked, or were: how many, and which where it is not as one wanted. */
import { useEffect, useRef } from 'preact/hooks'
import type { Token } from '../../../core/token-view.ts'
import type { PluralKey } from '../../texts/index.ts'
import type { Call } from '../hooks.ts'
import { count, t } from '../hub.ts'
import { Action, FailureNote } from '../parts/parts.tsx'
import type { Fate, Revoking } from './revoke-many.ts'

interface OutcomeProps {
  readonly revoking: Revoking
  readonly total: number
  /** By id, for their names. */
  readonly tokens: ReadonlyMap<string, Token>
  readonly call: Call
  readonly isStopping: boolean
  onStop(): void
  onGoOn(): void
  onClose(): void
}

const SENTENCES: readonly (readonly [Fate, PluralKey])[] = [
  ['ended', 'manyEnded'],
  ['changed', 'manyChanged'],
  ['failed', 'manyFailed'],
]
/** How many names of each are shown. */
const MOST_NAMES = 200

export function Outcome({ revoking, total, tokens, call, isStopping, onStop, onGoOn, onClose }: OutcomeProps) {
  const head = useRef<HTMLParagraphElement>(null)
  const { fates, isThrough } = revoking
  const idsOf = (wanted: Fate): readonly string[] => [...fates].filter(([, fate]) => fate === wanted).map(([id]) => id)
  const done = idsOf('revoked').length
  const left = total - fates.size
  const isOver = !call.isBusy
  // The button that one has pressed is gone.
  useEffect(() => head.current?.focus(), [])
  return (
    <>
      <div class="body">
        <p ref={head} tabIndex={-1} class="outcome" role="status">
          {isOver ? count(done, 'manyDone') : t('manyProgress', { done, count: total })}{' '}
          {!isOver && isStopping && t('manyStopping')}
          {isOver && !isThrough && !call.failure && t('manyStopped')}
        </p>
        <progress value={fates.size} max={total} aria-label={t('manyProgress', { done, count: total })} />
        {isOver && (
          <>
            {SENTENCES.map(([fate, sentence]) => (
              <Names key={fate} sentence={sentence} ids={idsOf(fate)} tokens={tokens} isOpen={fate === 'failed'} />
            ))}
            {left > 0 && !isThrough && <p>{count(left, 'manyLeft')}</p>}
          </>
        )}
        <FailureNote failure={call.failure} isWrite />
        {call.failure?.code === 'preview_outdated' && <p>{t('manyOutdated')}</p>}
      </div>
      <footer>
        {isOver ? (
          <>
            <Action onClick={onClose}>{t('close')}</Action>
            {(!isThrough || idsOf('failed').length > 0) && call.failure?.code !== 'preview_outdated' && (
              <Action look="danger" onClick={onGoOn}>
                {t(isThrough || call.failure ? 'tryAgain' : 'manyGoOn')}
              </Action>
            )}
          </>
        ) : (
          <Action onClick={onStop} isOff={isStopping}>
            {t('manyStop')}
          </Action>
        )}
      </footer>
    </>
  )
}

interface NamesProps {
  readonly sentence: PluralKey
  readonly ids: readonly string[]
  readonly tokens: ReadonlyMap<string, Token>
  readonly isOpen: boolean
}

function Names({ sentence, ids, tokens, isOpen }: NamesProps) {
  if (ids.length === 0) return null
  return (
    <details open={isOpen}>
      <summary>{count(ids.length, sentence)}</summary>
      <ul class="many">
        {ids.slice(0, MOST_NAMES).map((id) => (
          <li key={id}>
            <bdi>{tokens.get(id)?.name ?? id}</bdi>
          </li>
        ))}
        {ids.length > MOST_NAMES && <li class="hint">{count(ids.length - MOST_NAMES, 'manyRest')}</li>}
      </ul>
    </details>
  )
}
