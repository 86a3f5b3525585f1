/** What is enough for an endpoint: one scope, or several together, and how that is said. Which of it a token holds: core/decide.ts. */

/** One of the things that is enough for an endpoint: a scope, or a list of scopes that a token must hold all of. */
export type ScopeAlternative<Scope extends string = string> = Scope | readonly Scope[]

/** Scopes that are alternatives, in words: `any one of a, b`; `a and b, or c` where some are needed together. */
export function anyOf(scopes: readonly ScopeAlternative[]): string {
  if (scopes.some((scope) => typeof scope !== 'string')) return scopes.map(allOf).join(', or ')
  return `${scopes.length > 1 ? 'any one of ' : ''}${scopes.join(', ')}`
}

/** Scopes that are needed together, in words. */
export function allOf(scopes: ScopeAlternative): string {
  return [scopes].flat().join(' and ')
}
