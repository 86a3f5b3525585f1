/**
 * What is refused before any endpoint is looked at: by the header that carries the secret, by the token's prefix or type, by the
 * plan's tier. What is refused later: policy/compare-endpoint.ts.
 */
import { smallest, witnessOf } from './candidates.ts'
import { carrierOf, credentialsOf, isTaken } from './credentials.ts'
import type { Difference } from './difference.ts'
import type { Route } from './overlap.ts'
import { type Plain, plainRequest } from './plain.ts'
import { enoughFor, fewest } from './scope-sets.ts'
import { knows, preferred, type Side, type TokenKind, tiersOf, tokensOf } from './side.ts'
import type { Witness } from './witness.ts'

/** Requests of which one thing is refused whatever they ask for. */
interface Strange {
  readonly what: 'credential' | 'token' | 'tier'
  readonly token: TokenKind
  /** Ways to send it, the plainest first: not each is refused at a public endpoint. */
  readonly sent: readonly Witness['headers'][]
  readonly tiers: readonly string[]
}

/** What the other policy refuses whatever the request asks for. */
export function differencesBefore(routes: readonly Route[], one: Side, other: Side): readonly Difference[] {
  const strange = strangeTo(one, other)
  if (strange.length === 0) return []
  const plain = routes.flatMap((route) => plainRequest(route, one) ?? [])
  return together(strange.flatMap((entry) => differenceBy(entry, plain, one, other)))
}

/** A difference, with all by which those of two types can be told apart. */
type Found = readonly [mark: string, difference: Difference]

/** Differences that are the same but for the type of the token, as one. */
function together(found: readonly Found[]): readonly Difference[] {
  const merged = new Map<string, Difference>()
  for (const [mark, difference] of found) {
    const known = merged.get(mark)
    merged.set(mark, known ? { ...known, types: [...known.types, ...difference.types] } : difference)
  }
  return [...merged.values()]
}

/** One token of each type: by its prefix nothing more is told apart. */
function ofEachType(tokens: readonly TokenKind[]): readonly TokenKind[] {
  return [...new Map(tokens.map((token) => [token.type, token])).values()]
}

function strangeTo(one: Side, other: Side): readonly Strange[] {
  const tokens = tokensOf(one, other).filter((token) => knows(one, token))
  const credentials = credentialsOf(one.judge.policy, other.judge.policy).filter((sent) => isTaken(one.judge, sent))
  const headers = credentials.find((sent) => isTaken(other.judge, sent)) ?? credentials[0]
  if (!headers) return []
  const tiers = [...one.judge.policy.tiers]
  const unread = new Map<string, Witness['headers'][]>()
  for (const sent of credentials)
    if (!isTaken(other.judge, sent)) unread.set(carrierOf(sent), [...(unread.get(carrierOf(sent)) ?? []), sent])
  return [
    ...[...unread.values()].flatMap((sent) =>
      ofEachType(tokens).map((token): Strange => ({ what: 'credential', token, sent, tiers })),
    ),
    ...tokens
      .filter((candidate) => !knows(other, candidate))
      .map((candidate): Strange => ({ what: 'token', token: candidate, sent: [headers], tiers })),
    ...tiers
      .filter((tier) => !other.judge.policy.tiers.has(tier))
      .flatMap((tier) =>
        ofEachType(tokens.filter((candidate) => knows(other, candidate))).map(
          (token): Strange => ({ what: 'tier', token, sent: [headers], tiers: [tier] }),
        ),
      ),
  ]
}

function differenceBy(
  { what, token, sent, tiers }: Strange,
  plain: readonly Plain[],
  one: Side,
  other: Side,
): readonly Found[] {
  const found = plain.flatMap(({ endpoint, asking, worlds }) => {
    const [tier] = tiersOf(endpoint, tiers)
    const sets = enoughFor(one.judge.policy, token.type, endpoint)
    const [scopes] = preferred(sets, [token.type], [one, other])
    if (tier === undefined || !scopes) return []
    const facts = other.judge.read(asking)
    const isRefused = (witness: Witness): boolean => !other.judge.finish(facts, witness).allowed
    // Where the other one's endpoint is public, a secret that it does not find is no credential.
    for (const headers of sent) {
      const who = { token, headers, tier, scopes }
      const witnesses = worlds.map((world) => witnessOf(asking, world, who)).filter(isRefused)
      if (witnesses.length > 0) return { endpoint, sets, witnesses }
    }
    return []
  })
  const witnesses = found.flatMap((entry) => entry.witnesses)
  const limited = smallest(witnesses.filter((witness) => witness.token.allowlist !== 'all'))
  const witness = smallest(witnesses.filter((candidate) => candidate.token.allowlist === 'all')) ?? limited
  if (!witness) return []
  const verdict = other.judge.finish(other.judge.read(witness), witness)
  const endpoints = found.map(({ endpoint }) => endpoint)
  const difference: Difference = {
    rule: what === 'credential' ? 'credential' : (verdict.rule ?? 'credential'),
    verdict,
    routes: endpoints.map(({ view }) => view.route),
    types: [token.type],
    tiers: tiers.filter((tier) => endpoints.some((endpoint) => tiersOf(endpoint, [tier]).length > 0)),
    scopes: fewest(found.flatMap(({ sets }) => sets)),
    witness,
    ...(limited && { limited }),
  }
  const sets = found.map((entry) => [entry.endpoint.view.route, entry.sets])
  const mark = JSON.stringify([difference.rule, sets, difference.tiers, sent, what === 'token' && token])
  return [[mark, difference]]
}
