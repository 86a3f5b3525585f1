/** What the server finds fault with, at the fields that it is about. */
import type { Issue } from '../../../core/issue.ts'
import { failureOf } from '../api.ts'
import { tell } from '../engine.tsx'
import { count, own } from '../hub.ts'
import type { Draft, Mistakes } from './draft.ts'

/** The fields of the API, by those of the form. */
const FIELDS: { readonly [field: string]: keyof Draft } = {
  ...({
    name: 'name',
    description: 'description',
    lifetimeDays: 'days',
    scopes: 'scopes',
    resources: 'links',
  } as const),
  ...({ contact: 'contact', metadata: 'words', addresses: 'addresses' } as const),
  ...({ selfRenewal: 'isRenewing', renewUntil: 'renewUntil' } as const),
}

/** What was sent of lists, whose entries are told with what is wrong with them. */
export interface SentLists {
  readonly resources?: unknown
  readonly addresses?: unknown
}

/** What has to be mended before something is saved. */
export interface Faults {
  readonly mistakes: Mistakes
}

/** So many of one list are told; of the rest the number. */
const TOLD: { readonly [field in keyof Draft]?: number } = { addresses: 20 }

const fieldOf = ({ at }: Issue): keyof Draft | undefined => own(FIELDS, String(at[0] ?? ''))

/** What the server finds fault with, if all of it is about fields; throws anything else on. */
export function mistakesOf(error: unknown, sent: SentLists): Faults {
  const { code, issues } = failureOf(error)
  if (code !== 'invalid_input' || issues.length === 0 || !issues.every(fieldOf)) throw error
  const mistakes: Partial<Record<keyof Draft, string>> = {}
  for (const field of new Set(issues.map(fieldOf))) {
    if (!field) continue
    const some = issues.filter((issue) => fieldOf(issue) === field)
    const most = TOLD[field] ?? 1
    const rest = field === 'links' || field === 'addresses' ? some.length - most : 0
    const told = some.slice(0, most).map((issue) => sentenceOf(issue, sent))
    mistakes[field] = told.join('\n') + (rest > 0 ? ` ${count(rest, 'linksMoreShown')}` : '')
  }
  return { mistakes }
}

/** What is wrong, of an entry of a list with the entry. */
function sentenceOf(issue: Issue, sent: SentLists): string {
  const [field, index] = issue.at
  const message = tell('issue', issue)
  const list = sent[field as keyof SentLists]
  const entry: unknown = Array.isArray(list) ? list[Number(index)] : undefined
  return typeof entry === 'string' ? `${entry}: ${message}` : message
}
