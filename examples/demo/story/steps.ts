/**
 * What a step of the story is: what is done, and, as data beside it, what must come of it. Nothing here asks the engine what
 * is right. Who takes the steps: stage.ts.
 */
import type { ManagementCode, RefusalCode, RefusalStatus, Secret } from 'plan-access-tokens'
import type { Answer } from '../client.ts'

/** Somebody who sends a secret, under the name by which the story speaks of it. */
export interface Holder {
  readonly name: string
  readonly id: string
  readonly secret: Secret
}

/** Status and code of an answer, such as `'403 scope_missing'`. */
type Outcome = '200 allowed' | `${RefusalStatus} ${RefusalCode}`

/** A request, and how it must be answered. */
export interface RequestStep {
  readonly by: Holder | 'nobody'
  /** Method and target. */
  readonly request: string
  readonly expect: Outcome
  /** In one sentence, why. */
  readonly why: string
  /** The resources that the server must have read, for an allowed request. */
  readonly reads?: string
  readonly body?: unknown
  /** Default: `X-Figma-Token`; the registry takes bearer tokens alone. */
  readonly via?: 'bearer'
  /** Further headers, or others in place of the credential's. */
  readonly headers?: Readonly<Record<string, string>>
  /** Headers that the answer must carry. */
  readonly carries?: Readonly<Record<string, string | RegExp>>
  /** An answer that this one must not be told from. */
  readonly sameAs?: Answer
  /** Default: `api`. */
  readonly to?: 'api' | 'registry'
}

/** A management call that must succeed, and fields of what it must give. */
export interface CallStep {
  readonly who: string
  readonly call: string
  readonly why: string
  readonly gives: Readonly<Record<string, unknown>>
}

/** A management call that must fail, and where its input is wrong. */
export interface RefusedCallStep {
  readonly who: string
  readonly call: string
  readonly why: string
  readonly expect: `${number} ${ManagementCode}`
  readonly at?: readonly string[]
}

/** Headers that every answer of a status must carry. */
const REQUIRED: readonly { readonly status: number | 'any'; readonly header: string; readonly value: RegExp }[] = [
  { status: 'any', header: 'Cache-Control', value: /^no-store$/ },
  { status: 'any', header: 'Vary', value: /Authorization/ },
  { status: 401, header: 'WWW-Authenticate', value: /^Bearer realm="/ },
  { status: 503, header: 'Retry-After', value: /^[1-9]\d*$/ },
]

/** What is wrong with an answer whose status and code are right. */
export function differences(step: RequestStep, answer: Answer): readonly string[] {
  const problems: string[] = []
  for (const { status, header, value } of REQUIRED) {
    if ((status === 'any' || status === answer.status) && !value.test(answer.headers.get(header) ?? ''))
      problems.push(`the header ${header} is missing or wrong`)
  }
  for (const [header, value] of Object.entries(step.carries ?? {})) {
    const got = answer.headers.get(header)
    const isRight = typeof value === 'string' ? got === value : value.test(got ?? '')
    if (!isRight) problems.push(`${header}: expected ${value}, got ${got ?? 'nothing'}`)
  }
  const read = answer.resources.join(' ')
  if (step.reads !== undefined && read !== step.reads)
    problems.push(`the server read "${read}" instead of "${step.reads}"`)
  if (step.sameAs && step.sameAs.body !== answer.body) problems.push('the answer differs from the one before')
  const wire = `${answer.body}\n${[...answer.headers].join('\n')}`
  if (step.by !== 'nobody' && wire.includes(step.by.secret.reveal())) problems.push('the answer repeats the secret')
  return problems
}
