/**
 * Who makes a management call: an id that the directory knows, and what the host says of the session. Whether it is strong enough:
 * core/step-up.ts.
 */
import { isDictionary } from './objects.ts'

/** Who makes a management call, with what the host knows of the session. The id alone may be given as text. */
export interface Actor {
  /** The host's own id, which the directory knows. 1 to 256 characters. */
  readonly id: string
  /** How the person has authenticated: the `acr` of OpenID Connect, such as `urn:example:mfa`. */
  readonly acr?: string
  /** When the person has last authenticated, in epoch milliseconds: 1,000 times the `auth_time` of OpenID Connect. */
  readonly authTime?: number
  /** The IP address that the call came from, for the audit log. */
  readonly address?: string
  /** By what your own logs know the session, for the audit log. No cookie and nothing else that opens it. */
  readonly session?: string
}

/** An actor that was given as an id alone, or with its session. `undefined` for whatever is neither. */
export function actorIn(given: unknown): Actor | undefined {
  const actor: unknown = typeof given === 'string' ? { id: given } : given
  if (!isDictionary(actor)) return undefined
  const { id, acr, authTime, address, session } = actor as { readonly [F in keyof Actor]?: unknown }
  if (typeof id !== 'string' || id.trim() === '') return undefined
  const said = Object.entries({ acr, authTime, address, session }).filter(([, value]) => value != null)
  return { id, ...(Object.fromEntries(said) as Partial<Actor>) }
}
