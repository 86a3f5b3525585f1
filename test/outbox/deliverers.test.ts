/** What deliverers make of notices: CloudEvents by the official SDK, OCSF by its published schema, mail by what people read. */
import { HTTP, CloudEvent as OfficialEvent } from 'cloudevents'
import {
  type CloudEventMessage,
  cloudEvent,
  cloudEvents,
  createOutbox,
  type Mail,
  mail,
  type Notice,
  type NoticeType,
  ocsf,
} from 'plan-access-tokens/outbox'
import { standardWebhooks } from 'plan-access-tokens/outbox/webhooks'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, START } from '../support/world.ts'
import { OCSF, problemsOf } from './ocsf.ts'
import { httpReceiver } from './receivers.ts'
import { receiver } from './support.ts'

const TOKEN: NonNullable<Notice['token']> = {
  ...{ type: 'rest', name: 'Nightly export', status: 'active' as const, scopes: ['file_content:read'], resources: 2 },
  ...{ createdAt: START, createdBy: ADMIN, expiresAt: START + 30 * DAY },
}
const head = (type: NoticeType): Notice => ({
  id: `id-${type}`,
  type,
  at: START,
  planId: '1001',
  tokenId: 'tok1',
  token: TOKEN,
})
const event = (type: NoticeType): Notice => ({ ...head(type), seq: 7, actor: ADMIN, reason: 'Ticket 4711' })

/** One of each type. */
const NOTICES: readonly Notice[] = [
  event('token.created'),
  event('token.adopted'),
  { ...event('token.edited'), changed: ['name'], changes: { name: { before: 'Export', after: 'Nightly export' } } },
  event('token.refreshed'),
  { ...event('token.revoked'), token: { ...TOKEN, status: 'revoked' } },
  event('token.moving'),
  event('token.moved'),
  { ...event('secret.leaked'), actor: null, source: 'github', url: 'https://github.com/acme/one' },
  { ...head('token.expiring'), endsAt: START + 7 * DAY, daysLeft: 7 },
  { ...head('token.expired'), endsAt: START, token: { ...TOKEN, status: 'expired' } },
  { ...head('token.unused'), lastUsedAt: null },
  { ...head('token.old_secret_used'), endsAt: START + DAY, lastUsedAt: START },
  { ...event('secret.leak_reported'), actor: null, source: 'gitguardian' },
  { ...event('token.canary_used'), actor: null },
  { ...event('token.requested'), token: { ...TOKEN, status: 'pending' } },
  event('token.edit_requested'),
  { ...event('token.approved'), changed: ['scopes', 'proposal'] },
  { ...event('token.declined'), changed: ['proposal'] },
  event('token.collected'),
  { ...event('token.self_refreshed'), actor: null },
  { ...event('token.superseded_secret_used'), actor: null },
]
const ended = (after: number) => ({ changes: { previousWorksUntil: { before: null, after } } })
const ATTEMPT = { number: 1, isLast: false, signal: new AbortController().signal }

/** The text of the mail about a notice. */
async function textOf(notice: Notice): Promise<string> {
  const mails: Mail[] = []
  await mail({ admins: () => ['a@b.example'], send: (one) => mails.push(one) })(notice, ATTEMPT)
  return mails[0]!.text
}

describe('cloudEvents', () => {
  it.each(NOTICES.map((notice) => [notice.type, notice] as const))(
    '%s is what the official SDK takes',
    async (type, notice) => {
      const sent: CloudEventMessage[] = []
      const source = 'https://api.example.com/plan-tokens'
      await cloudEvents({ source, typePrefix: 'com.example.', send: (message) => sent.push(message) })(notice, ATTEMPT)
      const [message] = sent as [CloudEventMessage]
      const read = HTTP.toEvent(message) as OfficialEvent<Notice>
      expect(read).toBeInstanceOf(OfficialEvent)
      expect(read.validate()).toBe(true)
      expect(read.toJSON()).toMatchObject({
        ...{ specversion: '1.0', id: notice.id, source, type: `com.example.${type}`, subject: 'tok1', planid: '1001' },
        ...{ time: '2027-01-31T12:00:00.000Z', datacontenttype: 'application/json', data: notice },
      })
    },
  )

  it('goes into a webhook as its body', async () => {
    const { port, got, close } = await httpReceiver()
    const deliver = standardWebhooks({
      ...{ url: `http://127.0.0.1:${port}`, secrets: [`whsec_${'A'.repeat(32)}`], allowHttp: true, allowPrivate: true },
      payload: (notice) => cloudEvent(notice, { source: 'urn:example' }),
    })
    await deliver(NOTICES[0]!, ATTEMPT)
    await close()
    expect(JSON.parse(got[0]!.body)).toMatchObject({ specversion: '1.0', source: 'urn:example', type: 'token.created' })
  })

  it('tells every mistake at once', () => {
    expect(() => cloudEvents({ source: 'a b', typePrefix: ' ', send: 1 as never })).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: cloudEvents() found mistakes in the set-up:
        source: must be a URI of 1 to 2048 characters, without spaces.
        typePrefix: must have at most 128 letters, digits, ".", "-" and "_".
        send: must be a function.]
    `)
  })
})

describe('ocsf', () => {
  it.each(NOTICES.map((notice) => [notice.type, notice] as const))(
    '%s is an Account Change of the published schema',
    (_, notice) => {
      const mapped = ocsf(notice)
      expect(problemsOf(JSON.parse(JSON.stringify(mapped)) as object)).toEqual([])
      const { activity_id, class_uid, type_uid, class_name, category_uid, category_name, metadata } = mapped
      expect({ class_uid, class_name, category_uid, category_name }).toEqual({
        ...{ class_uid: OCSF.class.uid, class_name: OCSF.class.caption },
        ...{ category_uid: OCSF.category.uid, category_name: OCSF.category.caption },
      })
      expect(type_uid).toBe(class_uid * 100 + activity_id)
      expect(metadata).toMatchObject({ version: OCSF.version, uid: notice.id, tenant_uid: '1001' })
      const captions = OCSF.class.attributes
      if (activity_id !== 99) expect(mapped.activity_name).toBe(captions.activity_id?.enum?.[activity_id])
      expect(mapped.severity).toBe(captions.severity_id?.enum?.[mapped.severity_id])
      expect(mapped.status).toBe(captions.status_id?.enum?.[mapped.status_id])
    },
  )

  it('names the token, its plan and who did it', () => {
    expect(ocsf(NOTICES[4]!, { product: { name: 'Example', vendor_name: 'Example Inc.' } })).toMatchObject({
      ...{ activity_name: 'Delete', time: START, message: 'The token "Nightly export" was revoked by admin-1.' },
      metadata: { product: { name: 'Example', vendor_name: 'Example Inc.' }, sequence: 7 },
      user: { uid: 'tok1', name: 'Nightly export', org: { uid: '1001' } },
      actor: { user: { uid: ADMIN } },
    })
    expect(ocsf(NOTICES[7]!)).not.toHaveProperty('actor')
  })

  it('would be found wrong by the check', () => {
    const good = JSON.parse(JSON.stringify(ocsf(NOTICES[0]!))) as Record<string, object>
    expect(problemsOf({ ...good, user: {}, extra: 1, severity_id: 9, time: 'now' })).toEqual([
      'severity_id is none of its values: 9',
      'time is no timestamp_t',
      'user. has none of account,name,uid',
      'extra is no attribute',
    ])
    const { metadata: _, ...rest } = good
    expect(problemsOf(rest)).toEqual(['metadata is required'])
  })
})

describe('mail', () => {
  it('says in plain words what happened and what to do, to all admins of the plan', async () => {
    const mails: Mail[] = []
    const deliver = mail({
      admins: (planId) => [`first@${planId}.example`, `second@${planId}.example`],
      send: (one) => mails.push(one),
      link: ({ planId, tokenId }) => `https://app.example/plans/${planId}/tokens/${tokenId}`,
    })
    for (const notice of NOTICES) await deliver(notice, ATTEMPT)
    expect(mails[8]).toMatchObject({
      ...{ id: 'id-token.expiring', to: ['first@1001.example', 'second@1001.example'] },
      subject: 'The token "Nightly export" ends within 7 days, on 2027-02-07 12:00 UTC.',
    })
    expect(mails[8]!.text).toMatchInlineSnapshot(`
      "The token "Nightly export" ends within 7 days, on 2027-02-07 12:00 UTC.

      If it is still needed, refresh it and put the new secret where it is used. If not, let it end.

      Manage it: https://app.example/plans/1001/tokens/tok1

      Plan 1001, token tok1, notice id-token.expiring.
      "
    `)
    expect(mails.map(({ subject }) => subject)).toMatchInlineSnapshot(`
      [
        "The token "Nightly export" was created by admin-1.",
        "The token "Nightly export" was made of a key from before by admin-1.",
        "The token "Nightly export" was edited by admin-1: name.",
        "The token "Nightly export" has a new secret by admin-1.",
        "The token "Nightly export" was revoked by admin-1.",
        "The token "Nightly export" is moved to another plan by admin-1.",
        "The token "Nightly export" was moved to your plan by admin-1.",
        "An old secret of the token "Nightly export" was reported as leaked. That secret works no more; the newest one does.",
        "The token "Nightly export" ends within 7 days, on 2027-02-07 12:00 UTC.",
        "The token "Nightly export" ended on 2027-01-31 12:00 UTC.",
        "The token "Nightly export" has not been used for 90 days.",
        "An old secret of the token "Nightly export" was still in use on 2027-01-31 12:00 UTC; it works until 2027-02-01 12:00 UTC.",
        "A secret of the token "Nightly export" was reported as leaked. It has not been ended at once.",
        "Somebody has tried the canary "Nightly export". Nothing was let through.",
        "The token "Nightly export" was asked for by admin-1. It has no secret yet.",
        "An edit that lets the token "Nightly export" do more was asked for by admin-1.",
        "An edit of the token "Nightly export" was approved by admin-1: scopes.",
        "An edit of the token "Nightly export" was declined by admin-1. The token is as it was.",
        "The secret of the token "Nightly export" was collected by admin-1.",
        "The token "Nightly export" has renewed itself.",
        "Somebody tried to renew the token "Nightly export" with a secret that had been replaced. Nothing was given.",
      ]
    `)
    for (const { text } of mails)
      expect(text).toMatch(/^.+\n\n.{20,}\n\nManage it: https:.+\n\nPlan 1001, token tok1, notice .+\.\n$/)
  })

  it.each<[string, Notice, RegExp]>([
    [
      'works on',
      { ...event('token.refreshed'), ...ended(START + DAY) },
      /before it works until 2027-02-01 12:00 UTC: put/,
    ],
    ['has ended', { ...event('token.refreshed'), ...ended(0) }, /before it works no more: put/],
    [
      'has an end that the notice has no room for',
      event('token.refreshed'),
      /before it works for a while at most: put/,
    ],
  ])('says of a refresh whether the secret before it %s', async (_, notice, text) => {
    expect(await textOf(notice)).toMatch(text)
  })

  it.each<[string, Notice['changes'], string]>([
    ['', undefined, '.'],
    [
      'with its token',
      { expiresAt: { before: START + 30 * DAY, after: START + DAY } },
      ': the token ends on 2027-02-01 12:00 UTC, unless it is refreshed before.',
    ],
    ['alone', { worksUntil: { before: null, after: START + DAY } }, ': it works until 2027-02-01 12:00 UTC.'],
  ])('says of a leaked secret that works for a while when it ends %s', async (_, changes, end) => {
    const notice = { ...event('secret.leak_reported'), ...(changes && { changes }) }
    expect(await textOf(notice)).toContain(`It has not been ended at once${end}\n`)
  })

  it('says what became of a token whose leaked secret was ended, also once the token is not there any more', async () => {
    const { token: _, ...gone } = { ...event('secret.leaked'), actor: null }
    expect(await textOf({ ...gone, changed: ['revokedAt', 'leak'] })).toMatch(
      /^A secret of .+ The token was revoked\.\n/,
    )
    expect(await textOf(gone)).toMatch(
      /^A secret of the token tok1 was reported as leaked\. That secret works no more\.\n/,
    )
  })

  it.each<NoticeType>(['token.expiring', 'token.expired', 'secret.leak_reported'])(
    'asks nobody to refresh or replace a canary as if it were in use: %s',
    async (type) => {
      const text = await textOf({ ...head(type), token: { ...TOKEN, canary: true } })
      expect(text).toContain('canary')
      expect(text).not.toMatch(/refresh it|Refresh the token|needs access/)
    },
  )

  it('keeps a name that ends a line in its line', async () => {
    const mails: Mail[] = []
    const deliver = mail({ admins: () => ['a@b.example'], send: (one) => mails.push(one) })
    await deliver({ ...NOTICES[0]!, token: { ...TOKEN, name: 'a\r\nBcc: x@y.example\u202e' } }, ATTEMPT)
    expect(mails[0]?.subject).toBe('The token "a\\u{d}\\u{a}Bcc: x@y.example\\u{202e}" was created by admin-1.')
  })

  it('is not delivered where nobody would get it, and sends the chosen types alone', async () => {
    const mails: Mail[] = []
    for (const admins of [[], undefined, [''], 'a@b.example'])
      await expect(
        mail({ admins: () => admins as never, send: (one) => mails.push(one) })(NOTICES[0]!, ATTEMPT),
      ).rejects.toMatchObject({
        code: 'no_admins',
      })
    const deliver = mail({ admins: () => ['a@b.example'], send: (one) => mails.push(one), types: ['token.expiring'] })
    for (const notice of NOTICES) await deliver(notice, ATTEMPT)
    expect(mails.map(({ notice }) => notice.type)).toEqual(['token.expiring'])
    expect(() => mail({ admins: () => [], send: () => undefined, types: ['token.expirng' as never] })).toThrow(
      'types: has "token.expirng", which no notice is. Did you mean "token.expiring"?',
    )
    expect(() => mail({ admins: 'x', send: () => undefined, types: [] } as never)).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: mail() found mistakes in the set-up:
        admins: must be a function.
        types: must be a list of types of notices, such as "token.expiring".]
    `)
    const typo = () =>
      mail({ admins: () => [], send: () => undefined, types: ['token.expired', 'token.expirng'] as never })
    expect(typo).toThrow('types: has "token.expirng", which no notice is. Did you mean "token.expiring"?')
  })

  it('names a token that was removed meanwhile by its id, and a secret that has ended as ended', async () => {
    const mails: Mail[] = []
    const { token: _, ...gone } = NOTICES[9]!
    await mail({ admins: () => ['a@b.example'], send: (one) => mails.push(one) })(gone, ATTEMPT)
    expect(mails[0]?.subject).toBe('The token tok1 ended on 2027-01-31 12:00 UTC.')
    const late = { ...NOTICES[11]!, at: START + DAY }
    await mail({ admins: () => ['a@b.example'], send: (one) => mails.push(one) })(late, ATTEMPT)
    expect(mails[1]?.subject).toContain('was still in use on 2027-01-31 12:00 UTC; it ended on 2027-02-01 12:00 UTC.')
  })
})

it('an engine’s own notices are taken by all of them', async () => {
  const { tokens, make } = newWorld()
  const { id, secret } = await make()
  await tokens.edit({ actor: ADMIN, id, name: 'Export' })
  await tokens.refresh({ actor: ADMIN, id })
  await tokens.revokeSecret({ text: secret })
  const { deliver, got } = receiver()
  await createOutbox({ tokens, deliver, since: 'beginning' }).runOnce()
  expect(got).toHaveLength(4)
  for (const notice of got) {
    expect(problemsOf(JSON.parse(JSON.stringify(ocsf(notice))) as object)).toEqual([])
    expect(new OfficialEvent({ ...cloudEvent(notice, { source: 'urn:x' }) }).validate()).toBe(true)
  }
})
