/** Sends random requests to a server, and tells of each handler that ran for something else than was judged. */
import { randomOf } from '../../processes/random.ts'
import { send1 } from '../support/wire.ts'
import { newApi } from './policy.ts'
import { type Drawn, drawRequest } from './requests.ts'
import { differenceOf, type Run } from './runs.ts'
import type { Server } from './servers.ts'

/** What came of it. */
export interface Comparison {
  /** A line for each difference, with the request as it was sent. */
  readonly differences: readonly string[]
  /** How many handlers ran, and for how many routes. */
  readonly runs: number
  readonly routes: number
  /** How many requests were refused by the guard. */
  readonly refused: number
}

/** How many requests are under way at once. */
const AT_ONCE = 8

export async function compare(server: Server, seed: number, count: number): Promise<Comparison> {
  const { tokens, limited, all } = await newApi()
  const runs: Run[] = []
  const { port, close } = await server.start({ tokens, onRun: (run) => runs.push(run) })
  const random = randomOf(seed)
  const drawn = Array.from({ length: count }, () => drawRequest(random))
  const secretOf = { limited, all, none: undefined }
  let refused = 0
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < drawn.length; i = next++) {
      const { token, ...sending } = drawn[i] as Drawn
      const secret = secretOf[token]
      const credential = secret === undefined ? [] : [['X-Api-Token', secret] as const]
      const headers = [...credential, ['X-Case', String(i)] as const, ...(sending.headers ?? [])]
      const { headers: got } = await send1(port, { ...sending, headers })
      if (got['content-type'] === 'application/problem+json') refused += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } finally {
    await close()
  }
  const differences = runs.flatMap((run) => {
    const difference = differenceOf(run)
    return difference === undefined ? [] : [`${difference}: ${told(drawn[Number(run.name)])}`]
  })
  return { differences, refused, runs: runs.length, routes: new Set(runs.map(({ route }) => route)).size }
}

function told(drawn: Drawn | undefined): string {
  if (!drawn) return 'a request that nobody drew'
  const { token, method, target, headers, body } = drawn
  return JSON.stringify({ token, request: `${method} ${target}`, headers, body: body?.join('') })
}
