/**
 * How a body can be declared and what it can be, with the one right answer for each: legal and unambiguous passes, what parsers
 * read in different ways is refused on purpose.
 */
import type { MalformedReason } from '../../../src/core/malformed.ts'

/** Header lines about a body, as they are sent. */
export interface Content {
  readonly lines: readonly (readonly [name: string, value: string])[]
  /** Why it is refused; absent if it is taken. */
  readonly refused?: MalformedReason
}

const type = (value: string, refused?: MalformedReason): Content => ({
  lines: [['Content-Type', value]],
  ...(refused && { refused }),
})

/** Every parser reads these as JSON in UTF-8 (RFC 8259, sections 8.1 and 11; RFC 9110, section 8.3). */
const TAKEN: readonly Content[] = [
  'application/json',
  'Application/JSON',
  'APPLICATION/JSON',
  'application/json;charset=utf-8',
  'application/json; charset=utf-8',
  'application/json ; charset=utf-8',
  'application/json;  charset=UTF-8',
  'application/json; Charset=Utf-8',
  'application/json; charset="utf-8"',
  'application/json;charset="UTF-8"',
].map((value) => type(value))

/** Some parser, or some handler, reads these in another way than as JSON in UTF-8, or not at all. */
const REFUSED: readonly Content[] = [
  // Other types, which another parser reads.
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'multipart/mixed; boundary=x',
  'text/plain',
  'text/plain;charset=UTF-8',
  'text/json',
  'text/x-json',
  'text/html',
  'application/xml',
  'application/octet-stream',
  'application/jsonp',
  'application/json5',
  'application/json-seq',
  'application/x-ndjson',
  'application/jsonlines',
  'application/javascript',
  'application/graphql',
  '*/*',
  'application/*',
  'json',
  // Express' parser reads none of these, or leaves an empty object.
  'application/vnd.api+json',
  'application/merge-patch+json',
  'application/problem+json; charset=utf-8',
  'application/x-www-form-urlencoded+json',
  // Other charsets, and spellings of UTF-8 that are not its name.
  'application/json; charset=utf-16',
  'application/json; charset=utf-16le',
  'application/json; charset=utf-32',
  'application/json; charset=utf-7',
  'application/json; charset=latin1',
  'application/json; charset=iso-8859-1',
  'application/json; charset=us-ascii',
  'application/json; charset=utf8',
  'application/json; charset=',
  'application/json; charset=""',
  'application/json; charset="utf-8',
  'application/json; charset="utf-8"x',
  "application/json; charset='utf-8'",
  'application/json; charset="ut\\f-8"',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; charset=utf-16; charset=utf-8',
  'application/json; charset=utf-8; charset=utf-8',
  'application/json; charset=utf-8, text/plain',
  // RFC 8259 knows no parameters, and a parser may look for a word in all of the header.
  'application/json; x=y',
  'application/json; x=urlencoded',
  'application/json; x="multipart/form-data; boundary=x"',
  'application/json; boundary=x',
  'application/json; charset=utf-8; x=y',
  'application/json; x-charset=utf-16',
  // Express 4 and koa-bodyparser leave an empty object.
  'application/json;',
  'application/json; charset=utf-8;',
  'application/json;\tcharset=utf-8',
  // No media type (RFC 9110, section 8.3.1), or more than one.
  'application/json; charset = utf-8',
  'application/json charset=utf-8',
  'application/json,',
  ', application/json',
  'application/json, application/json',
  'application/json, application/x-www-form-urlencoded',
  'application / json',
  'application/json\u00a0',
  'application//json',
  '"application/json"',
].map((value) => type(value, 'body_type'))

const JSON_LINE = ['Content-Type', 'application/json'] as const
const FORM_LINE = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const encoded = (...values: readonly string[]): Content => ({
  lines: [JSON_LINE, ...values.map((value) => ['Content-Encoding', value] as const)],
  refused: 'body_encoded',
})

/** Each may unpack to another text; `identity` should not be sent (RFC 9110, section 8.4.1), and is not known to all. */
const ENCODINGS: readonly Content[] = [
  ...['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'compress', 'aws-chunked', 'x-unknown', 'utf-8', ''],
  ...['identity', 'Identity', 'identity, gzip', 'gzip, identity', 'identity, identity'],
].map((value) => encoded(value))

/** Lines that come twice, and that are not there. */
const LINES: readonly Content[] = [
  { lines: [], refused: 'body_type' },
  { lines: [JSON_LINE, JSON_LINE], refused: 'body_type' },
  { lines: [JSON_LINE, FORM_LINE], refused: 'body_type' },
  { lines: [FORM_LINE, JSON_LINE], refused: 'body_type' },
  { lines: [JSON_LINE, ['content-type', 'application/json']], refused: 'body_type' },
  { lines: [JSON_LINE, ['X-Content-Type', 'text/plain']] },
  { lines: [['X-Content-Type', 'application/json']], refused: 'body_type' },
  encoded('gzip', 'gzip'),
  encoded('identity', 'gzip'),
]

/** All of them. */
export const CONTENTS: readonly Content[] = [...TAKEN, ...REFUSED, ...ENCODINGS, ...LINES]

/** A content as a title: `Content-Type: application/json`. */
export function titleOf({ lines }: Content): string {
  return lines.length === 0 ? 'no line' : lines.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(' | ')
}
