/** A moment as people read it: the day and the hour of their own zone, how far away it is, and the same in UTC. */
import { awayOf, minuteOf, utcOf } from '../format.ts'

/** Shows all three. */
export function Moment({ at, away = true }: { readonly at: number; readonly away?: boolean }) {
  return (
    <span class="moment">
      <time dateTime={new Date(at).toISOString()}>{minuteOf(at)}</time>{' '}
      <span class="hint">
        {away && `${awayOf(at)} · `}
        <bdi>{utcOf(at)}</bdi>
      </span>
    </span>
  )
}
