/**
 * Walks over an engine and the model of the page side by side, and compares after every step all that a client or an admin
 * can see: what each secret that was ever issued opens, dates, lists and the audit log.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { PlanTokenError } from 'plan-access-tokens'
import { verifyLog } from 'plan-access-tokens/audit'
import { requestWith } from 'plan-access-tokens/testing'
import { ADMIN } from '../support/world.ts'
import * as model from './page-model.ts'
import * as renewals from './renewal-model.ts'
import { ADMINS, LINES, LINKS, PLANS, type Step } from './steps.ts'
import type { RenewalWish } from './term-model.ts'
import { newPage, type Walked } from './world.ts'

const BODY = { dev_resources: [{ file_key: 'FileA' }, { file_key: 'FileB' }] }
/** Right in form and checksum, and nobody's. */
const NOBODYS = withChecksum(`figpat_${'0'.repeat(32)}`)

function withChecksum(body: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const digit = (i: number): string => digits.charAt(Math.floor(crc32(body) / 62 ** i) % 62)
  return body + [5, 4, 3, 2, 1, 0].map(digit).join('')
}

/** Where the engine and the page part. */
export class Difference extends Error {}

/** Takes the steps; throws a `Difference` at the first one after which the engine and the page disagree. */
export async function walk(walked: Walked, steps: readonly Step[], count: () => void = () => undefined): Promise<void> {
  const page = newPage(walked.clock.now())
  const keyed: Step[] = []
  for (const step of steps) {
    if ('key' in step && step.key !== undefined && step.do !== 'renew') keyed.push(step)
    const real = step.do === 'again' ? repeated(keyed, step) : step
    const times = real?.do === 'refresh' ? real.times : 1
    for (let i = 0; real && i < times; i++) {
      count()
      await take(walked, page, real)
      await compare(walked, page, step.do)
    }
  }
  const { ok, events, unvouched, problems } = await verifyLog({ store: walked.log })
  same(
    'the chain of the log',
    { ok, events, unvouched, problems },
    { ok: true, events: page.events.length, unvouched: [], problems: [] },
  )
}

function repeated(keyed: readonly Step[], { call, otherwise }: Extract<Step, { do: 'again' }>): Step | undefined {
  const before = keyed.at(call % Math.max(1, keyed.length))
  if (!before || !otherwise) return before
  if (before.do === 'refresh') return { ...before, retire: before.retire === 'now' ? 'afterGrace' : 'now', times: 1 }
  if (before.do === 'collect') return { ...before, by: ADMINS.find((by) => by !== before.by)! }
  return { ...before, days: 7 } as Step
}

const linksOf = (resources: 'all' | readonly string[]): 'all' | string[] =>
  resources === 'all' ? 'all' : resources.map((resource) => LINKS[resource]!)

/** What a call came to: its code, `'ok'`, or what it gave. */
async function outcomeOf<T>(call: Promise<T>): Promise<T | string> {
  return call.catch((error: unknown) => {
    if (error instanceof PlanTokenError) return error.code
    throw error
  })
}

function same(what: string, engine: unknown, page: unknown): void {
  const [found, wanted] = [JSON.stringify(engine), JSON.stringify(page)]
  if (found !== wanted) throw new Difference(`${what}: the engine says ${found}, the page ${wanted}`)
}

/** The tokens of which a step takes one: mostly those that wait for something, where it is about these. */
function poolOf({ tokens }: model.Page, step: Step): readonly model.ModelToken[] {
  if (!('token' in step) || !['approve', 'decline', 'collect', 'edit'].includes(step.do)) return tokens
  const waiting = tokens.filter(({ request, proposal, revoked }) => !revoked && (request || proposal))
  return step.token % 4 === 0 || waiting.length === 0 ? tokens : waiting
}

/**
 * Takes one step. With a weak session, which the rules do not take, whatever would go through is refused, and whatever would not is
 * refused as ever: then `page` is one to throw away.
 */
async function take(walked: Walked, page: model.Page, step: Step, isWeak = false): Promise<void> {
  const { tokens, clock, directory, use, setRule } = walked
  const pool = poolOf(page, step)
  const token = 'token' in step ? pool.at(step.token % Math.max(1, pool.length)) : undefined
  const id = { actor: ADMIN, id: token?.id ?? '' }
  const secrets = [...page.tokens.flatMap((other) => other.secrets.map(({ text }) => text)), NOBODYS]
  const secret = 'secret' in step ? secrets.at(step.secret % secrets.length)! : ''
  if ('token' in step && !token) return
  const sameCall = (what: string, made: unknown, wanted: string): void => {
    const isRefused = isWeak && wanted === 'ok' && !isSaidAgain
    same(what, typeof made === 'string' ? made : 'ok', isRefused ? 'insufficient_user_authentication' : wanted)
  }
  /** What was approved or revoked before is only said once more, and nothing is written. */
  const isSaidAgain =
    (step.do === 'approve' && token?.request?.isApproved === true) || (step.do === 'revoke' && Boolean(token?.revoked))
  switch (step.do) {
    case 'weakly': {
      walked.setStrict(true)
      await take(walked, structuredClone(page), step.call, true)
      return walked.setStrict(false)
    }
    case 'create': {
      const { plan: planId, days: lifetimeDays, byMoment, scopes, addresses, key: idempotencyKey } = step
      const renewal = untilOf(page, step.renewal)
      const ends = byMoment ? page.now + lifetimeDays * model.DAY - 1 : undefined
      const what = {
        actor: step.by,
        planId,
        type: 'rest',
        name: 'Token',
        ...(ends === undefined ? { lifetimeDays } : { expiresAt: ends }),
        scopes,
        ...(addresses && { addresses }),
        ...wishOf(renewal),
        ...(idempotencyKey && { idempotencyKey }),
      }
      const made = await outcomeOf(tokens.create({ ...what, resources: linksOf(step.resources) }))
      const given =
        typeof made === 'string' ? { id: '', secret: '' } : { id: made.token.id, secret: made.secret?.reveal() ?? '' }
      const wish = { ...step, ends, renewal }
      return sameCall('create', made, model.create(page, wish, given))
    }
    case 'edit': {
      const { name, scopes, resources, addresses } = step
      const renewal = untilOf(page, step.renewal)
      const change = { name, ...(scopes && { scopes }), ...(addresses !== undefined && { addresses }) }
      const made = await outcomeOf(
        tokens.edit({
          ...{ ...id, actor: step.by, ...change, ...wishOf(renewal) },
          ...(resources && { resources: linksOf(resources) }),
        }),
      )
      return sameCall(
        'edit',
        made,
        model.edit(page, token!, { ...change, ...(resources && { resources }) }, step.by, renewal),
      )
    }
    case 'refresh': {
      const { retire, grace, key } = step
      const made = await outcomeOf(
        tokens.refresh({
          ...id,
          retirePrevious: retire,
          ...(grace !== undefined && { graceHours: grace }),
          ...(key && { idempotencyKey: key }),
        }),
      )
      const text = typeof made === 'string' ? '' : made.secret.reveal()
      return sameCall('refresh', made, model.refresh(page, token!, { retire, grace, key }, text))
    }
    case 'approve': {
      const made = await outcomeOf(tokens.approve({ ...id, actor: step.by }))
      return sameCall('approve', made, model.approve(page, token!, step.by))
    }
    case 'decline': {
      const made = await outcomeOf(tokens.decline({ ...id, actor: step.by }))
      return sameCall('decline', made, model.decline(page, token!, step.by))
    }
    case 'collect': {
      const { by, key } = step
      const made = await outcomeOf(tokens.collect({ ...id, actor: by, ...(key && { idempotencyKey: key }) }))
      const text = typeof made === 'string' ? '' : made.secret.reveal()
      return sameCall('collect', made, model.collect(page, token!, by, key, text))
    }
    case 'rule': {
      setRule(step.plan, step.isAsking)
      if (step.isAsking) page.asking.add(step.plan)
      else page.asking.delete(step.plan)
      return
    }
    case 'renew':
      return sameRenewal(tokens, page, secret, step.key)
    case 'renewAgain': {
      const done = page.renewals.at(step.call % Math.max(1, page.renewals.length))
      if (!done) return
      if (step.isUsed) await noteUse(use, page, model.tokenOf(page, done.sent)!.secrets.at(-1)!.text)
      return sameRenewal(tokens, page, done.sent, step.otherwise ? 'key-3' : done.key)
    }
    case 'preview':
      return same('previewRefresh', await outcomeOf(tokens.previewRefresh(id)), model.preview(page, token!))
    case 'revoke': {
      const made = await outcomeOf(tokens.revoke({ ...id, receipt: true }))
      sameCall('revoke', made, model.revoke(page, token!))
      if (typeof made === 'string') return
      const { seq, revokedAt, notAcceptedSince } = made.receipt
      const events = await walked.log.events({ tokenId: id.id, limit: 500 })
      // Of one that was asked for, that it was declined is its end.
      const ended = events.find(({ type, changes }) => type === 'revoked' || changes?.revokedAt !== undefined)
      return same('receipt', [seq, revokedAt, notAcceptedSince], [ended?.seq, ended?.at, clock.now()])
    }
    case 'revokeSecret': {
      const { revoked } = await tokens.revokeSecret({ text: secret })
      return same('revokeSecret', revoked ? 'ok' : 'unknown', model.revokeSecret(page, secret))
    }
    case 'use':
      return noteUse(use, page, secret)
    case 'authorize':
      return sameVerdict(tokens, page, secret, step.line)
    case 'plan':
      directory.setPlan(step.plan, step)
      page.plans.set(step.plan, step)
      return
    case 'move':
      directory.move(step.what, step.under)
      page.above.set(step.what, step.under)
      return
    case 'wait':
      page.now += step.ms
      return clock.advance(step.ms)
    case 'waitTo': {
      const ends = page.tokens.flatMap((other) => [
        ...[other.expiresAt, other.proposal && other.proposal.at + 30 * model.DAY],
        renewals.renewFrom(other),
        ...(other.renewal ? [other.renewal.until] : []),
        ...other.secrets.map(({ worksUntil }) => worksUntil),
      ])
      const ahead = ends.filter((end): end is number => typeof end === 'number' && end + step.beside > page.now).sort()
      page.now = (ahead.at(step.end % Math.max(1, ahead.length)) ?? page.now) + (ahead.length > 0 ? step.beside : 0)
      return clock.set(page.now)
    }
  }
}

async function noteUse(use: Walked['use'], page: model.Page, secret: string): Promise<void> {
  const used = model.tokenOf(page, secret)
  if (!used) return
  await use({ tokenId: used.id, digest: createHash('sha256').update(secret).digest('hex'), at: page.now })
  for (const other of used.secrets) other.used ||= other.text === secret
}

const untilOf = ({ now }: model.Page, wish: RenewalWish): RenewalWish =>
  typeof wish === 'number' ? now + wish * model.DAY : wish

const wishOf = (wish: RenewalWish) => ({
  ...(wish !== undefined && { selfRenewal: wish !== 'off' }),
  ...(typeof wish === 'number' && { renewUntil: wish }),
})

async function sameRenewal(tokens: Walked['tokens'], page: model.Page, secret: string, key: string): Promise<void> {
  const renewal = await tokens.renew({ secret }, { idempotencyKey: key, address: '203.0.113.7' })
  const text = renewal.renewed ? renewal.secret.reveal() : ''
  same('renew', renewal.renewed ? 'ok' : renewal.code, renewals.renew(page, secret, key, text))
}

async function sameVerdict(tokens: Walked['tokens'], page: model.Page, secret: string, line: string): Promise<void> {
  const request = requestWith(secret, line, line.startsWith('POST') ? { body: BODY } : {})
  const decision = await tokens.authorize(request, { address: '203.0.113.7' })
  const said = decision.allowed ? 'allowed' : decision.code
  same(`${line} with a secret`, said, model.authorize(page, secret, line))
  model.use(page, secret, line, said)
}

/** What is gathered of a token's use. */
async function sameUse(tokens: Walked['tokens'], page: model.Page, token: model.ModelToken): Promise<void> {
  const { routes, resources, refused, days } = await tokens.usage({ actor: ADMIN, id: token.id })
  const gathered = [
    ...routes.map(({ route, lastUsedOn, requests }) => [`route ${route}`, lastUsedOn, requests]),
    ...resources.map(({ kind, id, lastUsedOn, requests }) => [`resource ${kind}:${id}`, lastUsedOn, requests]),
    ...refused.map(({ route, code, lastRefusedOn, requests }) => [`refused ${route} ${code}`, lastRefusedOn, requests]),
  ]
  const dayOf = (day: number): string => new Date(day * model.DAY).toISOString().slice(0, 10)
  const taken = [...token.used].map(([what, { day, requests }]) => [what, dayOf(day), requests])
  const inOrder = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1)
  same('usage', gathered.sort(inOrder), taken.sort(inOrder))
  const today = Math.floor(page.now / model.DAY)
  const chart = Array.from({ length: 90 }, (_, i) => {
    const [allowed, no] = token.byDay.get(today - 89 + i) ?? [0, 0]
    return { day: dayOf(today - 89 + i), allowed, refused: no }
  })
  same('usage by day', days, chart)
}

/** Everything that can be seen, after every step. */
async function compare({ tokens }: Walked, page: model.Page, after: string): Promise<void> {
  try {
    let turn = page.now + page.events.length
    for (const token of page.tokens) {
      const found = await tokens.get({ actor: ADMIN, id: token.id })
      const { status, expiresAt, name, scopes, addresses, selfRenewal, version, secrets, request, proposal } = found
      same('status', status, model.statusOf(page, token))
      same('expiresAt', expiresAt, token.expiresAt)
      same('what was chosen', [name, scopes, addresses ?? null], [token.name, token.scopes, token.addresses])
      const { until, chosen = false } = selfRenewal ?? {}
      same('its term', until ? { until, isChosen: chosen } : null, token.renewal)
      same('version', version, token.version)
      const waits = model.proposalOf(page, token)
      same(
        'what was asked for',
        [request?.by, request && request.approvedBy !== undefined, proposal?.by],
        [token.request?.by, token.request?.isApproved, waits?.by],
      )
      same(
        'worksUntil',
        secrets.map(({ worksUntil }) => worksUntil),
        token.secrets.map(({ worksUntil }) => (worksUntil === 'ended' ? 0 : worksUntil)),
      )
      for (const { text } of token.secrets) {
        await sameVerdict(tokens, page, text, LINES[0]!)
        await sameVerdict(tokens, page, text, LINES[turn++ % LINES.length]!)
        const isAlive = !/^(token|secret|plan)_/.test(model.authorize(page, text, LINES[0]!, true))
        same('inspect', (await tokens.inspect({ secret: text })).active, isAlive)
      }
    }
    await sameVerdict(tokens, page, NOBODYS, LINES[0]!)
    const one = page.tokens.at(turn % Math.max(1, page.tokens.length))
    if (one) await sameUse(tokens, page, one)
    for (const planId of Object.values(PLANS)) {
      const { events } = await tokens.events({ actor: ADMIN, planId, limit: 500 })
      const mine = page.events.filter(({ token }) => token.plan === planId)
      same(
        'events',
        events.map(({ type, tokenId }) => [type, tokenId]),
        mine.map(({ type, token }) => [type, token.id]),
      )
      for (const status of ['active', 'pending', 'expired', 'revoked'] as const) {
        const listed = await tokens.list({ actor: ADMIN, planId, status, limit: 500 })
        const wanted = page.tokens.filter((token) => token.plan === planId && model.statusOf(page, token) === status)
        same(`list of ${status}`, listed.tokens.map(({ id }) => id).sort(), wanted.map(({ id }) => id).sort())
      }
    }
  } catch (error) {
    throw error instanceof Difference ? new Difference(`after ${after}: ${error.message}`) : error
  }
}
