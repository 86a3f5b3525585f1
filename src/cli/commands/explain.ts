/** `explain`: why a request is let through or refused. With the id of a token, or with a secret that comes by prompt or stdin. */
import { readFileSync } from 'node:fs'
import type { ExplanationView } from '../../admin/client-types.ts'
import { readSecret } from '../ask.ts'
import { CliError, EXIT_CODES } from '../exit.ts'
import { type Io, oneLine } from '../io.ts'
import type { Session } from '../session.ts'
import { showTable } from '../show.ts'
import { taken } from '../taken.ts'

/** Flags of `explain`. */
export interface ExplainOptions {
  readonly token?: string
  readonly body?: string
  readonly surface?: string
  readonly address?: string
}

/** Prints the verdict of every rule about a request. Ends with 1 where it is refused. */
export async function explain({ io, source }: Session, line: string, options: ExplainOptions): Promise<void> {
  const [, method, url] = /^([A-Z]+) (\/\S*)$/.exec(line) ?? []
  if (method === undefined || url === undefined)
    throw new CliError('usage', 'usage', `What is asked? A method and a path: explain 'GET /v1/files/ABC'`)
  const { token } = options
  const where = taken(options, ['surface', 'address'])
  const body = bodyOf(options.body)
  const calls = await source()
  const request = { method, url, ...(body !== undefined && { body }) }
  if (token !== undefined) return tell(io, await calls.explain({ id: token, ...request, ...where }))
  if (!calls.explainSecret)
    throw new CliError('usage', 'usage', 'An admin API explains what a token may do by its id: say --token ID.')
  tell(io, await calls.explainSecret(await readSecret(io), request, where))
}

/** JSON, or `@` and a file that holds it. */
function bodyOf(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    throw new CliError('usage', 'usage', '--body takes JSON, or @ and the name of a file with JSON.')
  }
}

function tell(io: Io, explanation: ExplanationView): void {
  const { decision, rules } = explanation
  if (!decision.allowed) process.exitCode = EXIT_CODES.found.code
  if (io.json) {
    io.data(JSON.stringify(explanation))
    return
  }
  const { green, red } = io.colors
  const rows = rules.map(({ rule, ok, code, reason }) => [
    ok ? ([green, 'yes'] as const) : ([red, 'no'] as const),
    ...[rule, code ?? '', reason],
  ])
  showTable(io, ['', 'RULE', 'CODE', 'REASON'], rows, '')
  io.data(
    decision.allowed
      ? green('allowed')
      : `${red('refused')}: ${oneLine(`${decision.status} ${decision.code}. ${decision.message}`)}`,
  )
}
