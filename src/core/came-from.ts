/** The option `address` of guards and of whatever else asks the engine: a function of the host's that says where a request came from. */
import { letGo } from './objects.ts'
import { callable } from './shape.ts'

/** What says where a request came from. */
export const addressSchema = callable('must be a function that takes a request and gives its address.')

/** What a host's function says of where a request came from; nothing where it fails. Read once, while the socket is there. */
export function addressIn<From extends readonly unknown[]>(
  address: (...from: From) => unknown,
  from: From,
): string | undefined {
  try {
    const said = address(...from)
    if (typeof said === 'string') return said
    letGo(said)
    return undefined
  } catch {
    return undefined
  }
}
