/** Webhooks over real sockets: what receivers can verify, what their answers mean, and which addresses are never reached. */
import { randomBytes } from 'node:crypto'
import { createOutbox, type Notice } from 'plan-access-tokens/outbox'
import { type StandardWebhooksOptions, standardWebhooks } from 'plan-access-tokens/outbox/webhooks'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isPublic } from '../../src/outbox/webhooks/addresses.ts'
import { newWorld, START } from '../support/world.ts'
import { type Answer, type HttpReceiver, httpReceiver } from './receivers.ts'

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`
const SECRET = newSecret()
const LOCAL = { allowPrivate: true, allowHttp: true } as const

const NOTICE: Notice = {
  ...{ id: 'event-1', type: 'token.revoked', at: START, planId: '1001', tokenId: 'tok1', seq: 7, actor: 'admin-1' },
}

const opened: HttpReceiver[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
async function open(answer?: Answer): Promise<HttpReceiver> {
  const receiver = await httpReceiver(answer)
  opened.push(receiver)
  return receiver
}

/** The receiver of every notice, as a customer may have typed it in. */
const to = (url: string) => ({ endpoint: () => ({ url, secrets: [SECRET] }) })

/** Posts one notice; what it failed with, or nothing. */
async function send(
  options: Partial<StandardWebhooksOptions>,
  notice = NOTICE,
): Promise<Record<string, unknown> | undefined> {
  const deliver = standardWebhooks({ ...LOCAL, ...(!options.endpoint && { secrets: [SECRET] }), ...options })
  const attempt = { number: 1, isLast: false, signal: new AbortController().signal }
  return Promise.resolve(deliver(notice, attempt)).then(
    () => undefined,
    ({ name, code, status, isFinal, retryAfterMs, message }) => ({
      name,
      code,
      status,
      isFinal,
      retryAfterMs,
      message,
    }),
  )
}

describe('a receiver', () => {
  it('verifies what came by the library of Standard Webhooks, with either secret while one takes the place of the other', async () => {
    const { port, got } = await open()
    const next = newSecret()
    expect(await send({ url: `http://127.0.0.1:${port}/hooks?of=plans`, secrets: [next, SECRET] })).toBeUndefined()
    const [{ method, path, headers, body }] = got as [(typeof got)[number]]
    expect([method, path, headers['webhook-id'], headers['content-type']]).toEqual([
      ...['POST', '/hooks?of=plans', 'event-1', 'application/json'],
    ])
    for (const secret of [SECRET, next])
      expect(new Webhook(secret).verify(body, headers)).toEqual({
        ...{ type: 'token.revoked', timestamp: '2027-01-31T12:00:00.000Z', data: NOTICE },
      })
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow()
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow()
    expect(() => new Webhook(SECRET).verify(body, { ...headers, 'webhook-id': 'event-2' })).toThrow()
  })

  it('gets what the library’s own example signs', async () => {
    // libraries/javascript/src/webhook.test.ts of standard-webhooks/standard-webhooks, "sign function works".
    const { port, got } = await open()
    vi.useFakeTimers({ now: 1_614_265_330_000, toFake: ['Date'] })
    try {
      await send(
        {
          url: `http://127.0.0.1:${port}`,
          secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
          // The vector has a space that JSON.stringify leaves out.
          payload: () => ({ toJSON: () => 'unused' }),
        },
        { ...NOTICE, id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' },
      )
    } finally {
      vi.useRealTimers()
    }
    const { headers, body } = got[0]!
    expect([headers['webhook-id'], headers['webhook-timestamp'], body]).toEqual([
      ...['msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '"unused"'],
    ])
    const signed = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    const at = new Date(1_614_265_330_000)
    expect(headers['webhook-signature']).toBe(signed.sign('msg_p5jXN8AQM9LWM0D4loKWxJek', at, body))
    expect(signed.sign('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  it('may be another for each plan, with an address that is asked for at each try', async () => {
    const [first, second] = [await open(), await open()]
    const asked: string[] = []
    const deliver = standardWebhooks({
      ...LOCAL,
      endpoint({ planId }) {
        asked.push(planId)
        if (planId === '3003') return undefined
        const { port } = planId === '1001' ? first : second
        return { url: `http://127.0.0.1:${port}`, secrets: [SECRET] }
      },
    })
    const attempt = { number: 1, isLast: false, signal: new AbortController().signal }
    for (const planId of ['1001', '2002', '3003']) await deliver({ ...NOTICE, planId }, attempt)
    expect([first.got.length, second.got.length]).toEqual([1, 1])
    expect(asked).toEqual(['1001', '2002', '3003'])
    for (const wrong of [{ url: 'x', secrets: [SECRET] }, { url: 'https://a.example', secrets: ['short'] }, 7])
      expect(await send({ endpoint: () => wrong as never })).toMatchObject({ code: 'endpoint_wrong' })
  })

  it.each<[number, Record<string, string>, object]>([
    [200, {}, {}],
    [299, {}, {}],
    [301, { location: 'http://127.0.0.1:1/' }, { code: 'redirected', status: 301, isFinal: false }],
    [307, { location: 'http://169.254.169.254/latest/meta-data/' }, { code: 'redirected', status: 307 }],
    [400, {}, { code: 'refused', status: 400, isFinal: false }],
    [410, {}, { code: 'gone', status: 410, isFinal: true }],
    [429, { 'retry-after': '120' }, { code: 'refused', status: 429, retryAfterMs: 120_000 }],
    [503, { 'retry-after': 'soon' }, { code: 'refused', status: 503, retryAfterMs: undefined }],
    [500, {}, { code: 'refused', status: 500 }],
  ])('that answers %i is judged by that alone', async (status, headers, expected) => {
    const { port, got } = await open((_, response) => response.writeHead(status, headers).end('x'.repeat(1_000)))
    const failure = await send({ url: `http://127.0.0.1:${port}` })
    if (status < 300) expect(failure).toBeUndefined()
    else expect(failure).toMatchObject({ name: 'DeliveryError', ...expected })
    expect(got).toHaveLength(1)
  })

  it('that redirects inwards is not followed', async () => {
    const inner = await open()
    const outer = await open((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end(),
    )
    expect(await send({ url: `http://127.0.0.1:${outer.port}` })).toMatchObject({ code: 'redirected' })
    expect(inner.got).toEqual([])
  })

  it('that never answers is given up, and so is one whose connection ends', async () => {
    const hangs = await open(() => undefined)
    expect(await send({ url: `http://127.0.0.1:${hangs.port}`, timeoutMs: 100 })).toMatchObject({ code: 'timeout' })
    const ends = await open((request) => request.socket.destroy())
    expect(await send({ url: `http://127.0.0.1:${ends.port}` })).toMatchObject({ code: 'ECONNRESET' })
    const { port } = await open()
    await opened.pop()!.close()
    expect(await send({ url: `http://127.0.0.1:${port}` })).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('that answers without end is cut off', async () => {
    let sent = 0
    let close: () => void = () => undefined
    const closed = new Promise<void>((resolve) => {
      close = resolve
    })
    const { port } = await open((_, response) => {
      response.writeHead(200)
      const more = (): void => {
        sent += 65_536
        if (response.write('x'.repeat(65_536))) setImmediate(more)
        else response.once('drain', more)
      }
      response.on('close', close)
      more()
    })
    expect(await send({ url: `http://127.0.0.1:${port}` })).toBeUndefined()
    await closed
    expect(sent).toBeLessThan(50_000_000)
  })

  it('gets many over one connection that stays open, and over a new one where it has closed that', async () => {
    const { port, got, connections, closeIdle } = await open()
    const url = `http://127.0.0.1:${port}`
    const deliver = standardWebhooks({ ...LOCAL, url, secrets: [SECRET] })
    const attempt = { number: 1, isLast: false, signal: new AbortController().signal }
    for (let i = 0; i < 5; i++) await deliver(NOTICE, attempt)
    expect([got.length, connections()]).toEqual([5, 1])
    closeIdle()
    await deliver(NOTICE, attempt)
    expect([got.length, connections()]).toEqual([6, 2])
  })
})

describe('an address of a network that is not public', () => {
  const PRIVATE = [
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '0.0.0.0',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...[
      '192.168.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '192.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '224.0.0.1',
      '240.0.0.1',
    ],
    ...['255.255.255.255', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[::127.0.0.1]', '[fe80::1]'],
    ...[
      '[fec0::1]',
      '[fc00::1]',
      '[fd00:ec2::254]',
      '[2001:db8::1]',
      '[2002:7f00:1::]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b:1::1]',
    ],
    ...[
      '[2001::1]',
      '[ff02::1]',
      '[100::1]',
      '[4000::1]',
      '[3fff::1]',
      'localhost',
      'LOCALHOST.',
      'ip6-localhost',
      '１２７.0.0.1',
      '127。0。0。1',
    ],
  ]
  it.each(PRIVATE)('%s is not reached', async (host) => {
    const failure = await send({ ...to(`https://${host}/`), allowPrivate: false })
    // A machine may not know some of the names.
    const code = /^ip6|\.$/.test(host) ? /address_private|ENOTFOUND|EAI_AGAIN/ : /^address_private$/
    expect(failure?.code).toMatch(code)
  })

  it('is told at start where it stands in the URL itself, as a user and a password are', () => {
    const start = (url: string) => standardWebhooks({ url, secrets: [SECRET] })
    expect(() => start('https://user:pass@10.0.0.1/')).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: standardWebhooks() found mistakes in the set-up:
        url: must hold no user and no password.
        url: leads to a network that is not public. Set allowPrivate where that is meant.]
    `)
    expect(() => start('https://[::ffff:7f00:1]/')).toThrow(/url: leads to a network that is not public/)
    expect(() => standardWebhooks({ url: 'https://10.0.0.1/', secrets: [SECRET], allowPrivate: true })).not.toThrow()
  })

  it('is not reached where only one of a name’s addresses is such, nor by a name that has changed since', async () => {
    const { port, got } = await open()
    const dns = process.getBuiltinModule('node:dns/promises')
    const answers: string[][] = [['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1'], [], ['127.0.0.1']]
    let asked = 0
    const spy = vi.spyOn(dns, 'lookup').mockImplementation((async () => {
      return (answers[asked++] as string[]).map((address) => ({ address, family: 4 }))
    }) as never)
    try {
      const url = `http://rebinding.example:${port}/`
      const rules = { url, allowPrivate: false }
      expect(await send(rules)).toMatchObject({ code: 'address_private' })
      expect(await send(rules)).toMatchObject({ code: 'address_private' })
      expect(await send(rules)).toMatchObject({ code: 'address_unknown' })
      expect(got).toEqual([])
      // Looked up once; the connection goes to what was judged, under the name.
      expect(await send({ url })).toBeUndefined()
      expect(asked).toBe(4)
      expect(got[0]?.headers.host).toBe(`rebinding.example:${port}`)
    } finally {
      spy.mockRestore()
    }
  })

  it('goes on to the next address of a name where one takes no connection', async () => {
    const { port, got } = await open()
    const dns = process.getBuiltinModule('node:dns/promises')
    const spy = vi
      .spyOn(dns, 'lookup')
      .mockImplementation((async () => [{ address: '127.0.0.2' }, { address: '127.0.0.1' }]) as never)
    try {
      expect(await send({ url: `http://two.example:${port}/` })).toBeUndefined()
    } finally {
      spy.mockRestore()
    }
    expect(got).toHaveLength(1)
  })

  it('is told from public ones', () => {
    for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect([address, isPublic(address)]).toEqual([address, true])
    for (const text of ['', 'example.com', '2606:4700::1111%eth0', '8.8.8', '8.8.8.8/32', '010.8.8.8'])
      expect([text, isPublic(text)]).toEqual([text, false])
  })

  it.each([
    ...['192.0.0.9', '192.0.0.10', '192.31.196.1', '192.52.193.1', '192.88.99.1', '192.175.48.1'],
    ...['2001:1::1', '2001:1::2', '2001:3::1', '2001:20::1', '2620:4f:8000::1', '64:ff9b::8.8.8.8'],
  ])('%s, which something of one’s own network answers, is none', (address) => {
    expect(isPublic(address)).toBe(false)
  })

  it.each([
    ['http://example.com/', 'address_http', { allowHttp: false }],
    ['ftp://example.com/', 'endpoint_wrong', {}],
    ['https://user:pass@example.com/', 'address_wrong', {}],
  ])('%s is refused as %s', async (url, code, rules) => {
    const failure = await send({ endpoint: () => ({ url, secrets: [SECRET] }), ...rules })
    expect(failure).toMatchObject({ code })
    expect(failure?.message).not.toContain('pass@')
  })
})

describe('where there are no sockets of Node', () => {
  it('nothing is sent unless a fetch is given, which then judges names; redirects are still not followed', async () => {
    vi.stubGlobal('WebSocketPair', class {})
    try {
      expect(() => standardWebhooks({ url: 'https://example.com', secrets: [SECRET] })).toThrow(/fetch: is missing/)
      const inner = await open()
      const outer = await open((_, response) =>
        response.writeHead(302, { location: `http://127.0.0.1:${inner.port}/` }).end(),
      )
      const calls: string[] = []
      const fetching: typeof fetch = (url, init) => {
        calls.push(String(url))
        return fetch(`http://127.0.0.1:${outer.port}/`, init)
      }
      const rules = { allowPrivate: false, fetch: fetching }
      expect(await send({ ...rules, url: 'https://example.com/hooks' })).toMatchObject({
        code: 'redirected',
        status: 302,
      })
      expect(await send({ ...rules, ...to('https://169.254.169.254/') })).toMatchObject({ code: 'address_private' })
      expect(calls).toEqual(['https://example.com/hooks'])
      expect(inner.got).toEqual([])
      expect(new Webhook(SECRET).verify(outer.got[0]!.body, outer.got[0]!.headers)).toBeTruthy()
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('an outbox with webhooks', () => {
  it('tells a receiver that fails again by the same id, and a plan whose receiver is gone no more than once', async () => {
    let answers = [500, 503, 200, 410]
    const { port, got } = await open((_, response) => response.writeHead(answers.shift() ?? 200).end())
    const { tokens, make, clock } = newWorld()
    const deliver = standardWebhooks({ ...LOCAL, url: `http://127.0.0.1:${port}`, secrets: [SECRET] })
    const outbox = createOutbox({ tokens, deliver, since: 'beginning', firstPauseMs: 1_000 })
    await make()
    for (let i = 0; i < 4; i++) {
      await outbox.runOnce()
      clock.advance(60_000)
    }
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(got).toHaveLength(3)
    await make()
    await outbox.runOnce()
    answers = []
    await outbox.runOnce()
    expect(got).toHaveLength(4)
    expect(await outbox.deadLetters()).toMatchObject([{ error: { name: 'DeliveryError', code: 'gone', status: 410 } }])
  })
})

describe('standardWebhooks', () => {
  it('tells every mistake at once', () => {
    expect(() =>
      standardWebhooks({ url: 'http://x.example', secrets: ['whsec_short'], timeoutMs: 0 }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: standardWebhooks() found mistakes in the set-up:
        secrets: must be one or two texts of whsec_ and 24 to 64 bytes in base64.
        timeoutMs: must be a whole number from 1 to 300000.
        url: must begin with https://, unless allowHttp is true.]
    `)
    expect(() =>
      standardWebhooks({ url: 'https://x.example', endpoint: () => undefined }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: standardWebhooks() found mistakes in the set-up:
        url: is given by endpoint: leave out one of them.]
    `)
    for (const url of ['https://127.0.0.1/', 'https://[::ffff:169.254.169.254]/', 'https://0x7f.1/'])
      expect(() => standardWebhooks({ url, secrets: [SECRET] })).toThrow('url: leads to a network that is not public.')
    expect(() => standardWebhooks({ url: 'https://me:pass@x.example', secrets: [SECRET] })).toThrow(
      /url: must hold no user and no password\.$/,
    )
    expect(() => standardWebhooks({})).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: standardWebhooks() found mistakes in the set-up:
        url: is missing.
        secrets: is missing.]
    `)
    for (const bytes of [24, 25, 26, 32, 64])
      standardWebhooks({ url: 'https://x.example', secrets: [`whsec_${randomBytes(bytes).toString('base64')}`] })
    for (const bytes of [23, 65]) {
      const secrets = [`whsec_${randomBytes(bytes).toString('base64')}`]
      expect(() => standardWebhooks({ url: 'https://x.example', secrets })).toThrow(TypeError)
    }
  })
})
