/** The pages of the table: one before and one after, the first, the last and the neighbours, and a field for any. */
import { useState } from 'preact/hooks'
import { t } from '../hub.ts'
import { Action } from '../parts/parts.tsx'

interface PagerProps {
  /** Of the page that is shown, from 1. */
  readonly page: number
  /** Unknown of a plan whose tokens are not counted. */
  readonly pages: number | undefined
  readonly hasNext: boolean
  readonly isBusy: boolean
  onTurn(page: number): void
}

/** Up to so many pages each has its number. */
const FEW_PAGES = 7

/** All numbers, or the ends and the neighbours with a gap (0) between them. */
function numbersOf(page: number, pages: number): readonly number[] {
  if (pages <= FEW_PAGES) return Array.from({ length: pages }, (_, i) => i + 1)
  const from = Math.max(2, Math.min(page - 1, pages - 3))
  const to = Math.min(pages - 1, Math.max(page + 1, 4))
  const middle = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  return [1, ...(from > 2 ? [0] : []), ...middle, ...(to < pages - 1 ? [-1] : []), pages]
}

/** Buttons and a field; what is on its way may be of another question, so nothing is turned meanwhile. */
export function Pager({ page, pages, hasNext, isBusy, onTurn }: PagerProps) {
  const turn = (to: number): void => {
    if (!isBusy && to !== page) onTurn(to)
  }
  return (
    <nav aria-label={t('pages')}>
      {pages !== undefined && pages > FEW_PAGES && <Jump pages={pages} onTurn={turn} />}
      <Action isOff={page === 1} onClick={() => page > 1 && turn(page - 1)}>
        {t('pagePrevious')}
      </Action>
      {pages === undefined ? (
        <span class="at">{t('pageNumber', { page })}</span>
      ) : (
        <>
          <span class="at narrow">{t('pageOf', { page, pages })}</span>
          <ul class="numbers">
            {numbersOf(page, pages).map((number) => (
              <li key={number}>
                {number < 1 ? (
                  <span aria-hidden="true">…</span>
                ) : (
                  <button
                    type="button"
                    aria-label={t('pageNumber', { page: number })}
                    aria-current={number === page ? 'page' : undefined}
                    onClick={() => turn(number)}
                  >
                    {t('number', { number })}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      <Action isOff={!hasNext} onClick={() => hasNext && turn(page + 1)}>
        {t('pageNext')}
      </Action>
    </nav>
  )
}

/** Any page by its number; one that there is not is the nearest. */
function Jump({ pages, onTurn }: { readonly pages: number; onTurn(page: number): void }) {
  const [text, setText] = useState('')
  return (
    <form
      class="jump"
      onSubmit={(event) => {
        event.preventDefault()
        const wanted = Number.parseInt(text, 10)
        if (!Number.isNaN(wanted)) onTurn(Math.min(Math.max(wanted, 1), pages))
        setText('')
      }}
    >
      <label>
        <span>{t('pageGo')}</span>
        <input
          type="text"
          inputMode="numeric"
          autocomplete="off"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
    </form>
  )
}
