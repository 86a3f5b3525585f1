/**
 * What is wrong with an input, and where: one mistake, its place as keys and as text, and what is said of names that nobody
 * knows. Which mistakes there are: core/shape.ts for shapes, whoever knows the meaning for the rest.
 */
import type { SentenceParams } from './sentence.ts'
import { didYouMean, nearest } from './suggest.ts'

/**
 * What is wrong, for programs that say it in other words or another language. Grows, and not every issue has one: where there is none,
 * or an unknown one, the message says it.
 */
export type IssueCode =
  | 'lifetime_days'
  | 'lifetime_days_by_rules'
  | 'expires_at'
  | 'expires_at_by_rules'
  | 'grace_hours'
  | 'scope_none'
  | 'scope_too_many'
  | 'scope_reserved'
  | 'scope_of_other_type'
  | 'scope_renamed'
  | 'scope_unknown'
  | 'scope_twice'
  | 'scope_by_rules'
  | 'type_by_rules'
  | 'resources_by_rules'
  | 'addresses_by_rules'
  | 'resources_none'
  | 'resources_too_many'
  | 'link_malformed'
  | 'link_not_https'
  | 'link_wrong_host'
  | 'link_unknown_shape'
  | 'link_bad_id'
  | 'link_other_plan'
  | 'resource_not_in_plan'
  | 'addresses_none'
  | 'addresses_too_many'
  | 'address_malformed'
  | 'address_behind_prefix'
  | 'address_mapped'
  | 'address_zone'
  | 'address_mask'
  | 'address_brackets'
  | 'address_several'
  | 'address_hex'
  | 'address_zeros'
  | 'address_short'
  | 'address_prefix'
  | 'metadata_too_many'
  | 'renewal_not_allowed'
  | 'renew_until'
  | 'nothing_changed'
  | 'missing'
  | 'not_text'
  | 'not_a_number'
  | 'not_a_list'
  | 'not_true_or_false'
  | 'not_an_object'
  | 'not_one_of'
  | 'not_valid'
  | 'not_whole'
  | 'not_whole_from'
  | 'list_empty'
  | 'list_fixed'
  | 'text_empty'
  | 'text_too_short'
  | 'text_too_long'
  | 'text_not_plain'
  | 'field_unknown'
  | 'field_meant'
  | 'fields_known'
  | 'fields_none'
  | 'repeated'
  | 'not_taken'
  | 'both_given'
  | 'metadata_key'
  | 'metadata_key_proto'
  | 'ids_many'
  | 'ids_twice'
  | 'acr_malformed'
  | 'plan_id_malformed'
  | 'cursor_unknown'
  | 'stamp_malformed'
  | 'stamp_of_other'
  | 'links_too_many'
  | 'secrets_too_many'
  | 'route_unknown'
  | 'moment_ahead'
  | 'header_malformed'
  | 'digest_malformed'
  | 'hash_malformed'
  | 'key_id_malformed'
  | 'source_malformed'

/** What stands in the message of an issue besides its words: numbers, names of the policy, lists. Never what somebody sent. */
export type IssueParams = SentenceParams

/** A sentence, its code, and what stands in it; setup errors have none but the sentence. */
export type Problem = readonly [message: string, code?: IssueCode | undefined, params?: IssueParams | undefined]

/** One thing that is wrong with an input, and where. */
export interface Issue {
  /** The place as text: `scopes[2]`, `name`, an unknown field's own name; empty for the whole input. */
  readonly path: string
  /** The place as keys, for programs: `['scopes', 2]`; empty for the whole input. */
  readonly at: readonly (string | number)[]
  readonly message: string
  /** What is wrong, where it has a code. */
  readonly code?: IssueCode
  /** With `code`: what stands in the message. */
  readonly params?: IssueParams
}

/** An issue at a place. */
export function issueAt(
  at: readonly PropertyKey[],
  message: string,
  code?: IssueCode,
  params?: IssueParams | undefined,
): Issue {
  return {
    ...{ path: pathText(at), at: at.map((key) => (typeof key === 'number' ? key : String(key))), message },
    ...(code && { code }),
    ...(params && { params }),
  }
}

/** Each mistake after its place, one a line of an error's message. */
export function linesOf(issues: readonly Pick<Issue, 'path' | 'message'>[]): readonly string[] {
  return issues.map(({ path, message }) => `${path || 'input'}: ${message}`)
}

/** `scopes[2]`, `name`, `endpoints["GET /x"].names[0].at`. */
export function pathText(at: readonly PropertyKey[]): string {
  let text = ''
  for (const key of at) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`
    else text += text === '' && !/[[\].\s"]/.test(String(key)) ? String(key) : `[${JSON.stringify(String(key))}]`
  }
  return text
}

/** What is said of a name that the host wrote and that is not known. */
export function unknownName(at: readonly PropertyKey[], name: string, known: readonly string[]): Issue {
  return issueAt([...at, name], notKnown(name, known, 'field')[0])
}

/** What is said of a name that somebody sent and that is not known: the name itself only if it can be no secret. */
export function unknownNameSent(
  at: readonly PropertyKey[],
  name: string,
  known: readonly string[],
  what = 'field',
): Issue {
  if (isPlainName(name) || (/^[\w-]{1,64}$/.test(name) && nearest(name, known) !== undefined))
    return issueAt([...at, name], ...notKnown(name, known, what))
  return known.length > 0
    ? issueAt(at, `must hold no ${what}s but ${known.join(', ')}.`, 'fields_known', { known })
    : issueAt(at, `must hold no ${what}s.`, 'fields_none')
}

function notKnown(name: string, known: readonly string[], what: string): Problem {
  const meant = nearest(name, known)
  const message = `is not a ${what} here.${didYouMean(name, known)}`
  return meant === undefined ? [message, 'field_unknown'] : [message, 'field_meant', { meant }]
}

/** Whether a name is short and written as names in code are: `expiresAt`, `file_key`, `__proto__`. Hardly any part of a secret is. */
function isPlainName(name: string): boolean {
  return name.length <= 24 && /^_{0,2}[a-z]{1,12}(([A-Z][a-z]{1,11})*|(_[a-z]{1,12})*)_{0,2}$/.test(name)
}

/** A place in what somebody sent, up to the first name that may be anything. */
export function plainPath(at: readonly PropertyKey[]): readonly PropertyKey[] {
  const end = at.findIndex((key) => typeof key !== 'number' && !isPlainName(String(key)))
  return end === -1 ? at : at.slice(0, end)
}
