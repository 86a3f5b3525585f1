/** The policies that `matrix`, `diff` and `drift` look at: those of the configuration, of a module, or of a JSON file with a policy's data. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { parseJsonStrictly } from '../core/json.ts'
import { isDictionary, isObject } from '../core/objects.ts'
import { compiledOf, definePolicy, type Policy } from '../core/policy.ts'
import type { PolicyData } from '../core/policy-data.ts'
import { CliError } from './exit.ts'
import { oneLine } from './io.ts'
import { importFrom } from './load-config.ts'
import type { Session } from './session.ts'
import { engineOf, isOfApi } from './source.ts'

/** Where a policy is, and which. */
export interface PolicyOptions {
  readonly policy?: string
  readonly surface?: string
}

/** The policies of a command: of `--policy`, or else of the configuration; one of them with `--surface`. */
export async function policiesFor({ config }: Session, { policy, surface }: PolicyOptions): Promise<readonly Policy[]> {
  const all = policy === undefined ? ofConfig(await config()) : await policiesIn(policy)
  return surface === undefined ? all : [bySurface(all, surface)]
}

/** The one policy of a command. */
export async function policyFor(session: Session, options: PolicyOptions): Promise<Policy> {
  const [first, ...more] = await policiesFor(session, options)
  if (first && more.length === 0) return first
  throw new CliError('usage', 'usage', 'There are several policies: say which with --surface.')
}

/** The policy of a surface. */
export function bySurface(policies: readonly Policy[], surface: string): Policy {
  const found = policies.find((one) => one.surface === surface)
  if (found) return found
  const known = policies.map((one) => oneLine(one.surface)).join(', ')
  throw new CliError('usage', 'usage', `There is no policy with the surface "${surface}". There are: ${known}.`)
}

function ofConfig(config: Config): readonly Policy[] {
  if (isOfApi(config))
    throw new CliError(
      'usage',
      'needs_policy',
      'An admin API does not tell the whole policy: name its file with --policy.',
    )
  return 'policy' in config ? [config.policy].flat() : engineOf(config).policies
}

/** The policies of a file: its data as JSON, or a module whose exports are policies or a configuration. */
export async function policiesIn(file: string): Promise<readonly Policy[]> {
  const path = resolve(file)
  if (/\.json$/.test(path)) return [definePolicy(jsonOf(await readFile(path, 'utf8'), file) as PolicyData)]
  const loaded = await importFrom(path).catch((thrown: unknown) => {
    if (thrown instanceof CliError) throw thrown
    const words = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
    throw new CliError('config', 'policy_throws', `${file} cannot be loaded. ${words}`)
  })
  const exported = Object.values(Object(loaded) as object).flatMap((value): readonly unknown[] => {
    if (!isDictionary(value)) return Array.isArray(value) ? value : []
    if (isPolicy(value)) return [value]
    const { policy, tokens } = value as { readonly policy?: unknown; readonly tokens?: { readonly policies?: unknown } }
    return [policy ?? tokens?.policies ?? []].flat()
  })
  const policies = [...new Set(exported.filter(isPolicy))]
  if (policies.length === 0)
    throw new CliError(
      'config',
      'policy_missing',
      `${file} exports no policy: export const policy = definePolicy({ … })`,
    )
  // One that another copy of the package has made counts by its data.
  return policies.map((policy) => (compiledOf(policy) ? policy : definePolicy(policy.data)))
}

function isPolicy(value: unknown): value is Policy {
  const { data, surface } = Object(value) as { readonly data?: unknown; readonly surface?: unknown }
  return isObject(data) && typeof surface === 'string' && 'endpoints' in data
}

/** What a reviewer reads first is what counts: of an object with a field twice the last one would. */
function jsonOf(text: string, file: string): unknown {
  const { value, malformed } = parseJsonStrictly(text)
  if (!malformed) return value
  const isTwice = malformed.reason === 'json_name_repeated'
  const why = isTwice ? 'has an object with the same field twice, which can be read in two ways.' : 'is no JSON.'
  throw new CliError('files', 'policy_unreadable', `${file} ${why}`)
}
