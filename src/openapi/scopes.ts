/** Scopes of a document in the form of a policy: those of one operation, and what the policy says of all. */
import { isDictionary } from '../core/objects.ts'
import type { Endpoint } from '../core/policy-data.ts'
import { endpointSchema, scopeName } from '../core/policy-schema.ts'
import type { Tell } from '../core/setup.ts'
import { read } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Operation } from './operations.ts'
import type { OpenApiOverrides } from './overrides.ts'
import { plainCopy } from './plain.ts'
import type { ReportCode, ReportedOperation, ReportReason } from './report.ts'
import type { ScopeSet, Security } from './security.ts'

/** Sets of scopes in the form of a policy. A set that holds another one is left out: that one is enough. */
export function asScopes(sets: readonly ScopeSet[]): Endpoint['scopes'] {
  const isCovered = (set: ScopeSet): boolean =>
    sets.some((other) => other.length < set.length && other.every((scope) => set.includes(scope)))
  return sets.filter((set) => !isCovered(set)).map((set) => (set.length === 1 ? (set[0] as string) : set))
}

/** What the rule for scopes answers: not whether a token is taken at all, which "schemes" or the table has to say. */
const ABOUT_SCOPES: readonly ReportCode[] = ['security_unsaid', 'scopes_unsaid', 'scopes_too_many']

/** The scopes of an operation that is open: those of the document, or of the caller's rule. */
export function scopesOf(
  security: Security,
  { route, object }: Operation,
  overrides: OpenApiOverrides,
  tell: Tell,
): { readonly scopes: Endpoint['scopes']; readonly reasons: readonly ReportReason[] } {
  if (security.access === 'unknown') {
    const isAsked = ABOUT_SCOPES.includes(security.reason.code)
    const given: unknown = isAsked ? overrides.scopesOf?.({ route, operation: object }) : undefined
    if (given === undefined) return { scopes: [], reasons: [security.reason] }
    const plain = plainCopy(given)
    const scopes = plain.ok ? plain.data : undefined
    const [issue] = read<unknown>(endpointSchema.shape.scopes, scopes).issues
    const field = issue?.path ? `${issue.path} ` : ''
    if (issue) tell(['scopesOf'], `gave for "${route}" what cannot be used: ${field}${issue.message}`)
    return issue ? { scopes: [], reasons: [] } : withKnown(scopes as Endpoint['scopes'], overrides)
  }
  return withKnown(asScopes(security.scopes), overrides)
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
