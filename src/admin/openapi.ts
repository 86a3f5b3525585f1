/** The OpenAPI 3.1 document of the management API, out of the table of routes and the schemas that judge the requests. */
import * as z from 'zod/mini'
import { ANSWERS, type AnswerName } from './answers.ts'
import { FORM_TYPE, OAUTH_ROUTES, type OAuthRoute } from './oauth.ts'
import { type AdminCode, httpStatusOf } from './problem.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'
import { TOLD } from './told.ts'

type Json = { readonly [name: string]: unknown }

/** What any route can answer with, whoever asks. */
const ALWAYS: readonly AdminCode[] = [
  ...(['request_malformed', 'invalid_input', 'actor_missing', 'plan_token_refused'] as const),
  ...(['method_not_allowed', 'internal'] as const),
]
const WITH_BODY: readonly AdminCode[] = ['cross_site', 'body_timeout', 'body_too_large', 'media_type_unsupported']

/** The document. `introspection` says whether the two endpoints of OAuth are there. */
export function openApiOf(introspection: boolean): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (path: string, method: string, operation: Json): void => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  }
  for (const route of ROUTES) add(route.path, route.method, operationOf(route))
  add('/openapi.json', 'GET', {
    operationId: 'getOpenApi',
    summary: 'This document.',
    responses: { 200: jsonOf('OpenAPI 3.1.', { type: 'object' }), ...problemsOf(ALWAYS) },
  })
  if (introspection) for (const route of OAUTH_ROUTES) add(route.path, 'POST', formOperationOf(route))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plan access tokens: management',
      version: '1',
      description:
        'Tokens of a plan, managed by its admins. Every error is problem+json (RFC 9457) with a stable `code`.',
    },
    // Beside the document, wherever the host has put it.
    servers: [{ url: '.' }],
    paths,
    components: { schemas: componentsOf() },
  }
}

function operationOf(route: Route): Json {
  const { id, summary, path, query, body, types = [], takes, status = 200, answer, waiting, hasETag } = route
  const { codes, texts } = route
  const parameters = [
    ...(path.includes('{') ? [parameterOf('path', /\{(\w+)\}/.exec(path)?.[1] ?? '', { type: 'string' }, true)] : []),
    ...(query ? queryParametersOf(query) : []),
    ...(takes ? [headerOf(takes)] : []),
  ]
  const schemas = body?.filter((one) => one !== undefined).map(schemaOf) ?? []
  const schema = schemas.length > 1 ? { anyOf: schemas } : schemas[0]
  const contentTypes = ['application/json', ...types]
  const failures = problemsOf([...ALWAYS, ...codes, ...(body ? WITH_BODY : [])], takes === 'If-Match' ? [412] : [])
  return {
    operationId: id,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(schema && {
      requestBody: { content: Object.fromEntries(contentTypes.map((type) => [type, { schema }])) },
    }),
    responses: {
      [status]: texts
        ? textOf(summary, texts)
        : { ...jsonOf(summary, refTo(answer as AnswerName)), ...(hasETag && { headers: ETAG }) },
      ...(waiting && { 202: { ...jsonOf('Another admin has to approve it.', refTo(waiting)), headers: ETAG } }),
      ...failures,
    },
  }
}

function formOperationOf({ id, path, summary, answer }: OAuthRoute): Json {
  const text = { type: 'string' }
  const scope = {
    ...text,
    description: 'Scopes with a space between, without any of which the answer is `active: false`.',
  }
  const schema = {
    type: 'object',
    properties: { token: text, token_type_hint: text, ...(path === '/introspect' && { scope }) },
    required: ['token'],
  }
  const codes: readonly AdminCode[] = [
    ...(['request_malformed', 'client_unauthenticated', 'plan_token_refused', 'method_not_allowed'] as const),
    ...(['unavailable', 'version_conflict', 'internal'] as const),
    ...WITH_BODY,
  ]
  return {
    operationId: id,
    summary,
    requestBody: { required: true, content: { [FORM_TYPE]: { schema } } },
    responses: {
      200: jsonOf(summary, refTo(answer)),
      ...problemsOf(codes, [], 'application/json'),
    },
  }
}

const ETAG = {
  ETag: { description: 'The version of the token, for `If-Match`.', schema: { type: 'string' } },
}

const HEADERS = {
  'Idempotency-Key': 'For an answer that was lost: the same key again gives the same token with a fresh secret.',
  'If-Match':
    'The `ETag` of the token as it was looked at, or several of them with commas between: then it has to be one of these. Without it the last edit wins, and what waits by now is approved.',
}

const headerOf = (name: keyof typeof HEADERS): Json => ({
  ...parameterOf('header', name, { type: 'string' }, false),
  description: HEADERS[name],
})

function parameterOf(where: string, name: string, schema: unknown, required: boolean): Json {
  return { name, in: where, required, schema }
}

function queryParametersOf(query: z.core.$ZodType): readonly Json[] {
  const { properties } = schemaOf(query) as { readonly properties: Json }
  return Object.entries(properties).map(([name, schema]) => ({
    ...parameterOf('query', name, schema, false),
    ...((schema as Json).type === 'object' && { style: 'deepObject', explode: true }),
  }))
}

const refTo = (name: AnswerName): Json => ({ $ref: `#/components/schemas/${name}` })

function jsonOf(description: string, schema: unknown, type = 'application/json'): Json {
  return { description, content: { [type]: { schema } } }
}

function textOf(description: string, { types, headers }: NonNullable<Route['texts']>): Json {
  const schema = { type: 'string' }
  return {
    description,
    headers: Object.fromEntries(Object.entries(headers).map(([name, said]) => [name, { description: said, schema }])),
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  }
}

/** The answers to what goes wrong, by status, each with its codes. */
function problemsOf(
  codes: readonly AdminCode[],
  more: readonly number[] = [],
  type = 'application/problem+json',
): Json {
  const byStatus = new Map<number, Set<string>>()
  for (const code of codes) byStatus.set(httpStatusOf(code), (byStatus.get(httpStatusOf(code)) ?? new Set()).add(code))
  for (const status of more) byStatus.set(status, new Set(['version_conflict']))
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      jsonOf([...names].map((name) => `\`${name}\``).join(', '), refTo('Problem'), type),
    ]),
  )
}

/** The JSON Schema of a zod schema, without the line that says which dialect it is: OpenAPI 3.1 has the same. */
function schemaOf(schema: z.core.$ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', metadata: TOLD }) as Record<string, unknown>
  return rest
}

function componentsOf(): Json {
  const registry = z.registry<{ id: string; description?: string }>()
  for (const [id, schema] of Object.entries(ANSWERS)) registry.add(schema, { ...TOLD.get(schema), id })
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]))
}
