/** A comparison of two policies as text and as Markdown, made for a pull request: what is wider comes first. */
import { changeText, type PolicyChange } from './changes.ts'
import type { DiffLine, DiffLines, RequestLine, Touched } from './diff-line.ts'
import { cell, code } from './markdown.ts'
import { witnessLine } from './witness.ts'

/** So many ids, routes or changes are shown in a line. */
const MOST = 5

/** For a terminal. */
export function diffText({ wider, narrower, silent }: DiffLines): string {
  if (wider.length + narrower.length === 0) return `${NO_DIFFERENCE}${silentText(silent)}\n`
  const lines = [...wider, ...narrower].flatMap((line) => [
    `${line.direction.padEnd(8)} ${titleOf(line)}`,
    ...detailsOf(line).map((detail) => `         ${detail}`),
  ])
  return `${[summaryOf(wider, narrower), ...lines].join('\n')}${silentText(silent)}\n`
}

/** For a pull request. */
export function diffMarkdown({ wider, narrower, silent }: DiffLines): string {
  if (wider.length + narrower.length === 0) return `**${NO_DIFFERENCE}**${silentText(silent)}\n`
  const sections = [
    { title: 'WIDER: let through now, refused before', lines: wider },
    { title: 'narrower: refused now, let through before', lines: narrower },
  ].filter(({ lines }) => lines.length > 0)
  const tables = sections.map(({ title, lines }) =>
    [
      `### ${title}`,
      '',
      '| what | why | shown by | changed |',
      '| --- | --- | --- | --- |',
      ...lines.map(
        (line) =>
          `| ${cell(titleOf(line))}${touchedCell(line)} | ${cell(whyOf(line))} | ${code(shownBy(line))} | ${changesOf(line).map(code).join('<br>')} |`,
      ),
    ].join('\n'),
  )
  return `${[`**${summaryOf(wider, narrower)}**`, ...tables].join('\n\n')}${silentText(silent)}\n`
}

const NO_DIFFERENCE = 'No request and no management call is answered in another way.'

function summaryOf(wider: readonly DiffLine[], narrower: readonly DiffLine[]): string {
  return `${wider.length} WIDER, ${narrower.length} narrower.`
}

function silentText(silent: readonly PolicyChange[]): string {
  if (silent.length === 0) return ''
  return `\n\nChanged besides, without a difference for anybody: ${shown(silent.map(({ path }) => path))}.`
}

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

function whyOf(line: DiffLine): string {
  if (line.about === 'management') return line.direction === 'WIDER' ? 'Not before.' : 'Not any more.'
  return `${line.direction === 'WIDER' ? 'Before' : 'Now'}: ${line.reason}`
}

function shownBy(line: DiffLine): string {
  return line.about === 'request' ? witnessLine(line.witness) : JSON.stringify(line.input)
}

function changesOf(line: DiffLine): readonly string[] {
  const changes = line.changes.slice(0, MOST).map(changeText)
  return line.changes.length > MOST ? [...changes, `and ${line.changes.length - MOST} more`] : changes
}

function detailsOf(line: DiffLine): readonly string[] {
  const touched = line.about === 'request' && line.touched ? [touchedText(line.touched)] : []
  return [whyOf(line), `shown by: ${shownBy(line)}`, ...changesOf(line).map((text) => `changed: ${text}`), ...touched]
}

function touchedText({ tokens, plans, ids }: Touched): string {
  if (tokens === 0) return 'touches no living token'
  const some = `${tokens} living ${tokens === 1 ? 'token' : 'tokens'} of ${plans} ${plans === 1 ? 'plan' : 'plans'}`
  return `touches ${some}: ${shown(ids)}`
}

function touchedCell(line: DiffLine): string {
  return line.about === 'request' && line.touched ? `<br>${cell(touchedText(line.touched))}` : ''
}

function shown(list: readonly string[], between = ', '): string {
  if (list.length <= MOST) return list.join(between)
  return `${list.slice(0, MOST).join(between)} and ${list.length - MOST} more`
}
