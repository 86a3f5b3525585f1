/** Until when the secret before a refresh works, in words. */

import { millisecondsInHour } from 'date-fns/constants'
import type { Token } from '../../../core/token-view.ts'
import { momentOf } from '../format.ts'
import { count, now, t } from '../hub.ts'

/** `for 24 hours, until …`; nothing of a token that has one secret. */
export function graceOf({ secrets }: Pick<Token, 'secrets'>): string | undefined {
  const previous = secrets.at(-2)
  if (!previous) return undefined
  const until = previous.worksUntil ?? 0
  const left = until - now()
  if (left <= 0) return t('graceOver')
  return count(Math.round(left / millisecondsInHour), 'graceUntil', { date: momentOf(until) })
}
