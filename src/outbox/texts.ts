/** What notices are called for people, and what they should do. In one place, so that words can be changed. */
import { oneLine } from '../core/one-line.ts'
import type { Notice, NoticeType } from './notice.ts'

/** A sentence, and what to do about it. */
interface Text {
  readonly says: (notice: Notice) => string
  readonly todo: string
}

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
    todo: 'The secret before it works for a short time more: put the new one wherever the old one is in use. If nobody of you meant this, revoke the token.',
  },
  'token.revoked': {
    says: (notice) => `${name(notice)} was revoked${by(notice)}.`,
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
  },
  'token.expired': {
    says: (notice) => `${name(notice)} ended on ${date(notice.endsAt)}.`,
    todo: 'Nothing that uses it works any more. If something still needs access, create a new token for it.',
  },
  'token.unused': {
    says: (notice) => `${name(notice)} has not been used for 90 days.`,
    todo: 'A token that nobody uses is a risk without a use: revoke it, unless you know what it is kept for.',
  },
  'token.old_secret_used': {
    says: (notice) =>
      `An old secret of ${name(notice, 'the token')} was still in use on ${date(notice.lastUsedAt)}; ${ends(notice)}.`,
    todo: 'Something was not given the new secret. Find it and give it the new one: with the old one it stops working.',
  },
  'secret.leak_reported': {
    says: (notice) => `A secret of ${name(notice, 'the token')} was reported as leaked. It has not been ended at once.`,
    todo: 'Refresh the token now, put the new secret where it is used, and end the old one. Look at what was done with it in your own logs, and take it out of where it was found.',
  },
  'token.canary_used': {
    says: (notice) => `Somebody has tried the canary ${name(notice, 'the token')}. Nothing was let through.`,
    todo: 'Whoever tried it has found it where you laid it: look at who can read that place, and treat whatever else lies there as leaked.',
  },
  'secret.leaked': {
    says: (notice) =>
      notice.token?.status === 'revoked'
        ? `A secret of ${name(notice, 'the token')} was reported as leaked. The token was revoked.`
        : `An old secret of ${name(notice, 'the token')} was reported as leaked. That secret works no more; the newest one does.`,
    todo: 'Look at what was done with it in your own logs, find out how it leaked, and take it out of where it was found. What still needs access needs a new secret.',
  },
}

/** What happened, in one sentence. */
export function sentenceOf(notice: Notice): string {
  return (TEXTS[notice.type] as Text | undefined)?.says(notice) ?? `${name(notice)}: ${notice.type}.`
}

/** What to do about it. */
export function todoOf({ type }: Notice): string {
  return (TEXTS[type] as Text | undefined)?.todo ?? 'Look at its log.'
}

/** The name is an admin's text and the id ours; in one line, whatever the name holds. */
function name({ token, tokenId }: Notice, the = 'The token'): string {
  return token ? `${the} "${oneLine(token.name)}"` : `${the} ${tokenId}`
}

const by = ({ actor }: Notice): string => (typeof actor === 'string' ? ` by ${oneLine(actor)}` : '')
const what = ({ changed }: Notice): string => (changed && changed.length > 0 ? `: ${changed.join(', ')}` : '')
const ends = ({ at, endsAt }: Notice): string =>
  endsAt !== undefined && endsAt <= at ? `it ended on ${date(endsAt)}` : `it works until ${date(endsAt)}`
const soon = ({ daysLeft }: Notice): string => (daysLeft === 1 ? 'within a day' : `within ${daysLeft} days`)

function date(at: number | null | undefined): string {
  return typeof at === 'number' && Number.isFinite(at)
    ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'an unknown date'
}
