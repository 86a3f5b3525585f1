/** Tells a host what went wrong on its side, since the person who asked is only told to try again. Decides no answer. */

/** Tells it. A hook that fails or rejects changes no answer and takes down no process. */
export function report(onError: ((error: unknown) => unknown) | undefined, error: unknown): void {
  try {
    Promise.resolve(onError?.(error)).catch(() => undefined)
  } catch {
    // The host's own affair.
  }
}
