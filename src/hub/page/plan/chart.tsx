/** Charts of bars, drawn in SVG by attributes alone, since the page allows no inline styles. Each can be read as a table too. */
import { max, ticks } from 'd3-array'
import { scaleBand } from 'd3-scale'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { DayCount } from '../../../core/usage.ts'
import type { Expirations } from '../../plan/expirations.ts'
import type { TextKey } from '../../texts/index.ts'
import { late } from '../format.ts'
import { boot, isRightToLeft, listed, now, t } from '../hub.ts'

/** One place of the axis: what it is called, shortly and in whole, and how high each part of its bar is, from the ground up. */
interface Bar {
  readonly key: string
  readonly short: string
  readonly long: string
  readonly values: readonly number[]
}

interface BarsProps {
  readonly label: string
  /** What the first column of the table is. */
  readonly axis: TextKey
  /** What each part of a bar is. */
  readonly parts: readonly TextKey[]
  readonly bars: readonly Bar[]
}

const HEIGHT = 180
const MARGIN = { top: 8, bottom: 22, side: 44 }
/** How far two names of the axis lie apart at least, in pixels. */
const NAME_WIDTH = 72

const numbers = late(() => new Intl.NumberFormat(boot.lang))
const compact = late(() => new Intl.NumberFormat(boot.lang, { notation: 'compact' }))

function Bars({ label, axis, parts, bars }: BarsProps) {
  const [isTable, setTable] = useState(false)
  const [shown, setShown] = useState<string>()
  const id = useId()
  const pointed = bars.find(({ key }) => key === shown)
  return (
    <figure class="chart">
      <figcaption>
        <span class="legend">
          {parts.map((part, i) => (
            <span key={part} class={`key part-${i}`}>
              {t(part)}
            </span>
          ))}
        </span>
        <span class="pointed">{pointed && `${pointed.long}: ${saidOf(pointed, parts)}`}</span>
        <button
          type="button"
          class="quiet"
          aria-expanded={isTable}
          aria-controls={id}
          onClick={() => setTable(!isTable)}
        >
          {t(isTable ? 'chartHide' : 'chartShow')}
        </button>
      </figcaption>
      <Drawing label={label} bars={bars} onPoint={setShown} />
      <div id={id}>{isTable && <Table label={label} axis={axis} parts={parts} bars={bars} />}</div>
    </figure>
  )
}

const saidOf = ({ values }: Bar, parts: readonly TextKey[]): string =>
  listed(parts.map((part, i) => `${t(part)} ${numbers().format(values[i] ?? 0)}`))

interface DrawingProps {
  readonly label: string
  readonly bars: readonly Bar[]
  onPoint(key: string | undefined): void
}

function Drawing({ label, bars, onPoint }: DrawingProps) {
  const [frame, width] = useWidth()
  const most = max(bars, ({ values }) => sum(values)) ?? 0
  // Whole numbers only: half a request there is not.
  const lines = ticks(0, Math.max(most, 1), 4).filter(Number.isInteger)
  const ceiling = Math.max(most, lines.at(-1) ?? 1, 1)
  const ground = HEIGHT - MARGIN.bottom
  const y = (value: number): number => ground - (value / ceiling) * (ground - MARGIN.top)
  const isTurned = isRightToLeft()
  const span: [number, number] = isTurned ? [width - MARGIN.side, 4] : [MARGIN.side, width - 4]
  const x = scaleBand(
    bars.map(({ key }) => key),
    span,
  ).paddingInner(0.25)
  const every = Math.max(1, Math.ceil((bars.length * NAME_WIDTH) / Math.max(1, width)))
  // Half a name at the edge says nothing.
  const isWithin = (middle: number): boolean => middle >= NAME_WIDTH / 2 - 8 && middle <= width - NAME_WIDTH / 2 + 8
  const textX = isTurned ? width - MARGIN.side + 8 : MARGIN.side - 8
  return (
    <div ref={frame} class="drawing">
      <svg role="img" aria-label={label} width={width} height={HEIGHT} onPointerLeave={() => onPoint(undefined)}>
        {lines.map((value) => (
          <g key={value} class="tick">
            <line x1={span[0]} x2={span[1]} y1={y(value)} y2={y(value)} />
            <text x={textX} y={y(value)} dy="0.32em" text-anchor="end">
              {compact().format(value)}
            </text>
          </g>
        ))}
        {bars.map(({ key, short, values }, at) => (
          <g key={key} class="bar" onPointerEnter={() => onPoint(key)}>
            <rect class="reach" x={x(key) ?? 0} y={0} width={x.step()} height={ground} />
            {values.map((value, part) => {
              const top = y(sum(values.slice(0, part + 1)))
              const height = y(sum(values.slice(0, part))) - top
              return (
                value > 0 && (
                  <rect
                    key={part}
                    class={`part-${part}`}
                    x={x(key) ?? 0}
                    y={top}
                    width={x.bandwidth()}
                    height={height}
                  />
                )
              )
            })}
            {at % every === 0 && isWithin((x(key) ?? 0) + x.bandwidth() / 2) && (
              <text x={(x(key) ?? 0) + x.bandwidth() / 2} y={HEIGHT - 6} text-anchor="middle">
                {short}
              </text>
            )}
          </g>
        ))}
      </svg>
    </div>
  )
}

function Table({ label, axis, parts, bars }: BarsProps) {
  return (
    // biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section class="figures" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {[axis, ...parts].map((text) => (
              <th key={text} scope="col">
                {t(text)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map(({ key, long, values }) => (
            <tr key={key}>
              <th scope="row">{long}</th>
              {parts.map((part, i) => (
                <td key={part}>{numbers().format(values[i] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
    // biome-ignore-end lint/a11y/noNoninteractiveTabindex: as above.
  )
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)

/** How wide an element is, now and whenever that changes. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const measure = (): void => setWidth(element.current?.clientWidth ?? 0)
    measure()
    const observer = new ResizeObserver(measure)
    if (element.current) observer.observe(element.current)
    return () => observer.disconnect()
  }, [])
  return [element, width] as const
}

const day = late(() => new Intl.DateTimeFormat(boot.lang, { month: 'short', day: 'numeric', timeZone: 'UTC' }))
const wholeDay = late(() => new Intl.DateTimeFormat(boot.lang, { dateStyle: 'medium', timeZone: 'UTC' }))
const month = late(() => new Intl.DateTimeFormat(boot.lang, { month: 'short', timeZone: 'UTC' }))
const wholeMonth = late(() => new Intl.DateTimeFormat(boot.lang, { month: 'long', year: 'numeric', timeZone: 'UTC' }))

/** How many requests there were by day, let through and refused. */
export function DaysChart({ days }: { readonly days: readonly DayCount[] }) {
  const bars = days.map(({ day: date, allowed, refused }): Bar => {
    const at = Date.parse(date)
    return { key: date, short: day().format(at), long: wholeDay().format(at), values: [allowed, refused] }
  })
  const allowed = sum(days.map((one) => one.allowed))
  const refused = sum(days.map((one) => one.refused))
  return (
    <Bars
      label={t('chartDays', { days: days.length, allowed, refused })}
      axis="chartDay"
      parts={['chartAllowed', 'chartRefused']}
      bars={bars}
    />
  )
}

const MONTHS_SHOWN = 12

/** What expires by month: this one and the next, and all that comes after them. */
export function MonthsChart({ months }: Pick<Expirations, 'months'>) {
  const from = new Date(now())
  const shown = Array.from({ length: MONTHS_SHOWN }, (_, i) => Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + i))
  const counts = new Map(months.map(({ month: name, count }) => [name, count]))
  const bars = shown.map((at): Bar => {
    const key = new Date(at).toISOString().slice(0, 7)
    return { key, short: month().format(at), long: wholeMonth().format(at), values: [counts.get(key) ?? 0] }
  })
  const last = bars.at(-1)?.key ?? ''
  const later = sum(months.filter(({ month: name }) => name > last).map(({ count }) => count))
  const more: readonly Bar[] =
    later > 0 ? [{ key: 'later', short: t('chartLater'), long: t('chartLater'), values: [later] }] : []
  const all = [...bars, ...more]
  return (
    <Bars
      label={t('chartMonths', { tokens: sum(all.map(({ values }) => sum(values))) })}
      axis="chartMonth"
      parts={['chartTokens']}
      bars={all}
    />
  )
}
