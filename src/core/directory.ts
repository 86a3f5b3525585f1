/**
 * Reads what the directory answers, strictly: what has not the shape of the port (ports.ts) is a fault, told in words that name
 * the method, the field, what came and what was expected. Nothing is copied, since plans and places are read for each request.
 */
import { DirectoryError } from './errors.ts'
import { isDictionary } from './objects.ts'
import { isResourceRef, type Place } from './resources.ts'

/** What the directory said of a plan, judged. */
export interface PlanAnswer {
  readonly id: string
  readonly tier: string
  readonly suspended?: boolean | null
}

/**
 * A plan, or `undefined` if there is none.
 *
 * @throws DirectoryError for any other answer.
 */
export function readPlan(answer: unknown): PlanAnswer | undefined {
  if (answer === undefined || answer === null) return undefined
  if (!isDictionary(answer)) return unreadable('plan', '', answer, '{ id, tier } or undefined')
  const { id, tier, suspended } = answer
  if (!isText(id)) return unreadable('plan', 'id', id, 'text')
  if (!isText(tier)) return unreadable('plan', 'tier', tier, 'text')
  if (suspended !== undefined && suspended !== null && typeof suspended !== 'boolean')
    return unreadable('plan', 'suspended', suspended, 'true, false or nothing')
  return answer as unknown as PlanAnswer
}

/**
 * A place, or `'absent'` for a resource that does not exist, or in no plan that can be named.
 *
 * @throws DirectoryError for any other answer.
 */
export function readPlace(answer: unknown): Place | 'absent' {
  if (answer === undefined || answer === null) return 'absent'
  if (!isDictionary(answer)) return unreadable('locate', '', answer, '{ planId, ancestors } or undefined')
  const { planId, ancestors } = answer
  if (!isText(planId)) return unreadable('locate', 'planId', planId, 'text')
  if (!Array.isArray(ancestors)) return unreadable('locate', 'ancestors', ancestors, 'a list of { kind, id }')
  for (let i = 0; i < ancestors.length; i++) if (!isResourceRef(ancestors[i])) return badAncestor(ancestors[i], i)
  return answer as unknown as Place
}

/**
 * What is wrong with the answer of `isPlanAdmin`, if anything is. Only `true` lets anybody in, so that a wrong answer is a no
 * all the same.
 */
export function isPlanAdminProblem(answer: unknown): DirectoryError | undefined {
  if (answer === undefined || answer === null || typeof answer === 'boolean') return undefined
  return new DirectoryError(sentence('isPlanAdmin', '', answer, 'true or false'))
}

/** The kind of a value, in words; never the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (value === '') return 'empty text'
  const kind = typeof value
  if (kind === 'string') return 'text'
  if (kind === 'boolean') return 'true or false'
  return kind === 'object' ? 'an object' : `a ${kind}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function badAncestor(ancestor: unknown, i: number): never {
  const at = `ancestors[${i}]`
  if (!isDictionary(ancestor)) return unreadable('locate', at, ancestor, '{ kind, id }')
  const field = isText(ancestor.kind) ? 'id' : 'kind'
  return unreadable('locate', `${at}.${field}`, ancestor[field], 'text')
}

function unreadable(method: string, field: string, came: unknown, expected: string): never {
  throw new DirectoryError(sentence(method, field, came, expected))
}

function sentence(method: string, field: string, came: unknown, expected: string): string {
  const isNumber = typeof came === 'number' || typeof came === 'bigint'
  const hint = isNumber && expected === 'text' ? ` Give it as String(${field.split('.').at(-1)}).` : ''
  return `directory.${method}() gave ${kindOf(came)}${field && ` as ${field}`}, where ${expected} was expected.${hint}`
}
