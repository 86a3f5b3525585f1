/**
 * What every part of the page uses: what it was given, its texts, and its clock. There is one page at a time, so there is one of
 * each; where a host takes it away and puts another in its place, they are that one's.
 */
import type { ComponentChildren } from 'preact'
import type { SurfaceView } from '../../admin/client-types.ts'
import type { TypeView } from '../../core/policy.ts'
import type { Boot, BootPlan } from '../boot.ts'
import { textsIn } from '../texts/file.ts'
import type { HubTexts, PluralKey, PluralText, TextKey } from '../texts/index.ts'

/** What the server wrote into the page. */
export let boot: Boot
/** The tabs, in the order of the policies. */
export let kinds: readonly Kind[]

let read: Element | null
/** The page whose later texts are read. */
let laterOf: Boot | undefined
let words: HubTexts
let offset: number
let numbers: Intl.NumberFormat
let plurals: Intl.PluralRules

/** What a table has under a name that somebody chose: every object has something under `constructor` or `toString`. */
export const own = <T>(table: { readonly [name: string]: T }, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** Epoch milliseconds by the server's clock, so that a wrong clock of this machine shows no wrong dates. */
export const now = (): number => Date.now() + offset

/** What the page has under a name that it was told: one sentence, or one about a number. */
export const textNamed = (key: string): string | PluralText | undefined =>
  own(words as { readonly [key: string]: string | PluralText }, key)

type Values = { readonly [hole: string]: string | number }

/** A text with its holes filled; numbers are written as the page's language writes them. */
export const t = (key: TextKey, values: Values = {}): string => filled(words[key], values)

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = own(values, name) ?? hole
    return typeof value === 'number' ? numbers.format(value) : isolated(value)
  })
}

/** Letters of the scripts that are written from right to left, and the marks that make text be so. */
const TURNS = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/**
 * What is put into a sentence, kept from turning the words around it (UAX #9: FSI and PDI), wherever one of them is written from right to
 * left. What is compared, copied or sent never comes from a sentence.
 */
export const isolated = (text: string): string => (isRightToLeft() || TURNS.test(text) ? `\u2068${text}\u2069` : text)

/** Some texts, one after the other, as the page's language parts them. */
export const listed = (texts: readonly string[]): string => texts.map(isolated).join(t('comma'))

/** A text whose holes are filled with elements. */
export function rich(key: TextKey, values: { readonly [hole: string]: ComponentChildren }): ComponentChildren[] {
  return words[key]
    .split(/\{(\w+)\}/g)
    .map((part, i) => (i % 2 === 0 ? part : isolatedPart(own(values, part) ?? `{${part}}`)))
}

/** Elements isolate what is in them themselves, by `<bdi>`. */
const isolatedPart = (part: ComponentChildren): ComponentChildren => (typeof part === 'string' ? isolated(part) : part)

/** A text about a number of things, which fills `{count}`, in the form that the page's language has for that number. */
export function count(number: number, key: PluralKey, values: Values = {}): string {
  const forms = words[key]
  return filled(forms[plurals.select(number)] ?? forms.other, { count: number, ...values })
}

/** Whether the page's language is written from right to left. */
export const isRightToLeft = (): boolean => boot.dir === 'rtl'

/** A token type and the surface that it belongs to: one tab. */
export interface Kind {
  readonly type: TypeView
  readonly surface: SurfaceView
  readonly tab: string
  /** What stands in `Generate … token`. */
  readonly noun: string
}

/** The registry is where npm tokens are used; the token itself is an npm token. */
const NOUNS: { readonly [type: string]: string } = { npm: 'npm' }

const kindsOf = ({ surfaces }: Boot): readonly Kind[] =>
  surfaces.flatMap((surface) =>
    surface.types.map((type) => {
      const tab = type.title ?? type.name
      return { type, surface, tab, noun: own(NOUNS, type.name) ?? tab }
    }),
  )

/** The texts of a file. The script has most of them by numbers, which stand for the names since scripts/number-texts.ts has been at it. */
const textsAt = async (address: string): Promise<HubTexts> =>
  textsIn(await (await fetch(address)).json()) as unknown as HubTexts

/** Reads what the server wrote, unless it is read already. */
export async function readPage(): Promise<void> {
  const written = document.getElementById('boot')
  if (written === read) return
  const given = JSON.parse(written?.textContent ?? '{}') as Boot
  words = { ...(await textsAt(given.words)), ...given.texts }
  boot = given
  offset = given.now - Date.now()
  numbers = new Intl.NumberFormat(given.lang)
  plurals = new Intl.PluralRules(given.lang)
  kinds = kindsOf(given)
  read = written
}

/** Reads the texts that only parts of the page need which are loaded later (later.tsx), unless they are read already. */
export async function readLaterWords(): Promise<void> {
  const given = boot
  if (laterOf === given) return
  const more = await textsAt(given.laterWords)
  // A host may have put another page in its place meanwhile.
  if (boot !== given) return
  words = { ...more, ...words }
  laterOf = given
}

/** Whether a text has a secret in it, or the most of one: such a text is not sent on. */
export const holdsSecret = (text: string): boolean =>
  kinds.some(({ type: { prefix } }) => new RegExp(`${prefix}_\\w{12,}`).test(text))

/** The tab of a type; the first for one that no policy has any more. */
export const kindOf = (type: string): Kind => kinds.find((kind) => kind.type.name === type) ?? (kinds[0] as Kind)

/** Why a plan cannot have tokens of a type, as a sentence. */
export function closedReason(plan: BootPlan, type: string): string | undefined {
  const reason = own(plan.closed, type)
  return reason && t(reason === 'tier' ? 'closedTier' : 'closedSuspended', { plan: plan.name })
}

await readPage()
