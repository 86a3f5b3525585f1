/** GitGuardian's custom webhooks over real sockets: signed by HMAC with the time of sending, with a secret in them or without. */
import { toNode } from 'plan-access-tokens/admin'
import { type GitGuardianOptions, gitguardian, githubSecretScanning, leakHandler } from 'plan-access-tokens/leaks'
import { describe, expect, it } from 'vitest'
import { MINUTE, newWorld, START } from '../support/world.ts'
import { hmacOf, newKey, serve, serveKeys, signedBy } from './senders.ts'

const SECRET = 'the signature token'
const NOW = String(START / 1_000)

async function site(options: Partial<GitGuardianOptions> = {}) {
  const w = newWorld()
  const { fetch: fetchKeys } = await serveKeys(newKey('key-1'))
  const handler = leakHandler({
    tokens: w.tokens,
    sources: [
      gitguardian({ secret: SECRET, action: 'revoke', ...options }),
      githubSecretScanning({ action: 'tell', fetch: fetchKeys }),
    ],
  })
  const { origin } = await serve(toNode(handler))
  const send = async (body: string, headers: Record<string, string> = hmacOf(SECRET, NOW, body)) => {
    const response = await fetch(origin, { method: 'POST', body, headers })
    const text = await response.text()
    return { status: response.status, code: text === '' ? undefined : JSON.parse(text).code }
  }
  return { w, send }
}

/** A webhook of before, which shows what was found. */
const matched = (secret: string): string =>
  JSON.stringify({
    type: 'Acme Token',
    break_url: 'https://github.com/acme/app/commit/12ab?x=1',
    matches: [{ type: 'apikey', match: secret, index_start: 1 }],
  })
/** A webhook of today, which names the place. */
const OCCURRENCE = JSON.stringify({
  source: 'GitGuardian',
  action: 'new_occurrence',
  incident: { id: 1, secret_hash: 'xxx', gitguardian_url: 'https://dashboard.gitguardian.com/workspace/1/incidents/1' },
  occurrence: { id: 2, url: 'https://github.com/acme/app/commit/12ab#diff', filepath: 'a.ts' },
})

describe('the published vector', () => {
  it('has the signature that is checked here', () => {
    expect(hmacOf('foo', '0', 'bar')).toMatchObject({
      'Gitguardian-Signature': 'sha256=172fe3d694b734aa53dc892fd3b8d62163fc240064de570ba006900bb54a0fc2',
    })
  })

  it('is genuine, and of another time', async () => {
    const w = newWorld()
    const headers = {
      Timestamp: '0',
      'Gitguardian-Signature': 'sha256=172fe3d694b734aa53dc892fd3b8d62163fc240064de570ba006900bb54a0fc2',
    }
    const request = () => new Request('https://a.example/', { method: 'POST', body: 'bar', headers })
    const answers = [
      gitguardian({ secret: 'foo', action: 'tell' }),
      gitguardian({ secret: 'fop', action: 'tell' }),
    ].map((source) =>
      leakHandler({ tokens: w.tokens, sources: [source] })(request()).then((response) => response.json()),
    )
    expect(await Promise.all(answers)).toMatchObject([{ code: 'report_outdated' }, { code: 'report_forged' }])
  })
})

describe('a genuine report', () => {
  it('ends the secret in it', async () => {
    const { w, send } = await site()
    const { secret } = await w.make()
    expect(await send(matched(secret))).toEqual({ status: 204, code: undefined })
    expect(await w.ask(secret)).toBe('token_revoked')
    const [, event] = await w.store.events({ planId: '1001', limit: 9 })
    expect(event).toMatchObject({ source: 'gitguardian', url: 'https://github.com/acme/app/commit/12ab' })
  })

  it('ends it where JSON spells it by escapes', async () => {
    const { w, send } = await site()
    const { secret } = await w.make()
    const spelt = [...secret].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
    expect((await send(`{"a":"${spelt}"}`)).status).toBe(204)
    expect(await w.ask(secret)).toBe('token_revoked')
  })

  it('of a hundred and one secrets ends each', async () => {
    const { w, send } = await site()
    const made = await Promise.all(Array.from({ length: 101 }, () => w.make()))
    expect((await send(JSON.stringify({ matches: made.map(({ secret }) => secret) }))).status).toBe(204)
    for (const { secret } of made) expect(await w.ask(secret)).toBe('token_revoked')
  })

  it('that names a place alone ends what the host finds there', async () => {
    let text: string | undefined
    const asked: unknown[] = []
    const findText = (payload: unknown) => {
      asked.push(payload)
      return text
    }
    const { w, send } = await site({ findText })
    const { secret } = await w.make()
    expect((await send(OCCURRENCE)).status).toBe(204)
    expect([await w.ask(secret), asked]).toEqual(['allowed', [JSON.parse(OCCURRENCE)]])
    text = `KEY=${secret}`
    expect((await send(OCCURRENCE)).status).toBe(204)
    expect(await w.ask(secret)).toBe('token_revoked')
    const [, event] = await w.store.events({ planId: '1001', limit: 9 })
    expect(event?.url).toBe('https://github.com/acme/app/commit/12ab')
  })

  it('of which the host cannot find the text is asked for again', async () => {
    const { send } = await site({ findText: () => Promise.reject(new Error('away')) })
    expect(await send(OCCURRENCE)).toEqual({ status: 500, code: 'internal' })
  })

  it('of which the host cannot find the text ends what stands in it all the same', async () => {
    const { w, send } = await site({ findText: () => Promise.reject(new Error('away')) })
    const { secret } = await w.make()
    expect(await send(matched(secret))).toEqual({ status: 500, code: 'internal' })
    expect(await w.ask(secret)).toBe('token_revoked')
  })

  it.each(['1801396800', '1801396799.5', '2027-01-31T12:00:00Z', '2027-01-31T13:04:59.9+01:00'])(
    'is taken at the time %s',
    async (timestamp) => {
      const { send } = await site()
      expect((await send('{}', hmacOf(SECRET, timestamp, '{}'))).status).toBe(204)
    },
  )
})

describe('a forged report', () => {
  it.each<[string, (body: string) => Record<string, string>, number, string]>([
    ['of another token', (body) => hmacOf('another', NOW, body), 401, 'report_forged'],
    ['of another body', () => hmacOf(SECRET, NOW, '{}'), 401, 'report_forged'],
    [
      'whose time was changed',
      (body) => ({ ...hmacOf(SECRET, NOW, body), Timestamp: `${NOW}0` }),
      401,
      'report_forged',
    ],
    ['without a time', (body) => ({ ...hmacOf(SECRET, NOW, body), Timestamp: '' }), 401, 'report_forged'],
    ['by MD5', (body) => ({ ...hmacOf(SECRET, NOW, body), 'Gitguardian-Signature': 'md5=00' }), 401, 'report_forged'],
    ['in capital letters', (body) => upper(hmacOf(SECRET, NOW, body)), 401, 'report_forged'],
    ['six minutes old', (body) => hmacOf(SECRET, String((START - 6 * MINUTE) / 1_000), body), 401, 'report_outdated'],
    [
      'from six minutes ahead',
      (body) => hmacOf(SECRET, String((START + 6 * MINUTE) / 1_000), body),
      401,
      'report_outdated',
    ],
    ['whose time is none', (body) => hmacOf(SECRET, 'yesterday', body), 401, 'report_outdated'],
    [
      'of the old header',
      (body) => ({ 'X-GitGuardian-Signature': hmacOf(SECRET, NOW, body)['Gitguardian-Signature'] ?? '' }),
      401,
      'source_unknown',
    ],
    [
      'that is from GitHub too',
      (body) => ({ ...signedBy(newKey('key-1'), body), ...hmacOf(SECRET, NOW, body) }),
      400,
      'report_unreadable',
    ],
  ])('%s ends nothing', async (_, headersOf, status, code) => {
    const { w, send } = await site()
    const { secret } = await w.make()
    const body = matched(secret)
    expect(await send(body, headersOf(body))).toEqual({ status, code })
    expect([await w.ask(secret), await w.log()]).toEqual(['allowed', ['created']])
  })

  it.each(['', '{', '[]', '5', '{"a":1,"a":2}'])('whose body is %j is refused', async (body) => {
    const { send } = await site()
    expect(await send(body)).toEqual({ status: 400, code: 'report_unreadable' })
  })
})

const upper = (headers: Record<string, string>): Record<string, string> => ({
  ...headers,
  'Gitguardian-Signature': `sha256=${headers['Gitguardian-Signature']?.slice(7).toUpperCase()}`,
})
