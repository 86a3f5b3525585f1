/** Some fields of an object: the flags of a command that a call takes as they are. */

type Taken<T, F extends keyof T> = { [K in F]?: Exclude<T[K], undefined> }

/** Some fields of an object, those that are there. */
export function taken<T extends object, F extends keyof T>(from: T, fields: readonly F[]): Taken<T, F> {
  return Object.fromEntries(
    fields.flatMap((field) => (from[field] === undefined ? [] : [[field, from[field]]])),
  ) as Taken<T, F>
}
