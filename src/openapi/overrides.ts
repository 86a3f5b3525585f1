/** What a caller says beside a document: the rest of the policy, what schemes mean, rules, and a table for single operations. */
import * as z from 'zod/mini'
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { isObject } from '../core/objects.ts'
import type { Endpoint, NamedResource, PolicyData, ScopeInfo, Source } from '../core/policy-data.ts'
import { endpointSchema, policySchema } from '../core/policy-schema.ts'
import { readOptions } from '../core/setup.ts'
import { callable, dictionary, matching } from '../core/shape.ts'
import { plainCopy } from './plain.ts'
import type { OpenApiOperation, OpenApiSchema } from './read.ts'
import type { SchemeUse } from './security.ts'
import { BASE_PATH } from './servers.ts'

/** The rest of a policy: everything but its endpoints. */
export interface PolicyBase extends Omit<PolicyData, 'endpoints' | 'scopes'> {
  /**
   * All scopes that tokens can be granted. An operation that asks for another one is not reviewed. If left out, they are those
   * that the document lists for open operations.
   */
  readonly scopes?: { readonly [scope: string]: ScopeInfo }
}

/** A parameter or a field of a body of which a rule is asked what it is. */
export interface AskedParameter {
  /** As the document spells it; fields of a body as a policy does: `items[].file_key`. */
  readonly name: string
  readonly in: 'path' | 'query' | 'body'
  readonly required: boolean
  readonly schema: OpenApiSchema | undefined
}

/** What a rule is asked about. */
export interface AskedOperation {
  /** `GET /v1/files/{file_key}`. */
  readonly route: string
  readonly operation: OpenApiOperation
}

/** A resource at the parameter that was asked about. */
export interface DerivedResource extends Omit<NamedResource, 'at'> {
  /** May be left out; anything else than where the parameter stands is a mistake. */
  readonly at?: Source
}

/** What is said of one operation, in place of what the document and the rules say. */
export interface EndpointOverride extends Partial<Endpoint> {}

/** What a document does not say, and what is said in its place. */
export interface OpenApiOverrides {
  /** The rest of the policy. */
  readonly policy: PolicyBase
  /**
   * What paths begin with, such as `'/v1'` or `''`, in place of what the document's servers say. Needed where these put different
   * paths before the operations, or where the document says `"."`.
   */
  readonly basePath?: string
  /** What the security schemes of the document mean, by name. An operation that asks for others alone is not reviewed. */
  readonly schemes?: { readonly [name: string]: SchemeUse }
  /**
   * Which resource a parameter of the path or the query, or a field of a JSON body, names. `'free'`: none. `undefined`: not
   * known; a parameter of the path then leaves its operation not reviewed. Asked where neither the table nor `x-plan-resource`
   * says it.
   */
  readonly resourceOf?: (
    asked: AskedOperation & { readonly parameter: AskedParameter },
  ) => DerivedResource | 'free' | undefined
  /** Which scopes an operation takes. `undefined`: not known. Asked where neither the table nor the document says it. */
  readonly scopesOf?: (asked: AskedOperation) => Endpoint['scopes'] | undefined
  /** Single operations by their route, `'GET /v1/files/{file_key}'`, or their `operationId`. */
  readonly endpoints?: { readonly [routeOrId: string]: EndpointOverride }
}

/** What paths may begin with. */
export const basePath = z.optional(
  matching(BASE_PATH, 'must be "" or a path such as "/v1", without a slash at its end.'),
)

const overridesSchema = z.strictObject({
  policy: z.partial(z.omit(policySchema, { endpoints: true }), { scopes: true }),
  basePath,
  schemes: z.optional(
    dictionary(
      undefined,
      z.strictObject({ token: z.boolean(), scopes: z.optional(z.literal(['all', 'any', 'ignore'])) }),
    ),
  ),
  resourceOf: z.optional(callable()),
  scopesOf: z.optional(callable()),
  endpoints: z.optional(dictionary(undefined, z.partial(endpointSchema))),
})

/**
 * The overrides as a copy, each value read once.
 *
 * @throws SetupError with every mistake of their shape.
 */
export function readOverrides(given: unknown): OpenApiOverrides {
  const copy: { [field: string]: unknown } = isObject(given) ? { ...given } : {}
  const issues = Object.entries(copy).flatMap(([field, value]) => {
    if (!isObject(value)) return []
    const plain = plainCopy(value)
    if (!plain.ok) return [issueAt([field, ...plain.at], plain.message)]
    copy[field] = plain.data
    return []
  })
  if (issues.length > 0) throw new SetupError('policyFromOpenApi', issues)
  return readOptions<OpenApiOverrides>('policyFromOpenApi', overridesSchema, isObject(given) ? copy : (given ?? null))
}
