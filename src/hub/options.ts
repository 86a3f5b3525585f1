/** What `hubHandler` takes, and how it is judged: mistakes of the host's code are told when the server starts, all at once. */
import type { AdminEngine } from '../admin/routes.ts'
import { type Issue, PolicyError } from '../core/errors.ts'
import { isNamed } from '../core/objects.ts'
import type { Policy } from '../core/policy.ts'
import { didYouMean } from '../core/suggest.ts'
import { isBasePath } from '../core/target.ts'
import { type NpmrcOptions, npmrc } from '../npm/npmrc.ts'
import type { Awaitable, Clock, PlanInfo } from '../ports.ts'
import { HUB_TEXTS, type HubTexts } from './texts.ts'

/** A plan, as the switch of organizations shows it. */
export interface HubPlan extends PlanInfo {
  /** What people call the organization. */
  readonly name: string
}

/** Where tokens of a type are used: the URL of a request to try, or a registry and one of its npm scopes. */
export type HubAddress = string | { readonly registry: string; readonly scope: string }

/** What `hubHandler` takes. */
export interface HubOptions {
  /** What `createPlanTokens` returned. */
  readonly tokens: AdminEngine
  /** Who asks, by the host's own session: the id that the directory knows as an admin's, or `undefined` if nobody is signed in. */
  readonly actor: (request: Request) => Awaitable<string | undefined>
  /** The plans of a person, in the order of the switch. Those that the engine does not let this person manage are left out. */
  readonly plans: (actor: string) => Awaitable<readonly HubPlan[]>
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
  /** By token type, where its tokens are used: for the line that shows how. */
  readonly addresses?: { readonly [type: string]: HubAddress }
  /**
   * The language of the page, such as `de`: for dates, numbers and screen readers. One that is written from right to left turns
   * the page around. Default `en`.
   */
  readonly lang?: string
  /** Texts in place of those of `HUB_TEXTS`. */
  readonly texts?: Partial<HubTexts>
  /** CSS after the page's own, to set its variables: `':root { --hub-accent: #0a7d5a }'`. */
  readonly css?: string
  /**
   * Told what is behind an answer of 500 or above, for a log: what `actor` or `plans` threw, or a `PlanTokenError` `unavailable`
   * with the kind of the failure in `cause`. Not waited for; what it throws is dropped. Default: nobody is told.
   */
  readonly onError?: (error: unknown) => unknown
}

const OPTIONS = [
  ...['tokens', 'actor', 'plans', 'clock', 'basePath', 'origin'],
  ...['product', 'signIn', 'addresses', 'lang', 'texts', 'css', 'onError'],
]

type Problem = (path: string, message: string) => void

/** The options that `adminHandler` does not judge. @throws PolicyError with every mistake of these. */
export function checkOptions(options: unknown): void {
  const problems: Issue[] = []
  const problem: Problem = (path, message) => void problems.push({ path, message })
  const given = { ...(options as { readonly [option: string]: unknown }) }
  for (const name of Object.keys(given))
    if (!OPTIONS.includes(name)) problem(name, `is not an option.${didYouMean(name, OPTIONS)}`)
  const { tokens, plans, clock, basePath, signIn, addresses, lang, texts } = given
  if (typeof plans !== 'function') problem('plans', 'must be a function that gives the plans of a person.')
  if (basePath !== undefined && !isBasePath(basePath))
    problem('basePath', 'must be a path such as "/developers/tokens", without dot segments or a slash at its end.')
  if (clock !== undefined && typeof Object(clock).now !== 'function') problem('clock', 'must have now().')
  for (const name of ['product', 'css'])
    if (given[name] !== undefined && typeof given[name] !== 'string') problem(name, 'must be text.')
  // Browsers read a backslash as a slash, and leave out line breaks.
  if (signIn !== undefined && !(typeof signIn === 'string' && /^(\/(?!\/)|https?:\/\/)[^\s\\]*$/.test(signIn)))
    problem('signIn', 'must be a path such as "/login", or an address that begins with "https://".')
  if (lang !== undefined && !isLanguage(lang)) problem('lang', 'must be a language such as "en" or "pt-BR".')
  if (texts !== undefined && !isNamed(texts)) problem('texts', 'must be an object with texts of the page.')
  for (const [key, text] of Object.entries(isNamed(texts) ? texts : {})) {
    if (!Object.hasOwn(HUB_TEXTS, key))
      problem(`texts.${key}`, `is not a text of the page.${didYouMean(key, Object.keys(HUB_TEXTS))}`)
    else if (typeof text !== 'string') problem(`texts.${key}`, 'must be text.')
    else for (const hole of missingHoles(key as keyof HubTexts, text)) problem(`texts.${key}`, `lacks {${hole}}.`)
  }
  checkAddresses(addresses, typesOf(tokens), problem)
  if (problems.length > 0) throw new PolicyError(problems)
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

function checkAddresses(addresses: unknown, types: readonly string[], problem: Problem): void {
  if (addresses !== undefined && !isNamed(addresses))
    problem('addresses', 'must be an object with an address by token type.')
  for (const [type, address] of Object.entries(isNamed(addresses) ? addresses : {})) {
    const path = `addresses.${type}`
    if (types.length > 0 && !types.includes(type)) problem(path, `is not a token type.${didYouMean(type, types)}`)
    else if (isNamed(address)) for (const issue of registryProblems(address)) problem(path + issue.path, issue.message)
    else if (!(typeof address === 'string' && isAddress(address)))
      problem(path, 'must be an address such as "https://api.example.com/v1/me", or { registry, scope }.')
  }
}

/** What stands in the address of a request that a shell is given. */
const isAddress = (text: string): boolean => /^https?:\/\/[!#-[\]-~]+$/.test(text) && URL.canParse(text)

function registryProblems(address: { readonly [field: string]: unknown }): readonly Issue[] {
  const { secret, ...given } = address
  const problems: Issue[] = secret === undefined ? [] : [{ path: '.secret', message: 'has no place on a page.' }]
  try {
    npmrc(given as unknown as NpmrcOptions)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    problems.push(...error.problems.map(({ path, message }) => ({ path: `.${path}`, message })))
  }
  return problems
}

function isLanguage(lang: unknown): boolean {
  try {
    return typeof lang === 'string' && Intl.getCanonicalLocales(lang).length === 1
  } catch {
    return false
  }
}

/** What a text in another language must not lose: a date, a name. */
function missingHoles(key: keyof HubTexts, text: string): readonly string[] {
  return [...HUB_TEXTS[key].matchAll(/\{(\w+)\}/g)].flatMap(([hole, name = '']) => (text.includes(hole) ? [] : [name]))
}
