/**
 * `createPlanTokens`: the whole engine, which is what answers requests (service/create-authorizer.ts) and the calls of admins over
 * the same policies and ports. What it can be asked: service/plan-tokens.ts.
 */
import type { Approvals } from '../core/approvals.ts'
import { PlanTokenError, withoutOption } from '../core/errors.ts'
import type { Random } from '../core/new-secret.ts'
import type { Policy, ScopeOf } from '../core/policy.ts'
import type { TokenAdvice } from '../core/usage.ts'
import { failureOf } from './ask.ts'
import { checkLinks } from './check-links.ts'
import { create } from './create.ts'
import { authorizerOf, createEngine } from './create-authorizer.ts'
import { revoke, revokeSecret, sweep } from './end.ts'
import type { ManagingEngine } from './engine.ts'
import { keepEngine } from './engines.ts'
import { createExplain } from './explain.ts'
import { featuresOf } from './features.ts'
import type { CreateInput, EditInput, RevokeInput } from './input.ts'
import type { Issued, Requested } from './issue.ts'
import { edit, events, get, list, rules, type TokenPage } from './manage.ts'
import { type ApprovingOptions, type EngineOptions, type PlanTokensOptions, readEngineOptions } from './options.ts'
import type { PlanTokens } from './plan-tokens.ts'
import { platformRandom } from './platform.ts'
import { previewRefresh, refresh } from './refresh.ts'
import type { Report } from './report.ts'
import { previewRevoke, revokeMany } from './revoke-many.ts'
import { gathererOf } from './usage.ts'

/**
 * Makes the engine.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options and of the policies together.
 * @example
 * const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory })
 * const decision = await tokens.authorize(request)
 * if (!decision.allowed) return decision.response()
 */
export function createPlanTokens<P extends Policy>(options: ApprovingOptions<P>): PlanTokens<P, Issued | Requested>
export function createPlanTokens<P extends Policy>(options: PlanTokensOptions<P>): PlanTokens<P>
export function createPlanTokens<P extends Policy>(options: EngineOptions<P>): PlanTokens<P, Issued | Requested> {
  const { given, policies } = readEngineOptions(options)
  const base = createEngine(given, policies)
  const engine: ManagingEngine = {
    ...base,
    random: checkedRandom(given.random ?? platformRandom, base.report),
    approvals: given.approvals,
    selfRenewal: given.selfRenewal,
  }
  const approving = (): Approvals => {
    if (given.approvals) return given.approvals
    throw withoutOption('approvals')
  }
  const tokens: PlanTokens<P, Issued | Requested> = {
    ...authorizerOf(engine, policies, given),
    features: featuresOf(engine),
    create: (input) => create(engine, input as CreateInput),
    async adopt(input) {
      if (engine.legacy) return engine.legacy.adopt(engine, input)
      throw withoutOption('legacy')
    },
    get: (input) => get(engine, input),
    list: (input) => list(engine, input),
    rules: (input) => rules(engine, input),
    edit: (input) => edit(engine, input as EditInput),
    approve: async (input) => approving().approve(engine, input),
    decline: async (input) => approving().decline(engine, input),
    collect: async (input) => approving().collect(engine, input),
    previewRefresh: (input) => previewRefresh(engine, input),
    refresh: (input) => refresh(engine, input),
    async renew(asked, options = {}) {
      if (engine.selfRenewal) return engine.selfRenewal.renew(engine, asked, options)
      throw withoutOption('selfRenewal')
    },
    revoke: ((input: RevokeInput) => revoke(engine, input)) as PlanTokens<P>['revoke'],
    previewRevoke: (input) => previewRevoke(engine, input),
    revokeMany: (input) => revokeMany(engine, input),
    revokeSecret: (input) => revokeSecret(engine, input),
    events: (input) => events(engine, input),
    checkLinks: (input) => checkLinks(engine, policies, input),
    explain: createExplain(engine) as PlanTokens<P>['explain'],
    usage: async (input) => gathererOf(engine).usage(engine, input),
    advice: async (input) => gathererOf(engine).advice(engine, input) as Promise<TokenAdvice<ScopeOf<P>>>,
    planUsage: async (input) => gathererOf(engine).planUsage(engine, input),
    unused: async (input) => gathererOf(engine).unused(engine, input) as Promise<TokenPage>,
    sweep: (input) => sweep(engine, input),
  }
  keepEngine(tokens, engine)
  return tokens
}

/** Randomness that fails must not turn into a secret that can be guessed. */
function checkedRandom(random: Random, report: Report): Random {
  return (bytes) => {
    try {
      const drawn: unknown = random(bytes)
      if (drawn instanceof Uint8Array && drawn.length === bytes) return drawn
    } catch (error) {
      throw failureOf({ report }, error, 'random')
    }
    throw new PlanTokenError('unavailable', { message: 'The source of randomness failed.' })
  }
}
