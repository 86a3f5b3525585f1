/** Refreshing: a preview, a new secret, 24 hours in which the old one works too, and a token that has simply expired. */
import { intlFormatDistance } from 'date-fns'
import { millisecondsInDay, millisecondsInHour } from 'date-fns/constants'
import { ADMIN, PLAN } from '../organization.ts'
import { moment } from '../print.ts'
import type { Stage } from './stage.ts'
import type { Holder } from './steps.ts'

const FILE = 'GET /v1/files/ABCDEFG123'

/** The token with its newest secret. */
export async function refreshToken(stage: Stage, old: Holder): Promise<Holder> {
  const { tokens, print } = stage
  const who = { actor: ADMIN, id: old.id }
  print.title('Refresh a plan access token')
  stage.wait(30 * millisecondsInDay, '30 days go by')
  const dates = {
    expiresAt: stage.now() + 90 * millisecondsInDay,
    previousWorksUntil: stage.now() + 24 * millisecondsInHour,
  }
  const preview = await stage.call(
    {
      who: ADMIN,
      call: 'previewRefresh',
      gives: dates,
      why: 'The original 90 days, counted from now. Nothing has changed yet.',
    },
    () => tokens.previewRefresh(who),
  )
  const away = (at: number, unit: 'day' | 'hour'): string => intlFormatDistance(at, stage.now(), { unit, locale: 'en' })
  print.table([
    ['would end', `${moment(preview.expiresAt)}, ${away(preview.expiresAt, 'day')}`],
    ['old secret works until', `${moment(preview.previousWorksUntil)}, ${away(preview.previousWorksUntil, 'hour')}`],
  ])
  const refreshed = await stage.call(
    {
      who: ADMIN,
      call: 'refresh',
      gives: { expiresAt: dates.expiresAt, id: old.id, status: 'active' },
      why: 'The same token, with a new secret and the end that was previewed.',
    },
    () => tokens.refresh(who),
  )
  print.box([refreshed.secret.reveal(), 'The new secret, shown here and never again.'])
  const renewed = stage.holder('nightly new', refreshed)
  const before = { ...old, name: 'nightly old' }
  const soon = await shortToken(stage)

  await stage.request({ by: renewed, request: FILE, expect: '200 allowed', why: 'The new secret works at once.' })
  await stage.request({
    by: before,
    request: FILE,
    expect: '200 allowed',
    carries: { 'Secret-Works-Until': new Date(dates.previousWorksUntil).toISOString() },
    why: 'So does the old one, and a header of the answer tells its client until when.',
  })
  stage.wait(24 * millisecondsInHour - 1, '24 hours go by, less one millisecond')
  await stage.request({ by: before, request: FILE, expect: '200 allowed', why: 'Still.' })
  await stage.request({ by: soon, request: FILE, expect: '200 allowed', why: 'Still, too.' })
  stage.wait(1, 'one millisecond more')
  await stage.request({ by: before, request: FILE, expect: '401 secret_retired', why: 'The 24 hours are over.' })
  await stage.request({ by: renewed, request: FILE, expect: '200 allowed', why: 'The token lives on.' })
  await stage.request({ by: soon, request: FILE, expect: '401 token_expired', why: 'Its one day is over.' })
  await stage.refused(
    {
      who: ADMIN,
      call: 'refresh "Preview build"',
      expect: '409 token_not_active',
      why: 'What has expired is not brought back; only an active token is refreshed.',
    },
    () => tokens.refresh({ actor: ADMIN, id: soon.id }),
  )
  return renewed
}

/** A token that lives for a day, to see it end. */
async function shortToken(stage: Stage): Promise<Holder> {
  const issued = await stage.call(
    {
      who: ADMIN,
      call: 'create "Preview build", all resources, 1 day',
      gives: { status: 'active', expiresAt: stage.now() + millisecondsInDay },
      why: 'Beside it, a token that is never refreshed.',
    },
    () =>
      stage.tokens.create({
        actor: ADMIN,
        planId: PLAN,
        type: 'rest',
        name: 'Preview build',
        lifetimeDays: 1,
        scopes: ['file_content:read'],
        resources: 'all',
      }),
  )
  return stage.holder('preview', issued)
}
