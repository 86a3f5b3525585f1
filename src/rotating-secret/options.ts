/** What `createRotatingSecret` takes, and what is wrong with it. */
import type { RotatingSecretError } from './error.ts'

/** What `createRotatingSecret` takes. */
export interface RotatingSecretOptions {
  /** The text that is kept: at first the secret alone, as whoever made the token put it there, later what `write` was given. */
  readonly read: () => string | null | undefined | Promise<string | null | undefined>
  /**
   * Keeps a text in place of another one. It must be kept for certain when it resolves: the new secret is used only then. Where several
   * processes share what is kept, compare it with `previous` and say `false` if it is something else by now.
   */
  readonly write: (text: string, previous: string) => unknown
  /** Where the token renews itself: `https://api.example.com/self/refresh`. Without it the secret is read and never renewed. */
  readonly url?: string | URL
  /** The header in which the API takes secrets, such as `X-Figma-Token`. Default: `Authorization`, as a bearer token. */
  readonly header?: string
  /** Default: the platform's. */
  readonly fetch?: typeof fetch
  /** Told of everything that goes wrong. Not waited for; what it throws is dropped. Default: nobody is told. */
  readonly onError?: (error: RotatingSecretError) => unknown
  /** How long a renewal may take, in milliseconds, 1 to 86,400,000. Default 10,000. */
  readonly timeoutMs?: number
  /** After how many milliseconds what is kept is read again, in case that another process has renewed it: 0 to 86,400,000. Default 60,000. */
  readonly rereadMs?: number
  /**
   * For how many milliseconds a renewal that another process has begun is left to it: 0 to 86,400,000. Default 60,000. With 0 a process goes on at once
   * with what one before has begun: for a job of which one process runs at a time.
   */
  readonly leaseMs?: number
  /** Epoch milliseconds. Default: `Date.now`. */
  readonly now?: () => number
}

/** Options with what stands for those that were left out. */
export interface ReadOptions extends RotatingSecretOptions {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly timeoutMs: number
  readonly rereadMs: number
  readonly leaseMs: number
}

const FUNCTIONS = ['read', 'write', 'fetch', 'onError', 'now'] as const
/** Each with the least that it may be: no renewal is done in no time. */
const TIMES = { timeoutMs: 1, rereadMs: 0, leaseMs: 0 } as const
const OTHERS = ['url', 'header'] as const
const NEEDED: readonly string[] = ['read', 'write']

/** Reads the options. @throws TypeError with every mistake. */
export function readRotatingOptions(options: RotatingSecretOptions): ReadOptions {
  const given: { readonly [name: string]: unknown } = { ...options }
  const wrong: string[] = []
  for (const name of FUNCTIONS)
    if (typeof given[name] !== 'function' && (given[name] !== undefined || NEEDED.includes(name)))
      wrong.push(`${name}: must be a function.`)
  for (const [name, least] of Object.entries(TIMES))
    if (given[name] !== undefined && !((given[name] as number) >= least && (given[name] as number) <= 86_400_000))
      wrong.push(`${name}: must be ${least} to 86,400,000 milliseconds.`)
  const { url, header } = options
  if (url !== undefined && !(URL.canParse(String(url)) && /^https?:$/.test(new URL(url).protocol)))
    wrong.push('url: must be where the token renews itself, such as "https://api.example.com/self/refresh".')
  if (header !== undefined && !/^[\w-]+$/.test(header)) wrong.push('header: must be the name of a header.')
  const known: readonly string[] = [...FUNCTIONS, ...Object.keys(TIMES), ...OTHERS]
  for (const name of Object.keys(given))
    if (!known.includes(name)) wrong.push(`${name}: is no option. There are ${known.join(', ')}.`)
  if (wrong.length > 0) throw new TypeError(['createRotatingSecret() found mistakes:', ...wrong].join('\n  '))
  return {
    ...options,
    // Called as a function of nobody, which some platforms insist on.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    now: options.now ?? (() => Date.now()),
    timeoutMs: options.timeoutMs ?? 10_000,
    rereadMs: options.rereadMs ?? 60_000,
    leaseMs: options.leaseMs ?? 60_000,
  }
}
