/**
 * The engine behind the plugin: a module of the host that has one, or a store and a directory of the host under a policy that
 * stands in the YAML. Whatever is wrong is logged once, and then every request is refused: verdaccio would go on without a
 * plugin that throws, and be open to whoever its own rules let in.
 */
import type { Authorizer } from '../http/guard.ts'
import { type NpmPolicyOptions, npmPolicy } from '../npm/policy.ts'
import type { Directory, TokenStore } from '../ports.ts'
import { createPlanTokens } from '../service/create-plan-tokens.ts'
import type { VerdaccioContext, VerdaccioOptions } from './types.ts'

/** Loads it. The promise rejects for every mistake, which the log tells. */
export function loadEngine(options: VerdaccioOptions, context: VerdaccioContext): Promise<Authorizer> {
  const loading = engineOf(options, context)
  loading.catch(({ message: reason }: Error) =>
    context.logger.error({ reason }, 'plan-access-tokens: every request is refused, since @{reason}'),
  )
  return loading
}

const NEEDED = 'the YAML must name a module in "engine", such as ./tokens.mjs, or modules in "store" and "directory"'

async function engineOf(options: VerdaccioOptions, context: VerdaccioContext): Promise<Authorizer> {
  const engine = pathIn(options, 'engine')
  const store = pathIn(options, 'store')
  const directory = pathIn(options, 'directory')
  if (engine !== undefined && (store ?? directory) !== undefined)
    throw new TypeError('the YAML has both "engine" and "store" or "directory"')
  if (engine !== undefined) {
    const tokens = (await defaultOf(engine, context)) as Authorizer
    if (typeof tokens?.authorize === 'function') return tokens
    throw new TypeError('the default export of "engine" is not what createPlanTokens() returns')
  }
  if (store === undefined || directory === undefined) throw new TypeError(NEEDED)
  return createPlanTokens({
    policy: npmPolicy(policyIn(options)),
    store: (await defaultOf(store, context)) as TokenStore,
    directory: (await defaultOf(directory, context)) as Directory,
    freshnessMs: options.freshnessMs ?? 0,
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
  return Object.fromEntries([...given, ...(typeof search === 'string' ? [['search', search]] : [])])
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
