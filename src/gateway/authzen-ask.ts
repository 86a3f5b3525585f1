/**
 * What an evaluation asks of the engine, and the decision on it. The vocabulary: a subject of the type `plan_access_token`, whose
 * id is the secret that a client sent; a resource of the type `route`, which is a path of the policy with its parameters, or
 * `target`, which is a request target; and a method as the action. A token is never named by its own id, since whoever knows an
 * id does not hold the token.
 */
import { addressIn } from '../core/came-from.ts'
import { PlanTokenError } from '../core/errors.ts'
import { isDictionary } from '../core/objects.ts'
import type { GuardEngine } from '../http/guard.ts'
import type { Awaitable } from '../ports.ts'
import type { Decision } from '../service/decision.ts'
import { type Call, isCall, type RequestLike } from '../service/request.ts'
import type { SurfaceOptions } from '../service/surface.ts'
import type { Evaluation } from './authzen-read.ts'
import { bodyNamesOtherMethod, namesOtherMethod } from './method.ts'
import { problemOf } from './problem.ts'

/** What an evaluation is for the engine: a call by a route of the policy, or a request. */
export type AskedOfEngine = Call | RequestLike

/** A decision of AuthZEN. */
export interface Evaluated {
  readonly decision: boolean
  readonly context?: { readonly [name: string]: unknown }
}

/** Decides an evaluation. Never rejects. */
export type Ask = (evaluation: Evaluation) => Promise<Evaluated>

const SUBJECT = 'plan_access_token'

/** Makes it. @param own the host's vocabulary, in place of ours. */
export function createAsk(
  tokens: GuardEngine,
  which: SurfaceOptions,
  told: (error: unknown) => void,
  own: ((evaluation: Evaluation) => Awaitable<AskedOfEngine | undefined>) | undefined,
  address: ((evaluation: Evaluation) => unknown) | undefined,
): Ask {
  const { surface } = which
  const credential = tokens.policies.find((one) => surface === undefined || one.surface === surface)?.data.credential
  const asked = own ?? ((evaluation: Evaluation) => askedBy(evaluation, credential?.headers[0]))
  return async (evaluation) => {
    try {
      const question = await asked(evaluation)
      if (question === undefined) return UNKNOWN
      if (isOverridden(question)) return OVERRIDDEN
      const from = address && { ...which, address: addressIn(address, [evaluation]) }
      return evaluatedOf(await tokens.decide(question, from ?? which))
    } catch (error) {
      // A route that the policy does not have, or parameters that are not the route's.
      if (error instanceof PlanTokenError && error.code === 'invalid_input') return denied(400, messageOf(error))
      told(error)
      return denied(500, 'It could not be evaluated.')
    }
  }
}

const denied = (status: number, message: string): Evaluated => ({
  decision: false,
  context: { error: { status, message } },
})
const UNKNOWN = denied(
  400,
  `It takes a subject of the type ${SUBJECT}, a method as the action, and a resource of the type route or target.`,
)

/**
 * Whether a request, which a gateway hands on as the client sent it, names another method than its own: gateway/method.ts. A call is
 * what the caller makes of a request, so it knows which method it runs.
 */
function isOverridden(question: AskedOfEngine): boolean {
  return (
    !isCall(question) && (namesOtherMethod(question, question) || bodyNamesOtherMethod(question.body, question.method))
  )
}

const OVERRIDDEN: Evaluated = { decision: false, context: problemOf('gateway_method_overridden') }

const messageOf = ({ issues }: PlanTokenError): string =>
  issues.map(({ path, message }) => `${path}: ${message}`).join(' ')

function evaluatedOf(decision: Decision<string>): Evaluated {
  if (decision.allowed === true) {
    const { token } = decision
    return { decision: true, ...(token && { context: { plan_id: token.planId, token_id: token.id } }) }
  }
  const { code, status, message, scopes, limit } = decision
  return {
    decision: false,
    context: {
      code,
      status,
      reason: message,
      ...(scopes && { scopes }),
      ...(limit && { retry_after: limit.retryAfter }),
    },
  }
}

/** The question in our vocabulary; `undefined` if it is in another one. @param header where the policy takes secrets from. */
function askedBy({ subject, action, resource }: Evaluation, header: string | undefined): AskedOfEngine | undefined {
  if (subject.type !== SUBJECT) return undefined
  const { params, query, body } = resource.properties ?? {}
  if (resource.type === 'target') {
    // A target has its query itself. Whoever gives one beside it means another request than the one that would be judged.
    if (params !== undefined || query !== undefined) return undefined
    const headers = headersFor(subject.id, header)
    const url = resource.id
    if (body === undefined) return { method: action.name, url, headers }
    return { method: action.name, url, headers: { ...headers, 'content-type': 'application/json' }, body }
  }
  if (resource.type !== 'route' || !(query === undefined || typeof query === 'string')) return undefined
  if (!(params === undefined || areTexts(params))) return undefined
  return {
    secret: subject.id,
    route: `${action.name} ${resource.id}`,
    ...(params && { params }),
    ...(query !== undefined && { query }),
    ...(body !== undefined && { body }),
  }
}

/** None for nobody: an empty header is a wrong token, also where none is needed. */
function headersFor(secret: string, header: string | undefined): { readonly [name: string]: string } {
  if (secret === '') return {}
  return header === undefined ? { authorization: `Bearer ${secret}` } : { [header]: secret }
}

function areTexts(value: unknown): value is { readonly [name: string]: string } {
  return isDictionary(value) && Object.values(value).every((one) => typeof one === 'string')
}
