/** What notices are called for people, and what they should do. In one place, so that words can be changed. */
import { oneLine } from '../core/one-line.ts'
import { COLLECTED_WITHIN_DAYS } from '../core/pending.ts'
import { DECIDED_WITHIN_DAYS, ENDED, isDate, UNUSED_DAYS } from '../core/token.ts'
import type { Notice, NoticeType } from './notice.ts'

/** A sentence, and what to do about it. */
interface Text {
  readonly says: (notice: Notice) => string
  readonly todo: string | ((notice: Notice) => string)
  /** Of a canary, with which nothing is let through and which nobody refreshes. */
  readonly todoOfCanary?: string
}

const LAY = 'Nobody can refresh a canary. If one is still wanted where it lies, create a new one and lay it there.'
const LOOK = 'If nobody of you meant this, revoke the token now and find out who did it.'
const TEXTS: { readonly [T in NoticeType]: Text } = {
  'token.created': { says: (notice) => `${name(notice)} was created${by(notice)}.`, todo: LOOK },
  'token.adopted': { says: (notice) => `${name(notice)} was made of a key from before${by(notice)}.`, todo: LOOK },
  'token.edited': {
    says: (notice) => `${name(notice)} was edited${by(notice)}${what(notice)}.`,
    todo: LOOK,
  },
  'token.refreshed': {
    says: (notice) => `${name(notice)} has a new secret${by(notice)}.`,
    todo: (notice) =>
      `${before(notice)}: put the new one wherever the old one is in use. If nobody of you meant this, revoke the token.`,
  },
  'token.self_refreshed': {
    says: (notice) => `${name(notice)} has renewed itself.`,
    todo: 'You have nothing to do: whatever uses the token has the new secret. If it should not do so any more, edit or revoke the token.',
  },
  'token.superseded_secret_used': {
    says: (notice) =>
      `Somebody tried to renew ${name(notice, 'the token')} with a secret that had been replaced. Nothing was given.`,
    todo: 'If nothing of yours still has the old secret, somebody else has it: refresh the token, put the new secret where it is used, and look at your own logs.',
  },
  'token.revoked': {
    says: (notice) => `${name(notice)} was revoked${by(notice)}${why(notice)}.`,
    todo: 'Nothing that uses it works any more. If something still needs access, create a new token for it.',
  },
  'token.moving': {
    says: (notice) => `${name(notice)} is moved to another plan${by(notice)}.`,
    todo: 'Admins of the other plan manage it from now on. You have nothing to do.',
  },
  'token.moved': {
    says: (notice) => `${name(notice)} was moved to your plan${by(notice)}.`,
    todo: 'You manage it from now on. Revoke it if you do not need it.',
  },
  'token.expiring': {
    says: (notice) => `${name(notice)} ends ${soon(notice)}, on ${date(notice.endsAt)}.`,
    todo: 'If it is still needed, refresh it and put the new secret where it is used. If not, let it end.',
    todoOfCanary: LAY,
  },
  'token.expired': {
    says: (notice) => `${name(notice)} ended on ${date(notice.endsAt)}.`,
    todo: 'Nothing that uses it works any more. If something still needs access, create a new token for it.',
    todoOfCanary: LAY,
  },
  'token.unused': {
    says: (notice) => `${name(notice)} has not been used for ${UNUSED_DAYS} days.`,
    todo: 'A token that nobody uses is a risk without a use: revoke it, unless you know what it is kept for.',
  },
  'token.old_secret_used': {
    says: (notice) =>
      `An old secret of ${name(notice, 'the token')} was still in use on ${date(notice.lastUsedAt)}; ${ends(notice)}.`,
    todo: 'Something was not given the new secret. Find it and give it the new one: with the old one it stops working.',
  },
  'token.request_lapsing': {
    says: (notice) =>
      `What was asked for as ${name(notice, 'the token')} lapses ${soon(notice)}, on ${date(notice.endsAt)}.`,
    todo: 'If it is still wanted, another admin than the one who asked approves it; if that was done, whoever asked collects its secret. If not, let it lapse.',
  },
  'token.edit_request_lapsing': {
    says: (notice) =>
      `The edit of ${name(notice, 'the token')} that waits lapses ${soon(notice)}, on ${date(notice.endsAt)}.`,
    todo: 'If it is still wanted, another admin than the one who asked approves it. If not, let it lapse: the token stays as it is.',
  },
  'token.ending_by_rule': {
    says: (notice) =>
      `A rule of the plan ends ${name(notice, 'the token')} ${soon(notice)}, on ${date(notice.endsAt)}: ${rule(notice)}.`,
    todo: (notice) =>
      notice.rule === 'token_idle'
        ? 'If it is still needed, use it or refresh it before. If not, revoke it.'
        : 'If it is still needed, refresh it before, and put the new secret where it is used. If not, revoke it.',
  },
  'token.ended_by_rule': {
    says: (notice) =>
      `A rule of the plan has ended ${name(notice, 'the token')} on ${date(notice.endsAt)}: ${rule(notice)}.`,
    todo: 'Nothing that uses it works any more. If it is still needed, refresh it and put the new secret where it is used. If not, revoke it.',
  },
  'secret.leak_reported': {
    says: (notice) =>
      `A secret of ${name(notice, 'the token')} was reported as leaked. It has not been ended at once${leakedUntil(notice)}.`,
    todoOfCanary:
      'Nothing was let through with it: it is a canary, and was found where you laid it, or where somebody took it. Look at who can read that place.',
    todo: 'Refresh the token now, put the new secret where it is used, and end the old one. Look at what was done with it in your own logs, and take it out of where it was found.',
  },
  'token.canary_used': {
    says: (notice) => `Somebody has tried ${name(notice, 'the canary')}. Nothing was let through.`,
    todo: 'Whoever tried it has found it where you laid it: look at who can read that place, and treat whatever else lies there as leaked.',
  },
  'token.requested': {
    says: (notice) => `${name(notice)} was asked for${by(notice)}. It has no secret yet.`,
    todo: `Another admin than the one who asked looks at what it may do, and approves or declines it within ${DECIDED_WITHIN_DAYS} days.`,
  },
  'token.edit_requested': {
    says: (notice) => `An edit that lets ${name(notice, 'the token')} do more was asked for${by(notice)}.`,
    todo: `Another admin than the one who asked looks at it, and approves or declines it within ${DECIDED_WITHIN_DAYS} days. Until then nothing of it counts.`,
  },
  'token.approved': {
    says: (notice) =>
      isOfRequest(notice)
        ? `${name(notice)} was approved${by(notice)}.`
        : `An edit of ${name(notice, 'the token')} was approved${by(notice)}${what(notice)}.`,
    todo: (notice) =>
      isOfRequest(notice)
        ? `Whoever asked for it collects its secret within ${COLLECTED_WITHIN_DAYS} days; after that it is gone.`
        : LOOK,
  },
  'token.declined': {
    says: (notice) =>
      isRevoked(notice)
        ? `${name(notice)} was declined${by(notice)}. It never had a secret.`
        : `An edit of ${name(notice, 'the token')} was declined${by(notice)}. The token is as it was.`,
    todo: 'Whoever asked may ask again for something else.',
  },
  'token.collected': {
    says: (notice) => `The secret of ${name(notice, 'the token')} was collected${by(notice)}.`,
    todo: LOOK,
  },
  'secret.leaked': {
    says: (notice) =>
      isRevoked(notice)
        ? `A secret of ${name(notice, 'the token')} was reported as leaked. The token was revoked.`
        : notice.token
          ? `An old secret of ${name(notice, 'the token')} was reported as leaked. That secret works no more; the newest one does.`
          : `A secret of ${name(notice, 'the token')} was reported as leaked. That secret works no more.`,
    todo: 'Look at what was done with it in your own logs, find out how it leaked, and take it out of where it was found. What still needs access needs a new secret.',
  },
}

/** Every type of notices. */
export const NOTICE_TYPES: readonly string[] = Object.keys(TEXTS)

/** What happened, in one sentence. */
export function sentenceOf(notice: Notice): string {
  return (TEXTS[notice.type] as Text | undefined)?.says(notice) ?? `${name(notice)}: ${notice.type}.`
}

/** What to do about it. */
export function todoOf(notice: Notice): string {
  const { todo = 'Look at its log.', todoOfCanary }: Partial<Text> = (TEXTS[notice.type] as Text | undefined) ?? {}
  if (notice.token?.canary && todoOfCanary !== undefined) return todoOfCanary
  return typeof todo === 'string' ? todo : todo(notice)
}

/** The name is an admin's text and the id ours; in one line, whatever the name holds. */
function name({ token, tokenId }: Notice, the = 'The token'): string {
  return token ? `${the} "${oneLine(token.name)}"` : `${the} ${tokenId}`
}

/** The event says it, also where the token is not there any more. */
const isRevoked = ({ changed, token }: Notice): boolean =>
  changed?.includes('revokedAt') === true || token?.status === 'revoked'

/** Whether what was approved is a token, and no edit of one. */
const isOfRequest = ({ changed }: Notice): boolean => changed?.includes('request') === true

/** By when a secret that was reported as leaked ends, where it does: the newest with its token, an earlier one by itself. */
function leakedUntil({ changes = {} }: Notice): string {
  const [ofToken, ofSecret] = [changes.expiresAt?.after, changes.worksUntil?.after]
  if (isDate(ofToken)) return `: the token ends on ${date(ofToken)}, unless it is refreshed before`
  return isDate(ofSecret) ? `: it works until ${date(ofSecret)}` : ''
}

/** What became of the secret that was the newest before a refresh. */
function before({ changes }: Notice): string {
  const end = changes?.previousWorksUntil?.after
  if (end === ENDED) return 'The secret before it works no more'
  return isDate(end)
    ? `The secret before it works until ${date(end)}`
    : 'The secret before it works for a while at most'
}

const by = ({ actor }: Notice): string => (typeof actor === 'string' ? ` by ${oneLine(actor)}` : '')
const what = ({ changed = [] }: Notice): string => {
  const fields = changed.filter((field) => field !== 'proposal')
  return fields.length > 0 ? `: ${fields.join(', ')}` : ''
}
const why = ({ actor, reason }: Notice): string =>
  actor === null && reason ? `: ${oneLine(reason).replace(/\.$/, '')}` : ''
const rule = ({ rule: broken }: Notice): string =>
  broken === 'token_idle' ? 'nobody has used it for so long' : 'its secret is as old as the rules allow'
const ends = ({ at, endsAt }: Notice): string =>
  endsAt !== undefined && endsAt <= at ? `it ended on ${date(endsAt)}` : `it works until ${date(endsAt)}`
const soon = ({ daysLeft }: Notice): string => (daysLeft === 1 ? 'within a day' : `within ${daysLeft} days`)

function date(at: number | null | undefined): string {
  return typeof at === 'number' && Number.isFinite(at)
    ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'an unknown date'
}
