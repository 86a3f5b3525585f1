/** Which policy a request is judged by, and below which path: the options of `authorize`, `decide` and `explain`. */
import type { CompiledPolicy } from '../core/policy.ts'
import { didYouMean } from '../core/suggest.ts'
import { basePathMessage, isBasePath } from '../core/target.ts'
import type { Engine } from './engine.ts'

/** Which policy a request speaks to, and where its paths begin. */
export interface SurfaceOptions {
  /** Default: the first policy's. */
  readonly surface?: string
  /** The path under which the policy's paths begin, such as `/api`. A request that does not begin with it is refused. */
  readonly basePath?: string
  /**
   * Whether the request was counted already and is only judged anew, as for each event of a stream: limits of requests take nothing
   * for it and refuse nothing. Default `false`.
   */
  readonly again?: boolean
  /**
   * The address that the request came from, such as `203.0.113.7`, without a port. Asked of tokens that may be used from some
   * addresses alone, which are refused where there is none. Take it from whatever can be believed: docs/addresses.md.
   */
  readonly address?: string | undefined
}

/** The policy of a surface. Which surfaces there are is the host's own knowledge, so a wrong name is a mistake in its code. */
export function surfaceOf(engine: Engine, options: SurfaceOptions | undefined): CompiledPolicy {
  const surface = options?.surface
  if (surface === undefined) return engine.main
  const policy = engine.surfaces.get(surface)
  if (!policy)
    throw new TypeError(`There is no surface "${surface}". There are: ${[...engine.surfaces.keys()].join(', ')}.`)
  return policy
}

const SURFACE_OPTIONS: readonly string[] = [
  'surface',
  'basePath',
  'again',
  'address',
] satisfies (keyof SurfaceOptions)[]

/** The base path, as the host's code says it. @throws TypeError for what is none, and for an option that there is not. */
export function basePathOf(options: SurfaceOptions | undefined): string | undefined {
  if (options === undefined) return undefined
  // A misspelt one would be judged by another policy, or at another path.
  for (const name in options)
    if (!SURFACE_OPTIONS.includes(name))
      throw new TypeError(`There is no option "${name}" here.${didYouMean(name, SURFACE_OPTIONS)}`)
  const { basePath } = options
  if (basePath !== undefined && !isBasePath(basePath)) throw new TypeError(`basePath ${basePathMessage()}`)
  return basePath
}
