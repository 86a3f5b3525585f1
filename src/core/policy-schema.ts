/** The shape of a policy's data, for policies that come from a file: types, ranges and unknown fields. Meaning: core/policy-check.ts. */
import * as z from 'zod/mini'
import { PREFIX_PATTERN } from './secret.ts'

const text = z.string().check(z.minLength(1, 'must not be empty.'))
/** Names of scopes: printable ASCII of RFC 6749, section 3.3. */
const scope = z
  .string()
  .check(z.regex(/^[!#-[\]-~]{1,100}$/, 'must be 1 to 100 printable characters without spaces, quotes or backslashes.'))
/** Names of kinds, types and surfaces. */
const word = z
  .string()
  .check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must begin with a letter and hold letters, digits, - and _ only.'))
const kind = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower-case letters, digits and _, beginning with a letter.'))
const source = z
  .string()
  .check(
    z.regex(
      /^(path:[A-Za-z][A-Za-z0-9_]*|query:[A-Za-z][A-Za-z0-9_-]*|body:[A-Za-z_][A-Za-z0-9_-]*(\[\])?(\.[A-Za-z_][A-Za-z0-9_-]*(\[\])?)*)$/,
      'must be "path:name", "query:name" or "body:field", such as "body:items[].id".',
    ),
  )

const scopeInfo = z.strictObject({ title: z.optional(text), group: z.optional(text), deprecated: z.optional(text) })

const namedResource = z.strictObject({
  kind: z.union([kind, z.strictObject({ from: source, of: z.array(kind).check(z.minLength(1)) })]),
  at: source,
  prefix: z.optional(text),
  within: z.optional(source),
})

const names = z.union(
  [
    z.literal(['nothing', 'plan']),
    z.array(namedResource).check(z.minLength(1, 'must not be empty: say "nothing" or "plan".')),
    z.strictObject({ anyOf: z.array(namedResource).check(z.minLength(1)), none: z.literal(['plan', 'refuse']) }),
  ],
  'must say what the endpoint names: "nothing", "plan", a list of resources, or { anyOf, none }.',
)

const endpoint = z.strictObject({
  scopes: z.array(z.string()),
  names,
  params: z.optional(
    z.record(
      z.string(),
      z.union(
        [z.literal(['any', 'digits']), z.array(text).check(z.minLength(1))],
        'must be "any", "digits" or a list of values.',
      ),
    ),
  ),
  tiers: z.optional(z.array(text).check(z.minLength(1))),
  closed: z.optional(text),
})

const tokenType = z.strictObject({
  prefix: z
    .string()
    .check(z.regex(PREFIX_PATTERN, 'must begin with a letter and hold letters, digits and _ only, 64 at most.')),
  title: z.optional(text),
  scopes: z.optional(z.array(z.string()).check(z.minLength(1))),
  fixed: z.optional(z.array(z.string()).check(z.minLength(1))),
})

const limit = (most: number) => z.optional(z.int().check(z.gte(1), z.lte(most)))

/** Everything that a policy's data may hold. */
export const policySchema = z.strictObject({
  surface: word,
  credential: z.strictObject({
    headers: z.array(z.string().check(z.regex(/^[a-z][a-z0-9-]*$/, 'must be a header name in lower case.'))),
    bearer: z.boolean(),
  }),
  tiers: z.array(text).check(z.minLength(1)),
  limits: z.optional(
    z.strictObject({
      lifetimeDays: limit(36_500),
      graceHours: limit(8_760),
      liveSecrets: limit(1_000),
      links: limit(100_000),
      bodyBytes: limit(1_073_741_824),
    }),
  ),
  scopes: z.record(scope, scopeInfo),
  reserved: z.optional(z.record(scope, scopeInfo)),
  types: z.record(word, tokenType),
  kinds: z.record(
    kind,
    z.strictObject({
      id: z.optional(z.literal(['digits', 'base62', 'name'])),
      max: z.optional(z.int().check(z.gte(1), z.lte(512))),
      parents: z.optional(z.array(kind)),
    }),
  ),
  links: z.strictObject({
    hosts: z.array(
      z
        .string()
        .check(z.regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a host name in lower case, without a port.')),
    ),
    tail: z.optional(z.literal([0, 1])),
    shapes: z.array(text),
  }),
  endpoints: z.record(z.string(), endpoint),
})

/** Every field name that occurs in a policy, for "did you mean". */
export const POLICY_FIELDS: readonly string[] = [
  ...Object.keys(policySchema.shape),
  ...'headers bearer lifetimeDays graceHours liveSecrets links bodyBytes title group deprecated prefix scopes fixed id max parents'.split(
    ' ',
  ),
  ...'hosts tail shapes names params tiers closed kind at within from of anyOf none'.split(' '),
]
