/** The shape of a policy's data, for policies that come from a file: types, ranges and unknown fields. Meaning: core/policy-check.ts. */
import * as z from 'zod/mini'
import { isDictionary, isObject } from './objects.ts'
import { PREFIX_MESSAGE, PREFIX_PATTERN } from './secret.ts'
import { atLeastOne, callable, dependent, dictionary, judged, matching, named, wholeOption } from './shape.ts'

const text = matching(/./, 'must be text that is not empty.')
const optionalText = z.optional(text)
const scopes = z.array(dependent((value) => (Array.isArray(value) ? atLeastOne(text) : text)))
const KIND = /^[a-z][a-z0-9_]{0,63}$/
const KIND_MESSAGE = 'must begin with a letter and hold lower-case letters, digits and _ only, 64 at most.'
const kind = matching(KIND, KIND_MESSAGE)
/** Names of scopes: printable ASCII of RFC 6749, section 3.3. */
const SCOPE = /^[!#-[\]-~]{1,100}$/
const SCOPE_MESSAGE = 'must be 1 to 100 printable characters without spaces, quotes or backslashes.'
const source = matching(
  /^(path:[A-Za-z]\w*|query:[A-Za-z][\w-]*|body:[A-Za-z_][\w-]*(\[\])?(\.[A-Za-z_][\w-]*(\[\])?)*)$/,
  'must be "path:name", "query:name" or "body:field", such as "body:items[].id".',
)

/** The name of a scope. */
export const scopeName = matching(SCOPE, SCOPE_MESSAGE)
const scopeInfos = dictionary(
  scopeName,
  z.strictObject({
    title: optionalText,
    group: optionalText,
    deprecated: optionalText,
    aliases: z.optional(atLeastOne(scopeName)),
  }),
)

const kindTold = z.strictObject({ from: source, of: atLeastOne(kind) })
/** One resource that a request names. */
export const namedResource = z.strictObject({
  kind: dependent((value) => (typeof value === 'object' ? kindTold : kind)),
  at: source,
  prefix: optionalText,
  stem: optionalText,
  within: z.optional(source),
  above: z.optional(z.literal([true])),
})
const someOf = z.strictObject({
  anyOf: atLeastOne(namedResource),
  none: z.literal(['plan', 'refuse', 'filtered']),
})
const names = dependent((value) => {
  if (value === 'nothing' || value === 'plan' || value === 'filtered') return z.unknown()
  if (Array.isArray(value) && value.length > 0) return z.array(namedResource)
  return isObject(value) && 'anyOf' in value
    ? someOf
    : 'must be "nothing", "plan", "filtered", a list of resources, or { anyOf, none }.'
})

const free = dependent((value) => (Array.isArray(value) ? atLeastOne(text) : z.literal(['any', 'digits'])))
/** One endpoint. */
export const endpointSchema = z.strictObject({
  scopes,
  names,
  params: z.optional(dictionary(undefined, free)),
  tiers: z.optional(atLeastOne(text)),
  closed: optionalText,
  public: z.optional(z.literal([true])),
  checks: z.optional(dictionary(undefined, text)),
})

const limit = (most: number) => z.optional(wholeOption(1, most))
const PART_MESSAGE = 'must be a number above 0 and below 1, such as 0.5.'
/** What a policy says of tokens that renew themselves. */
export const selfRenewalRule = z.strictObject({
  afterPart: judged<number>((value) =>
    typeof value === 'number' && value > 0 && value < 1 ? undefined : PART_MESSAGE,
  ),
  longestDays: limit(36_500),
})

const tokenType = z.strictObject({
  prefix: matching(PREFIX_PATTERN, PREFIX_MESSAGE),
  title: optionalText,
  scopes: z.optional(atLeastOne(text)),
  fixed: z.optional(atLeastOne(text)),
  addresses: z.optional(z.literal('required')),
  selfRenewal: z.optional(selfRenewalRule),
})

const kindInfo = z.strictObject({
  id: z.optional(z.literal(['digits', 'base62', 'name', 'integer', 'bigint', 'uuid'])),
  max: z.optional(wholeOption(1, 512)),
  parents: z.optional(z.array(kind)),
  under: z.optional(z.literal([true])),
})

const limits = z.strictObject({
  lifetimeDays: limit(36_500),
  graceHours: limit(8_760),
  liveSecrets: limit(1_000),
  links: limit(100_000),
  resources: limit(100_000),
  bodyBytes: limit(1_073_741_824),
})

const credential = z.strictObject({
  headers: z.array(
    matching(
      /^(?!authorization$)[a-z][a-z0-9-]*$/,
      'must be a header name in lower case; for authorization say bearer: true.',
    ),
  ),
  bearer: z.boolean(),
})
/** The host of a link. Letter case means nothing there, so the policy has one. */
export const linkHost = matching(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
  'must be a host name in lower case, without a port.',
)
const links = z.strictObject({
  hosts: z.array(linkHost),
  tail: z.optional(z.literal([0, 1])),
  shapes: z.array(text),
})

/** Everything that a policy's data may hold. */
export const policySchema = z.strictObject({
  surface: named(),
  credential,
  tiers: atLeastOne(text),
  limits: z.optional(limits),
  scopes: scopeInfos,
  reserved: z.optional(scopeInfos),
  types: dictionary(named(), tokenType),
  kinds: dictionary(kind, kindInfo),
  links,
  endpoints: dictionary(undefined, endpointSchema),
})

/** What of a policy is code, as the second argument. That a check is a function is asked where an endpoint names it. */
export const codeSchema = z.strictObject({
  code: z.strictObject({
    errors: z.optional(callable()),
    checks: z.optional(judged((value) => (isDictionary(value) ? undefined : 'must be an object of functions.'))),
    spelling: z.optional(z.strictObject({ target: z.optional(callable()), link: z.optional(callable()) })),
  }),
})
