/**
 * One operation as an endpoint of the policy: open as the document, the rules and the table say, closed because one of them says
 * so, or closed as not reviewed. What it names: openapi/resources.ts. Which scopes it takes: openapi/security.ts.
 */
import { isDictionary } from '../core/objects.ts'
import type { Endpoint, FreeParameter } from '../core/policy-data.ts'
import { endpointSchema, scopeName } from '../core/policy-schema.ts'
import type { Tell } from '../core/setup.ts'
import { read } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Operation } from './operations.ts'
import type { EndpointOverride, OpenApiOverrides } from './overrides.ts'
import type { OpenApiDocument } from './read.ts'
import type { ReportedOperation, ReportReason } from './report.ts'
import { type Resources, resourcesOf } from './resources.ts'
import { type ScopeSet, type Security, securityOf } from './security.ts'

const NOT_REVIEWED = 'not reviewed'
const CLOSED = 'the document does not open it to tokens of a plan'

/** What the table says of an operation, and under which key. */
export interface Override {
  readonly key: string
  readonly value: EndpointOverride
}

interface Given {
  readonly document: OpenApiDocument
  readonly operation: Operation
  readonly overrides: OpenApiOverrides
  readonly override: Override | undefined
  readonly tell: Tell
}

/** What becomes of an operation. */
export function reportedOf(given: Given): ReportedOperation {
  const { document, operation, overrides, override, tell } = given
  const { route, leftOut, object } = operation
  const head = { route, ...(object.operationId !== undefined && { operationId: object.operationId }) }
  if (leftOut) return { ...head, outcome: 'left_out', reasons: [leftOut] }
  const said = override?.value ?? {}
  const security = securityOf(operation.security, overrides.schemes ?? {})
  const resources = resourcesOf(document, operation, overrides, override, tell)
  if (security.access === 'public' && !said.scopes && said.closed === undefined) {
    const namesNothing = said.names === undefined ? resources.count === 0 : said.names === 'nothing'
    if (namesNothing) return { ...head, outcome: 'mapped', endpoint: publicEndpoint(operation, said), reasons: [] }
    const message = 'The document says that it needs no token, and it names a resource.'
    return notReviewed(given, head, resources, [
      { code: 'security_contradiction', message, write: "scopes: […], or names: 'nothing'." },
    ])
  }
  const { scopes, reasons: ofScopes } = said.scopes ? { scopes: said.scopes, reasons: [] } : scopesOf(security, given)
  const closed = said.closed ?? (security.access === 'closed' && !said.scopes ? CLOSED : undefined)
  if (closed !== undefined)
    return { ...head, outcome: 'mapped', endpoint: closedEndpoint(given, resources, closed), reasons: [] }
  const reasons = [...hostReasons(given), ...ofScopes, ...resources.reasons]
  if (reasons.length > 0 || !resources.names) return notReviewed(given, head, resources, reasons)
  const endpoint = inOrder({ ...said, scopes, names: resources.names, ...paramsOf(resources.params) })
  return { ...head, outcome: 'mapped', endpoint, reasons: resources.notes }
}

function notReviewed(
  given: Given,
  head: Pick<ReportedOperation, 'route' | 'operationId'>,
  resources: Resources,
  reasons: readonly ReportReason[],
): ReportedOperation {
  return { ...head, outcome: 'not_reviewed', endpoint: closedEndpoint(given, resources, NOT_REVIEWED), reasons }
}

/** An endpoint that needs no token. */
function publicEndpoint({ params }: Operation, said: EndpointOverride): Endpoint {
  return inOrder({ ...said, scopes: [], names: 'nothing', ...paramsOf({ ...allFree(params), ...said.params }) })
}

/** An endpoint that refuses everything, with what is known of it. */
function closedEndpoint({ operation, override, overrides }: Given, resources: Resources, closed: string): Endpoint {
  const said = override?.value ?? {}
  const { scopes } = securityOf(operation.security, overrides.schemes ?? {})
  const names = resources.names ?? 'nothing'
  const params = resources.names ? resources.params : { ...allFree(operation.params), ...resources.params }
  return inOrder({ ...said, scopes: said.scopes ?? asScopes(scopes) ?? [], names, ...paramsOf(params), closed })
}

/** The same for whoever reads it, whichever of its fields the table has. */
const inOrder = ({ scopes, names, ...rest }: Endpoint): Endpoint => ({ scopes, names, ...rest })

const allFree = (params: readonly string[]): { readonly [param: string]: FreeParameter } =>
  Object.fromEntries(params.map((param) => [param, 'any']))

const paramsOf = (params: { readonly [param: string]: FreeParameter }) => Object.keys(params).length > 0 && { params }

/** Sets of scopes in the form of a policy; `undefined` where it has none. */
function asScopes(sets: readonly ScopeSet[]): Endpoint['scopes'] | undefined {
  return sets.every((set) => set.length === 1) ? sets.flat() : undefined
}

/** The scopes of an operation that is open: those of the document, or of the caller's rule. */
function scopesOf(
  security: Security,
  { operation: { route, object }, overrides, tell }: Given,
): { readonly scopes: Endpoint['scopes']; readonly reasons: readonly ReportReason[] } {
  if (security.access === 'unknown') {
    const given: unknown = overrides.scopesOf?.({ route, operation: object })
    if (given === undefined) return { scopes: [], reasons: [security.reason] }
    const [issue] = read(endpointSchema.shape.scopes, given).issues
    if (issue) tell(['scopesOf'], `gave for "${route}" what cannot be used: ${issue.path} ${issue.message}`)
    return issue ? { scopes: [], reasons: [] } : withKnown(structuredClone(given) as Endpoint['scopes'], overrides)
  }
  const scopes = security.access === 'public' ? [] : asScopes(security.scopes)
  if (scopes) return withKnown(scopes, overrides)
  const message = 'It needs several scopes together, which a policy cannot say.'
  return { scopes: [], reasons: [{ code: 'scopes_together', message, write: 'scopes: […].' }] }
}

/** Scopes, or that the policy lacks some of them. */
function withKnown(
  scopes: Endpoint['scopes'],
  { policy }: OpenApiOverrides,
): { readonly scopes: Endpoint['scopes']; readonly reasons: readonly ReportReason[] } {
  const known = policy.scopes && [...Object.keys(policy.scopes), ...Object.keys(policy.reserved ?? {})]
  const unknown = scopes
    .flat()
    .filter((scope) => (known ? !known.includes(scope) : read(scopeName, scope).issues.length > 0))
  if (unknown.length === 0) return { scopes, reasons: [] }
  const list = unknown.map((scope) => JSON.stringify(scope)).join(', ')
  if (!known)
    return {
      scopes,
      reasons: [
        { code: 'scopes_unknown', message: `It asks for ${list}, which can be no scope.`, write: 'scopes: […].' },
      ],
    }
  const hint = didYouMean(unknown[0] ?? '', known)
  const message = `It asks for ${list}, which the policy lacks.${hint}`
  return { scopes, reasons: [{ code: 'scopes_unknown', message, write: 'policy.scopes or policy.reserved: with it.' }] }
}

function hostReasons({ operation: { otherHost }, override }: Given): readonly ReportReason[] {
  if (otherHost === undefined || override) return []
  const message = `It is served by another host, ${otherHost}.`
  return [{ code: 'other_host', message, write: 'scopes and names, if this policy stands before that host too.' }]
}

/** The scopes that open endpoints of a document take, with what the document says of them. */
export function scopeInfos(
  schemes: { readonly [name: string]: unknown },
  reported: readonly ReportedOperation[],
  isReserved: (scope: string) => boolean,
): { readonly [scope: string]: { readonly title?: string } } {
  const titles = new Map(Object.values(schemes).flatMap(titlesOf))
  const open = reported.flatMap(({ endpoint }) =>
    endpoint && endpoint.closed === undefined ? endpoint.scopes.flat() : [],
  )
  return Object.fromEntries(
    [...new Set(open)]
      .filter((scope) => !isReserved(scope))
      .map((scope) => {
        const title = titles.get(scope)
        return [scope, { ...(title !== undefined && { title }) }]
      }),
  )
}

/** The first line of what a scheme says of each of its scopes. */
function titlesOf(scheme: unknown): readonly (readonly [scope: string, title: string])[] {
  if (!isDictionary(scheme) || !isDictionary(scheme.flows)) return []
  return Object.values(scheme.flows)
    .flatMap((flow) => (isDictionary(flow) && isDictionary(flow.scopes) ? Object.entries(flow.scopes) : []))
    .flatMap(([scope, said]) => {
      const [title] = typeof said === 'string' ? said.trim().split('\n') : []
      return title ? [[scope, title] as const] : []
    })
}
