/** Pasted links, checked by the server as one types: the newest text counts, and an old answer is dropped. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { FoundLink } from '../../../core/links.ts'
import { ONE_LINK } from '../../../core/one-link.ts'
import type { PlacedReport } from '../../../service/check-links.ts'
import type { BootPlan } from '../../boot.ts'
import { api, type Failure, failureOf } from '../api.ts'
import { count, type Kind, t } from '../hub.ts'
import { type Draft, linksIn } from './draft.ts'

/** What is known of the text. */
export interface Links {
  /** Of the text as it is now; `undefined` while that is being asked. */
  readonly report: PlacedReport | undefined
  readonly failure: Failure | undefined
  readonly isChecking: boolean
  /** The links to send, or what keeps one from sending them; asks first if the text was not judged yet. */
  settle(): Promise<{ readonly links: readonly string[] } | { readonly mistake: string }>
}

const PAUSE = 250

interface Judged {
  readonly text: string
  readonly report?: PlacedReport
  readonly failure?: Failure
}

/** Checks the links of a draft. */
export function useLinks({ links: text, isAll }: Draft, plan: BootPlan, kind: Kind): Links {
  const [judged, setJudged] = useState<Judged>()
  const newest = useRef(text)
  newest.current = text
  const isWanted = !isAll && text.trim() !== ''

  const ask = async (asked: string): Promise<Judged> => {
    const input = { text: asked, planId: plan.id, surface: kind.surface.surface }
    const found: Judged = await api.parseLinks(input).then(
      (report) => ({ text: asked, report }),
      (error: unknown) => ({ text: asked, failure: failureOf(error) }),
    )
    if (newest.current === asked) setJudged(found)
    return found
  }
  useEffect(() => {
    if (!isWanted || judged?.text === text) return
    const timer = setTimeout(() => ask(text), PAUSE)
    return () => clearTimeout(timer)
  }, [text, isWanted])

  const current = isWanted && judged?.text === text ? judged : undefined
  return {
    report: current?.report,
    failure: current?.failure,
    isChecking: isWanted && !current,
    async settle() {
      if (!isWanted) return { mistake: t('linksNone') }
      const { report } = current?.report ? current : await ask(text)
      // Without an answer the server judges all the same, when it is sent.
      if (!report) return { links: linksIn(text) }
      const mistake = mistakeOf(report, kind)
      return mistake === undefined ? { links: foundIn(report).map(({ link }) => link) } : { mistake }
    },
  }
}

/** Everything that reads as a link to a resource, wherever that lies. */
const foundIn = ({ resources, unplaced = [] }: PlacedReport): readonly FoundLink[] => [...resources, ...unplaced]

/** What keeps links from being sent. */
function mistakeOf(report: PlacedReport, kind: Kind): string | undefined {
  if (report.mistakes.length > 0) return t('linksAsk')
  return foundIn(report).length === 0 ? t('linksNone') : tooManyOf(report, kind)
}

/** That there are more than a token can hold, if there are. */
export function tooManyOf(report: PlacedReport, { surface }: Kind): string | undefined {
  const most = surface.limits.links
  const found = foundIn(report).length
  return found > most ? count(found, 'linksTooMany', { most }) : undefined
}

/** A part of the text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The text without some of its links. */
export function without(text: string, links: readonly Span[]): string {
  let rest = ''
  let from = 0
  for (const { start, end } of links) {
    rest += text.slice(from, start)
    from = end
  }
  return (rest + text.slice(from))
    .split('\n')
    .map(inOrder)
    .filter((line) => line !== '')
    .join('\n')
}

/** The links of a line, with one comma where there was one between two. */
function inOrder(line: string): string {
  let rest = ''
  let from = 0
  for (const { 0: link, index } of line.matchAll(ONE_LINK)) {
    const between = line.slice(from, index)
    rest += rest === '' ? link : (between.includes(',') ? ', ' : between) + link
    from = index + link.length
  }
  return rest
}
