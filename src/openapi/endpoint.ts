/**
 * One operation as an endpoint of the policy: open as the document, the rules and the table say, closed because one of them says
 * so, or closed as not reviewed. What it names: openapi/resources.ts. Which scopes it takes: openapi/security.ts and openapi/scopes.ts.
 */
import type { Endpoint, FreeParameter } from '../core/policy-data.ts'
import type { Tell } from '../core/setup.ts'
import type { Operation } from './operations.ts'
import type { EndpointOverride, OpenApiOverrides } from './overrides.ts'
import type { OpenApiDocument } from './read.ts'
import type { ReportedOperation, ReportReason } from './report.ts'
import { type Resources, resourcesOf } from './resources.ts'
import { asScopes, scopesOf } from './scopes.ts'
import { securityOf } from './security.ts'

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
  const ofHost = hostReasons(given)
  if (said.public) return { ...head, outcome: 'mapped', endpoint: publicEndpoint(operation, said), reasons: [] }
  if (security.access === 'public' && !said.scopes && said.closed === undefined) {
    const reasons = [...ofHost, ...publicReasons(said, resources)]
    if (reasons.length > 0) return notReviewed(given, head, resources, reasons)
    return { ...head, outcome: 'mapped', endpoint: publicEndpoint(operation, said), reasons: [] }
  }
  const { scopes, reasons: ofScopes } = said.scopes
    ? { scopes: said.scopes, reasons: [] }
    : scopesOf(security, operation, overrides, tell)
  const closed = said.closed ?? (security.access === 'closed' && !said.scopes ? CLOSED : undefined)
  if (closed !== undefined)
    return { ...head, outcome: 'mapped', endpoint: closedEndpoint(given, resources, closed), reasons: [] }
  const reasons = [...ofHost, ...ofScopes, ...resources.reasons]
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

/** What keeps an operation for which the document asks for no token from being public. */
function publicReasons({ names }: EndpointOverride, resources: Resources): readonly ReportReason[] {
  if (names === 'nothing') return []
  // That nothing in it is a resource is what is right here.
  const reasons = resources.reasons.filter(({ code }) => code !== 'names_unsaid')
  if (names === undefined && resources.count === 0) return reasons
  const message = 'The document says that it needs no token, and it names a resource.'
  return [{ code: 'security_contradiction', message, write: "scopes: […], or names: 'nothing'." }, ...reasons]
}

/** An endpoint that needs no token. */
function publicEndpoint({ params }: Operation, said: EndpointOverride): Endpoint {
  const free = paramsOf({ ...allFree(params), ...said.params })
  return inOrder({ scopes: [], names: 'nothing', ...said, ...free, public: true })
}

/** An endpoint that refuses everything, with what is known of it. */
function closedEndpoint({ operation, override, overrides }: Given, resources: Resources, closed: string): Endpoint {
  const said = override?.value ?? {}
  const { scopes } = securityOf(operation.security, overrides.schemes ?? {})
  const names = resources.names ?? 'nothing'
  const params = resources.names ? resources.params : { ...allFree(operation.params), ...resources.params }
  return inOrder({ ...said, scopes: said.scopes ?? asScopes(scopes), names, ...paramsOf(params), closed })
}

/** The same for whoever reads it, whichever of its fields the table has. */
const inOrder = ({ scopes, names, ...rest }: Endpoint): Endpoint => ({ scopes, names, ...rest })

const allFree = (params: readonly string[]): { readonly [param: string]: FreeParameter } =>
  Object.fromEntries(params.map((param) => [param, 'any']))

const paramsOf = (params: { readonly [param: string]: FreeParameter }) => Object.keys(params).length > 0 && { params }

function hostReasons({ operation: { otherHost }, override }: Given): readonly ReportReason[] {
  const isSaid = override?.value.scopes !== undefined || override?.value.names !== undefined
  if (otherHost === undefined || isSaid) return []
  const host = otherHost === '' ? 'the one where the document lies' : otherHost
  const message = `It is served by another host than the document says, or by one that is not known: ${host}.`
  return [{ code: 'other_host', message, write: 'scopes or names, if this policy stands before that host too.' }]
}
