/**
 * Which resources an operation names: by the table of overrides, or by what openapi/answers.ts finds. Nothing is guessed: what
 * nobody says is a reason for the report. Security: openapi/security.ts.
 */

import { mayBeNumber } from '../core/kinds.ts'
import { foldName } from '../core/letter-case.ts'
import { isObject } from '../core/objects.ts'
import { BODILESS } from '../core/policy-check.ts'
import type { FreeParameter, NamedResource, Names } from '../core/policy-data.ts'
import { resourcesIn } from '../core/policy-names.ts'
import { namedResource } from '../core/policy-schema.ts'
import { PLAN_KIND } from '../core/resources.ts'
import type { Tell } from '../core/setup.ts'
import { read } from '../core/shape.ts'
import { answersOf, type Candidate, candidatesOf, checkSources, sourcesOf } from './answers.ts'
import { type Body, bodyOf } from './body.ts'
import type { Operation } from './operations.ts'
import type { EndpointOverride, OpenApiOverrides } from './overrides.ts'
import type { OpenApiDocument } from './read.ts'
import type { ReportReason } from './report.ts'

/** What is known of the resources of an operation. */
export interface Resources {
  /** What it names; `undefined` if that is not known, and the reasons say why. */
  readonly names: Names | undefined
  /** How many resources were found, those that could not be read among them. */
  readonly count: number
  /** Its free parameters, as far as they are known. */
  readonly params: { readonly [param: string]: FreeParameter }
  readonly reasons: readonly ReportReason[]
  /** What a reviewer should know of it. */
  readonly notes: readonly ReportReason[]
}

/**
 * Finds what an operation names.
 *
 * @param override what the table says of it, and its key.
 * @param tell is told of mistakes of the caller, and of wrong extensions.
 */
export function resourcesOf(
  document: OpenApiDocument,
  operation: Operation,
  overrides: OpenApiOverrides,
  override: { readonly key: string; readonly value: EndpointOverride } | undefined,
  tell: Tell,
): Resources {
  const body = bodyOf(document, operation.object)
  const candidates = candidatesOf(operation, body)
  const { names: said, params: free = {} } = override?.value ?? {}
  const answers = answersOf({ operation, candidates, body, overrides, free, tell })
  const params: { [param: string]: FreeParameter } = {}
  for (const param of operation.params) {
    const isFree = Object.hasOwn(free, param)
    if (isFree || answers.get(`path:${param}`) === 'free') params[param] = (isFree && free[param]) || 'any'
  }
  const sources = new Set([...candidates.map(({ source }) => source), ...answers.keys()])
  const named = [...sources].flatMap((source) => {
    const answer = answers.get(source)
    return answer === undefined || answer === 'free' ? [] : [answer]
  })
  if (override && said !== undefined)
    checkSources(resourcesIn(said), candidates, body, (at, message) =>
      tell(['endpoints', override.key, 'names', ...at], message),
    )
  const resources = said === undefined ? named : resourcesIn(said)
  const unanswered = operation.params.filter(
    (param) => !Object.hasOwn(params, param) && !sourcesOf(resources).includes(`path:${param}`),
  )
  const unread = said === undefined ? unreadReasons(operation, body) : []
  const reasons = [
    ...unanswered.map(unansweredReason),
    ...unread,
    ...(said === undefined ? problemsOf(operation, candidates, body, named, overrides) : []),
  ]
  if (said === undefined && named.length === 0 && unanswered.length + unread.length === 0) reasons.push(NAMES_UNSAID)
  const known = { count: resources.length + unread.length, params, reasons }
  if (reasons.length > 0) return { ...known, names: undefined, notes: [] }
  return said === undefined ? { ...known, ...namesOf(named, candidates) } : { ...known, names: said, notes: [] }
}

const NAMES_UNSAID: ReportReason = {
  code: 'names_unsaid',
  message: 'Nothing in it is known to name a resource.',
  write: "names: 'plan', 'filtered', 'nothing', or a list.",
}

const unansweredReason = (param: string): ReportReason => ({
  code: 'parameter_unanswered',
  message: `Nobody says what the parameter "${param}" is.`,
  write: `names: [{ kind: '…', at: 'path:${param}' }] (kind 'plan' if it is the id of the plan), or params: { ${param}: 'any' } if it is the id of nothing.`,
})

/** That the document says something of resources which is not read, or can be read in two ways. */
function unreadReasons({ isUnread }: Operation, body: Body | undefined): readonly ReportReason[] {
  const write = 'names: a list of what it names.'
  const reasons: ReportReason[] = []
  if (isUnread || body?.isUnread) {
    const message =
      'It leads to an extension "x-plan-…" that is not read: one is at a parameter of path or query, at a field of a JSON body beside no "$ref", or at the operation.'
    reasons.push({ code: 'source_unreadable', message, write })
  }
  if (body?.isTooLarge) {
    const message = 'Its body, or those of the document together, are put together of more schemas than are looked at.'
    reasons.push({ code: 'source_unreadable', message, write })
  }
  for (const field of body?.contradicted ?? [])
    reasons.push({ code: 'source_unreadable', message: `The document says two things of body:${field}.`, write })
  return reasons
}

/** What keeps resources that were found from being read, or from being read in one way. */
function problemsOf(
  { method, params }: Operation,
  candidates: readonly Candidate[],
  body: Body | undefined,
  named: readonly NamedResource[],
  { policy }: OpenApiOverrides,
): ReportReason[] {
  const reasons: ReportReason[] = []
  const unreadable = (message: string): void => void reasons.push({ code: 'source_unreadable', message })
  for (const { at, within } of named) {
    if (read(namedResource, { kind: PLAN_KIND, at }).issues.length > 0)
      unreadable(`A policy has no way to write ${at}, where a resource stands.`)
    if (within !== undefined && !named.some((other) => other.at === within && other.at !== at)) {
      const message = `The resource at ${at} should be within ${within}, which names none here.`
      reasons.push({ code: 'within_missing', message, write: 'names: [ both of them ].' })
    }
  }
  for (const source of sourcesOf(named)) {
    if (source.startsWith('body:') && BODILESS.has(method))
      unreadable(`${source} names a resource, and ${method} has no body.`)
    else if (source.startsWith('body:') && !body?.isJson)
      unreadable(`${source} names a resource, and the body is no JSON.`)
    const candidate = candidates.find((one) => one.source === source)
    if (!candidate && !(source.startsWith('body:') && body?.isOpen))
      unreadable(`${source} says which kind a resource is of, and the operation does not have it.`)
    else if (candidate) {
      const own = named.find(({ at }) => at === source)
      const takesNumbers = own !== undefined && mayBeNumber(own, policy.kinds)
      if (!isOneId(candidate, takesNumbers))
        unreadable(
          `${source} names a resource, and by its schema it is no single text${takesNumbers ? ' or whole number' : ''}.`,
        )
    }
    const alike = candidates.find((one) => one.source !== source && foldSource(one.source) === foldSource(source))
    if (alike) {
      const message = `${source} names a resource, and ${alike.source} is another spelling of it, which a request must not have beside it.`
      reasons.push({ code: 'source_ambiguous', message })
    }
  }
  if (new Set(params.map((param) => param.toLowerCase())).size < params.length && reasons.length === 0)
    reasons.push({ code: 'source_ambiguous', message: 'Parameters of its path differ by letter case alone.' })
  return reasons
}

/** One spelling for all that the engine takes for the same: core/letter-case.ts. Each name of a way into a body by itself. */
const foldSource = (source: string): string =>
  source
    .split(/([:.])/)
    .map(foldName)
    .join('')

/** Whether a value can be one id: in a body text, or a whole number where ids are numbers; elsewhere no list and no object. */
function isOneId({ in: place, schema }: Candidate, takesNumbers: boolean): boolean {
  const written: { readonly type?: unknown; readonly items?: unknown } = schema ?? {}
  const { type } =
    place === 'body' && isObject(written.items) ? (written.items as { readonly type?: unknown }) : written
  const types: readonly unknown[] = Array.isArray(type) ? type : type === undefined ? [] : [type]
  const noText = takesNumbers ? ['number', 'boolean'] : ['integer', 'number', 'boolean']
  const wrong = ['array', 'object', ...(place === 'body' ? noText : [])]
  return !types.some((one) => wrong.includes(String(one)))
}

/** All of them, or those that are there where one may be left out. */
function namesOf(
  named: readonly NamedResource[],
  candidates: readonly Candidate[],
): { readonly names: Names; readonly notes: readonly ReportReason[] } {
  const optional = sourcesOf(named).filter((source) => !candidates.some((one) => one.source === source && one.required))
  if (optional.length === 0) return { names: named, notes: [] }
  const message = `May be left out: ${optional.join(', ')}. A request that names no resource at all is refused.`
  return {
    names: { anyOf: named, none: 'refuse' },
    notes: [
      {
        code: 'resource_optional',
        message,
        write: "names: { anyOf: […], none: 'plan' or 'filtered' } where that asks for all of a plan.",
      },
    ],
  }
}
