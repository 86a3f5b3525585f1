/** The bytes of a request's body, within limits. What they say: admin/read.ts. */
import { gatherBytes } from '../core/bytes.ts'
import { HttpProblem } from './problem.ts'

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  readonly bytes: number
  readonly timeoutMs: number
}

/** The bytes of a body, within the limits of length and time. */
export async function readBytes(request: Request, { bytes: limit, timeoutMs }: BodyLimits): Promise<Uint8Array> {
  const tooLarge = new HttpProblem('body_too_large', { detail: `At most ${limit} bytes are taken.` })
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge
  if (request.bodyUsed) throw new TypeError('The body was read by somebody before.')
  const reader = request.body?.getReader()
  if (!reader) return new Uint8Array()
  const bytes = gatherBytes(limit)
  let isLate = false
  // Ends a read that waits. Not awaited: a stream that never ends may never answer.
  const stop = (): void => void reader.cancel().catch(() => undefined)
  const timer = setTimeout(() => {
    isLate = true
    stop()
  }, timeoutMs)
  try {
    for (;;) {
      const chunk = await reader.read().catch(() => {
        throw isLate
          ? new HttpProblem('body_timeout')
          : new HttpProblem('request_malformed', { detail: 'The body broke off.' })
      })
      if (isLate) throw new HttpProblem('body_timeout')
      if (chunk.done) return bytes.all()
      if (bytes.add(chunk.value)) continue
      stop()
      throw tooLarge
    }
  } finally {
    clearTimeout(timer)
  }
}
