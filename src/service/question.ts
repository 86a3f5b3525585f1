/** A question about a token by its id, for people who do not hold the secret. The target that it means: service/route-target.ts. */
import type { Actor } from '../core/actor.ts'
import { type Inputs, parseInput } from './input.ts'

/** What a token may do, asked by an admin of its plan: with a method and a URL path, or with a route of the policy. */
export type Question<Route extends string = string> = {
  readonly actor: string | Actor
  readonly id: string
  readonly body?: unknown
} & (
  | { readonly method: string; readonly url: string }
  | { readonly route: Route; readonly params?: { readonly [name: string]: string }; readonly query?: string }
)

type ParsedQuestion = Inputs['askByUrl'] | Inputs['askByRoute']

/** Reads a question, or throws `invalid_input`. */
export function parseQuestion(input: Question): ParsedQuestion {
  return Object.hasOwn(input ?? {}, 'route') ? parseInput('askByRoute', input) : parseInput('askByUrl', input)
}
