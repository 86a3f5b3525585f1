/** What the page knows when it is drawn first: the plans of the person, the policies, and the first page of tokens. */

import type { SurfaceView } from '../admin/client-types.ts'
import { surfacesOf } from '../admin/route.ts'
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { Policy } from '../core/policy.ts'
import { npmrc } from '../npm/npmrc.ts'
import type { Features } from '../service/features.ts'
import type { TokenPage } from '../service/manage.ts'
import { ASSETS } from './assets.gen.ts'
import type { Files } from './assets.ts'
import type { Language } from './language.ts'
import { checkedPlans, type HubAddress, type HubOptions, type HubPlan } from './options.ts'
import { PAGE_SIZE } from './overview/route.ts'
import type { HubTexts, PluralText } from './texts/index.ts'

/** A plan of the person, and the token types that it cannot have. */
export interface BootPlan {
  readonly id: string
  readonly name: string
  /** By token type, why the plan cannot have one. */
  readonly closed: { readonly [type: string]: 'suspended' | 'tier' }
}

/** Lines that show how a token of a type is used; they read its secret out of a variable. */
interface Usage {
  readonly file: 'curl' | '.npmrc' | '.yarnrc.yml' | 'GitHub Actions' | '.env'
  readonly text: string
  /** The variable that they read. */
  readonly variable: string
}

/** What the page is given. */
export interface Boot {
  /** Epoch milliseconds at the server. */
  readonly now: number
  /** The path of the page; empty at the root. */
  readonly base: string
  readonly product?: string
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  readonly signIn?: string
  /** Who is signed in, by the id that the log has. */
  readonly actor: string
  /** Where people authenticate again, where the rules of a plan ask for it. */
  readonly stepUp?: string
  /** Where the texts of the language are. */
  readonly words: string
  /** Where those are that only parts need which are loaded later. */
  readonly laterWords: string
  /** The host's texts in place of these, by number where the files have one. */
  readonly texts: { readonly [name: string]: string | PluralText }
  readonly plans: readonly BootPlan[]
  /** Whether the page is for one organization: then there is no switch. */
  readonly isPinned?: true
  readonly surfaces: readonly SurfaceView[]
  /** What the host has; what it has not is not shown. */
  readonly features: Features
  readonly usages: { readonly [type: string]: readonly Usage[] }
  /** How many tokens a page of the table has. */
  readonly pageSize: number
  /** The first page of the first plan's tokens of the first type, if it could be read. */
  readonly first?: TokenPage
}

/** What the hub has for everybody, and what it speaks. */
interface Given {
  readonly usages: Boot['usages']
  readonly files: Files
  readonly language: Language
}

/** Gathers it for a person. */
export async function bootOf(
  options: HubOptions,
  { usages, files, language: { lang, dir, own, file } }: Given,
  actor: Actor,
  request: Request,
): Promise<Boot> {
  const { tokens, plans, clock = Date, basePath = '', product, signIn, stepUp, plan: pin } = options
  const pinned = typeof pin === 'function' ? await pin(request) : pin
  const given = checkedPlans(await plans(actor.id, request))
  const managed = await managedBy(options, actor, pin === undefined ? given : given.filter(({ id }) => id === pinned))
  const shown = managed.map((plan) => bootPlan(plan, tokens.policies))
  const type = tokens.policies[0]?.types[0]?.name
  const [plan] = shown
  const query = { order: 'expiry', limit: PAGE_SIZE } as const
  const first =
    plan && type !== undefined
      ? await tokens.list({ actor, planId: plan.id, type, ...query }).catch(() => undefined)
      : undefined
  return {
    now: clock.now(),
    base: basePath,
    ...(product !== undefined && { product }),
    ...{ lang, dir },
    ...(signIn !== undefined && { signIn }),
    actor: actor.id,
    ...(stepUp !== undefined && { stepUp }),
    words: `${basePath}/${files.textsOf(file)}`,
    laterWords: `${basePath}/${files.laterTextsOf(file)}`,
    texts: calledAsInFiles(own),
    ...(pin !== undefined && { isPinned: true }),
    plans: shown,
    surfaces: surfacesOf(tokens.policies),
    features: tokens.features,
    usages,
    pageSize: PAGE_SIZE,
    ...(first && { first }),
  }
}

const NUMBERS = new Map(ASSETS.textNames.map((name, number) => [name, number]))

/** The host's texts, called as the page's script calls them. */
const calledAsInFiles = (texts: Partial<HubTexts>): Boot['texts'] =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [NUMBERS.get(name) ?? name, text]))

/** The plans that the engine lets the person manage. One that cannot be asked about stays: its table will say so. */
async function managedBy({ tokens }: HubOptions, actor: Actor, plans: readonly HubPlan[]): Promise<readonly HubPlan[]> {
  const managed: HubPlan[] = []
  for (let i = 0; i < plans.length; i += AT_ONCE) {
    const some = plans.slice(i, i + AT_ONCE)
    const refused = await Promise.all(
      some.map(({ id }) => tokens.list({ actor, planId: id, limit: 1 }).then(() => false, isNoAdmin)),
    )
    managed.push(...some.filter((_, at) => !refused[at]))
  }
  return managed
}

/** How many plans are asked about at the same time. */
const AT_ONCE = 16

const isNoAdmin = (error: unknown): boolean => error instanceof PlanTokenError && error.code === 'not_plan_admin'

function bootPlan({ id, name, tier, suspended }: HubPlan, policies: readonly Policy[]): BootPlan {
  const closed = policies.flatMap(({ types, data }) => {
    const reason = suspended === true ? 'suspended' : data.tiers.includes(tier) ? undefined : 'tier'
    return reason ? types.map((type) => [type.name, reason] as const) : []
  })
  return { id, name, closed: Object.fromEntries(closed) }
}

/** The lines for every type, made once. */
export function usagesOf({ tokens, addresses = {} }: HubOptions): Boot['usages'] {
  const usages = tokens.policies.flatMap(({ types, data }) =>
    types.map(({ name }): [string, readonly Usage[]] => [
      name,
      usageOf(Object.hasOwn(addresses, name) ? addresses[name] : undefined, data.credential.headers[0]),
    ]),
  )
  return Object.fromEntries(usages)
}

function usageOf(address: HubAddress | undefined, header: string | undefined): readonly Usage[] {
  if (typeof address === 'object') {
    const { project, yarnrc } = npmrc(address)
    const variable = 'NPM_TOKEN'
    return [
      { file: '.npmrc', text: project, variable },
      { file: '.yarnrc.yml', text: yarnrc, variable },
      ...stored('npm ci', variable),
    ]
  }
  const variable = 'TOKEN'
  const credential = header === undefined ? `Authorization: Bearer $${variable}` : `${header}: $${variable}`
  const url = address === undefined ? '"$API_URL"' : `'${address.replaceAll("'", '%27')}'`
  const command = `curl -H "${credential}" ${url}`
  return [{ file: 'curl', text: `${command}\n`, variable }, ...stored(command, variable)]
}

/** Where a command finds its variable: among the secrets of a build, and in a file that is not committed. */
function stored(command: string, variable: string): readonly Usage[] {
  const workflow = `- run: |\n    ${command}\n  env:\n    ${variable}: \${{ secrets.${variable} }}\n`
  return [
    { file: 'GitHub Actions', text: workflow, variable },
    { file: '.env', text: `${variable}=\n`, variable },
  ]
}
