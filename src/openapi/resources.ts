/**
 * Which resources an operation names: by the table of overrides, by `x-plan-resource`, or by the caller's rule. Nothing is
 * guessed: what nobody says is a reason for the report. Security: openapi/security.ts.
 */
import * as z from 'zod/mini'
import type { Issue } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'
import { BODILESS } from '../core/policy-check.ts'
import type { FreeParameter, NamedResource, Names, Source } from '../core/policy-data.ts'
import { namedResource } from '../core/policy-schema.ts'
import { PLAN_KIND } from '../core/resources.ts'
import type { Tell } from '../core/setup.ts'
import { read } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import { type Body, bodyOf } from './body.ts'
import type { Operation } from './operations.ts'
import type { AskedParameter, EndpointOverride, OpenApiOverrides } from './overrides.ts'
import type { OpenApiDocument } from './read.ts'
import type { ReportReason } from './report.ts'

/** What is known of the resources of an operation. */
export interface Resources {
  /** What it names; `undefined` if that is not known, and the reasons say why. */
  readonly names: Names | undefined
  /** How many resources were found. */
  readonly count: number
  /** Its free parameters, as far as they are known. */
  readonly params: { readonly [param: string]: FreeParameter }
  readonly reasons: readonly ReportReason[]
  /** What a reviewer should know of it. */
  readonly notes: readonly ReportReason[]
}

interface Candidate extends AskedParameter {
  readonly source: string
  readonly extension: unknown
}

type Answer = NamedResource | 'free'

const answerSchema = z.partial(namedResource, { at: true })
const EXTENSION = 'x-plan-resource'

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
    checkSources(listOf(said), candidates, body, (at, message) =>
      tell(['endpoints', override.key, 'names', ...at], message),
    )
  const resources = said === undefined ? named : listOf(said)
  const unanswered = operation.params.filter(
    (param) => !Object.hasOwn(params, param) && !sourcesOf(resources).includes(`path:${param}`),
  )
  const reasons = [
    ...unanswered.map(unansweredReason),
    ...(said === undefined ? problemsOf(operation, candidates, body, named) : []),
  ]
  if (said === undefined && named.length === 0 && unanswered.length === 0) reasons.push(NAMES_UNSAID)
  const known = { count: resources.length, params, reasons }
  if (reasons.length > 0) return { ...known, names: undefined, notes: [] }
  return said === undefined ? { ...known, ...namesOf(named, candidates) } : { ...known, names: said, notes: [] }
}

const NAMES_UNSAID: ReportReason = {
  code: 'names_unsaid',
  message: 'Nothing in it is known to name a resource.',
  write: "names: 'plan', 'nothing', or a list.",
}

const unansweredReason = (param: string): ReportReason => ({
  code: 'parameter_unanswered',
  message: `Nobody says what the parameter "${param}" is.`,
  write: `names: [{ kind: '…', at: 'path:${param}' }] or params: { ${param}: 'any' }.`,
})

/**
 * Parameters and fields that may name a resource: those of the route in its order, of the query, of the body. A parameter of the
 * route that the document does not describe is one too.
 */
function candidatesOf({ params, parameters }: Operation, body: Body | undefined): readonly Candidate[] {
  const ofPath = params.map((name) => {
    const source = `path:${name}`
    const described = parameters.find((one) => one.source === source)
    return described ?? { name, in: 'path' as const, source, required: true, schema: undefined, extension: undefined }
  })
  const ofQuery = parameters.filter(({ in: place }) => place === 'query')
  const fields = body?.fields.map((field) => ({ ...field, in: 'body' as const, source: `body:${field.name}` })) ?? []
  return [...ofPath, ...ofQuery, ...fields]
}

interface Asking {
  readonly operation: Operation
  readonly candidates: readonly Candidate[]
  readonly body: Body | undefined
  readonly overrides: OpenApiOverrides
  readonly free: { readonly [param: string]: unknown }
  readonly tell: Tell
}

/** What is said of each candidate of which something is said. */
function answersOf(asking: Asking): ReadonlyMap<string, Answer> {
  const { operation, candidates, overrides, free, tell } = asking
  const { route, at, object } = operation
  const inDocument: Tell = (place, message) => tell(['document', ...at, ...place], message)
  const answers = new Map<string, Answer>()
  for (const resource of operationExtension(asking, inDocument)) {
    if (answers.has(resource.at)) inDocument([EXTENSION], `names ${resource.at} twice.`)
    answers.set(resource.at, resource)
  }
  for (const candidate of candidates) {
    const { source, extension, name, in: place, required, schema } = candidate
    if (place === 'path' && Object.hasOwn(free, source.slice(5))) {
      answers.delete(source)
    } else if (extension !== undefined) {
      if (answers.has(source)) inDocument([EXTENSION], `names ${source} twice.`)
      const answer = readAnswer(extension, candidate, overrides, (at, message) =>
        inDocument([source, EXTENSION, ...at], message),
      )
      if (answer) answers.set(source, answer)
    } else if (!answers.has(source) && overrides.resourceOf) {
      const given: unknown = overrides.resourceOf({
        route,
        operation: object,
        parameter: { name, in: place, required, schema },
      })
      const answer = readAnswer(given, candidate, overrides, (at, message) => {
        const field = at.length > 0 ? ` ${at.join('.')}` : ''
        tell(['resourceOf'], `gave for ${source} of "${route}" what cannot be used:${field} ${message}`)
      })
      if (answer) answers.set(source, answer)
    }
  }
  return answers
}

/** The resources that the operation's own extension names: one, or a list, each with its `at`. */
function operationExtension({ operation, candidates, body, overrides }: Asking, tell: Tell): readonly NamedResource[] {
  const extension = (operation.object as { readonly [field: string]: unknown })[EXTENSION]
  if (extension === undefined) return []
  const list: readonly unknown[] = Array.isArray(extension) ? extension : [extension]
  const read = list.map((one, i) => {
    const inList: Tell = (at, message) => tell([EXTENSION, ...(Array.isArray(extension) ? [i] : []), ...at], message)
    return readResource<NamedResource>(one, namedResource, overrides, inList)
  })
  const resources = read.filter((one) => one !== undefined)
  checkSources(resources, candidates, body, (at, message) => tell([EXTENSION, ...at], message))
  return resources
}

/** What an extension of a parameter or a rule says: a resource, `'free'`, or nothing. */
function readAnswer(
  given: unknown,
  { source }: Candidate,
  overrides: OpenApiOverrides,
  tell: Tell,
): Answer | undefined {
  if (given === undefined || given === 'free') return given
  const resource = readResource<Partial<NamedResource>>(given, answerSchema, overrides, tell)
  if (resource?.at !== undefined && resource.at !== source) tell(['at'], `must be left out, or be "${source}".`)
  return resource && ({ ...resource, at: source as Source } as NamedResource)
}

function readResource<T extends Partial<NamedResource>>(
  given: unknown,
  schema: typeof namedResource | typeof answerSchema,
  { policy }: OpenApiOverrides,
  tell: Tell,
): T | undefined {
  if (!isDictionary(given)) {
    tell([], 'must be "free" or an object: { kind, at, within }.')
    return undefined
  }
  const copy = { ...given }
  const { issues }: { readonly issues: readonly Issue[] } = read(schema, copy)
  for (const { at, message } of issues) tell(at, message)
  if (issues.length > 0) return undefined
  const { kind } = copy as unknown as NamedResource
  const kinds = [...Object.keys(policy.kinds), PLAN_KIND]
  for (const one of typeof kind === 'string' ? [kind] : kind.of) {
    if (!kinds.includes(one))
      tell(['kind'], `names the kind "${one}", which the policy lacks.${didYouMean(one, kinds)}`)
  }
  return copy as unknown as T
}

/** Tells of sources that the operation does not have. A body that may hold anything may hold them too. */
function checkSources(
  resources: readonly NamedResource[],
  candidates: readonly Candidate[],
  body: Body | undefined,
  tell: Tell,
): void {
  const known = candidates.map(({ source }) => source)
  for (const source of sourcesOf(resources)) {
    if (known.includes(source) || (source.startsWith('body:') && body?.isOpen)) continue
    tell([], `names "${source}", which the operation does not have in the document.${didYouMean(source, known)}`)
  }
}

/** What keeps resources that were found from being read, or from being read in one way. */
function problemsOf(
  { method, params }: Operation,
  candidates: readonly Candidate[],
  body: Body | undefined,
  named: readonly NamedResource[],
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
    const alike = candidates.find((one) => one.source !== source && one.source.toLowerCase() === source.toLowerCase())
    if (alike) {
      const message = `${source} names a resource, and ${alike.source} differs from it by letter case alone.`
      reasons.push({ code: 'source_ambiguous', message })
    }
  }
  if (new Set(params.map((param) => param.toLowerCase())).size < params.length && reasons.length === 0)
    reasons.push({ code: 'source_ambiguous', message: 'Parameters of its path differ by letter case alone.' })
  return reasons
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
        write: "names: { anyOf: […], none: 'plan' } where that asks for the whole plan.",
      },
    ],
  }
}

const listOf = (names: Names): readonly NamedResource[] =>
  typeof names === 'string' ? [] : 'anyOf' in names ? names.anyOf : names

const sourcesOf = (resources: readonly NamedResource[]): readonly string[] =>
  resources.flatMap(({ kind, at }) => (typeof kind === 'string' ? [at] : [at, kind.from]))
