/** What `hubHandler` takes, and how it is judged: mistakes of the host's code are told when the server starts, all at once. */
import type { AdminEngine } from '../admin/routes.ts'
import { type Issue, PolicyError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'
import { isBasePath } from '../core/target.ts'
import type { Awaitable, Clock, Directory, PlanInfo } from '../ports.ts'
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
  /** The directory that `createPlanTokens` has: with it, pasted links are looked up while one types, and shown by their names. */
  readonly directory?: Directory
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
  /** The language of the page, such as `de`: for dates and for screen readers. Default `en`. */
  readonly lang?: string
  /** Texts in place of those of `HUB_TEXTS`. */
  readonly texts?: Partial<HubTexts>
  /** CSS after the page's own, to set its variables: `':root { --hub-accent: #0a7d5a }'`. */
  readonly css?: string
}

const OPTIONS = [
  ...['tokens', 'actor', 'plans', 'directory', 'clock', 'basePath', 'origin'],
  ...['product', 'signIn', 'addresses', 'lang', 'texts', 'css'],
]

/** The options that `adminHandler` does not judge. @throws PolicyError with every mistake of these. */
export function checkOptions(options: unknown): void {
  const problems: Issue[] = []
  const problem = (path: string, message: string): void => void problems.push({ path, message })
  const given = { ...(options as { readonly [option: string]: unknown }) }
  for (const name of Object.keys(given))
    if (!OPTIONS.includes(name)) problem(name, `is not an option.${didYouMean(name, OPTIONS)}`)
  const { plans, clock, basePath, signIn, lang, texts } = given
  if (typeof plans !== 'function') problem('plans', 'must be a function that gives the plans of a person.')
  if (basePath !== undefined && !isBasePath(basePath))
    problem('basePath', 'must be a path such as "/developers/tokens", without a slash at its end.')
  if (clock !== undefined && typeof Object(clock).now !== 'function') problem('clock', 'must have now().')
  for (const name of ['product', 'css'])
    if (given[name] !== undefined && typeof given[name] !== 'string') problem(name, 'must be text.')
  if (signIn !== undefined && !(typeof signIn === 'string' && /^(\/(?!\/)|https?:\/\/)/.test(signIn)))
    problem('signIn', 'must be a path such as "/login", or an address that begins with "https://".')
  if (lang !== undefined && !isLanguage(lang)) problem('lang', 'must be a language such as "en" or "pt-BR".')
  for (const [key, text] of Object.entries(Object(texts ?? {}))) {
    if (!Object.hasOwn(HUB_TEXTS, key))
      problem(`texts.${key}`, `is not a text of the page.${didYouMean(key, Object.keys(HUB_TEXTS))}`)
    else if (typeof text !== 'string') problem(`texts.${key}`, 'must be text.')
    else for (const hole of missingHoles(key as keyof HubTexts, text)) problem(`texts.${key}`, `lacks {${hole}}.`)
  }
  if (problems.length > 0) throw new PolicyError(problems)
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
