/**
 * The engine behind the plugin: a module of the host that has one, or a store and a directory of the host under a policy that
 * stands in the YAML. Whatever is wrong is logged once, and then every request is refused: verdaccio would go on without a
 * plugin that throws, and be open to whoever its own rules let in.
 */
import { addressRanges } from '../addresses/index.ts'
import { isObject } from '../core/objects.ts'
import type { GuardEngine } from '../http/guard.ts'
import { canaryTokens } from '../leaks/canaries.ts'
import { type NpmPolicyOptions, npmPolicy } from '../npm/policy.ts'
import type { Directory, TokenStore } from '../ports.ts'
import { createAuthorizer } from '../service/create-authorizer.ts'
import type { VerdaccioContext, VerdaccioOptions } from './types.ts'

/** Loads it. The promise rejects for every mistake, which the log tells. */
export function loadEngine(options: VerdaccioOptions, context: VerdaccioContext): Promise<GuardEngine> {
  const loading = engineOf(options, context)
  loading.catch(({ message: reason }: Error) =>
    context.logger.error({ reason }, 'plan-access-tokens: every request is refused, since @{reason}'),
  )
  return loading
}

const NEEDED = 'the YAML must name a module in "engine", such as ./tokens.mjs, or modules in "store" and "directory"'

async function engineOf(options: VerdaccioOptions, context: VerdaccioContext): Promise<GuardEngine> {
  const engine = pathIn(options, 'engine')
  const store = pathIn(options, 'store')
  const directory = pathIn(options, 'directory')
  if (engine !== undefined && (store ?? directory) !== undefined)
    throw new TypeError('the YAML has both "engine" and "store" or "directory"')
  if (engine !== undefined) {
    // What is said here and not looked at, such as a search that should be closed, would be open.
    const [idle] = Object.keys({ ...policyIn(options), ...(options.freshnessMs !== undefined && { freshnessMs: 0 }) })
    if (idle !== undefined) throw new TypeError(`the YAML has both "engine" and "${idle}", which the engine has itself`)
    const tokens = (await defaultOf(engine, context)) as GuardEngine
    if (typeof tokens?.decide !== 'function' || !Array.isArray(tokens.policies))
      throw new TypeError('the default export of "engine" is not what createPlanTokens() or createAuthorizer() returns')
    if (tokens.policies.some(({ surface }) => surface === 'npm')) return tokens
    throw new TypeError('the engine of "engine" has no npmPolicy() among its policies')
  }
  if (store === undefined || directory === undefined) throw new TypeError(NEEDED)
  return createAuthorizer({
    policy: npmPolicy(policyIn(options)),
    store: (await defaultOf(store, context)) as TokenStore,
    directory: (await defaultOf(directory, context)) as Directory,
    freshnessMs: options.freshnessMs ?? 0,
    addresses: addressRanges(),
    // A store of tokens may hold canaries; whoever reads the registry's log is told of their use.
    canaries: canaryTokens({
      onUse: ({ tokenId, planId }) =>
        context.logger.error(
          { tokenId, planId },
          'plan-access-tokens: the canary token @{tokenId} of plan @{planId} was used',
        ),
    }),
  })
}

// verdaccio mixes its whole configuration into the options of a plugin, where `store` and `search` can be something else.

function pathIn(options: VerdaccioOptions, name: 'engine' | 'store' | 'directory'): string | undefined {
  const path: unknown = options?.[name]
  return typeof path === 'string' && path !== '' ? path : undefined
}

function policyIn({ search, ...options }: VerdaccioOptions): NpmPolicyOptions {
  const names = ['packageScopes', 'registry', 'prefix', 'tiers', 'publishBytes'] as const
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))
  // Anything but an object is meant for us, and refused if it is wrong: `search: false` is no way to say "closed".
  return Object.fromEntries([...given, ...(search === undefined || isObject(search) ? [] : [['search', search]])])
}

/** The default export of a module, whose path is seen from the configuration. */
async function defaultOf(path: string, { config }: VerdaccioContext): Promise<unknown> {
  const url = new URL(path, fileUrl(config.configPath ?? '')).href
  return ((await import(url)) as { readonly default?: unknown }).default
}

/** The URL of a file, of whichever system. */
function fileUrl(path: string): URL {
  const url = new URL('file:')
  url.pathname = path.replaceAll('\\', '/').replace(/[%?#]/g, encodeURIComponent)
  return url
}
