/** An outbox over the memory store: what is told, in which order, how often, and what becomes of what cannot be told. */
import { memoryStore } from 'plan-access-tokens'
import { operator } from 'plan-access-tokens/operator'
import { createOutbox, DeliveryError, type Notice, type Outcome } from 'plan-access-tokens/outbox'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, HOUR, MINUTE, newDirectory, newWorld, TOKEN } from '../support/world.ts'
import { OTHER, receiver } from './support.ts'

const SIX_HOURS = 6 * HOUR

describe('what is told', () => {
  it('is every line of the log by its own id, with the token as it is and without anything of a secret', async () => {
    const { tokens, store } = newWorld()
    const { deliver, got, lines } = receiver()
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    const { token, secret } = await tokens.create(TOKEN)
    await tokens.edit({ actor: ADMIN, id: token.id, name: 'Export' })
    const second = await tokens.refresh({ actor: ADMIN, id: token.id })
    await tokens.revokeSecret({ text: secret.reveal() })
    await tokens.revoke({ actor: ADMIN, id: token.id })
    expect(await outbox.runOnce()).toEqual({ ran: true, isDone: true, delivered: 5, failed: 0, dead: 0 })
    expect(lines()).toEqual([
      '1001 token.created',
      '1001 token.edited',
      '1001 token.refreshed',
      '1001 secret.leaked',
      '1001 token.revoked',
    ])
    const events = await store.events({ limit: 9 })
    expect(got.map(({ id, seq, at }) => ({ id, seq, at }))).toEqual(events.map(({ id, seq, at }) => ({ id, seq, at })))
    expect(got[1]).toMatchObject({
      actor: ADMIN,
      changed: ['name'],
      changes: { name: { before: 'Nightly export', after: 'Export' } },
      token: { name: 'Export', type: 'rest', status: 'revoked', scopes: ['file_content:read'], resources: 'all' },
    })
    const record = await store.find(token.id)
    const text = JSON.stringify(got)
    for (const one of [secret.reveal(), second.secret.reveal(), ...record!.secrets.map(({ digest }) => digest)])
      expect(text).not.toContain(one)
  })

  it('calls a token that ended with its leaked secret leaked, and names both plans of a token that moves', async () => {
    const { tokens, make } = newWorld()
    const { deliver, got, lines } = receiver()
    const leaked = await make()
    const moves = await make()
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    await tokens.revokeSecret({ text: leaked.secret })
    await operator(tokens).movePlan({ from: '1001', to: '2002', actor: 'ops', reason: 'Merger' })
    await outbox.runOnce()
    expect(lines().toSorted()).toEqual([
      '1001 secret.leaked',
      ...Array(2).fill('1001 token.created'),
      ...Array(2).fill('1001 token.moving'),
      ...Array(2).fill('2002 token.moved'),
    ])
    expect(got.find(({ type }) => type === 'secret.leaked')).toMatchObject({
      ...{ tokenId: leaked.id, actor: null, changed: ['revokedAt'] },
    })
    expect(got.filter(({ tokenId }) => tokenId === moves.id).at(-1)).toMatchObject({ reason: 'Merger' })
  })

  it('shows the admins of a plan nothing of what became of a token in another one', async () => {
    const { tokens, make } = newWorld()
    const { deliver, got } = receiver()
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    const { id } = await make()
    await operator(tokens).movePlan({ from: '1001', to: '2002', actor: 'ops', reason: 'Merger' })
    await tokens.edit({ actor: 'admin-2', id, name: 'Of the other plan' })
    await outbox.runOnce()
    const of = (planId: string) => got.filter((notice) => notice.planId === planId)
    expect(of('1001').map(({ type, token }) => [type, token])).toEqual([
      ['token.created', undefined],
      ['token.moving', undefined],
    ])
    expect(JSON.stringify(of('1001'))).not.toContain('Of the other plan')
    expect(of('2002').map(({ token }) => token?.name)).toEqual(['Of the other plan', 'Of the other plan'])
  })

  it('begins with what happens once it has run, unless it is told to begin with the first event', async () => {
    const { tokens, make } = newWorld()
    await make()
    const [first, second] = [receiver(), receiver()]
    const outbox = createOutbox({ tokens, deliver: first.deliver })
    await outbox.runOnce()
    const { id } = await make()
    await outbox.runOnce()
    expect(first.got.map(({ tokenId }) => tokenId)).toEqual([id])
    await createOutbox({ tokens, deliver: second.deliver, name: 'all', since: 'beginning' }).runOnce()
    expect(second.lines()).toHaveLength(2)
  })

  it('stays small, however much was changed: the log has the rest', async () => {
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`file:key${i}`, {}]))
    const { tokens, make } = newWorld({ directory: newDirectory({ resources: { 'project:9': files } }) })
    const { id } = await make()
    const links = Object.keys(files).map((key) => `https://figma.com/design/${key.slice(5)}/${'x'.repeat(500)}`)
    const { deliver, got } = receiver()
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    await tokens.edit({ actor: ADMIN, id, name: 'Links', resources: links })
    await outbox.runOnce()
    expect(got[1]).toMatchObject({ changed: ['name', 'resources'], token: { resources: 400 } })
    expect(Object.keys(got[1]!.changes!)).toEqual(['name'])
    expect(JSON.stringify(got[1]).length).toBeLessThan(2_000)
  })

  it('is told of a token that was swept meanwhile, without it', async () => {
    // The newest event always stays.
    const { tokens, make, store, clock } = newWorld()
    const { deliver, got } = receiver()
    const { id } = await make({ lifetimeDays: 1 })
    clock.advance(2 * DAY)
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    await store.sweep({ before: clock.now(), limit: 9 })
    await outbox.runOnce()
    expect(got.map((notice) => [notice.tokenId, 'token' in notice])).toEqual([[id, false]])
  })
})

describe('what cannot be told', () => {
  it('is tried again, further apart each time, and nothing of its plan goes before it', async () => {
    const { tokens, make, clock } = newWorld()
    let works = false
    const tries: number[] = []
    const { deliver, lines } = receiver((_, number) => {
      tries.push(number)
      if (!works) throw new Error('down')
    })
    const { id } = await make()
    await tokens.edit({ actor: ADMIN, id, name: 'Export' })
    const outbox = createOutbox({ tokens, deliver, since: 'beginning', firstPauseMs: 1_000 })
    expect(await outbox.runOnce()).toMatchObject({ failed: 1, isDone: true })
    expect(await outbox.runOnce()).toMatchObject({ failed: 0 })
    for (const ms of [1_000, 4_000, 16_000]) {
      clock.advance(ms / 2 - 1)
      expect(await outbox.runOnce()).toMatchObject({ failed: 0 })
      clock.advance(ms / 2 + 1)
      expect(await outbox.runOnce()).toMatchObject({ failed: 1 })
    }
    expect(tries).toEqual([1, 2, 3, 4])
    expect((await outbox.status()).waiting).toMatchObject([{ planId: '1001', tries: 4 }])
    works = true
    clock.advance(64_000)
    await outbox.runOnce()
    expect(lines()).toEqual(['1001 token.created', '1001 token.edited'])
    expect(tries).toEqual([1, 2, 3, 4, 5, 1])
    expect(await outbox.status()).toMatchObject({ waiting: [], lag: { events: 0, seconds: 0 } })
  })

  it('holds up no other plan, and is made up for in order once it works', async () => {
    const { tokens, make, clock } = newWorld()
    let works = false
    const { deliver, got, lines } = receiver(({ planId }) => {
      if (planId === '1001' && !works) throw new Error('down')
    })
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    const { id } = await make()
    for (let i = 0; i < 150; i++) {
      await tokens.edit({ actor: ADMIN, id, name: `Name ${i}` })
      if (i % 50 === 0) await make({ ...OTHER, name: `Other ${i}` })
      if (i % 40 === 0) await outbox.runOnce()
    }
    await outbox.runOnce()
    expect(lines()).toEqual(Array(3).fill('2002 token.created'))
    works = true
    clock.advance(SIX_HOURS)
    // Another process goes on from what is written down.
    await createOutbox({ tokens, deliver }).runOnce()
    const own = got.filter(({ planId }) => planId === '1001')
    expect(own.map(({ seq }) => seq)).toEqual(own.map(({ seq }) => seq!).toSorted((a, b) => a - b))
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length)
    expect(own).toHaveLength(151)
  })

  it('holds up no other plan, however many fail and however much waits in them', async () => {
    const plans = Array.from({ length: 60 }, (_, i) => String(3_000 + i))
    const directory = testDirectory(Object.fromEntries(['2002', ...plans].map((id) => [id, { admins: [ADMIN] }])))
    const { tokens, clock } = newWorld({ directory })
    let works = false
    const { deliver, got } = receiver(({ planId }) => {
      if (planId !== '2002' && !works) throw new Error('down')
    })
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    for (const planId of plans) {
      const { token } = await tokens.create({ ...TOKEN, planId })
      for (let i = 0; i < 100; i++) await tokens.edit({ actor: ADMIN, id: token.id, name: `Name ${i}` })
    }
    await tokens.create({ ...TOKEN, planId: '2002' })
    await outbox.runOnce()
    expect(got.map(({ planId }) => planId)).toEqual(['2002'])
    works = true
    clock.advance(SIX_HOURS)
    await outbox.runOnce()
    expect(new Set(got.map(({ id }) => id)).size).toBe(60 * 101 + 1)
    for (const plan of plans) {
      const own = got.filter(({ planId }) => planId === plan).map(({ seq }) => seq as number)
      expect(own).toEqual(own.toSorted((a, b) => a - b))
    }
  })

  it('is a dead letter after so many tries, which is kept, told of and sent again when somebody says so', async () => {
    const { tokens, make, clock } = newWorld()
    let works = false
    const { deliver, got } = receiver(({ type }) => {
      if (type === 'token.created' && !works) throw Object.assign(new Error('secret text'), { code: 'ECONNREFUSED' })
    })
    const outcomes: Outcome[] = []
    const outbox = createOutbox({
      tokens,
      deliver,
      since: 'beginning',
      tries: 3,
      onOutcome: (one) => outcomes.push(one),
    })
    const { id } = await make()
    await tokens.edit({ actor: ADMIN, id, name: 'Export' })
    for (let i = 0; i < 3; i++) {
      await outbox.runOnce()
      clock.advance(SIX_HOURS)
    }
    expect(got.map(({ type }) => type)).toEqual(['token.edited'])
    expect(outcomes.map(({ outcome, tries }) => [outcome, tries])).toEqual([
      ['failed', 1],
      ['failed', 2],
      ['dead', 3],
      ['delivered', 1],
    ])
    const letters = await outbox.deadLetters()
    expect(letters).toMatchObject([
      { type: 'token.created', tokenId: id, seq: 1, tries: 3, error: { name: 'Error', code: 'ECONNREFUSED' } },
    ])
    expect(JSON.stringify(letters)).not.toContain('secret text')
    expect((await outbox.status()).dead).toBe(1)

    // By another process, such as the command line; it fails once more, and then it works.
    const other = createOutbox({ tokens, deliver })
    expect(await other.resend(['nobody'])).toBe(0)
    for (const wrong of [5, letters[0]!.id, [5], undefined])
      await expect(other.resend(wrong as never)).rejects.toThrow('a list of ids of dead letters, or "all"')
    expect(await other.resend([letters[0]!.id])).toBe(1)
    expect(await outbox.runOnce()).toMatchObject({ dead: 1, delivered: 0 })
    expect(await outbox.deadLetters()).toMatchObject([{ id: letters[0]!.id, tries: 4 }])
    works = true
    expect(await outbox.runOnce()).toMatchObject({ delivered: 0 })
    expect(await other.resend('all')).toBe(1)
    expect(await outbox.runOnce()).toMatchObject({ delivered: 1 })
    expect(got.at(-1)).toMatchObject({ id: letters[0]!.id, type: 'token.created', actor: ADMIN })
    expect(await outbox.deadLetters()).toEqual([])
  })

  it('keeps the newest dead letters, at most a thousand', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    for (let i = 0; i < 1_020; i++) await tokens.edit({ actor: ADMIN, id, name: `Name ${i}` })
    const outbox = createOutbox({
      tokens,
      since: 'beginning',
      tries: 1,
      deliver: () => Promise.reject(new Error('no')),
    })
    expect(await outbox.runOnce()).toMatchObject({ dead: 1_021 })
    const letters = await outbox.deadLetters()
    expect(letters.length).toBeGreaterThan(950)
    expect(letters.length).toBeLessThanOrEqual(1_000)
    expect(letters.at(-1)).toMatchObject({ seq: 1_021 })
    expect(letters.map(({ seq }) => seq)).toEqual(letters.map(({ seq }) => seq!).toSorted((a, b) => a - b))
  })

  it('is not tried again where the deliverer says so, and not before it says', async () => {
    const { tokens, make, clock } = newWorld()
    const { deliver } = receiver(({ planId }) => {
      throw planId === '1001'
        ? new DeliveryError('gone', { code: 'smtp_550', status: 410, isFinal: true })
        : new DeliveryError('busy', { code: 'busy', status: 429, retryAfterMs: HOUR })
    })
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    await make()
    await make({ ...OTHER })
    expect(await outbox.runOnce()).toMatchObject({ dead: 1, failed: 1 })
    expect(await outbox.deadLetters()).toMatchObject([
      { planId: '1001', tries: 1, error: { code: 'smtp_550', status: 410 } },
    ])
    clock.advance(HOUR - MINUTE)
    expect(await outbox.runOnce()).toMatchObject({ failed: 0 })
    clock.advance(MINUTE)
    expect(await outbox.runOnce()).toMatchObject({ failed: 1 })
  })

  it('is given up after its time where the deliverer never ends, and others go on meanwhile', async () => {
    const { tokens, make } = newWorld()
    const aborted: unknown[] = []
    const got: Notice[] = []
    const outbox = createOutbox({
      ...{ tokens, since: 'beginning', deliverTimeoutMs: 200 },
      deliver(notice, { signal }) {
        got.push(notice)
        if (notice.planId === '2002') return undefined
        signal.addEventListener('abort', () => aborted.push(signal.reason))
        return new Promise(() => undefined)
      },
    })
    await make()
    await make({ ...OTHER })
    expect(await outbox.runOnce()).toMatchObject({ delivered: 1, failed: 1 })
    expect(got.map(({ planId }) => planId)).toEqual(['1001', '2002'])
    expect(aborted).toMatchObject([{ code: 'timeout' }])
  })
})

describe('a process that sends', () => {
  it('is one at a time, tells soon of what happens, and lets another go on at once when it closes', async () => {
    const { tokens, make } = newWorld({ clock: { now: () => Date.now() } as never })
    const [first, second] = [receiver(), receiver()]
    const told = async (one: typeof first, count: number): Promise<void> => {
      while (one.got.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const one = createOutbox({ tokens, deliver: first.deliver, since: 'beginning', pollMs: 10 })
    const two = createOutbox({ tokens, deliver: second.deliver, since: 'beginning', pollMs: 10 })
    one.start()
    await make()
    await told(first, 1)
    two.start()
    expect(await createOutbox({ tokens, deliver: second.deliver }).runOnce()).toMatchObject({
      ran: false,
      isDone: false,
    })
    for (let i = 0; i < 20; i++) await make()
    await told(first, 21)
    expect(second.got).toEqual([])
    expect((await two.status()).leasedUntil).toBeGreaterThan(Date.now())
    await one.close()
    await make()
    await told(second, 1)
    await two.close()
    expect(first.got).toHaveLength(21)
    expect(second.got).toHaveLength(1)
    expect((await two.status()).leasedUntil).toBeNull()
    await expect(two.runOnce()).rejects.toThrow(TypeError)
  })

  it('that slept while another took over writes nothing over it, and stops', async () => {
    const { tokens, make, clock } = newWorld()
    const second = receiver()
    const told: string[] = []
    let wake: () => void = () => undefined
    const asleep = new Promise<void>((resolve) => {
      wake = resolve
    })
    let isAsleep: () => void = () => undefined
    const slept = new Promise<void>((resolve) => {
      isAsleep = resolve
    })
    const first = createOutbox({
      ...{ tokens, since: 'beginning' },
      async deliver({ id }) {
        told.push(id)
        isAsleep()
        await asleep
      },
    })
    for (let i = 0; i < 3; i++) await make()
    const running = first.runOnce()
    await slept
    clock.advance(10 * MINUTE)
    expect(await createOutbox({ tokens, deliver: second.deliver }).runOnce()).toMatchObject({ ran: true, delivered: 3 })
    wake()
    expect(await running).toMatchObject({ ran: true, delivered: 1 })
    expect(told).toEqual([second.got[0]!.id])
    expect(await createOutbox({ tokens, deliver: second.deliver }).runOnce()).toMatchObject({ delivered: 0 })
  })

  it('is taken for dead when its lease does not change, whatever its clock said', async () => {
    const store = memoryStore()
    const { tokens, make } = newWorld({ store, clock: { now: () => Date.now() } as never })
    await make()
    const lease = { by: 'x', until: Date.now() + 1_000 * HOUR, ms: 150 }
    const state = { v: 1, cursor: 0, plans: [], due: { after: Date.now() }, dead: 0, lease }
    await store.writeValue('outbox/notices', JSON.stringify(state), 0)
    const { deliver, got } = receiver()
    const outbox = createOutbox({ tokens, deliver, pollMs: 10 })
    outbox.start()
    while (got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await outbox.close()
    expect(got).toHaveLength(1)
  })
})

describe('an outbox over a store that fails', () => {
  it('loses nothing, whichever call fails and whether it was carried out, and repeats only by the same id', async () => {
    const METHODS = ['events', 'find', 'readValue', 'writeValue', 'lastUse', 'scan', 'list'] as const
    for (const method of METHODS)
      for (const when of ['before', 'after'] as const)
        for (const nth of [1, 2, 3]) {
          let calls = 0
          const { tokens, make, store, clock } = newWorld({
            onError: () => undefined,
            port: (right) => ({
              ...right,
              [method]: async (...args: never[]) => {
                const isNow = ++calls % (nth + 1) === 0 && calls < 40
                if (isNow && when === 'before') throw new Error('down')
                const answer = await (right[method] as (...all: never[]) => Promise<unknown>)(...args)
                if (isNow) throw new Error('down')
                return answer
              },
            }),
          })
          const { deliver, got } = receiver()
          const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
          for (let i = 0; i < 6; i++) await make(i % 2 ? OTHER : {}).catch(() => undefined)
          for (let i = 0; i < 60; i++) {
            await outbox.runOnce().catch(() => undefined)
            clock.advance(HOUR)
          }
          const events = await store.events({ limit: 99 })
          const firsts = (planId: string): unknown[] => [
            ...new Set(got.filter((one) => one.planId === planId && one.seq !== undefined).map(({ id }) => id)),
          ]
          for (const planId of ['1001', '2002'])
            expect([method, when, nth, firsts(planId)]).toEqual([
              ...[method, when, nth],
              events.filter((event) => event.planId === planId).map(({ id }) => id),
            ])
        }
  })

  it.each([
    ['events', 'before'],
    ['writeValue', 'before'],
    ['writeValue', 'after'],
  ] as const)(
    'goes on, and sends nothing twice, if %s fails in passing, %s it was carried out',
    async (method, when) => {
      let calls = 0
      const { tokens, make, store } = newWorld({
        clock: { now: () => Date.now() } as never,
        onError: () => undefined,
        port: (right) => ({
          ...right,
          [method]: async (...args: never[]) => {
            const isNow = ++calls % 2 === 0 && calls < 12
            if (isNow && when === 'before') throw new Error('down')
            const answer = await (right[method] as (...all: never[]) => Promise<unknown>)(...args)
            if (isNow) throw new Error('down')
            return answer
          },
        }),
      })
      const { deliver, got } = receiver()
      const outbox = createOutbox({ tokens, deliver, since: 'beginning', pollMs: 10, due: false })
      outbox.start()
      for (let i = 0; i < 20; i++) {
        await make()
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
      const events = await store.events({ limit: 99 })
      while (new Set(got.map(({ id }) => id)).size < events.length)
        await new Promise((resolve) => setTimeout(resolve, 5))
      await outbox.close()
      expect(calls).toBeGreaterThan(2)
      expect(got.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    },
  )

  it('says so to the host where a value was broken by hand, or events were swept before they were told', async () => {
    const errors: unknown[] = []
    const { tokens, make, store, clock } = newWorld({ onError: (error) => errors.push(error) })
    const { deliver } = receiver()
    const outbox = createOutbox({ tokens, deliver })
    await make()
    await outbox.runOnce()
    for (let i = 0; i < 3; i++) await make()
    clock.advance(HOUR)
    await make()
    await store.sweep({ before: clock.now(), limit: 9 })
    await outbox.runOnce()
    expect(errors).toMatchObject([{ message: expect.stringContaining('those with the seq 2 to 4 are gone') }])
    const { version } = (await store.readValue('outbox/notices'))!
    await store.writeValue('outbox/notices', '{"v":2}', version)
    await expect(outbox.runOnce()).rejects.toMatchObject({
      code: 'row_unreadable',
      message: expect.stringContaining('v must be 1.'),
    })
  })
})

describe('createOutbox', () => {
  it('goes on behind a deliverer that asks for a pause which is no number', async () => {
    const { tokens, make, clock } = newWorld()
    const wrong = new DeliveryError('Try later.', { code: 'later', retryAfterMs: Number('Wed, 21 Oct 2026') })
    const { deliver, lines } = receiver((_, number) => (number === 1 ? Promise.reject(wrong) : undefined))
    const outbox = createOutbox({ tokens, deliver, since: 'beginning' })
    await make()
    expect(await outbox.runOnce()).toMatchObject({ failed: 1 })
    clock.advance(HOUR)
    expect(await outbox.runOnce()).toMatchObject({ delivered: 1 })
    expect(lines()).toEqual(['1001 token.created'])
  })

  it.each([0, -1, Number.NaN, 0.5, 3_600_001, '5'])('runs for no %s milliseconds, and says so', async (forMs) => {
    const outbox = createOutbox({ tokens: newWorld().tokens, deliver: () => undefined })
    await expect(outbox.runOnce({ forMs: forMs as number })).rejects.toThrow(
      new TypeError('runOnce() takes as forMs a whole number of milliseconds from 1 to 3600000.'),
    )
  })

  it('tells every mistake at once', () => {
    const { tokens } = newWorld()
    const wrong = { tokens: { ...tokens }, deliver: 'mail', name: 'A B', tries: 0, leaseMs: 30_000, due: 1, whom: 'x' }
    expect(() => createOutbox(wrong as never)).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: createOutbox() found mistakes in the set-up:
        tokens: must be what createPlanTokens gave, itself and no copy.
        deliver: must be a function.
        name: must have 1 to 40 letters a-z, digits and "-".
        tries: must be a whole number from 1 to 100.
        due: must be true or false.
        whom: is not a field here.
        deliverTimeoutMs: must be at most half of leaseMs, so that a try ends while this process is the one that sends.]
    `)
    const { tokens: bare } = newWorld({ port: ({ readValue: _, scan: __, ...rest }) => rest as never })
    expect(() => createOutbox({ tokens: bare, deliver: () => undefined })).toThrowErrorMatchingInlineSnapshot(`
      [SetupError: createOutbox() found mistakes in the set-up:
        tokens: has a store without readValue() and writeValue(), where an outbox keeps its place.
        due: must be false, since the store has no scan(): what falls due cannot be found.]
    `)
    createOutbox({
      tokens: newWorld({ port: ({ scan: _, ...rest }) => rest as never }).tokens,
      deliver() {},
      due: false,
    })
  })
})
