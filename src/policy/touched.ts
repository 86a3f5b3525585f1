/** Which living tokens each line of a comparison is about: each token in the place of the line's own, judged by both policies. */
import type { ResourceRef } from '../core/resources.ts'
import { isBefore, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import type { DiffLine, RequestLine } from './diff-line.ts'
import { givesMore, type WitnessVerdict } from './judge.ts'
import type { Side } from './side.ts'
import type { Witness } from './witness.ts'

/** What is looked at of a token: of one as `list` gives it, or of a record. */
export type ComparedToken = Pick<Token, 'id' | 'planId' | 'type' | 'scopes' | 'expiresAt' | 'revokedAt'> & {
  readonly resources: 'all' | readonly ResourceRef[]
}

/** Tokens, at once or one after the other. */
export type TokenSource = Iterable<ComparedToken | TokenRecord> | AsyncIterable<ComparedToken | TokenRecord>

/** What is asked about the tokens. */
interface Question {
  readonly tokens: TokenSource
  readonly tierOf?: (planId: string) => string | undefined | Promise<string | undefined>
  readonly now?: number
}

/** Living tokens that no line tells apart. */
interface Group {
  readonly type: string
  readonly scopes: readonly string[]
  readonly isLimited: boolean
  readonly tier: string | undefined
  readonly members: { readonly id: string; readonly planId: string }[]
}

/** The lines, each with the living tokens that it is about. Those about management are about none. */
export async function touchedBy(
  lines: readonly DiffLine[],
  one: Side,
  other: Side,
  question: Question,
): Promise<readonly DiffLine[]> {
  const groups = await groupsOf(question)
  return lines.map((line) => {
    if (line.about === 'management' || line.isAnonymous) return line
    const members = groups.filter((group) => isTouched(line, group, one, other)).flatMap((group) => group.members)
    const plans = new Set(members.map(({ planId }) => planId)).size
    return { ...line, touched: { tokens: members.length, plans, ids: members.map(({ id }) => id) } }
  })
}

async function groupsOf({ tokens, tierOf, now = Date.now() }: Question): Promise<readonly Group[]> {
  const groups = new Map<string, Group>()
  const tiers = new Map<string, string | undefined>()
  for await (const { id, planId, type, scopes, resources, expiresAt, revokedAt } of tokens) {
    if (revokedAt !== null || !isBefore(now, expiresAt)) continue
    if (tierOf && !tiers.has(planId)) tiers.set(planId, await tierOf(planId))
    const tier = tiers.get(planId)
    if (tierOf && tier === undefined) continue
    const isLimited = resources !== 'all'
    const key = JSON.stringify([type, [...scopes].sort(), isLimited, tier])
    const group = groups.get(key) ?? { type, scopes, isLimited, tier, members: [] }
    groups.set(key, group)
    group.members.push({ id, planId })
  }
  return [...groups.values()]
}

/** Whether both policies differ about the request of a line when it is sent with such a token. */
function isTouched(line: RequestLine, { type, scopes, isLimited, tier }: Group, one: Side, other: Side): boolean {
  const witness = isLimited ? line.limited : line.witness
  if (!witness || !line.types.includes(type) || (tier !== undefined && !line.tiers.includes(tier))) return false
  const prefix = prefixOf(type, one, other)
  if (prefix === undefined) return false
  const allowlist = isLimited ? witness.token.allowlist : 'all'
  const sent: Witness = { ...witness, token: { type, prefix, scopes, allowlist } }
  const verdictOf = ({ judge }: Side): WitnessVerdict => judge.finish(judge.read(sent), sent)
  const [before, after] = [verdictOf(one), verdictOf(other)]
  return line.direction === 'WIDER' ? givesMore(after, before) : givesMore(before, after)
}

/** What the secrets of living tokens of a type begin with: those of before were issued by it. */
function prefixOf(type: string, one: Side, other: Side): string | undefined {
  return (one.judge.policy.types.get(type) ?? other.judge.policy.types.get(type))?.prefix
}
