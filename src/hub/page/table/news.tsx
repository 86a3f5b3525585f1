/** What others did while one looks at the page, as short notes in sight; each leads to the token that it is about. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { EventType } from '../../../core/event.ts'
import type { News } from '../../overview/query.ts'
import type { TextKey } from '../../texts/index.ts'
import { count, rich, t } from '../hub.ts'
import { personOf } from '../people.ts'

/** What is told of a change; what happens by itself, or is of another plan, is not. */
const SENTENCES: { readonly [type in EventType]?: TextKey } = {
  created: 'newsMade',
  adopted: 'newsMade',
  edited: 'newsEdited',
  refreshed: 'newsRefreshed',
  revoked: 'newsRevoked',
  secret_revoked: 'newsEnded',
  leak_reported: 'newsLeaked',
  canary_used: 'newsCanary',
  requested: 'newsAsked',
  edit_requested: 'newsEditAsked',
  approved: 'newsApproved',
  declined: 'newsDeclined',
  collected: 'newsCollected',
}

/** How many notes are in sight. */
const MOST = 3
/** How long a note stays, unless the pointer or the keyboard is at it. */
const STAY_MS = 20_000

/** The notes, and what adds some. */
export function useNews() {
  const [news, setNews] = useState<readonly News[]>([])
  return {
    news,
    add: (more: readonly News[]): void =>
      setNews((known) => {
        const last = known.at(-1)?.seq ?? 0
        const told = more.filter((one) => one.seq > last && sentenceOf(one) !== undefined)
        return [...known, ...told]
      }),
    close: (seq: number): void => setNews((known) => known.filter((one) => one.seq !== seq)),
    clear: (): void => setNews([]),
  }
}

/** A token whose secret was reported by whoever had it was ended by nobody. */
function sentenceOf({ type, actor }: News): TextKey | undefined {
  if (type === 'revoked' && actor === null) return 'newsEnded'
  return SENTENCES[type]
}

interface NewsListProps {
  readonly news: readonly News[]
  onView(tokenId: string): void
  onClose(seq: number): void
  onClear(): void
}

/** The newest notes, read out as they come. */
export function NewsList({ news, onView, onClose, onClear }: NewsListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (news.length === 0) return undefined
    // As often as it takes until nobody is at them.
    const timer = setInterval(() => {
      const isRead = list.current?.matches(':hover, :focus-within')
      if (!isRead && !document.querySelector('dialog[open]')) onClear()
    }, STAY_MS)
    return () => clearInterval(timer)
  }, [news])
  const shown = news.slice(-MOST)
  return (
    <div ref={list} class="news" role="status" aria-atomic="false" aria-label={t('news')}>
      {news.length > MOST && <p class="told">{count(news.length - MOST, 'newsMany')}</p>}
      {shown.map((one) => (
        <div class="told" key={one.seq}>
          <p>
            {rich(sentenceOf(one) ?? 'newsEdited', {
              actor: <bdi>{personOf(one.actor ?? '')}</bdi>,
              token: <bdi>{one.name}</bdi>,
            })}
          </p>
          <button type="button" class="link" onClick={() => onView(one.tokenId)}>
            {t('newsView')}
          </button>
          <button type="button" class="dots" aria-label={t('newsClose')} onClick={() => onClose(one.seq)}>
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
