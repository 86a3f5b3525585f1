/** What `hubHandler` takes, and how it is judged: mistakes of the host's code are told when the server starts, all at once. */
import * as z from 'zod/mini'
import type { AdminEngine } from '../admin/route.ts'
import type { Actor } from '../core/actor.ts'
import { basePathSchema } from '../core/base-path.ts'
import { SetupError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'
import type { Policy } from '../core/policy.ts'
import { readOptions, type Tell } from '../core/setup.ts'
import { callable, judged, whole } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import { type NpmrcOptions, npmrc } from '../npm/npmrc.ts'
import type { Awaitable, Clock, PlanInfo } from '../ports.ts'
import { isLanguage, type LanguageOptions } from './language.ts'
import { HUB_TEXTS, type HubTexts, type PluralText } from './texts/index.ts'

/** A plan, as the switch of organizations shows it. */
export interface HubPlan extends PlanInfo {
  /** What people call the organization. */
  readonly name: string
}

/** Where tokens of a type are used: the URL of a request to try, or a registry and one of its npm scopes. */
export type HubAddress = string | { readonly registry: string; readonly scope: string }

/** What `hubHandler` takes. */
export interface HubOptions extends LanguageOptions {
  /** What `createPlanTokens` returned. */
  readonly tokens: AdminEngine
  /** Who asks, by the host's own session: the id that the directory knows as an admin's, or `undefined` if nobody is signed in. */
  readonly actor: (request: Request) => Awaitable<string | Actor | undefined>
  /**
   * The plans of a person, in the order of the switch. Those that the engine does not let this person manage are left out. It gets
   * the request too: a page below `/acme/settings/tokens` may give that organization alone.
   */
  readonly plans: (actor: string, request: Request) => Awaitable<readonly HubPlan[]>
  /**
   * The id of the one plan that the page is for, or a function that finds it in a request: no switch is drawn, and no address leads
   * to another one. It has to be among `plans`. What a person may do is the engine's question as ever.
   */
  readonly plan?: string | ((request: Request) => Awaitable<string | undefined>)
  /** The clock that `createPlanTokens` has. Default: the platform's. */
  readonly clock?: Pick<Clock, 'now'>
  /** The path of the page as browsers see it, such as `/developers/tokens`. Not needed where the page is at the root. */
  readonly basePath?: string
  /** The origin that browsers see, such as `https://example.com`, where a proxy stands in between. Default: the request's. */
  readonly origin?: string
  /** The name of your product, for the page's title and its head. Default: none. */
  readonly product?: string
  /** Where people sign in, an address of your own; shown when a session has ended. */
  readonly signIn?: string
  /**
   * Where people authenticate again when the rules of a plan ask for a stronger or a more recent session: an address of your own,
   * opened in another tab with `acr_values` and `max_age` in its query (RFC 9470). Default: `signIn`.
   */
  readonly stepUp?: string
  /**
   * The names of people by the ids that the log has, in the order of the ids, `undefined` for one that has none: for whatever tells
   * who did something. Asked about 500 at most at a time, and not waited for longer than two seconds; without an answer the ids are
   * shown. Default: the ids.
   */
  readonly describeActor?: (ids: readonly string[]) => Awaitable<readonly (string | undefined)[]>
  /** By token type, where its tokens are used: for the line that shows how. */
  readonly addresses?: { readonly [type: string]: HubAddress }
  /**
   * How many tokens the page keeps in memory, of all plans together, to sort, filter and count them: 1 to 1,000,000. The table of a
   * plan with more goes by expiration alone. Default 50,000.
   */
  readonly overviewTokens?: number
  /**
   * HTML of your own above the page, in its document: your product's navigation. It is written as it is, so it must hold nothing that
   * people typed unless you escaped it. The page's policy counts for it too: no inline script and style, no images but your own
   * origin's. Its looks come with `css`.
   */
  readonly header?: (request: Request) => Awaitable<string>
  /** CSS after the page's own, to set its variables: `':root { --hub-accent: #0a7d5a }'`. */
  readonly css?: string
  /**
   * Told what is behind an answer of 500 or above, for a log: what `actor` or `plans` threw, or a `PlanTokenError` `unavailable`
   * with the kind of the failure in `cause`. Not waited for; what it throws is dropped. Default: nobody is told.
   */
  readonly onError?: (error: unknown) => unknown
}

const text = z.optional(judged((value) => (typeof value === 'string' ? undefined : 'must be text.')))

const signInAddress = z.optional(
  judged((value) =>
    isSignIn(value) ? undefined : 'must be a path such as "/login", or an address that begins with "https://".',
  ),
)

const optionsSchema = z.strictObject({
  plans: callable('must be a function that gives the plans of a person.'),
  basePath: z.optional(basePathSchema('/developers/tokens')),
  clock: z.optional(judged((value) => (typeof Object(value).now === 'function' ? undefined : 'must have now().'))),
  overviewTokens: z.optional(whole(1, 1_000_000)),
  product: text,
  plan: z.optional(
    judged((value) =>
      typeof value === 'function' || (typeof value === 'string' && value !== '')
        ? undefined
        : 'must be the id of a plan, or a function that gives one.',
    ),
  ),
  css: text,
  signIn: signInAddress,
  stepUp: signInAddress,
  describeActor: z.optional(callable('must be a function that gives the names of people by their ids.')),
  header: z.optional(callable('must be a function that gives HTML.')),
  lang: z.optional(
    judged((value) =>
      typeof value === 'function' || isLanguage(value)
        ? undefined
        : 'must be a language such as "en" or "pt-BR", or a function that gives one.',
    ),
  ),
  languages: z.optional(
    judged((value) => (isDictionary(value) ? undefined : 'must be an object with texts of the page by language.')),
  ),
  texts: z.optional(judged((value) => (isDictionary(value) ? undefined : 'must be an object with texts of the page.'))),
  addresses: z.optional(
    judged((value) => (isDictionary(value) ? undefined : 'must be an object with an address by token type.')),
  ),
  // Judged by `adminHandler`, which gets them.
  ...Object.fromEntries(['tokens', 'actor', 'origin', 'onError'].map((name) => [name, z.optional(z.unknown())])),
})

/** The options that `adminHandler` does not judge. @throws SetupError with every mistake of these. */
export function checkHubOptions(options: unknown): void {
  readOptions<HubOptions>('hubHandler', optionsSchema, options, {}, ({ tokens, texts, languages, addresses }, tell) => {
    checkTexts(texts, ['texts'], tell)
    for (const [tag, words] of Object.entries(isDictionary(languages) ? languages : {})) {
      if (!isLanguage(tag)) tell(['languages', tag], 'is not a language such as "pt-BR".')
      if (!isDictionary(words)) tell(['languages', tag], 'must be an object with texts of the page.')
      checkTexts(words, ['languages', tag], tell)
    }
    checkAddresses(isDictionary(addresses) ? addresses : {}, typesOf(tokens), tell)
  })
}

function checkTexts(texts: unknown, at: readonly string[], tell: Tell): void {
  for (const [key, value] of Object.entries(isDictionary(texts) ? texts : {}))
    for (const message of problemsOfText(key, value)) tell([...at, key], message)
}

function problemsOfText(key: string, value: unknown): readonly string[] {
  if (!Object.hasOwn(HUB_TEXTS, key)) return [`is not a text of the page.${didYouMean(key, Object.keys(HUB_TEXTS))}`]
  const english = HUB_TEXTS[key as keyof HubTexts]
  if (typeof english === 'string') return typeof value === 'string' ? missingHoles(english, value) : ['must be text.']
  return isPluralText(value) ? missingHoles(english.other, value.other) : [PLURAL]
}

const CATEGORIES: readonly string[] = ['zero', 'one', 'two', 'few', 'many', 'other']
const PLURAL = `is about a number: it must be an object with "other", and a text for each other category of plurals that the language has (${CATEGORIES.slice(0, -1).join(', ')}).`

function isPluralText(value: unknown): value is PluralText {
  return (
    isDictionary(value) &&
    typeof value.other === 'string' &&
    Object.entries(value).every(([category, text]) => CATEGORIES.includes(category) && typeof text === 'string')
  )
}

/** What `plans` gave, if it is a list of plans. @throws TypeError that says what is missing, and of nobody. */
export function checkedPlans(plans: unknown): readonly HubPlan[] {
  if (!Array.isArray(plans)) throw new TypeError('plans() must give a list of { id, name, tier }; this is no list.')
  for (const [at, plan] of plans.entries())
    for (const field of ['id', 'name', 'tier'])
      if (typeof Object(plan)[field] !== 'string')
        throw new TypeError(`plans() must give a list of { id, name, tier }; ${field} of entry ${at + 1} is no text.`)
  return plans
}

/** The token types of an engine; none for what is no engine, which is told elsewhere. */
function typesOf(tokens: unknown): readonly string[] {
  const { policies } = Object(tokens) as { readonly policies?: unknown }
  if (!Array.isArray(policies)) return []
  return (policies as readonly Policy[]).flatMap((policy) => (policy?.types ?? []).map(({ name }) => name))
}

function checkAddresses(addresses: { readonly [type: string]: unknown }, types: readonly string[], tell: Tell): void {
  for (const [type, address] of Object.entries(addresses)) {
    const at = ['addresses', type]
    if (types.length > 0 && !types.includes(type)) tell(at, `is not a token type.${didYouMean(type, types)}`)
    else if (isDictionary(address))
      for (const issue of registryIssues(address)) tell([...at, ...issue.at], issue.message)
    else if (!(typeof address === 'string' && isAddress(address)))
      tell(at, 'must be an address such as "https://api.example.com/v1/me", or { registry, scope }.')
  }
}

/** Browsers read a backslash as a slash, and leave out line breaks. */
const isSignIn = (value: unknown): boolean =>
  typeof value === 'string' && /^(\/(?!\/)|https?:\/\/)[^\s\\]*$/.test(value)

/** What stands in the address of a request that a shell is given. */
const isAddress = (text: string): boolean => /^https?:\/\/[!#-[\]-~]+$/.test(text) && URL.canParse(text)

function registryIssues(address: { readonly [field: string]: unknown }): readonly Issue[] {
  const { secret, ...given } = address
  const issues: Issue[] = secret === undefined ? [] : [issueAt(['secret'], 'has no place on a page.')]
  try {
    npmrc(given as unknown as NpmrcOptions)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    issues.push(...error.issues)
  }
  return issues
}

/** What a text in another language must not lose: a date, a name. */
function missingHoles(english: string, text: string): readonly string[] {
  return [...english.matchAll(/\{\w+\}/g)].flatMap(([hole]) => (text.includes(hole) ? [] : [`lacks ${hole}.`]))
}
