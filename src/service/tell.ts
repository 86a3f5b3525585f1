/** Tells a hook of the host's what happened. Decides nothing. */

/**
 * Tells it, if there is one. A hook that fails or rejects changes no answer and takes down no process; `failed` hears what it
 * threw.
 */
export function tell<T>(
  hook: ((told: T) => unknown) | undefined,
  what: T,
  failed: (error: unknown) => void = ignore,
): void {
  const told = async (): Promise<unknown> => hook?.(what)
  told().catch(failed)
}

const ignore = (): void => undefined
