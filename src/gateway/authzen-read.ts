/**
 * Messages of AuthZEN, read by its information model: unknown fields are left alone, required ones have to be there. What an
 * evaluation means to us: gateway/authzen-ask.ts.
 */
import * as z from 'zod/mini'
import { isDictionary } from '../core/objects.ts'
import { read } from '../core/shape.ts'

/** A subject or a resource. */
export interface Entity {
  readonly type: string
  readonly id: string
  readonly properties?: { readonly [name: string]: unknown }
}

/** One evaluation: may this subject do that to this resource. */
export interface Evaluation {
  readonly subject: Entity
  readonly action: { readonly name: string; readonly properties?: { readonly [name: string]: unknown } }
  readonly resource: Entity
  readonly context?: { readonly [name: string]: unknown }
}

/** What is wrong with a message or with one evaluation of it. */
export interface Refused {
  readonly refused: string
}

/** An evaluation of a list. */
export type Item = Evaluation | Refused

/** When a list of evaluations ends. */
export type Semantic = (typeof SEMANTICS)[number]
const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const

const properties = z.optional(z.looseObject({}))
const entity = z.looseObject({ type: z.string(), id: z.string(), properties })
const action = z.looseObject({ name: z.string(), properties })
const evaluationSchema = z.looseObject({ subject: entity, action, resource: entity, context: properties })
/** What all evaluations of a list have by default; a list that is empty is none. */
const evaluationsSchema = z.looseObject({
  subject: z.optional(entity),
  action: z.optional(action),
  resource: z.optional(entity),
  context: properties,
  evaluations: z.optional(z.array(z.unknown())),
  options: z.optional(z.looseObject({ evaluations_semantic: z.optional(z.literal(SEMANTICS)) })),
})

/** One evaluation. */
export function readEvaluation(value: unknown): Item {
  const refused = problemsOf(evaluationSchema, value)
  return refused ?? (value as Evaluation)
}

/** A list of evaluations, each with what it does not say itself; no `items` where there is no list, or an empty one. */
export function readEvaluations(
  value: unknown,
  most: number,
): Refused | { readonly items: readonly Item[] | undefined; readonly semantic: Semantic } {
  const refused = problemsOf(evaluationsSchema, value)
  if (refused) return refused
  const { evaluations = [], options, subject, action, resource, context } = value as z.infer<typeof evaluationsSchema>
  const semantic = options?.evaluations_semantic ?? 'execute_all'
  if (evaluations.length > most) return { refused: `evaluations: must have ${most} entries at most.` }
  const defaults = { subject, action, resource, ...(context && { context }) }
  const items = evaluations.map((one) => readEvaluation(isDictionary(one) ? { ...defaults, ...one } : one))
  return { items: items.length === 0 ? undefined : items, semantic }
}

function problemsOf(schema: z.ZodMiniType, value: unknown): Refused | undefined {
  if (!isDictionary(value)) return { refused: 'The message must be an object.' }
  const { issues } = read(schema, value, 'stranger')
  return issues.length === 0
    ? undefined
    : { refused: issues.map(({ path, message }) => `${path}: ${message}`).join(' ') }
}
