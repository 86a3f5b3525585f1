/** What stands where tokens would be: that there is none, and what one can do next. */
import { t } from '../hub.ts'

interface EmptyProps {
  /** What was not found, if somebody looks for something. */
  readonly isFound: boolean
  /** Whether one can be made here. */
  readonly isOpen: boolean
  /** Looks at all of them again. */
  readonly onAll: () => void
}

export function Empty({ isFound, isOpen, onAll }: EmptyProps) {
  return (
    <div class="empty">
      <svg viewBox="0 0 24 24" width="32" height="32" fill="none" stroke="currentColor" aria-hidden="true">
        {isFound ? (
          <path d="M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-2 5 5" />
        ) : (
          <path d="M8 19.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm3-7 8-8m-3 3 3 3m-6 0 2 2" />
        )}
      </svg>
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
    </div>
  )
}
