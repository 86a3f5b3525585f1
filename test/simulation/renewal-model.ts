/**
 * A token that renews itself, as the model of the page has it: written from what is promised (docs/self-renewal.md), and from nothing of
 * src/. It changes the page as the calls of test/simulation/page-model.ts do.
 */
import {
  DAY,
  HERE,
  HOUR,
  isActive,
  isEligible,
  log,
  MOST_LIVE_SECRETS,
  type ModelSecret,
  type ModelToken,
  type Page,
  tokenOf,
  works,
} from './page-model.ts'

const MINUTE = 60_000

/** From when on a token may: half of the life of its newest secret. */
export function renewFrom({ secrets, expiresAt }: ModelToken): number {
  // One that waits for an approval has none.
  return Math.ceil(((secrets.at(-1)?.issuedAt ?? Number.NaN) + expiresAt) / 2)
}

/** "Only the newest secret renews, not before half of its life, never beyond its term." @param text the new secret, if there is one. */
export function renew(page: Page, sent: string, key: string, text: string): string {
  const token = tokenOf(page, sent)
  if (!token) return 'token_unknown'
  if (token.revoked) return 'token_revoked'
  if (!isActive(page, token)) return 'token_expired'
  const secret = token.secrets.find((one) => one.text === sent)!
  const newest = token.secrets.at(-1)!
  const known = page.keys.get(`renew ${token.id} ${key}`)
  const isAgain = known?.input === sent && known.secret === newest && !newest.used
  if (token.renewal && secret !== newest && !isAgain) return superseded(page, token)
  const isWithin = works(page, secret) || (isAgain && secret.worksUntil !== 'ended')
  if (!isWithin) return 'secret_retired'
  if (token.addresses && !token.addresses.includes(HERE)) return 'address_not_allowed'
  if (!isEligible(page, token.plan)) return 'plan_not_eligible'
  if (!token.renewal) return 'renewal_not_allowed'
  if (page.now >= token.renewal.until) return 'renewal_ended'
  const next: ModelSecret = { text, issuedAt: page.now, worksUntil: null, used: false }
  if (isAgain && known) {
    newest.worksUntil = 'ended'
    known.secret = next
    token.secrets.push(next)
    return log(page, 'self_refreshed', token)
  }
  if (known) return 'idempotency_key_reused'
  if (page.now < renewFrom(token)) return 'renewal_too_early'
  if (token.secrets.filter((one) => works(page, one)).length + 1 > MOST_LIVE_SECRETS) return 'too_many_live_secrets'
  const ends = Math.min(page.now + token.days * DAY, Math.max(token.renewal.until, token.expiresAt))
  if (ends <= token.expiresAt && ends - page.now < DAY) return 'renewal_ended'
  token.expiresAt = ends
  newest.worksUntil = Math.min(page.now + 24 * HOUR, token.expiresAt)
  token.secrets.push(next)
  page.keys.set(`renew ${token.id} ${key}`, { input: sent, token, secret: next })
  page.renewals.push({ sent, key })
  return log(page, 'self_refreshed', token)
}

/** It stands in the log once a minute at most. */
function superseded(page: Page, token: ModelToken): string {
  if (token.toldAt === null || page.now - token.toldAt >= MINUTE) {
    token.toldAt = page.now
    log(page, 'superseded_secret_used', token)
  }
  return 'secret_superseded'
}
