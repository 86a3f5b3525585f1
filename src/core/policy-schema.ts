/** The shape of a policy's data, for policies that come from a file: types, ranges and unknown fields. Meaning: core/policy-check.ts. */
import { isObject } from './objects.ts'
import { PREFIX_MESSAGE, PREFIX_PATTERN } from './secret.ts'
import { anything, forwarded, list, matching, maybe, named, object, oneOf, whole } from './shape.ts'

const text = matching(/./, 'must be text that is not empty.')
const optionalText = maybe(text)
const scopes = list(text)
const WORD = /^[A-Za-z][\w-]{0,63}$/
const WORD_MESSAGE = 'must begin with a letter and hold letters, digits, - and _ only.'
const KIND = /^[a-z][a-z0-9_]{0,63}$/
const KIND_MESSAGE = 'must begin with a letter and hold lower-case letters, digits and _ only.'
const kind = matching(KIND, KIND_MESSAGE)
/** Names of scopes: printable ASCII of RFC 6749, section 3.3. */
const SCOPE = /^[!#-[\]-~]{1,100}$/
const SCOPE_MESSAGE = 'must be 1 to 100 printable characters without spaces, quotes or backslashes.'
const source = matching(
  /^(path:[A-Za-z]\w*|query:[A-Za-z][\w-]*|body:[A-Za-z_][\w-]*(\[\])?(\.[A-Za-z_][\w-]*(\[\])?)*)$/,
  'must be "path:name", "query:name" or "body:field", such as "body:items[].id".',
)

const scopeInfos = named(
  SCOPE,
  SCOPE_MESSAGE,
  object({ title: optionalText, group: optionalText, deprecated: optionalText }),
)

const kindTold = object({ from: source, of: list(kind, 1) })
const namedResource = object({
  kind: forwarded((value) => (typeof value === 'object' ? kindTold : kind)),
  at: source,
  prefix: optionalText,
  stem: optionalText,
  within: maybe(source),
})
const someOf = object({ anyOf: list(namedResource, 1), none: oneOf('plan', 'refuse') })
const names = forwarded((value) => {
  if (value === 'nothing' || value === 'plan') return anything
  if (Array.isArray(value) && value.length > 0) return list(namedResource)
  return isObject(value) && 'anyOf' in value
    ? someOf
    : 'must be "nothing", "plan", a list of resources, or { anyOf, none }.'
})

const free = forwarded((value) => (Array.isArray(value) ? list(text, 1) : oneOf('any', 'digits')))
const endpoint = object({
  scopes,
  names,
  params: maybe(named(/(?:)/, '', free)),
  tiers: maybe(list(text, 1)),
  closed: optionalText,
  checks: maybe(named(/(?:)/, '', text)),
})

const tokenType = object({
  prefix: matching(PREFIX_PATTERN, PREFIX_MESSAGE),
  title: optionalText,
  scopes: maybe(list(text, 1)),
  fixed: maybe(list(text, 1)),
})

const kindInfo = object({
  id: maybe(oneOf('digits', 'base62', 'name', 'integer', 'bigint', 'uuid')),
  max: maybe(whole(1, 512)),
  parents: maybe(list(kind)),
  under: maybe(oneOf(true)),
})

const limit = (most: number) => maybe(whole(1, most))
const limits = object({
  lifetimeDays: limit(36_500),
  graceHours: limit(8_760),
  liveSecrets: limit(1_000),
  links: limit(100_000),
  resources: limit(100_000),
  bodyBytes: limit(1_073_741_824),
})

const credential = object({
  headers: list(
    matching(
      /^(?!authorization$)[a-z][a-z0-9-]*$/,
      'must be a header name in lower case; for authorization say bearer: true.',
    ),
  ),
  bearer: oneOf(true, false),
})
/** The host of a link. Letter case means nothing there, so the policy has one. */
export const linkHost = matching(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
  'must be a host name in lower case, without a port.',
)
const links = object({
  hosts: list(linkHost),
  tail: maybe(oneOf(0, 1)),
  shapes: list(text),
})

/** Everything that a policy's data may hold. */
export const policySchema = object({
  surface: matching(WORD, WORD_MESSAGE),
  credential,
  tiers: list(text, 1),
  limits: maybe(limits),
  scopes: scopeInfos,
  reserved: maybe(scopeInfos),
  types: named(WORD, WORD_MESSAGE, tokenType),
  kinds: named(KIND, KIND_MESSAGE, kindInfo),
  links,
  endpoints: named(/(?:)/, '', endpoint),
})
