/**
 * Why a request is malformed: every cause of `request_malformed`, with a sentence that says what is wrong and, unless that says it, what
 * to do. No sentence repeats what was sent: it names a place in the request, or a source as the policy spells it. Which requests are
 * malformed is decided where each part is read: core/credential.ts, core/target.ts, core/query.ts, core/names.ts, and of bodies
 * core/body.ts and core/json.ts.
 */
import { type Sentence, sentence } from './sentence.ts'

/**
 * Every cause. `{at}` is the character, counted from 0 in the request target as it was sent, `{source}` a source as the policy spells it.
 * The sentences hold no quotation mark and no backslash, since they stand in a header too.
 */
export const MALFORMED = {
  request_form: 'What was asked about is no request. This is a mistake of the server.',

  credential_repeated: 'It carries more than one credential. Send one, in one header.',
  credential_unreadable: 'The header of the credential is no text. Send text.',

  target_form: 'The request target is not of the form /path?query.',
  path_slash_at_end: 'The path ends with a slash. Send it without.',
  path_empty_segment: 'The path has two slashes in a row. Send one.',
  path_dot_segment: 'A segment of the path is one dot or two. Send the path without.',
  path_character: 'Character {at} of the target cannot stand in a path as it is. Percent-encode it.',
  path_encoding:
    'The percent sign at character {at} of the target does not begin an encoded byte. Send %25 for a percent sign.',
  path_encoding_needless:
    'The percent-encoding at character {at} of the target stands for a letter, a digit or a mark that needs none. Send that as it is.',
  path_encoding_forbidden:
    'The percent-encoding at character {at} of the target stands for a slash, a backslash or a control character, which no segment of a path may hold.',
  path_not_utf8: 'The percent-encoded bytes of the path are not UTF-8, or stand for a control character.',

  query_character: 'Character {at} of the target cannot stand in a query as it is. Percent-encode it.',
  query_semicolon: 'A semicolon in the query can be read as the end of a parameter that names a resource. Send %3B.',
  query_too_long: 'The query has more than 100 parameters. Send fewer.',
  query_name: 'The name of a parameter of the query is not UTF-8. Send it in UTF-8, percent-encoded.',
  parameter_repeated: '{source} comes more than once. Send it once.',
  parameter_spelling:
    '{source} stands in the query in another spelling as well, which some servers take for the same. Send the plain name.',

  json_name_spelling:
    'A name of {source} stands in the body in another spelling, which some servers take for the same. Send it in the spelling of the API alone.',

  value_missing: 'The value of {source} is missing.',
  value_unreadable:
    'The value of {source} is empty, no text, or cannot be read in one way. Send the plain id, percent-encoded where it stands in a path or query.',
  value_number:
    'The value of {source} is a number that is no id: those of its kind are text, or it is not written as a whole number up to 9007199254740991. Send the id as text.',
  value_of_no_kind: 'The value of {source} is none of those that may stand there.',
  resources_too_many: 'It names more resources than one request may. Send fewer.',
  check_failed: 'What its path names and what its body holds do not belong together.',

  body_missing: 'The endpoint needs a body, and there is none. Send JSON.',
  body_type: 'The body is not declared as JSON in UTF-8. Send it with one line Content-Type: application/json.',
  body_encoded: 'The body has a content encoding. Send it as it is.',
  body_too_long: 'The body is longer than the endpoint takes. Send less.',
  body_in_pieces: 'The body comes in too many pieces. Send it in larger ones.',
  body_broken_off: 'The body ended before all of it had arrived. Send it again.',
  body_too_slow: 'The body did not arrive in time. Send it again.',
  body_was_read: 'The body was read before it could be judged. This is a mistake of the server.',
  body_read_otherwise:
    'A parser of the server has made something else of the body than what was sent. This is a mistake of the server.',
  body_of_no_kind: 'The body was handed over as something that JSON does not give. This is a mistake of the server.',
  json_invalid: 'The body is not valid JSON.',
  json_byte_order_mark: 'The body begins with a byte order mark. Send it without.',
  json_not_utf8: 'The body is not UTF-8.',
  json_name_repeated: 'An object of the body has the same name twice. Send each name once.',
  json_name_proto:
    'An object of the body has the name __proto__, which servers read in different ways. Send it without.',
  json_surrogate: 'The body has half of a surrogate pair, which is no character. Send whole characters.',
} as const

/** The sentences of those that name a character, where it is not known which: the policy has spelt the target in another way. */
export const UNPLACED = {
  path_character_unplaced: 'A character of the target cannot stand in a path as it is. Percent-encode it.',
  path_encoding_unplaced: 'A percent sign of the target does not begin an encoded byte. Send %25 for a percent sign.',
  path_encoding_needless_unplaced:
    'A percent-encoding of the target stands for a letter, a digit or a mark that needs none. Send that as it is.',
  path_encoding_forbidden_unplaced:
    'A percent-encoding of the target stands for a slash, a backslash or a control character, which no segment of a path may hold.',
  query_character_unplaced: 'A character of the target cannot stand in a query as it is. Percent-encode it.',
} as const

/** What is malformed. Grows with the library, so a `switch` over it needs a `default`. */
export type MalformedReason = keyof typeof MALFORMED

/** One cause, and where. */
export interface Malformed {
  readonly reason: MalformedReason
  /** The character, counted from 0 in the request target as it was sent. */
  readonly at?: number
  /** A source as the policy spells it. */
  readonly source?: string
}

/** The code, the sentence and the holes of a cause. */
export function toldOf({ reason, at, source }: Malformed): Sentence<MalformedReason | keyof typeof UNPLACED> {
  const params = { ...(at !== undefined && { at }), ...(source !== undefined && { source }) }
  const unplaced = `${reason}_unplaced` as keyof typeof UNPLACED
  if (at === undefined && Object.hasOwn(UNPLACED, unplaced)) return sentence(unplaced, UNPLACED[unplaced])
  return sentence(reason, MALFORMED[reason], params)
}

/** The sentence of a cause. */
export function sentenceOf(cause: Malformed): string {
  return toldOf(cause).message
}
