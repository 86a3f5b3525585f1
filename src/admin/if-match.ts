/**
 * `If-Match` (RFC 9110, section 13.1.1): which versions a client takes for the current one, and the call under that condition. The
 * engine takes one version, so of several the current one is looked up first.
 */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { HttpProblem } from './problem.ts'

/** An entity tag (RFC 9110, section 8.8.3), which may hold a comma, or the comma between two. */
const PARTS = /(W\/)?"([!#-~\x80-\xff]*)"|,/gy
/** The version that no token has: what is asked for where no tag can be that of a token. */
const NO_VERSION = Number.MAX_SAFE_INTEGER

/** The versions that `If-Match` names; none of `versions` if any is right. Tags that are weak or none of ours match nothing. */
export function readIfMatch(headers: Headers, issues: Issue[]): { readonly versions?: readonly number[] } {
  const value = headers.get('if-match')
  if (value === null || value === '*') return {}
  const versions = versionsIn(value)
  if (versions) return { versions }
  const message = 'must be the ETag of an answer, several of them with commas between, or *.'
  issues.push(issueAt(['If-Match'], message, 'header_malformed'))
  return {}
}

/** The versions in a list of entity tags, which may have empty elements (RFC 9110, section 5.6.1); `undefined` if it is none. */
function versionsIn(list: string): readonly number[] | undefined {
  const versions: number[] = []
  let [at, tags, isOpen] = [0, 0, true]
  while (at < list.length) {
    if (list[at] === ' ' || list[at] === '\t') {
      at++
      continue
    }
    PARTS.lastIndex = at
    const [part, weak, tag] = PARTS.exec(list) ?? []
    // Between two tags stands a comma.
    if (part === undefined || (part !== ',' && !isOpen)) return undefined
    isOpen = part === ','
    at += part.length
    if (tag === undefined) continue
    tags++
    if (weak === undefined && /^[1-9]\d{0,14}$/.test(tag)) versions.push(Number(tag))
  }
  return tags > 0 ? versions : undefined
}

/** The part of the engine that says which version a token has. */
interface Versions {
  get(input: { readonly actor: Actor; readonly id: string }): Promise<{ readonly version: number }>
}

/**
 * Makes a call on the condition that the token has one of some versions: a conflict is then a condition that was not met (412).
 *
 * @param versions `undefined` for no condition.
 * @param call is given the version to ask for.
 */
export async function ifMatch<T>(
  engine: Versions,
  { actor, param, versions }: { readonly actor: Actor; readonly param: string; readonly versions?: readonly number[] },
  call: (condition: { readonly version?: number }) => Promise<T>,
): Promise<T> {
  if (versions === undefined) return call({})
  let left = versions
  for (;;) {
    const [only = NO_VERSION, ...others] = left
    const version = others.length === 0 ? only : (await engine.get({ actor, id: param })).version
    try {
      return await call({ version: left.includes(version) ? version : NO_VERSION })
    } catch (error) {
      if (!(error instanceof PlanTokenError && error.code === 'version_conflict')) throw error
      // Somebody changed it in between, perhaps to another version of the list. Versions only grow, so this ends.
      left = left.includes(version) ? left.filter((one) => one > version) : []
      if (left.length === 0) throw new HttpProblem('version_conflict', { status: 412 })
    }
  }
}
