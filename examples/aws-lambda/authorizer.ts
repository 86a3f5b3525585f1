/**
 * Lambda authorizers of API Gateway. They judge the route and the parameters that the gateway has found, since the function
 * behind gets these and no others. Set `authorizerResultTtlInSeconds` to 0: a verdict that is kept would outlive a revoke, and
 * one that is kept by token would be that of another file.
 */
import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerResult,
} from 'aws-lambda'
import type { Decision } from 'plan-access-tokens'
import { tokens } from './tokens.ts'

type Route = 'GET /v1/files/{file_key}'
type Values = { readonly [name: string]: string | readonly string[] | undefined } | null | undefined

/** A header by any letters, all of its lines: two secrets joined are none. */
const secretIn = (headers: Values): string | undefined =>
  Object.entries(headers ?? {})
    .flatMap(([name, value]) => (name.toLowerCase() === 'x-figma-token' ? (value ?? []) : []))
    .join() || undefined

const queryOf = (values: Values): string =>
  Object.entries(values ?? {})
    .flatMap(([name, all]) => [all ?? []].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`))
    .join('&')

/** Of an HTTP API: payload 2.0 with simple responses. A route that is not the policy's, such as `$default`, is an error. */
export async function httpApi(event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult> {
  const params = (event.pathParameters ?? {}) as Record<string, string>
  const call = { secret: secretIn(event.headers), route: event.routeKey as Route, params, query: event.rawQueryString }
  return { isAuthorized: (await tokens.authorize(call)).allowed }
}

/** Of a REST API: a policy for exactly what was asked. */
export async function restApi(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  const { httpMethod, resource, methodArn, multiValueHeaders, multiValueQueryStringParameters: values } = event
  const params = (event.pathParameters ?? {}) as Record<string, string>
  const call = { secret: secretIn(multiValueHeaders), route: `${httpMethod} ${resource}` as Route, params }
  const decision: Decision = await tokens.authorize({ ...call, query: queryOf(values) })
  // What the gateway answers 401 to, in these very words.
  if (!decision.allowed && decision.status === 401) throw new Error('Unauthorized')
  // In a policy, a `*` or `?` of the path that a client chose would stand for other paths.
  const Effect = decision.allowed && !/[*?]/.test(methodArn) ? 'Allow' : 'Deny'
  const Statement = [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn } as const]
  const principalId = decision.allowed ? decision.token.id : 'nobody'
  return { principalId, policyDocument: { Version: '2012-10-17', Statement } }
}
