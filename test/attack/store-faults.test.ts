/**
 * A store that throws, hangs, answers late, or loses the answer to a commit. What needs `freshnessMs` above 0 comes with the
 * cache: coverage.test.ts.
 */
import { expect } from 'vitest'
import { DAY, type Made, START } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { referenceStore } from './reference-store.ts'
import { allowed, askEach, denied, failure, shown } from './verdicts.ts'
import { A, B, never, type World, world } from './world.ts'

const attack = attacksOf('store-and-cache')
const FILE_A = `GET /v1/files/${A}`
const asked = (made: Made) => ({ actor: 'admin-1', id: made.token.id })

/** The text that a store's error holds, and that nobody may see. */
const CONNECTION = 'postgres://user:pw@host/db'

attack('e08', async () => {
  const w = await world()
  const fails: readonly (readonly [string, () => unknown])[] = [
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error(CONNECTION)
      },
    ],
    ['rejects with nothing', () => Promise.reject()],
    ['quotes its connection', () => Promise.reject(new Error(`cannot connect to ${CONNECTION}`))],
    ['rejects with text', () => Promise.reject(CONNECTION)],
    [
      'is a getter that throws',
      () => ({
        get secrets() {
          throw new Error(CONNECTION)
        },
      }),
    ],
  ]
  for (const [what, fail] of fails) {
    for (const method of ['findByDigest', 'peekByDigest'] as const) {
      w.store.replace[method] = fail
      const denial = denied(await w.ask(FILE_A), 'unavailable', what)
      const response = denial.response()
      expect(response.headers.get('Retry-After'), what).toMatch(/^[1-9][0-9]*$/)
      const said = JSON.stringify([denial, denial.message, [...response.headers], await response.text()])
      expect(said, what).not.toContain('postgres')
      expect(said, what).not.toContain('down')
    }
    delete w.store.replace.peekByDigest
  }
})

attack('e09', async () => {
  const w = await world({ timeoutMs: 20 })
  w.store.replace.findByDigest = never
  denied(await w.ask(FILE_A), 'unavailable')
  const many = await Promise.all(Array.from({ length: 100 }, () => w.ask(FILE_A)))
  for (const decision of many) denied(decision, 'unavailable')
  delete w.store.replace.findByDigest
  allowed(await w.ask(FILE_A), 'as soon as the store answers again')
})

/** The record is read 500 ms before an end, and what is asked after it takes 600 ms. */
async function slowlyLocated(w: World, end: number): Promise<void> {
  w.clock.real.set(end - 500)
  w.directory.replace.locate = async (ref: { kind: string; id: string }) => {
    w.clock.real.set(end + 100)
    return w.directory.real.locate(ref)
  }
}

attack('e17', async () => {
  const w = await world()
  const { expiresAt } = w.ALL.token
  await slowlyLocated(w, expiresAt)
  denied(await w.ask(FILE_A), 'token_expired', 'judged again after the wait')
  delete w.directory.replace.locate
  w.clock.real.set(expiresAt - 500)
  allowed(await w.ask(FILE_A))
  w.clock.real.advance(600)
  denied(await w.ask(FILE_A), 'token_expired')
})

attack('e18', async () => {
  const w = await world()
  await w.refresh(w.ALL)
  const worksUntil = START + DAY
  await slowlyLocated(w, worksUntil)
  denied(await w.ask(FILE_A), 'secret_retired', 'judged again after the wait')
  delete w.directory.replace.locate
  w.clock.real.set(worksUntil - 500)
  allowed(await w.ask(FILE_A))
  w.clock.real.advance(600)
  denied(await w.ask(FILE_A), 'secret_retired')
})

/** Every call that commits, with what it hands out. */
const changes = (w: World, made: Made): readonly (readonly [string, () => Promise<unknown>])[] => [
  ['create', () => w.make()],
  ['create with a key', () => w.make({ idempotencyKey: 'k' })],
  ['edit', () => w.tokens.edit({ ...asked(made), name: 'Renamed', scopes: ['file_content:read'], resources: 'all' })],
  ['refresh', () => w.refresh(made)],
  ['revoke', () => w.tokens.revoke(asked(made))],
]

attack('e21', async () => {
  for (const index of [0, 1, 2, 3, 4]) {
    const w = await world()
    const [what, call] = changes(w, w.ALL)[index] ?? []
    if (!call) throw new Error('There is no such change.')
    const before = w.store.count('commit')
    w.store.replace.commit = async () => false
    await failure(call(), 'version_conflict', `${what}, always`)
    const tries = w.store.count('commit') - before
    expect(tries, what).toBeGreaterThan(1)
    expect(tries, what).toBeLessThanOrEqual(50)
    expect(w.secrets, 'nothing was handed out').toHaveLength(2)
    allowed(await w.ask(FILE_A), 'nothing has changed')

    let answers = 0
    w.store.replace.commit = (...args: Parameters<typeof w.store.real.commit>) =>
      answers++ === 0 ? Promise.resolve(false) : w.store.real.commit(...args)
    await call()
    expect(answers, `${what}, once`).toBe(2)
    for (const secret of w.secrets.slice(2)) allowed(await w.ask(FILE_A, secret), `${what}: what was handed out works`)
  }
  const w = await world()
  let first = true
  w.store.replace.commit = async (...args: Parameters<typeof w.store.real.commit>) => {
    if (!first) return w.store.real.commit(...args)
    first = false
    await w.tokens.revoke(asked(w.ALL))
    return false
  }
  expect(await w.tokens.revoke(asked(w.ALL)), 'somebody else was quicker').toMatchObject({
    status: 'revoked',
    version: 2,
  })
  denied(await w.ask(FILE_A), 'token_revoked')
})

attack('e22', async () => {
  const wrote =
    (w: World, answer: () => unknown) =>
    async (...args: Parameters<typeof w.store.real.commit>) => {
      await w.store.real.commit(...args)
      return answer()
    }
  const lost = () => {
    throw new Error('connection lost')
  }
  for (const answer of [undefined, null, 1, 'true', {}, { rowCount: 1 }]) {
    const w = await world({ timeoutMs: 20 })
    for (const commit of [async () => answer, wrote(w, () => answer)]) {
      w.store.replace.commit = commit
      await failure(w.refresh(w.ALL), 'unavailable', shown(answer))
      expect(w.secrets, 'nothing was handed out').toHaveLength(2)
    }
    allowed(await w.ask(FILE_A), 'the old secret works for its 24 hours')
    const record = await w.store.real.find(w.ALL.token.id)
    expect(record, 'at worst a secret that nobody knows').toMatchObject({ version: 2, secrets: [{}, {}] })
  }
  // A write whose answer was lost is looked for, and if it is there it is done.
  const w = await world({ timeoutMs: 20 })
  w.store.replace.commit = wrote(w, lost)
  const found = await w.refresh(w.ALL)
  allowed(await w.ask(FILE_A, found), 'what was handed out works')
  expect(await w.store.real.find(w.ALL.token.id)).toMatchObject({ version: 2 })
  // If it cannot be looked for either, nothing is handed out.
  let commits = 0
  w.store.replace.find = (id: string) => (commits > 0 ? lost() : w.store.real.find(id))
  w.store.replace.commit = wrote(w, () => {
    commits++
    return lost()
  })
  await failure(w.refresh(w.ALL), 'unavailable')
  expect(w.secrets).toHaveLength(3)
  // Throws before it writes: tried again with the same pair, then given up.
  const broken = await world({ timeoutMs: 20 })
  broken.store.replace.commit = lost
  for (const [what, call] of changes(broken, broken.ALL)) {
    const before = broken.store.calls.length
    await failure(call(), 'unavailable', what)
    const pairs = broken.store.calls.slice(before).filter((each) => each.method === 'commit')
    expect(pairs.length, what).toBeGreaterThan(1)
    for (const pair of pairs) expect(pair.args, what).toEqual(pairs[0]?.args)
  }
  allowed(await broken.ask(FILE_A), 'nothing has changed')
})

attack('e23', async () => {
  const w = await world({ store: referenceStore() })
  const scopes = ['file_content:read']
  const resources = ['https://figma.com/files/1001/project/123']
  const made = await w.make({ scopes, resources })
  const decision = allowed(await w.ask(FILE_A, made))
  const given = [
    made.token,
    decision.token,
    await w.tokens.get(asked(made)),
    await w.tokens.edit({ ...asked(made), name: 'Renamed', scopes, resources }),
    await w.tokens.revoke(asked(await w.make())),
    ...(await w.tokens.list({ actor: 'admin-1', planId: '1001' })).tokens,
    (await w.refresh(made)).token,
    (await w.tokens.inspect({ secret: made.secret })).token,
  ]
  const inPlace: readonly ((token: never) => unknown)[] = [
    (token: { resources: unknown }) => Object.assign(token, { resources: 'all' }),
    (token: { scopes: string[] }) => token.scopes.push('file_metadata:read', 'org:activity_log_read'),
    (token: { resources: object[] }) => token.resources.push({ kind: 'workspace', id: '789', link: '' }),
    (token: { resources: object[] }) => Object.assign(token.resources[0] ?? {}, { kind: 'workspace', id: '789' }),
    (token: { secrets: object[] }) => Object.assign(token.secrets[0] ?? {}, { worksUntil: null }),
    (token: { expiresAt: number }) => Object.assign(token, { expiresAt: Number.MAX_SAFE_INTEGER }),
  ]
  for (const token of given) {
    for (const change of inPlace) {
      // A frozen object throws, a copy takes it; neither may reach what is judged.
      try {
        change(token as never)
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
      }
    }
  }
  scopes.push('file_metadata:read')
  resources.push('https://figma.com/files/1001/workspace/789')
  await askEach(
    w,
    [
      [FILE_A, 'allowed'],
      [`GET /v1/files/${B}`, 'resource_not_allowed'],
      [`GET /v1/files/${A}/meta`, 'scope_missing'],
      ['GET /v1/activity_logs', 'scope_missing'],
    ],
    made,
  )
})
