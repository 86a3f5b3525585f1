/**
 * What is said of each parameter and field of an operation that may name a resource: by `x-plan-resource`, or by the caller's rule.
 * What follows from it: openapi/resources.ts.
 */
import * as z from 'zod/mini'
import { isDictionary } from '../core/objects.ts'
import type { NamedResource, Source } from '../core/policy-data.ts'
import { namedResource } from '../core/policy-schema.ts'
import { PLAN_KIND } from '../core/resources.ts'
import type { Tell } from '../core/setup.ts'
import { read } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Body } from './body.ts'
import type { Operation } from './operations.ts'
import type { AskedParameter, OpenApiOverrides } from './overrides.ts'
import { plainCopy } from './plain.ts'
import { EXTENSION } from './unread.ts'

/** A parameter or a field that may name a resource. */
export interface Candidate extends AskedParameter {
  readonly source: string
  readonly extension: unknown
}

/** What is said of one. */
export type Answer = NamedResource | 'free'

const answerSchema = z.partial(namedResource, { at: true })

/**
 * Parameters and fields that may name a resource: those of the route in its order, of the query, of the body. A parameter of the
 * route that the document does not describe is one too.
 */
export function candidatesOf({ params, parameters }: Operation, body: Body | undefined): readonly Candidate[] {
  const ofPath = params.map((name) => {
    const source = `path:${name}`
    const described = parameters.find((one) => one.source === source)
    return described ?? { name, in: 'path' as const, source, required: true, schema: undefined, extension: undefined }
  })
  const ofQuery = parameters.filter(({ in: place }) => place === 'query')
  const fields = body?.fields.map((field) => ({ ...field, in: 'body' as const, source: `body:${field.name}` })) ?? []
  return [...ofPath, ...ofQuery, ...fields]
}

/** What is asked about, and who answers. */
export interface AnswerInput {
  readonly operation: Operation
  readonly candidates: readonly Candidate[]
  readonly body: Body | undefined
  readonly overrides: OpenApiOverrides
  readonly free: { readonly [param: string]: unknown }
  readonly tell: Tell
}

/** What is said of each candidate of which something is said. */
export function answersOf(asking: AnswerInput): ReadonlyMap<string, Answer> {
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
function operationExtension(
  { operation, candidates, body, overrides }: AnswerInput,
  tell: Tell,
): readonly NamedResource[] {
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
  const plain = plainCopy(given)
  if (!plain.ok || !isDictionary(plain.data)) {
    const isWhole = schema === namedResource
    tell([], isWhole ? 'must be { kind, at, within }, or a list of these.' : 'must be "free" or { kind, at, within }.')
    return undefined
  }
  const { issues } = read<unknown>(schema, plain.data)
  for (const { at, message } of issues) tell(at, message)
  if (issues.length > 0) return undefined
  const { kind } = plain.data as unknown as NamedResource
  const kinds = [...Object.keys(policy.kinds), PLAN_KIND]
  for (const one of typeof kind === 'string' ? [kind] : kind.of) {
    if (!kinds.includes(one))
      tell(['kind'], `names the kind "${one}", which the policy lacks.${didYouMean(one, kinds)}`)
  }
  return plain.data as unknown as T
}

/** Tells of sources that the operation does not have. A body that may hold anything may hold them too. */
export function checkSources(
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

/** Where resources, and their kinds, are read. */
export const sourcesOf = (resources: readonly NamedResource[]): readonly string[] =>
  resources.flatMap(({ kind, at }) => (typeof kind === 'string' ? [at] : [at, kind.from]))
