/**
 * `authzen`: the Access Evaluation APIs of AuthZEN (OpenID Authorization API 1.0) and the metadata about them. Who may ask:
 * gateway/trust.ts. What a message says: gateway/authzen-read.ts. What an evaluation asks of the engine: gateway/authzen-ask.ts.
 */
import * as z from 'zod/mini'
import { readGiven } from '../core/body.ts'
import { addressSchema } from '../core/came-from.ts'
import type { RenderedDenial } from '../core/denial.ts'
import { sentenceOf } from '../core/malformed.ts'
import { readOptions, together } from '../core/setup.ts'
import { callable, judged, whole } from '../core/shape.ts'
import { createDecider, type GuardEngine, type GuardOptions } from '../http/guard.ts'
import type { Awaitable } from '../ports.ts'
import { type Ask, type AskedOfEngine, createAsk, type Evaluated } from './authzen-ask.ts'
import {
  type Evaluation,
  type Item,
  type Refused,
  readEvaluation,
  readEvaluations,
  type Semantic,
} from './authzen-read.ts'
import { type Caller, type GatewayHandler, handlerOf, headerOf } from './caller.ts'
import { createTold, GatewayError } from './problem.ts'
import { asBearer, createTrust, type Trust, trustSchema } from './trust.ts'

/** What `authzen` takes besides the engine. */
export interface AuthzenOptions extends Pick<GuardOptions, 'surface' | 'basePath'> {
  /** By what a caller is known, as in `forwardAuth`; a secret is taken as `Authorization: Bearer`. */
  readonly trust: Trust
  /**
   * The identifier of this decision point, an `https` URL without query and fragment, such as `https://pdp.example.com`. With it,
   * the metadata is there. A path in it goes before the paths of the APIs, and behind that of the metadata.
   */
  readonly identifier?: string
  /**
   * What an evaluation asks of the engine, in place of the vocabulary of docs/gateways.md: a call by a route, a request, or
   * `undefined`, which denies. What it throws denies too, and `onError` is told.
   */
  readonly ask?: (evaluation: Evaluation) => Awaitable<AskedOfEngine | undefined>
  /**
   * Says which address the client has that the evaluation is about, such as `({ context }) => context?.ip`; the caller is
   * trusted to know. Default: it has none, and tokens that may be used from some addresses alone are refused.
   */
  readonly address?: (evaluation: Evaluation) => unknown
  /** The longest body that is read, in bytes, 1 to 16,777,216. Default 262,144. */
  readonly bodyBytes?: number
  /** How many evaluations one message may have, 1 to 1,000. Default 100. */
  readonly evaluations?: number
  /** Told of callers who are not trusted (`GatewayError`), and of what is thrown. Default: one line on the console for each cause. */
  readonly onError?: (error: unknown) => unknown
}

/** An `https` URL that is written as it is read, without anything that does not belong to an identifier. */
function isIdentifier(value: unknown): boolean {
  if (
    typeof value !== 'string' ||
    !/^https:\/\/[^/?#@]+(\/(?!\.\.?(\/|$))[\w.~-]+)*$/.test(value) ||
    !URL.canParse(value)
  )
    return false
  const { origin, pathname } = new URL(value)
  return value === origin + (pathname === '/' ? '' : pathname)
}

const optionsSchema = z.strictObject({
  // Judged where the decider is made.
  surface: z.optional(z.unknown()),
  basePath: z.optional(z.unknown()),
  trust: trustSchema,
  identifier: z.optional(
    judged((value) =>
      isIdentifier(value)
        ? undefined
        : 'must be a URL such as "https://pdp.example.com", with https, and without a query, a fragment or a slash at its end.',
    ),
  ),
  address: z.optional(addressSchema),
  ask: z.optional(callable('must be a function that takes an evaluation.')),
  bodyBytes: z.optional(whole(1, 16_777_216)),
  evaluations: z.optional(whole(1, 1_000)),
  onError: z.optional(callable('must be a function, which is told of failures.')),
})

/** What is ready once the options are checked. */
interface Point {
  readonly isTrusted: (caller: Caller) => boolean
  readonly told: (error: unknown) => void
  readonly ask: Ask
  readonly path: string
  readonly metadata: string | undefined
  readonly bodyBytes: number
  readonly most: number
}

/**
 * Makes the policy decision point of AuthZEN: `POST /access/v1/evaluation`, `POST /access/v1/evaluations` and, with an
 * `identifier`, `GET /.well-known/authzen-configuration`. Search is not there.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const handler = authzen(tokens, { trust: { secret: process.env.GATEWAY_SECRET }, identifier: 'https://pdp.example.com' })
 */
export function authzen(tokens: GuardEngine, options: AuthzenOptions): GatewayHandler {
  const given: Partial<AuthzenOptions> = { ...options }
  const { surface, basePath } = given
  const which = { ...(surface !== undefined && { surface }), ...(basePath !== undefined && { basePath }) }
  together(
    'authzen',
    () => void readOptions<AuthzenOptions>('authzen', optionsSchema, options),
    () => createDecider<never>(tokens, which),
  )
  const { trust, identifier, bodyBytes = 262_144, evaluations = 100, onError, ask, address } = options
  const told = createTold(onError)
  const path = identifier === undefined ? '' : new URL(identifier).pathname.replace(/\/$/, '')
  const point: Point = {
    ...{ told, path, bodyBytes, most: evaluations },
    isTrusted: createTrust(trust, asBearer),
    ask: createAsk(tokens, which, told, ask, address),
    metadata: identifier === undefined ? undefined : metadataOf(identifier),
  }
  return handlerOf(async (caller) => {
    const id = headerOf(caller, 'x-request-id')
    const echo = id ? { 'X-Request-ID': id } : {}
    const { status, headers, body } = await answer(point, caller).catch((error: unknown) => {
      told(error)
      return message(500, 'Something went wrong.')
    })
    return { status, headers: { ...headers, ...echo }, body }
  }, {})
}

const EVALUATION = '/access/v1/evaluation'
const EVALUATIONS = '/access/v1/evaluations'
const METADATA = '/.well-known/authzen-configuration'

function metadataOf(identifier: string): string {
  return JSON.stringify({
    policy_decision_point: identifier,
    access_evaluation_endpoint: identifier + EVALUATION,
    access_evaluations_endpoint: identifier + EVALUATIONS,
  })
}

async function answer(point: Point, caller: Caller): Promise<RenderedDenial> {
  const { method, target } = caller
  const { path, metadata } = point
  if (metadata !== undefined && target === METADATA + path)
    return method === 'GET' || method === 'HEAD' ? json(metadata) : notAllowed('GET, HEAD')
  const isOne = target === path + EVALUATION
  if (!isOne && target !== path + EVALUATIONS) return message(404, 'There is nothing here.')
  if (!point.isTrusted(caller)) return untrusted(point)
  if (method !== 'POST') return notAllowed('POST')
  const reading = await readBody(caller, point.bodyBytes)
  if ('refused' in reading) return message(400, reading.refused)
  return isOne ? one(point, reading.value) : several(point, reading.value)
}

async function one({ ask }: Point, value: unknown): Promise<RenderedDenial> {
  const evaluation = readEvaluation(value)
  return 'refused' in evaluation ? message(400, evaluation.refused) : json(JSON.stringify(await ask(evaluation)))
}

async function several(point: Point, value: unknown): Promise<RenderedDenial> {
  const read = readEvaluations(value, point.most)
  if ('refused' in read) return message(400, read.refused)
  // Without a list it is one evaluation, answered as such.
  if (!read.items) return one(point, value)
  return json(JSON.stringify({ evaluations: await inTurn(point.ask, read.items, read.semantic) }))
}

/** The decisions in the order of the evaluations, up to the one that ends them. */
async function inTurn(ask: Ask, items: readonly Item[], semantic: Semantic): Promise<readonly Evaluated[]> {
  const decide = (item: Item): Awaitable<Evaluated> => ('refused' in item ? invalid(item) : ask(item))
  if (semantic === 'execute_all') return Promise.all(items.map(decide))
  const done: Evaluated[] = []
  for (const item of items) {
    const evaluated = await decide(item)
    done.push(evaluated)
    if (evaluated.decision === (semantic === 'permit_on_first_permit')) break
  }
  return done
}

const invalid = ({ refused }: Refused): Evaluated => ({
  decision: false,
  context: { error: { status: 400, message: refused } },
})

/** The JSON of a body, in one meaning; or what is wrong with it. */
async function readBody(caller: Caller, limit: number): Promise<{ readonly value: unknown } | Refused> {
  const given: unknown = await caller.body(limit)
  const { value, malformed } = readGiven(given, limit)
  return malformed ? { refused: sentenceOf(malformed) } : { value }
}

function untrusted({ told }: Point): RenderedDenial {
  told(new GatewayError('gateway_untrusted', UNTRUSTED))
  return message(401, 'The caller is not known here.', { 'WWW-Authenticate': 'Bearer realm="authzen"' })
}

const UNTRUSTED =
  'Somebody asked for an evaluation who is not trusted: the secret of trust goes as Authorization: Bearer; trusting loopback takes toNode() in a server of Node.'

const notAllowed = (methods: string): RenderedDenial => message(405, `Send ${methods}.`, { Allow: methods })

/** An error is a message (section "Error Responses"). */
function message(status: number, text: string, headers: Readonly<Record<string, string>> = {}): RenderedDenial {
  return {
    status,
    headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: text,
  }
}

function json(body: string): RenderedDenial {
  return { status: 200, headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' }, body }
}
