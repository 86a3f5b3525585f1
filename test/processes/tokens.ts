/** The tokens that the load knows, and what admins and clients do next with them, by lot. */
import { ENDPOINTS, type ManageCall, PLAN } from './deployment.ts'
import type { Call } from './history.ts'
import type { Random } from './random.ts'

/** A secret that somebody received. */
export interface KnownSecret {
  readonly tokenId: string
  /** The actor of the call that issued it. */
  readonly secret: string
  readonly text: string
}

/** A change that is wished for: what is called, and what the history says of it. */
export interface Wish {
  readonly change: ManageCall
  readonly call: Pick<Call, 'kind' | 'tokenId' | 'scopes' | 'retires'>
}

/** What the load knows. */
export interface Known {
  /** Adds a secret that was issued. */
  issued(secret: KnownSecret): void
  /** A token was revoked. */
  revoked(tokenId: string): void
  /** The secrets of a token that were received, oldest first. */
  secretsOf(tokenId: string): readonly KnownSecret[]
  nextChange(actor: string): Wish
  nextSecret(): KnownSecret | undefined
}

const SCOPES = Object.keys(ENDPOINTS)
/** With fewer tokens than this, the next change is a new one. */
const FEWEST = 5
/** How often each kind of change is made, before all of them are made again in another order. */
const KINDS: readonly Call['kind'][] = ['create', 'edit', 'edit', 'refresh', 'refresh', 'revoke']
/** How many tokens that were revoked are still asked for. */
const ENDED = 6

/** What `create` takes. */
export function newToken(actor: string, scopes: readonly string[]): object {
  return { actor, planId: PLAN, type: 'rest', name: actor, lifetimeDays: 30, scopes, resources: 'all' }
}

export function createKnown(random: Random): Known {
  const secrets = new Map<string, KnownSecret[]>()
  const live: string[] = []
  const ended: string[] = []

  let kinds: Call['kind'][] = []

  const nextKind = (): Call['kind'] => {
    if (kinds.length === 0) kinds = [...KINDS]
    return kinds.splice(random.below(kinds.length), 1)[0]!
  }
  const someScopes = (): string[] => {
    const scopes = SCOPES.filter(() => random.chance(0.5))
    return scopes.length > 0 ? scopes : [random.of(SCOPES)]
  }
  const wish = (kind: Call['kind'], actor: string, input: object, more: Partial<Wish['call']> = {}): Wish => ({
    change: { call: kind, input: { actor, ...input } },
    call: { kind, tokenId: undefined, ...more },
  })
  return {
    issued(secret) {
      const { tokenId } = secret
      if (!secrets.has(tokenId)) live.push(tokenId)
      secrets.set(tokenId, [...(secrets.get(tokenId) ?? []), secret])
    },
    revoked(tokenId) {
      const place = live.indexOf(tokenId)
      if (place === -1) return
      live.splice(place, 1)
      ended.push(tokenId)
      if (ended.length > ENDED) ended.shift()
    },
    secretsOf: (tokenId) => secrets.get(tokenId) ?? [],
    nextChange(actor) {
      const kind = live.length < FEWEST ? 'create' : nextKind()
      if (kind === 'create') {
        const scopes = someScopes()
        return wish('create', actor, newToken(actor, scopes), { scopes })
      }
      const id = random.of(live)
      if (kind === 'edit') {
        const scopes = someScopes()
        // The name makes each edit a change.
        return wish('edit', actor, { id, name: actor, scopes }, { tokenId: id, scopes })
      }
      if (kind === 'refresh') {
        const retires = random.chance(0.6)
        const input = { id, retirePrevious: retires ? 'now' : 'afterGrace' }
        return wish('refresh', actor, input, { tokenId: id, retires })
      }
      return wish('revoke', actor, { id }, { tokenId: id })
    },
    nextSecret() {
      const list = live.length > 0 && (ended.length === 0 || random.chance(0.75)) ? live : ended
      if (list.length === 0) return undefined
      const all = secrets.get(random.of(list)) ?? []
      return random.of(all.slice(-4))
    },
  }
}
