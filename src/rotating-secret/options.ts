/** What `createRotatingSecret` takes, and what is wrong with it. */
import { checkPlainOptions, type PlainOption } from '../core/plain-options.ts'
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

const callable: PlainOption = { isRight: (value) => typeof value === 'function', message: 'must be a function.' }
const needed: PlainOption = { ...callable, isNeeded: true }

/** At most a day; no renewal is done in no time, so that has a least of 1. */
const timeFrom = (least: number): PlainOption => ({
  isRight: (value) => typeof value === 'number' && value >= least && value <= 86_400_000,
  message: `must be ${least} to 86,400,000 milliseconds.`,
})

const OPTIONS: { readonly [Name in keyof RotatingSecretOptions]-?: PlainOption } = {
  read: needed,
  write: needed,
  url: {
    isRight: (value) => URL.canParse(String(value)) && /^https?:$/.test(new URL(String(value)).protocol),
    message: 'must be where the token renews itself, such as "https://api.example.com/self/refresh".',
  },
  header: {
    isRight: (value) => typeof value === 'string' && /^[\w-]+$/.test(value),
    message: 'must be the name of a header.',
  },
  fetch: callable,
  onError: callable,
  timeoutMs: timeFrom(1),
  rereadMs: timeFrom(0),
  leaseMs: timeFrom(0),
  now: callable,
}

/** Reads the options. @throws SetupError with every mistake. */
export function readRotatingOptions(options: RotatingSecretOptions): ReadOptions {
  checkPlainOptions('createRotatingSecret', OPTIONS, options)
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
