/**
 * The values that can stand in one place of a request, as far as two policies tell them apart: one of each sort. Text has no end,
 * but what a policy asks of it is finite: a prefix, the form and length of an id, a list of words.
 */
import { fits } from '../core/endpoints.ts'
import { type KindForms, MAX_ID } from '../core/kinds.ts'
import { fold } from '../core/letter-case.ts'
import type { FreeParameter, KindInfo } from '../core/policy-data.ts'
import { PLAN_KIND } from '../core/resources.ts'

/** The kinds of one policy: as data, and how their ids look. */
export interface Kinds {
  readonly infos: { readonly [kind: string]: KindInfo }
  readonly forms: KindForms
  /** What decides how the ids of a kind look, as text: two kinds of the same mark have the same ids. */
  readonly marks: ReadonlyMap<string, string>
}

/** The kinds of a policy. */
export function kindsOf(infos: Kinds['infos'], forms: KindForms): Kinds {
  const markOf = (kind: string, depth: number): unknown => {
    const { id, max, under, parents = [] } = infos[kind] ?? {}
    const [above] = parents
    // A kind may be under itself.
    return [id, max, under && above !== undefined && [above, depth > 0 && markOf(above, depth - 1)]]
  }
  const kinds = Object.keys(infos)
  return { infos, forms, marks: new Map(kinds.map((kind) => [kind, JSON.stringify(markOf(kind, kinds.length))])) }
}

/** What one policy asks of the value in a place. */
export type Asks =
  | {
      readonly ask: 'id'
      readonly kinds: Kinds
      readonly of: readonly string[]
      readonly prefix: string
      readonly stem: string
    }
  | { readonly ask: 'word'; readonly words: readonly string[] }
  | { readonly ask: 'free'; readonly rule: FreeParameter }

/**
 * Characters of each class of ids, from the narrowest. The first differ from place to place, so that two places name two resources;
 * the second are for where a route has the first as a word.
 */
const charactersOf = (place: number): readonly string[] => [
  String(1 + (place % 8)),
  '9',
  String.fromCharCode(97 + (place % 20)),
  'z',
  '0',
  '-',
  '~',
]
const A_UUID = '0197b0c4-7d2e-7cc0-8f1e-4c1f7f1b2a3d'
const SPECIAL = ['2147483647', '2147483648', '9223372036854775807', '9223372036854775808', A_UUID]
/** Where the numbers of columns end, in characters, and a UUID. */
const LENGTHS = [1, 2, 10, 11, 19, 20, 36]

/**
 * One value of each sort, those that most is pleased with first, then the shortest.
 *
 * @param place which of the places of a request it is, counted from 0.
 * @param inPath whether it is one segment of a path, which holds no slash.
 * @param words what must be told apart besides, in one letter case: the literals of routes that stand beside a parameter.
 */
export function sortsOf(
  asks: readonly Asks[],
  place: number,
  inPath: boolean,
  words: ReadonlySet<string>,
): readonly string[] {
  const tests = asks.flatMap(testsOf)
  const sorts = new Map<string, { readonly value: string; readonly pleased: number }>()
  for (const value of poolOf(asks, place, inPath)) {
    const answers = tests.map((test) => test(value))
    const isWord = Number(words.has(fold(value)))
    const sort = answers.map(Number).join('') + isWord
    const known = sorts.get(sort)
    if (known === undefined || value.length < known.value.length)
      sorts.set(sort, { value, pleased: answers.filter(Boolean).length - isWord })
  }
  return [...sorts.values()]
    .sort((a, b) => b.pleased - a.pleased || a.value.length - b.value.length)
    .map(({ value }) => value)
}

type Test = (value: string) => boolean

function testsOf(ask: Asks): readonly Test[] {
  if (ask.ask === 'free') return ask.rule === 'any' ? [] : [(value) => fits(ask.rule, value)]
  if (ask.ask === 'word')
    return ask.words.map(
      (word): Test =>
        (value) =>
          value === word,
    )
  const { prefix, stem, of, kinds } = ask
  const hasPrefix: Test = (value) => value.startsWith(prefix) && value.length > prefix.length
  const areIds = of
    .filter((kind) => kind !== PLAN_KIND)
    .map((kind): Test => {
      const isId = kinds.forms.get(kind)?.isId
      return (value) => isId?.(stem + value.slice(prefix.length)) === true
    })
  return [...(prefix === '' ? [] : [hasPrefix]), ...areIds]
}

/** Candidates: every class of characters in every length at which something changes, with each prefix and without. */
function poolOf(asks: readonly Asks[], place: number, inPath: boolean): Iterable<string> {
  const lengths = new Set<number>()
  const prefixes = new Set([''])
  const pool = new Set<string>()
  let isUnder = false
  for (const ask of asks) {
    if (ask.ask === 'word') for (const word of ask.words) pool.add(word)
    else if (ask.ask === 'free') {
      if (typeof ask.rule !== 'string') for (const word of ask.rule) pool.add(word)
    } else {
      prefixes.add(ask.prefix)
      for (const kind of ask.of) {
        const { max = MAX_ID, under } = ask.kinds.infos[kind] ?? {}
        isUnder ||= under === true
        for (const most of [max, max + 1, max - ask.stem.length, max + 1 - ask.stem.length]) lengths.add(most)
      }
    }
  }
  const cores = textsOf(lengths, place)
  if (isUnder && !inPath)
    for (const core of [...cores]) for (const above of ['1', 'a', '1/1', A_UUID]) cores.add(`${above}/${core}`)
  for (const prefix of prefixes) {
    if (prefix !== '') pool.add(prefix)
    for (const core of cores) pool.add(prefix + core)
  }
  return inPath ? [...pool].filter((value) => !value.includes('/') && value !== '.' && value !== '..') : pool
}

/** Texts of each class of characters, in some lengths and in those at which the numbers of columns end. */
export function textsOf(lengths: Iterable<number>, place: number): Set<string> {
  const texts = new Set(SPECIAL)
  for (const length of new Set([...LENGTHS, ...lengths])) {
    if (length < 1) continue
    for (const character of charactersOf(place)) texts.add(character.repeat(length))
    texts.add(`0${'1'.repeat(length - 1)}`)
  }
  return texts
}
