/**
 * The form of the table of sentences: a mistake, and the lines that are told of it. The mistakes stand in the files beside this, the
 * sentences in sentences.txt.
 */

/** One mistake: where it is made, what it is called there, and a function that makes it. */
export interface Mistake {
  readonly entry: string
  readonly name: string
  readonly make: () => unknown
}

/** The mistakes of one entry: by name, what is given to it. */
export function mistakesOf<T>(
  entry: string,
  make: (given: T) => unknown,
  given: { readonly [name: string]: T },
): readonly Mistake[] {
  return Object.entries(given).map(([name, value]) => ({ entry, name, make: () => make(value) }))
}

/** Data with one value changed: `['limits', 'links']` is the way to it; `undefined` takes it away. */
export function changed(data: object, path: readonly (string | number)[], value: unknown): unknown {
  type Tree = { [field: string | number]: unknown }
  const copy = structuredClone(data) as Tree
  let node = copy
  for (const field of path.slice(0, -1)) {
    node[field] ??= {}
    node = node[field] as Tree
  }
  node[path.at(-1) ?? ''] = value
  return copy
}

interface Told {
  readonly path: string
  readonly message: string
}

/** What was thrown or answered: what it is called, and all that it says. */
interface Outcome {
  readonly called: string
  readonly told: readonly Told[]
}

/** What stands where nothing was said. */
export const TAKEN = 'It was taken.'
/** The lines of a mistake, without its entry and its name. What is said of several paths stands once. */
export async function linesOf({ make }: Mistake): Promise<readonly string[]> {
  const { called, told } = await outcomeOf(make)
  const byMessage = new Map(told.toReversed().map((one) => [one.message, one]))
  return [...byMessage.values()].map(({ path, message }) => `${called} | ${path} | ${message.replaceAll('\n', '⏎')}`)
}

async function outcomeOf(make: () => unknown): Promise<Outcome> {
  try {
    const answer = await make()
    if (answer instanceof Response) return await outcomeOfResponse(answer)
    if (typeof answer === 'object' && answer !== null && 'told' in answer) return answer as Outcome
  } catch (error) {
    return outcomeOfError(error as Error)
  }
  return { called: 'nothing', told: [{ path: '', message: TAKEN }] }
}

function outcomeOfError(error: Error): Outcome {
  const { name, message, code, issues } = error as Error & {
    readonly code?: string
    readonly issues?: readonly Told[]
  }
  const told = issues && issues.length > 0 ? issues : [{ path: '', message }]
  return { called: code === undefined ? name : `${name} ${code}`, told }
}

async function outcomeOfResponse(response: Response): Promise<Outcome> {
  const {
    code,
    title,
    detail,
    issues = [],
  } = (await response.json()) as {
    readonly code?: string
    readonly title?: string
    readonly detail?: string
    readonly issues?: readonly Told[]
  }
  const sentence = [title, detail].filter((text) => text !== undefined).join(' ')
  return {
    called: `${response.status} ${code}`,
    told: issues.length > 0 ? issues : [{ path: '', message: sentence }],
  }
}
