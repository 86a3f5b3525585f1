/**
 * `POST /whose`: whose a secret is that somebody has found. Only admins of its plan learn it; of every other text there is one and the
 * same answer, whether it is another plan's, nobody's, a canary or no secret at all. Nothing is noted: neither a use nor a question.
 */
import * as z from 'zod/mini'
import { type AdminEngine, type Route, route } from '../../admin/route.ts'
import type { Actor } from '../../core/actor.ts'
import { secretsIn } from '../../core/secret.ts'
import { isBefore, isCanary } from '../../core/token.ts'
import type { SecretView, Token } from '../../core/token-view.ts'
import { type Engine, timeOf } from '../../service/engine.ts'
import { engineFor } from '../../service/engines.ts'
import { findBySecret } from '../../service/find.ts'
import { tokenOrNone } from '../token-or-none.ts'

/** What is said of a text. */
export interface Whose {
  readonly token: Token | null
  /** The secret that it is, and whether it is the newest of the token. */
  readonly secret: (SecretView & { readonly isNewest: boolean; readonly works: boolean }) | null
}

/** So many secrets of a text are looked up. */
const MOST_SECRETS = 20

const NOBODY: Whose = { token: null, secret: null }

/** Its route. */
export const whoseRoute: Route = route({
  id: 'whoseSecret',
  method: 'POST',
  path: '/whose',
  summary: 'Whose a secret is, for admins of its plan; for everybody else it is nobody’s.',
  body: [z.strictObject({ secret: z.string() })],
  codes: ['unavailable'],
  call: async (engine, { actor, body: { secret } }) => ({ body: await whose(engine, actor, secret) }),
})

async function whose(tokens: AdminEngine, actor: Actor, text: string): Promise<Whose> {
  const engine = engineFor('hubHandler', tokens)
  // People paste the line that they have found; a key from before is the whole text.
  const secrets = [...secretsIn(text, engine.prefixes)].slice(0, MOST_SECRETS)
  let first = NOBODY
  for (const secret of secrets.length > 0 ? secrets : [text.trim()]) {
    const one = await whoseOne(tokens, engine, actor, secret)
    // Of several the one that can still be used is what has to be known.
    if (one.secret?.works) return one
    if (first === NOBODY) first = one
  }
  return first
}

async function whoseOne(tokens: AdminEngine, engine: Engine, actor: Actor, secret: string): Promise<Whose> {
  const found = await findBySecret(engine, secret)
  if (!found) return NOBODY
  const { record, digest } = found
  const token = await tokenOrNone(tokens, { actor, id: record.id })
  const at = record.secrets.findIndex((one) => one.digest === digest)
  const view = token?.secrets[at]
  // Told from a canary only now: a quicker answer would tell it from another plan's token.
  if (!token || !view || isCanary(record)) return NOBODY
  const works = token.status === 'active' && (view.worksUntil === null || isBefore(timeOf(engine), view.worksUntil))
  return { token, secret: { ...view, isNewest: at === token.secrets.length - 1, works } }
}
