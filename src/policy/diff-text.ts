/** A comparison of two policies as text and as Markdown, made for a pull request: what is wider comes first. */

import { oneLine } from '../core/one-line.ts'
import { changeText, type PolicyChange } from './changes.ts'
import type { DiffLine, DiffLines, RequestLine, Touched } from './diff-line.ts'
import { code, span } from './markdown.ts'
import { witnessLine } from './witness.ts'

/** So many ids, routes or changes are shown in a line. */
const MOST = 5

/** For a terminal. */
export function diffText({ wider, narrower, masked, uncompared, silent }: DiffLines): string {
  const rest = restText(uncompared, silent, oneLine)
  if (wider.length + narrower.length === 0) return `${NO_DIFFERENCE}${rest}\n`
  const lines = [...wider, ...narrower].flatMap((line) => linesOf(line, USUAL))
  const hidden = masked.length > 0 ? ['', `${MASKED}:`, ...masked.flatMap((line) => linesOf(line, ALONE))] : []
  return `${[summaryOf(wider, narrower, masked, uncompared), ...lines, ...hidden].join('\n')}${rest}\n`
}

function linesOf(line: DiffLine, words: Words): readonly string[] {
  return [
    `${line.direction.padEnd(8)} ${oneLine(titleOf(line))}`,
    ...detailsOf(line, words).map((detail) => `         ${oneLine(detail)}`),
  ]
}

/** For a pull request. */
export function diffMarkdown({ wider, narrower, masked, uncompared, silent }: DiffLines): string {
  const rest = restText(uncompared, silent, span)
  if (wider.length + narrower.length === 0) return `**${NO_DIFFERENCE}**${rest}\n`
  const ofDirection = (direction: DiffLine['direction']) => masked.filter((line) => line.direction === direction)
  const sections = [
    { title: 'WIDER: let through now, refused before', lines: wider, words: USUAL },
    { title: `WIDER. ${MASKED}`, lines: ofDirection('WIDER'), words: ALONE },
    { title: 'narrower: refused now, let through before', lines: narrower, words: USUAL },
    { title: `narrower. ${MASKED}`, lines: ofDirection('narrower'), words: ALONE },
  ].filter(({ lines }) => lines.length > 0)
  const tables = sections.map(({ title, lines, words }) =>
    [
      `### ${title}`,
      '',
      '| what | why | shown by | changed |',
      '| --- | --- | --- | --- |',
      ...lines.map(
        (line) =>
          `| ${code(titleOf(line))}${touchedCell(line)} | ${code(whyOf(line, words))} | ${code(shownBy(line))} | ${changesOf(line).map(code).join('<br>')} |`,
      ),
    ].join('\n'),
  )
  return `${[`**${summaryOf(wider, narrower, masked, uncompared)}**`, ...tables].join('\n\n')}${rest}\n`
}

/** What two answers are called. */
type Words = Readonly<Record<'before' | 'now', string>>
const USUAL: Words = { before: 'Before', now: 'Now' }
const ALONE: Words = { before: 'Without the change', now: 'With the change' }

const MASKED = 'Hidden by the other changes; the new policy with and without it'
const NO_DIFFERENCE = 'No request and no management call is answered in another way.'

function summaryOf(
  wider: readonly DiffLine[],
  narrower: readonly DiffLine[],
  masked: readonly DiffLine[],
  uncompared: readonly PolicyChange[],
): string {
  const counts = (more: readonly DiffLine[], less: readonly DiffLine[]): string =>
    `${more.length} WIDER, ${less.length} narrower`
  const hidden = masked.filter(({ direction }) => direction === 'WIDER')
  const parts = [
    `${counts(wider, narrower)}.`,
    ...(masked.length > 0
      ? [
          `Hidden by these: ${counts(
            hidden,
            masked.filter(({ direction }) => direction === 'narrower'),
          )}.`,
        ]
      : []),
    ...(uncompared.length > 0 ? [`${uncompared.length} not compared.`] : []),
  ]
  return parts.join(' ')
}

function restText(
  uncompared: readonly PolicyChange[],
  silent: readonly PolicyChange[],
  show: (text: string) => string,
): string {
  const open = uncompared.map((change) => show(changeText(change)))
  return [
    ...(open.length > 0 ? [`${UNCOMPARED}: ${open.join('; ')}.`] : []),
    ...(silent.length > 0
      ? [`Changed besides, without a difference for anybody: ${shown(silent.map(({ path }) => show(path)))}.`]
      : []),
  ]
    .map((text) => `\n\n${text}`)
    .join('')
}

const UNCOMPARED =
  'WIDER until shown otherwise. Not compared, since they cannot be told apart from other changes; change names in a step of their own'

function titleOf(line: DiffLine): string {
  if (line.about === 'management') return line.what
  return `${shown(line.routes)}: ${whoOf(line)}`
}

/** `rest tokens with files:read, tiers organization and enterprise`. */
function whoOf({ isAnonymous, types, scopes, tiers, limited, witness, canBeMade }: RequestLine): string {
  if (isAnonymous) return 'requests without a token'
  const sets = scopes.map((set) => (set.length === 0 ? 'any scope' : set.join(' and ')))
  const parts = [
    `${types.join(', ')} tokens with ${shown(sets, ' or ')}`,
    `${tiers.length === 1 ? 'tier' : 'tiers'} ${tiers.join(', ')}`,
    ...(limited ? [] : ['with all resources']),
    ...(witness.token.allowlist === 'all' ? [] : ['limited to some resources']),
    ...(canBeMade ? [] : ['only tokens of an earlier policy: none can be given these scopes']),
  ]
  return parts.join('; ')
}

function whyOf(line: DiffLine, { before, now }: Words): string {
  if (line.about === 'management') return line.direction === 'WIDER' ? 'Not before.' : 'Not any more.'
  return `${line.direction === 'WIDER' ? before : now}: ${line.reason}`
}

function shownBy(line: DiffLine): string {
  return line.about === 'request' ? witnessLine(line.witness) : JSON.stringify(line.input)
}

function changesOf(line: DiffLine): readonly string[] {
  const changes = line.changes.slice(0, MOST).map(changeText)
  return line.changes.length > MOST ? [...changes, `and ${line.changes.length - MOST} more`] : changes
}

function detailsOf(line: DiffLine, words: Words): readonly string[] {
  const touched = line.about === 'request' && line.touched ? [touchedText(line.touched)] : []
  return [
    whyOf(line, words),
    `shown by: ${shownBy(line)}`,
    ...changesOf(line).map((text) => `changed: ${text}`),
    ...touched,
  ]
}

function touchedText({ tokens, plans, ids }: Touched): string {
  if (tokens === 0) return 'touches no living token'
  const some = `${tokens} living ${tokens === 1 ? 'token' : 'tokens'} of ${plans} ${plans === 1 ? 'plan' : 'plans'}`
  return `touches ${some}: ${shown(ids)}`
}

function touchedCell(line: DiffLine): string {
  return line.about === 'request' && line.touched ? `<br>${code(touchedText(line.touched))}` : ''
}

function shown(list: readonly string[], between = ', '): string {
  if (list.length <= MOST) return list.join(between)
  return `${list.slice(0, MOST).join(between)} and ${list.length - MOST} more`
}
