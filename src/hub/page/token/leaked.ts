/** Whether a secret of a token was found where it should not be, and works still. */
import type { Token } from '../../../core/token-view.ts'
import { now } from '../hub.ts'

/** When the newest of them was found. */
export function leakedAtOf({ status, secrets }: Token): number | undefined {
  if (status !== 'active') return undefined
  const works = secrets.filter(({ worksUntil }) => worksUntil === null || worksUntil > now())
  return works.findLast(({ leakedAt }) => leakedAt !== undefined)?.leakedAt
}
