/**
 * What a plan admin reads and edits: get, list, edit, events. Each call: shape, right, rule, commit, view. Secrets are issued
 * in service/issue.ts and ended in service/end.ts.
 */
import type { Actor } from '../core/actor.ts'
import { withoutLinks } from '../core/chain.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { TokenEvent } from '../core/event.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import type { ChangedChoice } from '../core/lifecycle.ts'
import { merged, TOO_MANY_KEYS } from '../core/metadata.ts'
import { issuesByRules, type PlanRules } from '../core/plan-rules.ts'
import type { TypeEntry } from '../core/policy.ts'
import { areIssues, readScopes } from '../core/scopes.ts'
import { statusOf, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import type { ProposedChanges } from '../core/waiting.ts'
import { readAddresses } from './addresses.ts'
import { ask, readObjects } from './ask.ts'
import { change, judgement } from './commit.ts'
import { cursorOf, readCursor } from './cursor.ts'
import { type ManagingEngine, timeOf } from './engine.ts'
import { newId } from './ids.ts'
import type { EditInput, EventsInput, ListInput, PlanInput, TokenInput } from './input.ts'
import { parseInput, type ReadInput, readInput, refuseIssues } from './input.ts'
import { askRules } from './plan-rules.ts'
import { allowlistOf, linkProblems, readLinks } from './resources.ts'
import { loadManaged, refuseInactive, refuseNonAdmin, refuseOtherVersion, refuseUnchangeable } from './rights.ts'
import { editedWithTerm, readSelfRenewal } from './self-renewal.ts'
import { show, showOne } from './show.ts'
import { refuseWeak } from './step-up.ts'

const DEFAULT_LIMIT = 50
/** The fields by which a token may do more or less. */
const REACH = ['scopes', 'resources', 'addresses'] as const

/** A page of a plan's tokens. */
export interface TokenPage {
  readonly tokens: readonly Token[]
  /** The `after` of the next page; absent on the last. */
  readonly next?: string
}

/** A page of a plan's audit log. */
export interface EventPage {
  readonly events: readonly TokenEvent[]
  /** The `after` of the next page; absent on the last. */
  readonly next?: string
}

/** One token, by an admin of its plan. What it throws: service/plan-tokens.ts. */
export async function get(engine: ManagingEngine, input: TokenInput): Promise<Token> {
  const { actor, id } = parseInput('token', input)
  const record = await loadManaged(engine, actor, id)
  return showOne(engine, record)
}

/**
 * A page of the tokens of a plan, of all statuses unless the filter says one. One more is read than is shown, to know whether
 * there are more.
 */
export async function list(engine: ManagingEngine, input: ListInput): Promise<TokenPage> {
  const { actor, planId, order = 'newest', limit = DEFAULT_LIMIT, after, ...filter } = parseInput('list', input)
  const now = timeOf(engine)
  const cursor = after === undefined ? undefined : readCursor(after, order)
  await refuseNonAdmin(engine, actor, planId)
  const query = {
    planId,
    order,
    now: cursor?.now ?? now,
    limit: limit + 1,
    ...filter,
    ...(cursor && { after: cursor.position }),
  }
  const found = await ask(engine, 'store.list', () => engine.store.list(query), readObjects)
  const { shown, more } = pageOf(found, planId, limit)
  const tokens = await show(engine, shown)
  return more ? { tokens, next: cursorOf(more, order, query.now) } : { tokens }
}

/** A page of the log of a plan, by the numbers of its events; the cursor is the number of the last one. */
export async function events(engine: ManagingEngine, input: EventsInput): Promise<EventPage> {
  const { actor, planId, order = 'oldest', limit = DEFAULT_LIMIT, after, tokenId } = parseInput('events', input)
  const seq = after === undefined ? undefined : Number(after)
  await refuseNonAdmin(engine, actor, planId)
  const query = {
    planId,
    order,
    limit: limit + 1,
    ...(tokenId !== undefined && { tokenId }),
    ...(seq !== undefined && { after: seq }),
  }
  const found = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
  const { shown, more } = pageOf(found, planId, limit)
  const events = shown.map(withoutLinks)
  return more ? { events, next: String(more.seq) } : { events }
}

/** The rules of a plan, for an admin of it who is to see what can be chosen; none is an empty object. */
export async function rules(engine: ManagingEngine, input: PlanInput): Promise<PlanRules> {
  const { actor, planId } = parseInput('plan', input)
  await refuseNonAdmin(engine, actor, planId)
  return { ...(await askRules(engine, planId)) }
}

/** What of an answer belongs to the plan, one page of it, and its last entry if there are more. */
function pageOf<T extends { readonly planId: string }>(
  found: readonly T[],
  planId: string,
  limit: number,
): { readonly shown: readonly T[]; readonly more: T | undefined } {
  const mine = found.filter((entry) => entry.planId === planId)
  return { shown: mine.slice(0, limit), more: mine.length > limit ? mine[limit - 1] : undefined }
}

/**
 * Changes a token, or leaves the edit as a proposal where another admin has to approve it. Resolves when every process judges by
 * the change.
 */
export async function edit(engine: ManagingEngine, input: EditInput): Promise<Token> {
  const { fields, issues } = readInput('edit', input)
  const { actor, id } = fields
  if (actor === undefined || id === undefined) throw new PlanTokenError('invalid_input', { issues })
  const record = await loadManaged(engine, actor, id)
  const refuse = (one: TokenRecord, now: number): void => refuseUneditable(engine, one, actor, now)
  const entry = await refuseUnchangeable(engine, record, refuse)
  const { choice, rules, isOfReach } = await readChoice(engine, entry, record, fields, issues)
  // What waits was asked for beside what the token may do now.
  const isAsked = isOfReach && rules?.approvals !== undefined
  // The one that was loaded is the first to be changed; only after somebody else's commit another one is.
  let first: TokenRecord | undefined = record
  const changed = await change(
    engine,
    async () => {
      const known = first ?? (await loadManaged(engine, actor, id))
      first = undefined
      return known
    },
    async (current) => {
      const now = timeOf(engine)
      refuse(current, now)
      // Everything was judged by the plan that it was in, its rules and what lies in it.
      if (current.planId !== record.planId) throw new PlanTokenError('version_conflict')
      refuseOtherVersion(current, fields.version)
      const renewal = renewalAfter(engine, entry, current, fields)
      const change = { ...choice, ...wordsAfter(current, fields), ...renewal }
      refuseWeak(engine, actor, rules, 'edit')
      const eventId = newId(engine.random)
      const changes = changesIn({ ...choice, ...renewal }, fields)
      const waiting = await engine.approvals?.edit(engine, {
        ...{ before: current, choice: change, changes, actor, now, eventId, isAsked },
      })
      if (waiting) return judgement(current, waiting.record, waiting.type, actor)
      const whole = isOfReach ? { ...change, proposal: undefined } : change
      const after = editedWithTerm(engine, entry.type, current, whole, eventId)
      return judgement(current, after, 'edited', actor)
    },
  )
  await engine.freshness.untilSeenEverywhere()
  return showOne(engine, changed)
}

/** An active token; or a pending one, for which whoever asked for it asks for something else. */
function refuseUneditable({ approvals }: ManagingEngine, record: TokenRecord, { id }: Actor, now: number): void {
  if (!approvals || statusOf(record, now) !== 'pending') refuseInactive(record, now)
  else if (record.request?.by !== id) throw new PlanTokenError('not_requester')
}

/** What an edit changes, as a proposal keeps it: what it takes away is `null`. */
function changesIn(choice: ChangedChoice, { metadata }: Unjudged): ProposedChanges {
  const taken = Object.entries(choice).map(([field, value]) => [field, value ?? null])
  return { ...(Object.fromEntries(taken) as ProposedChanges), ...(metadata !== undefined && { metadata }) }
}

/** The fields of an edit as they were read: shapes are judged, scopes and links are not yet. */
type Unjudged = Omit<ReadInput<EditInput>['fields'], 'actor' | 'scopes' | 'resources' | 'addresses'> & {
  readonly scopes?: unknown
  readonly resources?: unknown
  readonly addresses?: unknown
}

/** What an edit is to change, and by which rules. */
interface EditChoice {
  readonly choice: ChangedChoice
  readonly rules: PlanRules | undefined
  /** Whether it says anything of what the token may do. */
  readonly isOfReach: boolean
}

/** The fields that an edit changes, or `invalid_input` with everything that is wrong with them. */
async function readChoice(
  engine: ManagingEngine,
  { policy, type }: TypeEntry,
  record: TokenRecord,
  fields: Unjudged,
  issues: Issue[],
): Promise<EditChoice> {
  const { planId, addresses: kept, canary } = record
  const { name, description, scopes, resources, metadata, contact, addresses } = fields
  const read = scopes === undefined ? undefined : readScopes(scopes, type, policy)
  if (read && areIssues(read)) issues.push(...read)
  const links = resources === undefined ? undefined : readLinks(resources, policy, planId)
  if (links) issues.push(...(await linkProblems(engine, policy, links, planId)))
  // As in RFC 7396, `null` takes them away.
  const isGiven = addresses !== undefined
  const from = isGiven || kept === undefined ? readAddresses(engine, addresses ?? undefined, type) : undefined
  if (from) issues.push(...from.issues)
  const renewal = readSelfRenewal(engine, fields, type, record)
  issues.push(...renewal.issues)
  if (
    issues.length === 0 &&
    !renewal.isGiven &&
    [name, description, scopes, resources, metadata, contact, addresses].every((field) => field === undefined)
  ) {
    issues.push(issueAt([], 'must change something.', 'nothing_changed'))
  }
  const ofPlan = await askRules(engine, planId)
  issues.push(
    ...issuesByRules(
      ofPlan,
      {
        ...(read && !areIssues(read) && { scopes: read }),
        ...(links && { resources: allowlistOf(links) }),
        ...(isGiven && from?.issues.length === 0 && { addresses: from.addresses }),
      },
      { type, policy },
    ),
  )
  refuseIssues(issues)
  // Only the option could tell what widens.
  const isOfReach = REACH.some((field) => fields[field] !== undefined)
  if (isOfReach && ofPlan?.approvals && !engine.approvals && !canary) throw new PlanTokenError('approval_required')
  const choice = {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(read && { scopes: read as readonly string[] }),
    ...(links && { resources: allowlistOf(links) }),
    ...(contact !== undefined && { contact: contact || undefined }),
    ...(isGiven && { addresses: from?.addresses }),
  }
  return { choice, rules: ofPlan, isOfReach }
}

/** Whether and until when a token may renew itself after an edit, by what it has by then. */
function renewalAfter(
  engine: ManagingEngine,
  { type }: TypeEntry,
  current: TokenRecord,
  fields: Unjudged,
): Pick<ChangedChoice, 'selfRenewal'> {
  const { isGiven, selfRenewal, issues } = readSelfRenewal(engine, fields, type, current)
  refuseIssues(issues)
  return isGiven ? { selfRenewal } : {}
}

/** The words of a token after an edit: merged with those that it has by then, so that of two edits neither is lost. */
function wordsAfter(current: TokenRecord, { metadata }: Unjudged): Pick<ChangedChoice, 'metadata'> {
  if (metadata === undefined) return {}
  const words = merged(current.metadata, metadata)
  if (words === TOO_MANY_KEYS) refuseIssues([issueAt(['metadata'], words, 'metadata_too_many')])
  return { metadata: words as TokenRecord['metadata'] }
}
