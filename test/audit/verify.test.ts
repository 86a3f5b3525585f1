/** `verifyLog`: an untouched log is good, and whoever changes, takes out, puts in or moves a line is found, with its number. */
import { createHash, webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { memoryStore, StoreError, type TokenEvent } from 'plan-access-tokens'
import { createCheckpoint, type LogReport, readExport, verifyLog } from 'plan-access-tokens/audit'
import { describe, expect, it } from 'vitest'
import { allOf, filledWorld, type Log, logOf } from './logs.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The canonical form, said once more in the plainest way. */
function plainHash({ seq: _, hash: __, chain: ___, ...said }: TokenEvent): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((name) => [name, sorted(Object(value)[name])]),
          )
        : value
  return sha256(JSON.stringify(sorted(said)))
}

/** The chain of a log as somebody writes it anew who knows how it is made. */
function rechained(events: readonly TokenEvent[], before = '0'.repeat(64)): TokenEvent[] {
  let link = before
  return events.map((event) => {
    const hash = plainHash(event)
    link = sha256(`${link}:${event.seq}:${hash}`)
    return { ...event, hash, chain: link }
  })
}

const problemsOf = ({ problems }: LogReport): readonly string[] =>
  problems.map(({ code, seq, to }) => [code, seq, to].filter((part) => part !== undefined).join(' '))

const verified = async (log: Log, more: Partial<Parameters<typeof verifyLog>[0]> = {}): Promise<LogReport> =>
  verifyLog({ store: log, ...more })

const keysOf = async (alg: 'ES256' | 'EdDSA') => {
  const algorithm = alg === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' }
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as CryptoKeyPair
}

describe('a line whose number no store gives', () => {
  it.each([[0], [-1], [-7]])(
    '%i is told as put in, wherever it is read, and is no beginning of the chain',
    async (seq) => {
      const { store } = await filledWorld()
      const log = await allOf(store)
      const forged = { ...(log[4] as TokenEvent), seq }
      for (const line of [forged, rechained([forged])[0] as TokenEvent]) {
        const report = await verified(logOf([line, ...log]))
        expect([problemsOf(report), report.from, report.vouchedFrom]).toEqual([[`inserted ${seq}`], 1, 1])
      }
      const lines = [forged, ...log].map((event) => JSON.stringify(event))
      expect(problemsOf(await verifyLog({ store: readExport(lines) }))).toEqual([`inserted ${seq}`])
    },
  )

  it('is told of each of them, however many stand before the first', async () => {
    const { store } = await filledWorld()
    const log = await allOf(store)
    const forged = Array.from({ length: 2_500 }, (_, i) => ({ ...(log[4] as TokenEvent), seq: i - 2_500 }))
    expect(problemsOf(await verified(logOf([...forged, ...log])))).toEqual(['inserted -2500 -1'])
  })
})

describe('an untouched log', () => {
  it('is good from its first event to its last, and says what its newest link is', async () => {
    const { store } = await filledWorld()
    const log = await allOf(store)
    const told: unknown[] = []
    const report = await verified(store, { onProgress: (progress) => told.push(progress) })
    expect(report).toEqual({
      ...{ ok: true, events: 10, from: 1, to: 10, vouchedFrom: 1, problems: [], problemCount: 0, unvouched: [] },
      head: { seq: 10, chain: log.at(-1)?.chain },
      checkpoints: { good: 0, earlier: 0 },
    })
    expect(told).toEqual([{ events: 10, seq: 10 }])
  })

  it('has the links that anybody can work out by SHA-256 and sorted JSON', async () => {
    const log = await allOf((await filledWorld()).store)
    expect(rechained(log)).toEqual(log)
  })

  it('may be empty', async () => {
    expect(await verified(memoryStore())).toMatchObject({ ok: true, events: 0 })
  })

  it('may be longer than a page', async () => {
    const { store, tokens, ids } = await filledWorld(2)
    for (let i = 0; i < 2_100; i++) await tokens.edit({ actor: 'admin-1', id: ids[i % 2] as string, name: `Name ${i}` })
    expect(await verified(store)).toMatchObject({ ok: true, events: 2_104, to: 2_104, vouchedFrom: 1 })
    expect(await verified(store, { from: 1_500 })).toMatchObject({
      ok: true,
      events: 605,
      from: 1_500,
      vouchedFrom: 1_500,
    })
  })

  it('that was swept is vouched for from the second event that is left, and from the first with a checkpoint', async () => {
    const { store } = await filledWorld()
    const { publicKey, privateKey } = await keysOf('EdDSA')
    const log = await allOf(store)
    const left = log.slice(6)
    expect(await verified(logOf(left))).toMatchObject({ ok: true, from: 7, vouchedFrom: 8 })
    const line = await createCheckpoint({ store: logOf(log.slice(0, 6)), key: privateKey })
    const first = await createCheckpoint({ store: logOf(log.slice(0, 2)), key: privateKey })
    expect(await verified(logOf(left), { checkpoints: [line, first], key: publicKey })).toMatchObject({
      ...{ ok: true, vouchedFrom: 7, checkpoints: { good: 0, earlier: 2 } },
    })
  })

  it('whose beginning is swept while it is read is good', async () => {
    const { store, tokens, ids } = await filledWorld(2)
    for (let i = 0; i < 1_500; i++) await tokens.edit({ actor: 'admin-1', id: ids[0] as string, name: `Name ${i}` })
    const all = await allOf(store)
    let log = all
    const swept: Log = {
      chained: true,
      async events(query) {
        const page = await logOf(log).events(query)
        log = all.slice(1_200)
        return page
      },
    }
    expect(await verified(swept)).toMatchObject({ ok: true, to: 1_504, problems: [] })
  })

  it('with events of an older version says which it does not vouch for', async () => {
    const log = await allOf((await filledWorld()).store)
    const bare = ({ hash: _, chain: __, ...event }: TokenEvent): TokenEvent => event
    const first = rechained(log.slice(3, 6))
    const last = rechained(log.slice(8), first.at(-1)?.chain)
    const mixed = [...log.slice(0, 3).map(bare), ...first, ...log.slice(6, 8).map(bare), ...last]
    expect(await verified(logOf(mixed))).toMatchObject({
      ...{ ok: true, from: 1, vouchedFrom: 4, unvouched: [{ from: 7, to: 8 }] },
    })
  })

  it('of a store without a chain is an error that says so', async () => {
    const { chained: _, ...store } = memoryStore()
    await expect(verified(store)).rejects.toThrow(/no chain over its log/)
  })
})

describe('a log that was touched', () => {
  const CASES: readonly (readonly [what: string, touch: (log: TokenEvent[]) => TokenEvent[], found: string[]])[] = [
    ['another actor', (log) => log.with(4, { ...(log[4] as TokenEvent), actor: 'mallory' }), ['changed 5']],
    ['another moment', (log) => log.with(9, { ...(log[9] as TokenEvent), at: 1 }), ['changed 10']],
    ['a reason that nobody gave', (log) => log.with(0, { ...(log[0] as TokenEvent), reason: 'ok' }), ['changed 1']],
    [
      'what was before',
      (log) => log.with(6, { ...(log[6] as TokenEvent), changes: { name: { before: 'x', after: 'y' } } }),
      ['changed 7'],
    ],
    [
      'another actor, and its hash worked out anew',
      (log) => {
        const event = { ...(log[4] as TokenEvent), actor: 'mallory' }
        return log.with(4, { ...event, hash: plainHash(event) })
      },
      ['broken 5'],
    ],
    [
      'another actor, its hash and its link worked out anew',
      (log) => {
        const event = { ...(log[4] as TokenEvent), actor: 'mallory' }
        const hash = plainHash(event)
        return log.with(4, { ...event, hash, chain: sha256(`${log[3]?.chain}:5:${hash}`) })
      },
      ['broken 6'],
    ],
    ['a hash taken away', (log) => log.with(4, without(log[4] as TokenEvent, 'hash')), ['changed 5']],
    ['a link taken away', (log) => log.with(4, without(log[4] as TokenEvent, 'chain')), ['changed 5']],
    [
      'hash and link taken away, as if an older version had written it',
      (log) => log.with(4, { ...without(without(log[4] as TokenEvent, 'hash'), 'chain'), actor: 'mallory' }),
      ['broken 6'],
    ],
    ['an event taken out', (log) => log.toSpliced(4, 1), ['missing 5']],
    ['several taken out', (log) => log.toSpliced(4, 3), ['missing 5 7']],
    [
      'one taken out, and the later ones renumbered',
      (log) => log.toSpliced(4, 1).map((event, i) => ({ ...event, seq: i + 1 })),
      ['broken 5 9'],
    ],
    [
      'one put in, and the later ones renumbered',
      (log) => log.toSpliced(4, 0, { ...(log[2] as TokenEvent) }).map((event, i) => ({ ...event, seq: i + 1 })),
      ['broken 5 11'],
    ],
    [
      'two that have changed places',
      (log) => log.with(4, { ...(log[5] as TokenEvent), seq: 5 }).with(5, { ...(log[4] as TokenEvent), seq: 6 }),
      ['broken 5 7'],
    ],
    ['one that is there twice', (log) => log.toSpliced(5, 0, log[4] as TokenEvent), ['misplaced 5']],
    ['a chain that begins in another way', (log) => rechained(log, 'f'.repeat(64)), ['broken 1']],
  ]

  it.each(CASES)('%s', async (_, touch, found) => {
    const log = await allOf((await filledWorld()).store)
    const report = await verified(logOf(touch(log)))
    expect(report.ok).toBe(false)
    expect(problemsOf(report)).toEqual(found)
    for (const { message } of report.problems) expect(message).toMatch(/^Events? \d+.*\.$/)
  })

  it('is found wherever a single character of it is another one', async () => {
    const log = await allOf((await filledWorld(3)).store)
    const text = JSON.stringify(log)
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('0', '1', 'a', 'Z'), async (at, character) => {
        if (text[at] === character) return
        let changed: TokenEvent[]
        try {
          changed = JSON.parse(text.slice(0, at) + character + text.slice(at + 1)) as TokenEvent[]
        } catch {
          return
        }
        // The front alone can be swept, which is no change of what is left.
        const report = await verified(logOf(changed)).catch(() => ({ ok: false, problems: [] }))
        expect(report.ok).toBe(false)
      }),
      { numRuns: 400 },
    )
  })

  it('tells the first 100 of many problems, and how many there are', async () => {
    const { store, tokens, ids } = await filledWorld(1)
    for (let i = 0; i < 300; i++) await tokens.edit({ actor: 'admin-1', id: ids[0] as string, name: `Name ${i}` })
    const log = (await allOf(store)).map((event, i) => (i % 2 ? { ...event, actor: 'mallory' } : event))
    const report = await verified(logOf(log))
    expect([report.problems.length, report.problemCount]).toEqual([100, 151])
  })

  it('with a line that cannot be read says which, and goes on behind it', async () => {
    const log = await allOf((await filledWorld()).store)
    const broken: Log = {
      chained: true,
      async events(query) {
        const page = await logOf(log).events(query)
        if (page.some(({ seq }) => seq === 4)) throw new StoreError('row_unreadable', 'The row cannot be read.')
        return page
      },
    }
    const changed = log.with(8, { ...(log[8] as TokenEvent), actor: 'mallory' })
    expect(problemsOf(await verified(broken))).toEqual(['unreadable 4'])
    log.splice(0, 10, ...changed)
    expect(problemsOf(await verified(broken))).toEqual(['unreadable 4', 'changed 9'])
  })
})

describe('a checkpoint', () => {
  it.each(['ES256', 'EdDSA'] as const)(
    'signed by %s finds a chain that was written anew, and an end that was cut off',
    async (alg) => {
      const { store } = await filledWorld()
      const { publicKey, privateKey } = await keysOf(alg)
      const log = await allOf(store)
      const line = await createCheckpoint({ store, key: privateKey, at: 1_000 })
      const early = await createCheckpoint({ store: logOf(log.slice(0, 3)), key: privateKey })
      const more = { checkpoints: [line, early], key: publicKey }
      expect(await verified(store, more)).toMatchObject({ ok: true, checkpoints: { good: 2, earlier: 0 } })

      const forged = rechained(log.with(4, { ...(log[4] as TokenEvent), actor: 'mallory' }))
      expect(await verified(logOf(forged))).toMatchObject({ ok: true })
      expect(problemsOf(await verified(logOf(forged), more))).toEqual(['checkpoint_differs 10'])

      expect(await verified(logOf(log.slice(0, 8)))).toMatchObject({ ok: true })
      expect(problemsOf(await verified(logOf(log.slice(0, 8)), more))).toEqual(['truncated 9 10'])
      expect(problemsOf(await verified(logOf([]), more))).toEqual(['truncated 1 10'])
      const bare = log.map(({ hash: _, chain: __, ...event }) => event)
      expect(await verified(logOf(bare))).toMatchObject({ ok: true })
      expect(problemsOf(await verified(logOf(bare), more))).toEqual(['checkpoint_differs 3', 'checkpoint_differs 10'])
      const other = await filledWorld()
      expect(problemsOf(await verified(other.store, more))).toEqual(['checkpoint_differs 3', 'checkpoint_differs 10'])
    },
  )

  it('of another key, a changed one and what is none are refused, each by its place', async () => {
    const { store } = await filledWorld()
    const { publicKey, privateKey } = await keysOf('ES256')
    const other = await keysOf('ES256')
    const good = await createCheckpoint({ store, key: privateKey })
    const foreign = await createCheckpoint({ store, key: other.privateKey })
    const [head, payload, signature] = good.split('.') as [string, string, string]
    const said = JSON.parse(atob(payload)) as object
    const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const type = 'plan-access-tokens-checkpoint'
    const lines = [
      good,
      foreign,
      [head, base64({ ...said, seq: 3 }), signature].join('.'),
      [base64({ alg: 'none', typ: type }), payload, ''].join('.'),
      [base64({ alg: 'none', typ: type }), payload, signature].join('.'),
      [base64({ alg: 'ES256', typ: 'JWT' }), payload, signature].join('.'),
      [base64({ alg: 'ES256', typ: type, crit: ['x'] }), payload, signature].join('.'),
      [head, payload, `${signature}=`].join('.'),
      [head, payload].join('.'),
      `${good}.x`,
      'x'.repeat(10_000),
      '',
    ]
    const report = await verified(store, { checkpoints: lines, key: publicKey })
    expect(report.problems.map(({ code, checkpoint }) => `${code} ${checkpoint}`)).toEqual(
      lines.slice(1).map((_, i) => `checkpoint_refused ${i + 1}`),
    )
    expect(report.checkpoints.good).toBe(1)
    expect(report.problems.map(({ message }) => message.includes('cannot be read'))).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
      true,
      true,
      true,
      true,
      true,
    ])
    const both = await verified(store, { checkpoints: [good, foreign], key: [publicKey, other.publicKey] })
    expect(both).toMatchObject({ ok: true, checkpoints: { good: 2 } })
  })

  it('is signed by a JWK, or by a function of the host’s, and proved by a JWK', async () => {
    const { store } = await filledWorld()
    for (const alg of ['ES256', 'EdDSA'] as const) {
      const { publicKey, privateKey } = await keysOf(alg)
      const [mine, its] = await Promise.all(
        [privateKey, publicKey].map((key) => webcrypto.subtle.exportKey('jwk', key as never)),
      )
      const parameters = alg === 'ES256' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'Ed25519' }
      const sign = async (bytes: Uint8Array) =>
        new Uint8Array(await webcrypto.subtle.sign(parameters, privateKey as never, bytes))
      const checkpoints = [
        await createCheckpoint({ store, key: mine as JsonWebKey }),
        await createCheckpoint({ store, key: { alg, sign } }),
      ]
      const report = await verified(store, { checkpoints, key: its as JsonWebKey })
      expect(report).toMatchObject({ ok: true, checkpoints: { good: 2 } })
      await expect(verified(store, { checkpoints, key: mine as JsonWebKey })).rejects.toThrow(
        /^verifyLog\(\).*must be a public key/s,
      )
      await expect(createCheckpoint({ store, key: its as JsonWebKey })).rejects.toThrow(
        /^createCheckpoint\(\).*must be a private key/s,
      )
    }
  })

  it('needs a log that has a link', async () => {
    const { privateKey } = await keysOf('EdDSA')
    await expect(createCheckpoint({ store: memoryStore(), key: privateKey })).rejects.toMatchObject({
      ...{ name: 'StoreError', code: 'store_unsuitable' },
    })
  })
})

describe('wrong input', () => {
  it('is told all at once', async () => {
    const failure = verifyLog({ store: {}, checkpoints: [1], from: 0 } as never)
    await expect(failure).rejects.toMatchObject({ name: 'SetupError' })
    await expect(failure).rejects.toThrow(/store[\s\S]*from[\s\S]*checkpoints/)
    await expect(verifyLog({ store: memoryStore(), checkpoints: ['a'] })).rejects.toThrow(/public key/)
    for (const key of [null, {}, [], { kty: 'RSA' }, { kty: 'EC', crv: 'P-384' }, 'pem'])
      await expect(verifyLog({ store: memoryStore(), checkpoints: ['a'], key: key as never })).rejects.toThrow(/key/)
  })

  it('a signal ends it', async () => {
    const { store } = await filledWorld()
    await expect(verified(store, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('a store that turns in circles is told of', async () => {
    const [first] = await allOf((await filledWorld()).store)
    const round: Log = { chained: true, events: async ({ limit }) => Array(limit).fill(first) }
    await expect(verified(round)).rejects.toThrow(/again and again/)
  })
})

const without = (event: TokenEvent, field: keyof TokenEvent): TokenEvent => {
  const { [field]: _, ...rest } = event
  return rest as TokenEvent
}
