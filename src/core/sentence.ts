/** A sentence as data: its code, its English words, and what stands in it besides words, for whoever says it in another language. */

/** Numbers, names of the policy, and lists of such. Never what somebody sent. */
export type SentenceParams = { readonly [name: string]: string | number | readonly string[] }

/** A sentence with its code. */
export interface Sentence<Code extends string = string> {
  /** What is said, for programs that say it in other words. Grows: where one is unknown, the message says it. */
  readonly code: Code
  /** The sentence in English. */
  readonly message: string
  /** What stands in the message besides its words. */
  readonly params?: SentenceParams
}

/**
 * A sentence out of a template.
 *
 * @param words how a parameter is written in English, where that is not the parameter itself.
 */
export function sentence<Code extends string>(
  code: Code,
  template: string,
  params: SentenceParams = {},
  words: { readonly [name: string]: string } = {},
): Sentence<Code> {
  const message = template.replace(/\{(\w+)\}/g, (hole, name: string) => words[name] ?? textOf(params[name] ?? hole))
  return { code, message, ...(Object.keys(params).length > 0 && { params }) }
}

const textOf = (param: string | number | readonly string[]): string =>
  typeof param === 'object' ? param.join(', ') || 'none' : String(param)
