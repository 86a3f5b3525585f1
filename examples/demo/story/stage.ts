/**
 * What a story is told on: the servers, the clock, and three kinds of step (a request, a management call, a call that must
 * fail). Each prints what happened and holds it against what was expected. Which steps there are: the other files here.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Issue, type Issued, PlanTokenError, type PlanTokens } from 'plan-access-tokens'
import type { TestClock } from 'plan-access-tokens/testing'
import { type Answer, send } from '../client.ts'
import { REGISTRY } from '../engine.ts'
import { showWhatWasRead } from '../handler.ts'
import type { Organization } from '../organization.ts'
import { abbreviated, moment, type Printer } from '../print.ts'
import { listen } from '../server.ts'
import { type CallStep, differences, type Holder, type RefusedCallStep, type RequestStep } from './steps.ts'

/** A step whose answer is not what was expected. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
}

/** Where the story is told. */
export interface Stage {
  /** Typed for any policy, since a form gives strings. Where the policy is known, a misspelt scope does not compile. */
  readonly tokens: PlanTokens
  readonly organization: Organization
  readonly print: Printer
  /** Where the API and the registry listen. */
  readonly addresses: { readonly api: string; readonly registry: string }
  now(): number
  /** Moves the clock, and says so. */
  wait(ms: number, text: string): void
  request(step: RequestStep): Promise<Answer>
  call<T extends object>(step: CallStep, run: () => Promise<T>): Promise<T>
  refused(step: RefusedCallStep, run: () => Promise<unknown>): Promise<void>
  /** Checks something else than an answer, under the number of the last step. */
  check(what: string, expected: unknown, got: unknown): void
  /** Names a secret, and prints its beginning. */
  holder(name: string, issued: Issued): Holder
  /** How many answers were checked. */
  count(): number
  close(): Promise<void>
}

/** Starts the servers. Whoever opens a stage closes it. */
export async function openStage({
  tokens,
  organization,
  clock,
  print,
}: {
  readonly tokens: PlanTokens
  readonly organization: Organization
  readonly clock: TestClock
  readonly print: Printer
}): Promise<Stage> {
  const api = await listen(tokens, showWhatWasRead)
  const registry = await listen(tokens, showWhatWasRead, { surface: REGISTRY })
  let count = 0

  /** Prints a step, and ends the story if it went otherwise than expected. */
  const settle = (who: string, what: string, outcome: string, expected: string, problems: readonly string[]): void => {
    count += 1
    const isRight = outcome === expected && problems.length === 0
    const tone = !isRight ? 'wrong' : /^[45]/.test(outcome) ? 'refused' : 'passed'
    print.step({ number: count, who, what, outcome, tone })
    if (isRight) return
    const wrong = outcome === expected ? problems : [`expected ${expected}, got ${outcome}`, ...problems]
    throw new StepFailed(`Step ${count} (${who}: ${what}): ${wrong.join('; ')}.`)
  }

  return {
    tokens,
    organization,
    print,
    addresses: { api: api.address, registry: registry.address },
    now: clock.now,
    wait(ms, text) {
      clock.advance(ms)
      print.lines(['', `··· ${text}: it is ${moment(clock.now())} ···`, ''])
    },
    async request(step) {
      const { by, request, expect, why, to = 'api' } = step
      const who = by === 'nobody' ? 'no token' : by.name
      const what = to === 'api' ? request : `${request} (registry)`
      const headers = { ...(by !== 'nobody' && credential(step, by)), ...step.headers }
      const cargo = { headers, ...(step.body !== undefined && { body: step.body }) }
      const answer = await send((to === 'api' ? api : registry).address, request, cargo).catch((error: unknown) => {
        settle(who, what, `no answer (${error})`, expect, [])
        throw error
      })
      const outcome = `${answer.status} ${answer.code ?? (answer.status === 200 ? 'allowed' : 'without a code')}`
      settle(who, what, outcome, expect, outcome === expect ? differences(step, answer) : [])
      print.why(why)
      return answer
    },
    async call({ who, call, why, gives }, run) {
      const result = await run().catch((error: unknown) => {
        settle(
          who,
          call,
          errorText(error),
          'done',
          issuesOf(error).map(({ path, message }) => `${path}: ${message}`),
        )
        throw error
      })
      const fields = fieldsOf(result)
      const problems = Object.entries(gives).flatMap(([field, value]) =>
        isDeepStrictEqual(fields[field], value) ? [] : [`${field}: ${unlike(value, fields[field])}`],
      )
      settle(who, call, 'done', 'done', problems)
      print.why(why)
      return result
    },
    async refused({ who, call, why, expect, at = [] }, run) {
      const error = await run().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      const issues = issuesOf(error)
      const paths = issues.map(({ path }) => path)
      settle(
        who,
        call,
        error === undefined ? 'done' : errorText(error),
        expect,
        isDeepStrictEqual(paths, at) ? [] : [`mistakes: ${unlike(at, paths)}`],
      )
      print.table(issues.map(({ path, message }) => [path, message]))
      print.why(why)
    },
    check(what, expected, got) {
      if (!isDeepStrictEqual(expected, got)) throw new StepFailed(`Step ${count} (${what}): ${unlike(expected, got)}.`)
    },
    holder(name, { token, secret }) {
      print.lines([`→ "${name}" below sends ${abbreviated(secret.reveal())}`])
      return { name, id: token.id, secret }
    },
    count: () => count,
    async close() {
      await Promise.all([api.close(), registry.close()])
      await tokens.close()
    },
  }
}

/** The header that carries a secret. */
function credential({ via, to }: RequestStep, { secret }: Holder): Record<string, string> {
  return via === 'bearer' || to === 'registry'
    ? { Authorization: `Bearer ${secret.reveal()}` }
    : { 'X-Figma-Token': secret.reveal() }
}

/** What a call gave: its own fields, and those of the token in it. */
function fieldsOf(result: object): { readonly [field: string]: unknown } {
  return 'token' in result ? { ...(result.token as object), ...result } : { ...result }
}

function unlike(expected: unknown, got: unknown): string {
  return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`
}

function issuesOf(error: unknown): readonly Issue[] {
  return error instanceof PlanTokenError ? error.issues : []
}

function errorText(error: unknown): string {
  return error instanceof PlanTokenError ? `${error.status} ${error.code}` : String(error)
}
