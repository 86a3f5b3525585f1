/** Which scopes a token may be given. What a token holds at a request: core/decide.ts. */
import { type Issue, issueAt, type Problem } from './issue.ts'
import type { CompiledPolicy, CompiledType } from './policy.ts'
import { didYouMean } from './suggest.ts'

/**
 * The scopes of a new or edited token, or every mistake in them. Deprecated scopes are granted; the token then says so in its
 * `warnings`.
 *
 * @param scopes unread input.
 */
export function readScopes(
  scopes: unknown,
  type: CompiledType,
  policy: CompiledPolicy,
): readonly string[] | readonly Issue[] {
  if (type.fixed) {
    const chosen = Array.isArray(scopes) && scopes.length === 0
    return chosen ? type.fixed : [issueAt(['scopes'], 'must be an empty list: they are fixed.', 'list_fixed')]
  }
  if (!Array.isArray(scopes)) return [issueAt(['scopes'], 'must be a list of scopes.', 'not_a_list')]
  if (scopes.length === 0) return [issueAt(['scopes'], 'must hold at least one scope.', 'scope_none')]
  if (scopes.length > type.grantable.size * 2)
    return [
      issueAt(['scopes'], `must hold at most ${type.grantable.size} scopes.`, 'scope_too_many', {
        most: type.grantable.size,
      }),
    ]
  const issues = scopes.flatMap((scope: unknown, i): Issue[] => {
    const problem =
      scopeProblem(scope, type, policy) ??
      (scopes.indexOf(scope) < i ? (['is in the list already.', 'scope_twice'] as const) : undefined)
    return problem ? [issueAt(['scopes', i], ...problem)] : []
  })
  return issues.length > 0 ? issues : (scopes as readonly string[])
}

function scopeProblem(scope: unknown, { grantable, name }: CompiledType, policy: CompiledPolicy): Problem | undefined {
  if (typeof scope !== 'string') return ['must be text.', 'not_text']
  if (grantable.has(scope)) return undefined
  if (policy.reserved.has(scope)) return ['cannot be granted to a plan access token.', 'scope_reserved']
  if (policy.scopes.has(scope))
    return [`cannot be granted to a token of type "${name}".`, 'scope_of_other_type', { type: name }]
  const renamed = policy.renamed.get(scope)
  if (renamed !== undefined) return [`is called "${renamed}" now.`, 'scope_renamed', { name: renamed }]
  return [`is not a scope.${didYouMean(scope, grantable)}`, 'scope_unknown']
}

/** Whether `readScopes` found mistakes. */
export function areIssues(result: readonly string[] | readonly Issue[]): result is readonly Issue[] {
  return typeof result[0] === 'object'
}
