/** A client of the API, with the platform's `fetch` over a socket. It knows no rule: it sends, and reads what comes back. */

/** An answer as a client sees it. */
export interface Answer {
  readonly status: number
  /** The code of the refusal, as the body says it. */
  readonly code: string | undefined
  /** The resources that the server has read, as the body says it. */
  readonly resources: readonly string[]
  readonly headers: Headers
  readonly body: string
}

/** What a request carries besides its line. */
export interface Cargo {
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 10_000

/**
 * Sends one request.
 *
 * @param line method and target, such as `'GET /v1/files/ABC'`.
 */
export async function send(address: string, line: string, { headers, body }: Cargo): Promise<Answer> {
  const space = line.indexOf(' ')
  const response = await fetch(`${address}${line.slice(space + 1)}`, {
    method: line.slice(0, space),
    headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text, ...fieldsOf(text) }
}

function fieldsOf(body: string): Pick<Answer, 'code' | 'resources'> {
  const { code, resources } = objectOf(body)
  return {
    code: typeof code === 'string' ? code : undefined,
    resources: Array.isArray(resources) ? resources.filter((resource) => typeof resource === 'string') : [],
  }
}

function objectOf(body: string): { readonly [field: string]: unknown } {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
