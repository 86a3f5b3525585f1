/**
 * Where a command's tokens are: an engine over a store, or a management API. Both are used through the calls of `AdminClient`, so
 * that a command is written once. Over a store the directory still says what the actor may do.
 */

import { addressRanges } from '../addresses/index.ts'
import { createAdminClient } from '../admin/client.ts'
import type { AdminClient, ExplanationView, IssuedText, RequestedText, WithoutActor } from '../admin/client-types.ts'
import { surfacesOf } from '../admin/route.ts'
import { approvals } from '../approvals/index.ts'
import type { AdminApiConfig, Config, ConfiguredEngine } from '../config/config.ts'
import type { Actor } from '../core/actor.ts'
import type { Policy } from '../core/policy.ts'
import { selfRenewal } from '../self-renewal/index.ts'
import { createPlanTokens } from '../service/create-plan-tokens.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { engineBehind } from '../service/engines.ts'
import type { Explanation } from '../service/explain.ts'
import { exportPart } from '../service/export-events.ts'
import type { RevokeInput } from '../service/input.ts'
import type { Issued } from '../service/issue.ts'
import { wordsOf } from '../service/report.ts'
import type { RequestLike } from '../service/request.ts'
import { CliError } from './exit.ts'
import { unreachable } from './failure.ts'
import { oneLine } from './io.ts'

/** The calls of a command. */
export interface Source extends Omit<AdminClient<IssuedText | RequestedText>, 'parseLinks'> {
  /** Whether a secret works, and whose it is; absent where nobody may ask. */
  readonly inspect?: (
    secret: string,
  ) => Promise<{ readonly active: boolean; readonly id?: string; readonly name?: string }>
  /** Ends the secret and, if it is the newest, its token. */
  revokeSecret(secret: string): Promise<boolean>
  /** Writes what the engine has still to write; absent where there is none. */
  close?(): Promise<void>
  /** What a request with a secret may do; absent where the secret would have to be sent on. */
  readonly explainSecret?: (
    secret: string,
    request: Omit<RequestLike, 'headers'>,
    where: { readonly surface?: string; readonly address?: string },
  ) => Promise<ExplanationView>
}

/** Opens the source of a configuration. @param actor `--actor`. */
export function sourceOf(config: Config, actor: string | undefined): Source {
  if (isOfApi(config)) return ofApi(config, actor)
  const engine = engineOf(config)
  return ofEngine(engine, actor ?? config.actor, config.basePath)
}

/** Whether a configuration names a management API. */
export function isOfApi(config: Config): config is AdminApiConfig {
  return 'adminApi' in config && config.adminApi !== undefined
}

/** The engine of a configuration that has a store. @param freshnessMs for a process that goes on; a command asks the store. */
export function engineOf(config: Exclude<Config, AdminApiConfig>, freshnessMs = 0): ConfiguredEngine {
  if ('tokens' in config) return config.tokens
  const { policy, store, directory, legacy, limits, canaries, usage } = config
  // What the engine keeps to itself as `unavailable` is told here, in its safe words.
  const told = new Set<string>()
  const tell = (line: string): void => {
    if (!told.has(line)) process.stderr.write(`${oneLine(line)}\n`)
    told.add(line)
  }
  return createPlanTokens({
    policy,
    store,
    directory,
    ...(legacy !== undefined && { legacy }),
    ...(limits !== undefined && { limits }),
    ...(canaries !== undefined && { canaries }),
    ...(usage !== undefined && { usage }),
    addresses: addressRanges(),
    approvals: approvals(),
    ...(store.recordUse && store.lastUse && { selfRenewal: selfRenewal() }),
    freshnessMs,
    onError: (error, { method }) => tell(`${method} failed: ${wordsOf(error)}`),
    onWarning: tell,
  })
}

function ofEngine(engine: ConfiguredEngine, actor: string | Actor | undefined, basePath: string | undefined): Source {
  const by = <T extends object>(input: T): T & { readonly actor: string | Actor } => ({
    ...input,
    actor: actorOf(actor),
  })
  const at = basePath === undefined ? {} : { basePath }
  return {
    policies: async () => surfacesOf(engine.policies),
    list: (input) => engine.list(by(input)),
    rules: (input) => engine.rules(by(input)),
    async create(input) {
      const { token, secret } = await engine.create(by(input))
      return secret ? shown({ token, secret }) : { token }
    },
    get: (input) => engine.get(by(input)),
    edit: (input) => engine.edit(by(input)),
    approve: (input) => engine.approve(by(input)),
    decline: (input) => engine.decline(by(input)),
    collect: async (input) => shown(await engine.collect(by(input))),
    previewRefresh: (input) => engine.previewRefresh(by(input)),
    refresh: async (input) => shown(await engine.refresh(by(input))),
    revoke: ((input: WithoutActor<RevokeInput>) => engine.revoke(by(input))) as Source['revoke'],
    previewRevoke: (input) => engine.previewRevoke(by(input)),
    revokeMany: (input) => engine.revokeMany(by(input)),
    events: (input) => engine.events(by(input)),
    async exportEvents(input) {
      const { text, next } = await exportPart(engineBehind(engine) as ManagingEngine, by(input))
      return { text, ...(next !== undefined && { next }) }
    },
    usage: (input) => engine.usage(by(input)),
    advice: (input) => engine.advice(by(input)),
    planUsage: (input) => engine.planUsage(by(input)),
    unused: (input) => engine.unused(by(input)),
    explain: async ({ surface, address, ...question }) =>
      viewOf(await engine.explain(by(question), { ...at, ...(surface !== undefined && { surface }), address })),
    async inspect(secret) {
      const { active, token } = await engine.inspect({ secret })
      return { active, ...(token && { id: token.id, name: token.name }) }
    },
    revokeSecret: async (secret) => (await engine.revokeSecret({ text: secret })).revoked,
    close: () => engine.close(),
    async explainSecret(secret, request, { surface, address }) {
      const policy = engine.policies.find((one) => surface === undefined || one.surface === surface)
      const headers = { ...headerFor(policy, secret), 'content-type': 'application/json' }
      const where = { ...at, ...(surface !== undefined && { surface }), address }
      return viewOf(await engine.explain({ ...request, headers }, where))
    },
  }
}

const shown = ({ token, secret }: Issued) => ({
  token,
  secret: secret.reveal(),
})

/** Without what only a server needs. What is explained here has a token, so no public endpoint lets it through without one. */
function viewOf(explanation: Explanation<string>): ExplanationView {
  const { decision, rules } = explanation as Explanation
  if (decision.allowed) {
    const { headers: _, reach: _reach, covers: _covers, ...rest } = decision
    return { decision: rest, rules }
  }
  const { allowed, code, status, message, scopes } = decision
  return { decision: { allowed, code, status, message, ...(scopes && { scopes }) }, rules }
}

function headerFor(policy: Policy | undefined, secret: string): { readonly [name: string]: string } {
  const { headers = [], bearer = true } = policy?.data.credential ?? {}
  const [first] = headers
  return bearer || first === undefined ? { authorization: `Bearer ${secret}` } : { [first]: secret }
}

function actorOf(actor: string | Actor | undefined): string | Actor {
  if (actor !== undefined) return actor
  throw new CliError(
    'usage',
    'actor_missing',
    'Who does it? Say --actor ID, or actor in the configuration: the id of a plan admin, as your directory knows it.',
  )
}

function ofApi({ adminApi: { url, headers } }: AdminApiConfig, actor: string | undefined): Source {
  if (actor !== undefined)
    throw new CliError(
      'usage',
      'actor_not_taken',
      'Over an admin API its session says who the actor is: leave --actor out.',
    )
  const reach = (to: string, init: RequestInit): Promise<Response> =>
    fetch(to, { ...init, signal: AbortSignal.timeout(LONGEST_CALL) }).catch((thrown) => {
      throw unreachable(thrown, url)
    })
  const { parseLinks: _, ...client } = createAdminClient<IssuedText | RequestedText>({
    baseUrl: url,
    fetch: reach,
    ...(headers !== undefined && { headers }),
  })
  return {
    ...client,
    async revokeSecret(secret) {
      const own = typeof headers === 'function' ? await headers() : headers
      const response = await reach(`${url.replace(/\/$/, '')}/revoke`, {
        method: 'POST',
        headers: { ...own, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token: secret }).toString(),
        redirect: 'error',
      })
      if (!response.ok)
        throw new CliError(
          'refused',
          'revocation_refused',
          `The admin API takes no reports of secrets from this client (status ${response.status}). It needs the option introspection.`,
        )
      const { revoked } = (await response.json().catch(() => ({}))) as { readonly revoked?: unknown }
      return revoked === true
    },
  }
}

/** How long the API may take, in milliseconds. An edit waits until every process judges by it. */
const LONGEST_CALL = 120_000
